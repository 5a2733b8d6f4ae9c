"""Devices and what they report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import (
    Base,
    Datumed,
    Identified,
    Placed,
    Sourced,
    created,
    drawn,
    mercator,
    one_of,
    spatial,
)  # fmt: skip


class DeviceKind(Base):
    """A kind of device. Filled from `data/catalogue/device_kinds.toml`."""

    __tablename__ = "device_kind"

    code: Mapped[str] = mapped_column(primary_key=True)
    device_class: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    glyph: Mapped[str]
    heartbeat_s: Mapped[int | None] = mapped_column(Integer)
    category: Mapped[str | None] = mapped_column(ForeignKey("yike.incident_category.code"))
    # What whoever is sent to its alarms had better be able to do.
    skill: Mapped[str | None] = mapped_column(ForeignKey("yike.skill.code"))
    sort: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        one_of("device_class", "care", "security", "street"),
        CheckConstraint("code ~ '^[a-z][a-z_]*$'", name="code"),
        CheckConstraint("heartbeat_s > 0", name="heartbeat_s"),
    )


class Device(Identified, Sourced, Datumed, Placed, Base):
    """A sensor at its place."""

    __tablename__ = "device"

    external_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(ForeignKey("yike.device_kind.code"))
    name: Mapped[str]
    building_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.building.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    gateway: Mapped[str | None]
    installed_at: Mapped[datetime] = created()
    geom: Mapped[WKBElement] = drawn("POINT")
    geom_3857: Mapped[WKBElement] = mercator("POINT")

    __table_args__ = (
        *Sourced.checks(),
        *Datumed.checks(),
        CheckConstraint("external_id ~ '^[!-~]{1,100}$'", name="external_id"),
        CheckConstraint("unit_id is null or building_id is not null", name="unit_in_building"),
        ForeignKeyConstraint(
            ["unit_id", "building_id"], ["yike.unit.id", "yike.unit.building_id"], name="fk_device_unit"
        ),
        Index("ix_device_kind", "kind"),
        Index("ix_device_building_id", "building_id"),
        Index("ix_device_unit_id", "unit_id"),
        Placed.index("device"),
        spatial("device"),
    )


class DeviceState(Base):
    """The newest reading of a device. Updated often, so nothing that changes is indexed (HOT)."""

    __tablename__ = "device_state"

    device_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    observed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)


class DeviceOffline(Base):
    """A row stands for as long as a device is silent beyond its kind's heartbeat."""

    __tablename__ = "device_offline"

    device_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = created()


class Telemetry(Base):
    """Every reading taken, partitioned by day (UTC)."""

    __tablename__ = "telemetry"

    device_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    observed_at: Mapped[datetime] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = created()
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        # Finds what came in lately, whatever time it tells of. Rows lie in the order they came: a few pages a day.
        Index("ix_telemetry_received_at", "received_at", postgresql_using="brin",
              postgresql_with={"autosummarize": "on", "pages_per_range": "64"}),
        {"postgresql_partition_by": "RANGE (observed_at)"},
    )  # fmt: skip


class Receipt(Base):
    """Ids of readings already taken, kept some days, so that a repeated send is one reading."""

    __tablename__ = "receipt"

    reading_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = created()

    __table_args__ = (Index("ix_receipt_received_at", "received_at"),)


class DeadLetter(Identified, Base):
    """A reading that could not be taken, with the reason."""

    __tablename__ = "dead_letter"

    received_at: Mapped[datetime] = created()
    reason: Mapped[str]
    reading: Mapped[str] = mapped_column(Text)
