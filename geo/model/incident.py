"""Incidents 事件 and the orders 工单 that answer them, each step of both on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, created, drawn, one_of

INCIDENT_KINDS = ("device_alarm", "resident_report", "patrol_finding")
ORDER_STATES = (
    "dispatched", "accepted", "arrived", "handled", "verified", "closed", "returned", "cancelled",
)  # fmt: skip
ORDER_ENDS = ("closed", "returned", "cancelled")
INCIDENT_STEPS = ("opened", "acknowledged", "ordered", "escalated", "merged", "recovered", "relapsed", "closed")
CLOSINGS = ("recovered", "verified", "manual_check", "false_alarm", "merged", "removed")

_ORDER_IS_OPEN = "state not in ('closed', 'returned', 'cancelled')"


class Incident(Identified, Placed, Base):
    """Something a person must look at. Open as long as `closed_at` is empty."""

    __tablename__ = "incident"

    kind: Mapped[str]
    title: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    device_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"))
    rule_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.rule.id"))
    category: Mapped[str | None] = mapped_column(ForeignKey("yike.incident_category.code"))
    department_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.department.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="SET NULL"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    opened_at: Mapped[datetime] = created()
    acknowledged_at: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing: Mapped[str | None]
    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = (
        one_of("kind", *INCIDENT_KINDS),
        one_of("closing", *CLOSINGS),
        CheckConstraint("severity between 1 and 4", name="severity"),
        CheckConstraint("(closed_at is null) = (closing is null)", name="closed"),
        CheckConstraint("closed_at >= opened_at", name="closed_after_opened"),
        CheckConstraint("(kind = 'device_alarm') = (rule_id is not null)", name="alarm_has_rule"),
        CheckConstraint("rule_id is null or device_id is not null", name="rule_has_device"),
        # At most one open incident per device and rule; the same index finds what stands on a device.
        Index("uq_incident_open", "device_id", "rule_id", unique=True, postgresql_where="closed_at is null"),
        Index("ix_incident_device_id", "device_id", "opened_at"),
        Index("ix_incident_path", "path", "opened_at"),
        CheckConstraint("merged_into_id <> id", name="merged_into_other"),
        Index("ix_incident_merged_into_id", "merged_into_id", postgresql_where="merged_into_id is not null"),
        Index("ix_incident_open", "opened_at", postgresql_where="closed_at is null"),
    )


class IncidentLog(Identified, Base):
    """One step of an incident."""

    __tablename__ = "incident_log"

    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"))
    at: Mapped[datetime] = created()
    step: Mapped[str]
    who: Mapped[str]
    note: Mapped[str | None]

    __table_args__ = (
        one_of("step", *INCIDENT_STEPS),
        Index("ix_incident_log_incident_id", "incident_id", "at"),
        Index("ix_incident_log_merged", "note", postgresql_where="step = 'merged'"),
    )


class WorkOrder(Identified, Base):
    """An incident in someone's hands: a worker's or a department's."""

    __tablename__ = "work_order"

    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"))
    worker_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.worker.id"))
    department_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.department.id"))
    state: Mapped[str] = mapped_column(server_default="dispatched")
    created_at: Mapped[datetime] = created()
    state_at: Mapped[datetime] = created()
    accept_by: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    reason: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rated_at: Mapped[datetime | None]
    rated_by: Mapped[str | None]
    rating_note: Mapped[str | None]

    __table_args__ = (
        one_of("state", *ORDER_STATES),
        CheckConstraint("num_nonnulls(worker_id, department_id) = 1", name="one_addressee"),
        CheckConstraint("rating between 1 and 5", name="rating"),
        CheckConstraint("(rating is null) = (rated_at is null)", name="rated"),
        Index("uq_work_order_open", "incident_id", unique=True, postgresql_where=_ORDER_IS_OPEN),
        Index("ix_work_order_worker_id", "worker_id", "created_at"),
        Index("ix_work_order_incident_id", "incident_id"),
    )


class WorkOrderLog(Identified, Base):
    """One step of an order: who, when, where, what."""

    __tablename__ = "work_order_log"

    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.work_order.id", ondelete="CASCADE"))
    at: Mapped[datetime] = created()
    state: Mapped[str]
    who: Mapped[str]
    note: Mapped[str | None]
    worker_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.worker.id", ondelete="SET NULL"))
    geom: Mapped[WKBElement | None] = drawn("POINT", nullable=True)

    __table_args__ = (
        one_of("state", *ORDER_STATES),
        Index("ix_work_order_log_order_id", "order_id", "at"),
    )
