"""Rules and what deviates from them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.times import LocalTime

RuleType = Literal["threshold", "rate", "silence", "no_use", "steady_use"]
_Metric = Field(None, pattern=r"^[a-z][a-z0-9_]{0,62}$")
_Severity = Field(ge=1, le=4)


class RuleFields(BaseModel):
    """What makes a device red, and how it becomes blue again. Durations in seconds."""

    name: str = Field(min_length=1, max_length=80)
    name_en: str = Field(min_length=1, max_length=80)
    type: RuleType = "threshold"
    metric: str | None = _Metric
    increment_metric: str | None = _Metric
    comparison: Literal[">=", "<=", "outside"] | None = None
    threshold: float | None = None
    threshold_high: float | None = None
    recovery: float | None = Field(None, description="Normal again only beyond this; without it, at the threshold")
    counter_max: float | None = Field(None, gt=0, description="Where the counter begins anew at zero")
    window_s: int | None = None
    interval_s: int | None = None
    for_s: int = Field(0, ge=0, description="How long it must last")
    keep_for_s: int = Field(0, ge=0, description="How long normal must last to close it")
    clearing: Literal["self_clearing", "latched"]
    severity: int = _Severity
    quiet_from: LocalTime | None = Field(None, description="Local time; nothing opens until quiet_to")
    quiet_to: LocalTime | None = None
    minds_absence: bool = Field(False, description="Stays quiet while the household is away")
    dispatch_after_s: int | None = Field(
        None, ge=0, le=86400, description="Then an order goes out by itself; 0 at once"
    )
    dispatch_to: Literal["worker", "department"] = "worker"
    accept_within_s: int = Field(600, ge=30, le=86400, description="Not accepted by then, the next nearest is asked")
    enabled: bool = True
    basis: str | None = Field(None, max_length=400, description="Where the rule is in use, or why")


class RuleIn(RuleFields):
    """A new rule."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    kind: str


class RuleChanges(BaseModel):
    """Fields to change; those left out stay."""

    name: str | None = Field(None, min_length=1, max_length=80)
    name_en: str | None = Field(None, min_length=1, max_length=80)
    metric: str | None = _Metric
    increment_metric: str | None = _Metric
    comparison: Literal[">=", "<=", "outside"] | None = None
    threshold: float | None = None
    threshold_high: float | None = None
    recovery: float | None = None
    counter_max: float | None = None
    window_s: int | None = None
    interval_s: int | None = None
    for_s: int | None = Field(None, ge=0)
    keep_for_s: int | None = Field(None, ge=0)
    clearing: Literal["self_clearing", "latched"] | None = None
    severity: int | None = Field(None, ge=1, le=4)
    quiet_from: LocalTime | None = None
    quiet_to: LocalTime | None = None
    minds_absence: bool | None = None
    dispatch_after_s: int | None = Field(None, ge=0, le=86400)
    dispatch_to: Literal["worker", "department"] | None = None
    accept_within_s: int | None = Field(None, ge=30, le=86400)
    enabled: bool | None = None
    basis: str | None = Field(None, max_length=400)


class OverrideIn(BaseModel):
    """What differs for one device or for flats where somebody with a tag lives. Empty fields keep the rule's."""

    device_id: int | None = Field(None, lt=2**63)
    tag: str | None = Field(None, min_length=1, max_length=40)
    enabled: bool | None = None
    threshold: float | None = None
    threshold_high: float | None = None
    window_s: int | None = None
    for_s: int | None = Field(None, ge=0)
    severity: int | None = Field(None, ge=1, le=4)


class Override(OverrideIn):
    """An override as it stands."""

    id: int
    device: str | None
    edited_at: datetime
    edited_by: str


class Rule(RuleFields):
    """A rule as it stands, with how often it was right in thirty days."""

    id: int
    code: str
    kind: str
    kind_name: str
    kind_name_en: str
    overrides: list[Override]
    fired_30d: int
    false_alarms_30d: int
    edited_at: datetime | None
    edited_by: str | None


class AwayIn(BaseModel):
    """Until when a household is away; null when they are back."""

    until: AwareDatetime | None
    note: str | None = Field(None, max_length=2000)
