"""When a reading is an incident: rules as data, what deviates from them, and what they have to remember."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, created, one_of

RULE_TYPES = ("threshold", "rate", "silence", "no_use", "steady_use")
DEADLINES = ("heartbeat", "silence", "breach", "recovery", "dispatch", "acceptance")


class Rule(Identified, Base):
    """What makes a kind of device red, and how it becomes blue again.

    ``threshold``: `metric` compared with `threshold` (on/off is ``>= 1``; a vital sign ``outside`` `threshold` and
    `threshold_high`). ``rate``: how much `metric` has changed within `window_s`. ``silence``: no reading for
    `window_s`. ``no_use``: the counter has moved by less than `threshold` within `window_s`, readings present.
    ``steady_use``: it has moved by `threshold` or more in every `interval_s` of `window_s`.
    """

    __tablename__ = "rule"

    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(ForeignKey("yike.device_kind.code", ondelete="CASCADE"))
    name: Mapped[str]
    name_en: Mapped[str]
    type: Mapped[str] = mapped_column(server_default="threshold")
    metric: Mapped[str | None]
    increment_metric: Mapped[str | None]
    comparison: Mapped[str | None]
    threshold: Mapped[float | None]
    threshold_high: Mapped[float | None]
    recovery: Mapped[float | None]
    counter_max: Mapped[float | None]
    window_s: Mapped[int | None] = mapped_column(Integer)
    interval_s: Mapped[int | None] = mapped_column(Integer)
    for_s: Mapped[int] = mapped_column(Integer, server_default="0")
    keep_for_s: Mapped[int] = mapped_column(Integer, server_default="0")
    clearing: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger)
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    minds_absence: Mapped[bool] = mapped_column(server_default="false")
    dispatch_after_s: Mapped[int | None] = mapped_column(Integer)
    dispatch_to: Mapped[str] = mapped_column(server_default="worker")
    accept_within_s: Mapped[int] = mapped_column(Integer, server_default="600")
    enabled: Mapped[bool] = mapped_column(server_default="true")
    basis: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    edited_by: Mapped[str | None]

    __table_args__ = (
        one_of("type", *RULE_TYPES),
        one_of("comparison", ">=", "<=", "outside"),
        one_of("clearing", "self_clearing", "latched"),
        one_of("dispatch_to", "worker", "department"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{1,39}$'", name="code"),
        CheckConstraint("severity between 1 and 4", name="severity"),
        CheckConstraint("(type = 'silence') = (metric is null)", name="metric"),
        CheckConstraint("(type = 'silence') = (threshold is null)", name="threshold"),
        CheckConstraint("(type in ('threshold', 'rate')) = (comparison is not null)", name="compares"),
        CheckConstraint("(type = 'threshold') = (window_s is null)", name="window_s"),
        CheckConstraint("(type = 'steady_use') = (interval_s is not null)", name="interval_s"),
        CheckConstraint(
            "case when comparison = 'outside' then coalesce(threshold_high > threshold, false)"
            " else threshold_high is null end",
            name="threshold_high",
        ),
        CheckConstraint(
            "case comparison when '>=' then recovery <= threshold when '<=' then recovery >= threshold"
            " else recovery is null end",
            name="recovery",
        ),
        CheckConstraint("window_s between 60 and 31536000", name="window_range"),
        CheckConstraint("interval_s between 60 and window_s", name="interval_range"),
        CheckConstraint("for_s between 0 and 2592000 and keep_for_s between 0 and 2592000", name="durations"),
        CheckConstraint("dispatch_after_s between 0 and 86400", name="dispatch_after_s"),
        CheckConstraint("accept_within_s between 30 and 86400", name="accept_within_s"),
        CheckConstraint("(quiet_from is null) = (quiet_to is null) and quiet_from <> quiet_to", name="quiet"),
        CheckConstraint("counter_max > 0", name="counter_max"),
        Index("ix_rule_kind", "kind"),
    )


class RuleOverride(Identified, Base):
    """What differs for one device, or for flats where somebody with this tag lives. Empty fields keep the rule's."""

    __tablename__ = "rule_override"

    rule_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.rule.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"))
    tag: Mapped[str | None]
    enabled: Mapped[bool | None]
    threshold: Mapped[float | None]
    threshold_high: Mapped[float | None]
    window_s: Mapped[int | None] = mapped_column(Integer)
    for_s: Mapped[int | None] = mapped_column(Integer)
    severity: Mapped[int | None] = mapped_column(SmallInteger)
    edited_at: Mapped[datetime] = created()
    edited_by: Mapped[str]

    __table_args__ = (
        CheckConstraint("num_nonnulls(device_id, tag) = 1", name="one_reason"),
        CheckConstraint("severity between 1 and 4", name="severity"),
        CheckConstraint("window_s between 60 and 31536000", name="window_range"),
        CheckConstraint("for_s between 0 and 2592000", name="for_s"),
        UniqueConstraint("rule_id", "device_id", "tag", postgresql_nulls_not_distinct=True),
        Index("ix_rule_override_device_id", "device_id"),
    )


class RuleException(Base):
    """Which override stands for a device: found once, when something of it changes, and not with each reading."""

    __tablename__ = "rule_exception"

    device_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rule_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    override_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.rule_override.id", ondelete="CASCADE"))

    __table_args__ = (Index("ix_rule_exception_override_id", "override_id"),)


class CounterState(Base):
    """What a rule on a counter remembers of a device: its last total, and since when it has moved or not."""

    __tablename__ = "counter_state"

    device_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rule_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    total: Mapped[float | None]
    used: Mapped[float] = mapped_column(server_default="0")
    used_at: Mapped[datetime]
    since: Mapped[datetime]

    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)


class Deadline(Identified, Base):
    """When something is looked at next, whether or not anything arrives. Never moved by a reading of a healthy device.

    It goes, or moves, in the very transaction that acts on it: each fires once, however often a process dies.
    """

    __tablename__ = "deadline"

    purpose: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.device.id", ondelete="CASCADE"))
    rule_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.rule.id", ondelete="CASCADE"))
    incident_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.work_order.id", ondelete="CASCADE"))
    due_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")

    __table_args__ = (
        one_of("purpose", *DEADLINES),
        CheckConstraint(
            "case when purpose = 'heartbeat' then device_id is not null and rule_id is null"
            " when purpose in ('silence', 'breach', 'recovery') then num_nonnulls(device_id, rule_id) = 2"
            " when purpose = 'dispatch' then incident_id is not null else order_id is not null end",
            name="subject",
        ),
        UniqueConstraint(
            "device_id", "rule_id", "purpose", "incident_id", "order_id", postgresql_nulls_not_distinct=True
        ),
        Index("ix_deadline_due_at", "due_at"),
        Index("ix_deadline_pending", "device_id", postgresql_where="purpose in ('breach', 'recovery')"),
        Index("ix_deadline_incident_id", "incident_id", postgresql_where="incident_id is not null"),
        Index("ix_deadline_order_id", "order_id", postgresql_where="order_id is not null"),
    )


class Absence(Identified, Base):
    """A household that is ``away``, or was just ``seen``: rules that mind absence stay quiet until then.

    Afterwards "no use for two days" counts from the return, or from the moment somebody saw them well.
    """

    __tablename__ = "absence"

    unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.unit.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(server_default="away")
    since: Mapped[datetime] = created()
    until: Mapped[datetime]
    who: Mapped[str]
    note: Mapped[str | None]

    __table_args__ = (
        one_of("kind", "away", "seen"),
        CheckConstraint("until > since", name="until"),
        Index("ix_absence_unit_id", "unit_id", "until"),
    )
