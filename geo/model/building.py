"""Where people live: compound 小区 › building › entrance 单元 › unit 户 › resident › contact."""

from __future__ import annotations

from datetime import date

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Datumed, Identified, Placed, Sourced, drawn, mercator, one_of, spatial

BUILDING_USES = (
    "residential", "commercial", "office", "school", "hospital", "civic", "industrial",
    "religious", "service", "other",
)  # fmt: skip


class Compound(Identified, Sourced, Datumed, Placed, Base):
    """A walled group of buildings 小区, entered at its gates."""

    __tablename__ = "compound"

    name: Mapped[str]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = mercator("MULTIPOLYGON")

    __table_args__ = (*Sourced.checks(), *Datumed.checks(), Placed.index("compound"), spatial("compound"))


class Gate(Identified, Sourced, Base):
    """A gate in a compound's wall."""

    __tablename__ = "gate"

    compound_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.compound.id", ondelete="CASCADE"))
    name: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = (*Sourced.checks(), Index("ix_gate_compound_id", "compound_id"))


class Building(Identified, Sourced, Datumed, Placed, Base):
    """A building's outline. `height_m` is what stands in the source or follows from the floors."""

    __tablename__ = "building"

    compound_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.compound.id", ondelete="SET NULL"))
    name: Mapped[str | None]
    name_en: Mapped[str | None]
    address: Mapped[str | None]
    use: Mapped[str] = mapped_column(server_default="other")
    floors: Mapped[int | None] = mapped_column(SmallInteger)
    height_m: Mapped[float | None]
    has_lift: Mapped[bool | None]
    geom: Mapped[WKBElement] = drawn("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = mercator("MULTIPOLYGON")

    __table_args__ = (
        *Sourced.checks(),
        *Datumed.checks(),
        one_of("use", *BUILDING_USES),
        CheckConstraint("floors between 1 and 200", name="floors"),
        CheckConstraint("height_m > 0 and height_m < 1000", name="height_m"),
        Placed.index("building"),
        Index("ix_building_compound_id", "compound_id"),
        # "3幢" and "3号楼" are number 3.
        Index(
            "ix_building_number",
            text("ltrim(\"substring\"(name, '[0-9]+'::text), '0'::text)"),
            postgresql_where=text("name is not null"),
        ),
        spatial("building"),
    )


class Entrance(Identified, Sourced, Base):
    """A stair of a building 单元: where one walks in. `label` is its number, ``1`` or ``A``."""

    __tablename__ = "entrance"

    building_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.building.id", ondelete="CASCADE"))
    label: Mapped[str]
    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = (*Sourced.checks(), UniqueConstraint("building_id", "label"),
                      UniqueConstraint("id", "building_id"))  # fmt: skip


class Unit(Identified, Sourced, Placed, Base):
    """A dwelling 户."""

    __tablename__ = "unit"

    building_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.building.id", ondelete="CASCADE"))
    entrance_id: Mapped[int | None] = mapped_column(BigInteger)
    floor: Mapped[int] = mapped_column(SmallInteger)
    room: Mapped[str]
    tenure: Mapped[str] = mapped_column(server_default="owned")

    __table_args__ = (
        *Sourced.checks(),
        # The entrance must be one of this very building.
        ForeignKeyConstraint(
            ["entrance_id", "building_id"],
            ["yike.entrance.id", "yike.entrance.building_id"],
            name="fk_unit_entrance",
        ),
        one_of("tenure", "owned", "rented", "vacant"),
        CheckConstraint("floor between -9 and 200 and floor <> 0", name="floor"),
        UniqueConstraint("building_id", "entrance_id", "room", postgresql_nulls_not_distinct=True),
        UniqueConstraint("id", "building_id"),
        Index("ix_unit_entrance_id", "entrance_id"),
        Placed.index("unit"),
    )


class Resident(Identified, Sourced, Placed, Base):
    """A person. Named in no tile, live event, log or notification; masked in the API."""

    __tablename__ = "resident"

    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.unit.id", ondelete="CASCADE"))
    name: Mapped[str]
    gender: Mapped[str | None]
    born: Mapped[date | None]
    phone: Mapped[str | None]
    is_registered: Mapped[bool] = mapped_column(server_default="true")
    lives_here: Mapped[bool] = mapped_column(server_default="true")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    __table_args__ = (
        *Sourced.checks(),
        one_of("gender", "female", "male"),
        CheckConstraint("is_registered or lives_here", name="belongs"),
        CheckConstraint("born > date '1890-01-01'", name="born"),
        CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name="phone"),
        Index("ix_resident_unit_id", "unit_id"),
        Index("ix_resident_tags", "tags", postgresql_using="gin"),
        Placed.index("resident"),
    )


class Contact(Identified, Sourced, Base):
    """A relative to tell, first the one with `priority` 1."""

    __tablename__ = "contact"

    resident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.resident.id", ondelete="CASCADE"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    name: Mapped[str]
    relation: Mapped[str]
    phone: Mapped[str]

    __table_args__ = (
        *Sourced.checks(),
        CheckConstraint("priority between 1 and 20", name="priority"),
        CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name="phone"),
        UniqueConstraint("resident_id", "priority"),
    )
