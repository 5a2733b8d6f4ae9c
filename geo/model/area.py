"""Areas: city › district 区 › subdistrict 街道 › community 社区 › grid 网格."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Sourced, drawn, mercator, one_of, spatial

LEVELS = ("city", "district", "subdistrict", "community", "grid")


class Area(Identified, Sourced, Base):
    """An administrative area. `path` is the labels from the root joined by ``/``."""

    __tablename__ = "area"

    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.area.id", ondelete="CASCADE"))
    level: Mapped[str]
    label: Mapped[str] = mapped_column(Text(collation="C"))
    path: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    official_code: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = mercator("MULTIPOLYGON")

    __table_args__ = (
        *Sourced.checks(),
        one_of("level", *LEVELS),
        # No character below "/" may occur, or a sibling's path would fall into this one's range.
        CheckConstraint("label ~ '^~?[0-9a-z_]+$'", name="label"),
        CheckConstraint("(parent_id is null) = (path = label)", name="root_path"),
        CheckConstraint("path = label or right(path, length(label) + 1) = '/' || label", name="path"),
        CheckConstraint(
            "official_code is null or official_code ~ case level"
            " when 'city' then '^[0-9]{4}([0-9]{2})?$' when 'district' then '^[0-9]{6}$'"
            " when 'subdistrict' then '^[0-9]{9}$' when 'community' then '^[0-9]{12}$' else '^.+$' end",
            name="official_code",
        ),
        Index("uq_area_level_official_code", "level", "official_code", unique=True),
        Index("ix_area_parent_id", "parent_id"),
        spatial("area"),
    )
