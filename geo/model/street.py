"""Streets as a network, and the ground they lie on."""

from __future__ import annotations

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Sourced, drawn, mercator, one_of, spatial

STREET_CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "residential", "living_street",
    "service", "pedestrian", "footway", "cycleway", "path", "steps",
)  # fmt: skip
GROUND_KINDS = ("water", "green", "built", "sand")


class StreetNode(Identified, Sourced, Base):
    """A junction or an end of a street."""

    __tablename__ = "street_node"

    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = Sourced.checks()


class Street(Identified, Sourced, Base):
    """A piece of street between two junctions. One-way flags hold in the direction of `geom`.

    `closed`: nobody may use it for now, whatever its rights. `across`: a straight walk across a
    square, where nothing is to be drawn.
    """

    __tablename__ = "street"

    from_node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.street_node.id"))
    to_node_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.street_node.id"))
    name: Mapped[str | None]
    name_en: Mapped[str | None]
    street_class: Mapped[str]
    length_m: Mapped[float]
    walk: Mapped[bool]
    cycle: Mapped[bool]
    drive: Mapped[bool]
    oneway_walk: Mapped[bool] = mapped_column(server_default="false")
    oneway_cycle: Mapped[bool] = mapped_column(server_default="false")
    oneway_drive: Mapped[bool] = mapped_column(server_default="false")
    steps: Mapped[bool] = mapped_column(server_default="false")
    bridge: Mapped[bool] = mapped_column(server_default="false")
    tunnel: Mapped[bool] = mapped_column(server_default="false")
    closed: Mapped[bool] = mapped_column(server_default="false")
    across: Mapped[bool] = mapped_column(server_default="false")
    geom: Mapped[WKBElement] = drawn("LINESTRING")
    geom_3857: Mapped[WKBElement] = mercator("LINESTRING")

    __table_args__ = (
        *Sourced.checks(),
        one_of("street_class", *STREET_CLASSES),
        CheckConstraint("length_m >= 0 and length_m < 1e6", name="length_m"),
        CheckConstraint("walk or cycle or drive", name="usable"),
        CheckConstraint("(not oneway_walk or walk) and (not oneway_cycle or cycle) and (not oneway_drive or drive)",
                        name="oneway"),
        Index("ix_street_from_node_id", "from_node_id"),
        Index("ix_street_to_node_id", "to_node_id"),
        Index("ix_street_name", "name", postgresql_where="name is not null"),
        spatial("street"),
    )  # fmt: skip


class Ground(Identified, Sourced, Base):
    """Water and green: what a map needs to look like the place. Carries no path; cut by geometry."""

    __tablename__ = "ground"

    kind: Mapped[str]
    name: Mapped[str | None]
    name_en: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("MULTIPOLYGON")
    geom_3857: Mapped[WKBElement] = mercator("MULTIPOLYGON")

    __table_args__ = (*Sourced.checks(), one_of("kind", *GROUND_KINDS), spatial("ground"))
