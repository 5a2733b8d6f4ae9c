"""The numbered log of everything the live map shows, and the revisions of what is held in memory."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, created, one_of


class Change(Identified, Placed, Base):
    """Written in the transaction of the change itself; numbered (`seq`) once that is committed.

    `payload` is filled in at numbering: the row as the live stream sends it. News of tiles has it from the start:
    a layer's name and ``z/x/y`` of each tile, or ``*``.
    """

    __tablename__ = "change"

    at: Mapped[datetime] = created()
    seq: Mapped[int | None] = mapped_column(BigInteger)
    entity: Mapped[str]
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[list[Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        one_of("entity", "device", "incident", "worker", "tiles", "reset"),
        CheckConstraint("(entity in ('tiles', 'reset')) = (entity_id is null)", name="entity_id"),
        Index("uq_change_seq", "seq", unique=True, postgresql_where="seq is not null"),
        Index("ix_change_unnumbered", "id", postgresql_where="seq is null"),
    )


class LiveClock(Base):
    """One row: which life of the database this is, and the last number given out in it."""

    __tablename__ = "live_clock"

    single: Mapped[bool] = mapped_column(Boolean, primary_key=True, server_default="true")
    epoch: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True), server_default=func.gen_random_uuid())
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (CheckConstraint("single", name="single"),)


class Revision(Base):
    """Counts the edits of what processes keep in memory, so that each knows when to load again."""

    __tablename__ = "revision"

    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, server_default="1")

    __table_args__ = (one_of("topic", "network", "homes", "facilities", "devices", "areas", "ground"),)
