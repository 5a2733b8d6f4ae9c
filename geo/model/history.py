"""What is kept of the past: hourly figures of readings, silences, and where workers went."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, drawn


class TelemetryHour(Base):
    """One metric of one device in one hour, partitioned by month (UTC). Made from `telemetry`, outlives it."""

    __tablename__ = "telemetry_hour"

    device_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    metric: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    min: Mapped[float]
    max: Mapped[float]
    sum: Mapped[float]
    first: Mapped[float]
    last: Mapped[float]

    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("min <= max", name="range"),
        {"postgresql_partition_by": "RANGE (hour)"},
    )


class TelemetryPending(Identified, Base):
    """Readings of an hour that are stored and not in its figures yet: one row a statement and hour.

    Written by the statement that stores them, so that it is seen exactly when they are, whatever order
    transactions end in; a watermark of times would miss those that end late.
    """

    __tablename__ = "telemetry_pending"

    hour: Mapped[datetime]
    first_received_at: Mapped[datetime]
    last_received_at: Mapped[datetime]

    __table_args__ = (Index("ix_telemetry_pending_hour", "hour"),)


class Silence(Identified, Base):
    """A time in which a device was grey: from `marked_at` to `until`, unheard since `since`."""

    __tablename__ = "silence"

    device_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    marked_at: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_silence_open", "device_id", unique=True, postgresql_where="until is null"),
        Index("ix_silence_device_id", "device_id", "marked_at"),
        Index("ix_silence_until", "until"),
    )


class WorkerTrack(Identified, Base):
    """Where a worker was: every position as it became known at `at`, later thinned to the last of each minute."""

    __tablename__ = "worker_track"

    worker_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.worker.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    observed_at: Mapped[datetime]
    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = (
        Index("ix_worker_track_worker_id", "worker_id", "at"),
        Index("ix_worker_track_at", "at"),
    )
