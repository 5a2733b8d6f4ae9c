"""Visits 走访: who must be visited how often, at what hours, and the tours that see to it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, Sourced, created, one_of

TOUR_STATES = ("proposed", "accepted")
VISIT_STATES = ("planned", "done", "skipped", "missed", "unplanned")
VISIT_STEPS = ("planned", "moved", "done", "skipped", "missed", "unplanned")


class VisitRule(Identified, Sourced, Placed, Base):
    """Homes where somebody with `tag` lives are visited every so many days. Holds at `path` and below it."""

    __tablename__ = "visit_rule"

    tag: Mapped[str]
    every_days: Mapped[int] = mapped_column(SmallInteger)
    visit_s: Mapped[int] = mapped_column(Integer, server_default="900")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="50")
    # What its worker must be able to do; empty: anybody may go.
    skill: Mapped[str | None]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    edited_at: Mapped[datetime] = created()
    edited_by: Mapped[str | None]

    __table_args__ = (
        *Sourced.checks(),
        CheckConstraint("tag ~ '^[a-z][a-z0-9_]{1,39}$'", name="tag"),
        CheckConstraint("skill ~ '^[a-z][a-z0-9_]{1,39}$'", name="skill"),
        CheckConstraint("every_days between 1 and 366", name="every_days"),
        CheckConstraint("visit_s between 60 and 14400", name="visit_s"),
        CheckConstraint("priority between 0 and 90", name="priority"),
        UniqueConstraint("path", "tag"),
    )


class VisitWish(Base):
    """When a home may be visited: between two hours of the day, on the days of the week in `weekdays` (Monday is 1)."""

    __tablename__ = "visit_wish"

    unit_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.unit.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    weekdays: Mapped[int] = mapped_column(SmallInteger, server_default="127")
    note: Mapped[str | None]
    edited_at: Mapped[datetime] = created()
    edited_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("num_nulls(opens, closes) in (0, 2) and opens < closes", name="hours"),
        CheckConstraint("weekdays between 1 and 127", name="weekdays"),
        CheckConstraint("char_length(note) <= 200", name="note"),
    )


class TourPlan(Identified, Placed, Base):
    """Tours proposed together, and what is in none of them: [unit, reason]. `path` is what its maker may see."""

    __tablename__ = "tour_plan"

    first_day: Mapped[date]
    days: Mapped[int] = mapped_column(SmallInteger)
    unassigned: Mapped[list[Any]] = mapped_column(server_default="[]")
    left_out: Mapped[list[Any]] = mapped_column(server_default="[]")
    made_at: Mapped[datetime] = created()
    made_by: Mapped[str]

    __table_args__ = (
        CheckConstraint("days between 1 and 7", name="days"),
        Index("ix_tour_plan_made_at", "made_at"),
    )


class Tour(Identified, Base):
    """One worker's visits of one day. `away_order_id`: the order that took the worker from the rest of them."""

    __tablename__ = "tour"

    plan_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.tour_plan.id", ondelete="CASCADE"))
    worker_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.worker.id"))
    day: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="proposed")
    # The shift, with its rest and skills, kept so that what is left of it can be planned again.
    shift: Mapped[dict[str, Any]] = mapped_column(JSONB)
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    travel_s: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None]
    away_order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.work_order.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = created()

    __table_args__ = (
        one_of("state", *TOUR_STATES),
        CheckConstraint("end_at >= start_at", name="ends_after_start"),
        Index("uq_tour_accepted", "worker_id", "day", unique=True, postgresql_where="state = 'accepted'"),
        Index("ix_tour_day", "day"),
        Index("ix_tour_plan_id", "plan_id"),
        Index("ix_tour_away_order_id", "away_order_id", postgresql_where="away_order_id is not null"),
    )


class Visit(Identified, Base):
    """A call at one home. Without a tour it is history from before tours, or was planned and is no more."""

    __tablename__ = "visit"

    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.unit.id", ondelete="CASCADE"))
    tour_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.tour.id", ondelete="CASCADE"))
    worker_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.worker.id", ondelete="SET NULL"))
    day: Mapped[date]
    position: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    arrive_at: Mapped[datetime | None]
    wait_s: Mapped[int] = mapped_column(Integer, server_default="0")
    travel_s: Mapped[int] = mapped_column(Integer, server_default="0")
    visit_s: Mapped[int] = mapped_column(Integer, server_default="900")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="50")
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    state: Mapped[str] = mapped_column(server_default="planned")
    done_at: Mapped[datetime | None]
    note: Mapped[str | None]
    reason: Mapped[str | None]

    __table_args__ = (
        one_of("state", *VISIT_STATES),
        CheckConstraint("(state in ('done', 'skipped', 'missed')) = (done_at is not null)", name="done"),
        CheckConstraint("state <> 'planned' or tour_id is not null", name="planned_in_a_tour"),
        CheckConstraint("char_length(note) <= 2000", name="note"),
        Index("ix_visit_tour_id", "tour_id", "position"),
        Index("ix_visit_unit_done", "unit_id", "done_at", postgresql_where="state = 'done'"),
        Index("ix_visit_planned", "unit_id", postgresql_where="state = 'planned'"),
    )


class VisitLog(Identified, Base):
    """One step of a visit: who, when, and whose tour of which day it is in since."""

    __tablename__ = "visit_log"

    visit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.visit.id", ondelete="CASCADE"))
    at: Mapped[datetime] = created()
    step: Mapped[str]
    who: Mapped[str]
    note: Mapped[str | None]
    worker_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.worker.id", ondelete="SET NULL"))
    day: Mapped[date | None]

    __table_args__ = (
        one_of("step", *VISIT_STEPS),
        Index("ix_visit_log_visit_id", "visit_id", "at"),
    )
