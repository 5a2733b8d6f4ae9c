"""Telling people: channels, and the outbox 通知 that feeds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, created, one_of

CHANNEL_TYPES = ("file", "wecom", "dingtalk", "webhook", "smtp")
EVENTS = ("opened", "dispatched", "escalated", "closed")
AUDIENCES = ("duty", "worker", "supervisor", "elder", "relative")
NOTICE_STATES = ("waiting", "sending", "sent", "failed", "skipped", "unsure")


class Channel(Identified, Placed, Base):
    """A way to tell people, and whom it tells what. `secret` never leaves the database through the API."""

    __tablename__ = "channel"

    name: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    url: Mapped[str | None]
    secret: Mapped[str | None]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text))
    min_severity: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    enabled: Mapped[bool] = mapped_column(server_default="true")
    edited_at: Mapped[datetime] = created()
    edited_by: Mapped[str]

    __table_args__ = (
        one_of("type", *CHANNEL_TYPES),
        CheckConstraint(f"events <@ array{list(EVENTS)}", name="events"),
        CheckConstraint(f"audiences <@ array{list(AUDIENCES)}", name="audiences"),
        CheckConstraint("(type = 'file') = (url is null)", name="url"),
        CheckConstraint("min_severity between 1 and 4", name="min_severity"),
    )


class Notification(Identified, Base):
    """One thing told to one person over one channel, once. Holds no text: that is made when it is sent."""

    __tablename__ = "notification"

    at: Mapped[datetime] = created()
    event: Mapped[str]
    audience: Mapped[str]
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.channel.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.work_order.id", ondelete="CASCADE"))
    worker_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.worker.id", ondelete="CASCADE"))
    resident_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.resident.id", ondelete="CASCADE"))
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.contact.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    next_at: Mapped[datetime] = created()
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        one_of("event", *EVENTS),
        one_of("audience", *AUDIENCES),
        one_of("state", *NOTICE_STATES),
        # Nothing is told twice: the index decides.
        UniqueConstraint(
            "incident_id", "order_id", "event", "audience", "channel_id", "worker_id", "resident_id", "contact_id",
            postgresql_nulls_not_distinct=True, name="uq_notification_once",
        ),
        Index("ix_notification_waiting", "next_at", postgresql_where="state in ('waiting', 'sending')"),
    )  # fmt: skip
