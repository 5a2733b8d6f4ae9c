"""Facilities: the canteens, clinics and markets people walk to."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Datumed, Identified, Placed, Sourced, drawn, mercator, spatial


class FacilityCategory(Base):
    """A kind of service. Filled from `data/catalogue/facility_categories.toml`."""

    __tablename__ = "facility_category"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    glyph: Mapped[str]
    sort: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (CheckConstraint("code ~ '^[a-z][a-z_]*$'", name="code"),)


class Facility(Identified, Sourced, Datumed, Placed, Base):
    """A place of service. `opening_hours` in OpenStreetMap's notation."""

    __tablename__ = "facility"

    category: Mapped[str] = mapped_column(ForeignKey("yike.facility_category.code"))
    name: Mapped[str | None]
    name_en: Mapped[str | None]
    building_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.building.id", ondelete="SET NULL"))
    capacity: Mapped[int | None] = mapped_column(Integer)
    opening_hours: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("POINT")
    geom_3857: Mapped[WKBElement] = mercator("POINT")

    __table_args__ = (
        *Sourced.checks(),
        *Datumed.checks(),
        CheckConstraint("capacity > 0", name="capacity"),
        Index("ix_facility_category", "category"),
        Index("ix_facility_building_id", "building_id"),
        Placed.index("facility"),
        spatial("facility"),
    )
