"""What all tables share: the schema, naming of constraints, and column groups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    Identity,
    Index,
    MetaData,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "yike"


class Base(DeclarativeBase):
    """Declarative base of the schema `yike`."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads a plain dict here
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def one_of(column: str, *allowed: str) -> CheckConstraint:
    """A check that a text column holds one of these values."""
    values = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} in ({values})", name=column)


def drawn(kind: str, *, nullable: bool = False) -> Any:
    """The column `geom`: WGS 84. Its spatial index is the one on `geom_3857`, see `spatial`."""
    return mapped_column(Geometry(kind, 4326, spatial_index=False), nullable=nullable)


def mercator(kind: str) -> Any:
    """The column `geom_3857`, generated from `geom` and stored, so that no tile query transforms."""
    return mapped_column(
        Geometry(kind, 3857, spatial_index=False), Computed("st_transform(geom, 3857)", persisted=True)
    )


def spatial(table: str, column: str = "geom_3857") -> Index:
    """The GiST index that tile and bounding-box queries use."""
    return Index(f"ix_{table}_{column}", column, postgresql_using="gist")


class Identified:
    """A 64-bit identity key, stable over tiles, zooms and imports."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-1)


class Sourced:
    """Where a row came from, and the key it has there, so that the same file twice is one row."""

    origin: Mapped[str] = mapped_column(server_default="manual")
    source_key: Mapped[str | None] = mapped_column(unique=True)

    @staticmethod
    def checks() -> tuple[CheckConstraint, ...]:
        """``sample`` rows can be removed whole; ``derived`` ones stand in for what a file lacked."""
        return (one_of("origin", "imported", "derived", "sample", "manual"),)


class Datumed:
    """The datum a row came in, with its coordinates as they were delivered."""

    datum: Mapped[str] = mapped_column(server_default="wgs84")
    geom_delivered: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=-1, spatial_index=False))

    @staticmethod
    def checks() -> tuple[CheckConstraint, ...]:
        """A row of another datum keeps what was delivered: the conversion can be done again."""
        return (
            one_of("datum", "wgs84", "gcj02", "bd09", "cgcs2000"),
            CheckConstraint("datum = 'wgs84' or geom_delivered is not null", name="delivered_kept"),
        )


class Placed:
    """The path of the grid (or the deepest area) a row lies in; empty where no area covers it."""

    path: Mapped[str] = mapped_column(Text(collation="C"), server_default="")

    @staticmethod
    def index(table: str) -> Index:
        """Answers "everything below this area" as a range."""
        return Index(f"ix_{table}_path", "path")


def created() -> Any:
    """A timestamp the database fills in."""
    return mapped_column(server_default=func.now())
