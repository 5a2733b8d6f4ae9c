"""Devices, readings, incidents, orders, workers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.places import Home
from geo.datum import Datum
from geo.live.telemetry import MAX_BATCH

Status = Literal["normal", "abnormal", "offline"]
IncidentKind = Literal["device_alarm", "resident_report", "patrol_finding"]
OrderState = Literal["dispatched", "accepted", "arrived", "handled", "verified", "closed", "returned", "cancelled"]


class DeadLetter(BaseModel):
    """A reading that could not be taken, as it came, cut where it was very long."""

    id: int
    received_at: datetime
    reason: str
    reading: str


class RunAgainIn(BaseModel):
    """Which dead letters to try again; without ids the oldest ones."""

    ids: list[int] | None = Field(None, max_length=MAX_BATCH)


class RunAgainOut(BaseModel):
    """What became of them: those taken are gone from the list."""

    taken: int
    rejected: int
    remaining: int


class DeviceProperties(BaseModel):
    """A device and how it stands; `since` is when that began."""

    id: int
    external_id: str
    kind: str
    name: str
    status: Status
    since: datetime
    last_seen: datetime | None
    area: str
    building_id: int | None
    floor: int | None


class DeviceIncident(BaseModel):
    """An open incident on a device."""

    id: int
    title: str
    title_en: str | None
    severity: int
    opened_at: datetime
    acknowledged_at: datetime | None
    details: dict[str, Any]
    order_id: int | None
    order_state: OrderState | None
    worker_id: int | None
    worker: str | None


class DeviceDetails(DeviceProperties):
    """A device with where it hangs, who lives there (masked), its newest values and open incidents."""

    kind_name: str
    kind_name_en: str
    values: dict[str, Any]
    compound: str | None
    building: str | None
    address: str | None
    area_names: list[str]
    home: Home | None
    incidents: list[DeviceIncident]


class ReadingIn(BaseModel):
    """A reading as a device or its platform sends it."""

    device: str = Field(description="The device's external id")
    observed_at: datetime = Field(description="With time zone")
    values: dict[str, float | bool]
    id: str | None = Field(None, description="Makes the reading idempotent: the same id again is the same reading")


class RejectedReading(BaseModel):
    """A reading that was not taken."""

    index: int
    reason: str


class ReadingReceipt(BaseModel):
    """Every reading of the batch is counted in exactly one of the four."""

    accepted: int
    duplicate: int
    late: int
    rejected: list[RejectedReading]


class PushReceipt(ReadingReceipt):
    """What became of a push; `rejected` stands in the dead letters, `ignored` counts messages that tell no values."""

    ignored: int


class StoredReading(BaseModel):
    """A reading in a device's history."""

    observed_at: datetime
    received_at: datetime
    values: dict[str, Any]


class ChartPoint(BaseModel):
    """What a metric was in one step of time that begins `at`."""

    at: datetime
    count: int
    min: float
    max: float
    avg: float
    first: float
    last: float


class DeviceChart(BaseModel):
    """One metric of a device over time, oldest first; a step without readings has no point.

    Points further apart than `gap_s` have silence between them. `threshold` is the rule's, with its comparison.
    """

    metric: str | None
    since: datetime
    until: datetime
    step_s: int
    gap_s: int
    comparison: Literal[">=", "<="] | None
    threshold: float | None
    points: list[ChartPoint]


class ReplayDelta(BaseModel):
    """What changed at one moment, in the rows of the live stream."""

    at: datetime
    devices: list[list[Any]]
    incidents: list[list[Any]]
    workers: list[list[Any]]


class Replay(ReplayDelta):
    """The map as it was `at`, in the shape of a snapshot of the live stream; `deltas` lead on from there."""

    seq: int
    deltas: list[ReplayDelta]


class ManualCheckIn(BaseModel):
    """What a person found when looking after a device; `away_until` when the household is away."""

    note: str | None = Field(None, max_length=2000)
    away_until: AwareDatetime | None = None


class ManualCheckOut(BaseModel):
    """How many incidents the check closed."""

    closed: int


class IncidentIn(BaseModel):
    """A report of something wrong at a place."""

    kind: Literal["resident_report", "patrol_finding"]
    title: str = Field(min_length=1, max_length=200)
    lon: float
    lat: float
    datum: Datum = "wgs84"
    severity: int | None = Field(None, ge=1, le=4, description="Without it that of the category, or 2")
    category: str | None = Field(None, description="Decides the department it is sorted to")


class IncidentProperties(BaseModel):
    """An incident, with the order that stands on it."""

    id: int
    kind: IncidentKind
    title: str
    title_en: str | None
    severity: int
    state: Literal["open", "closed"]
    device_id: int | None
    device_kind: str | None
    device: str | None
    building: str | None
    address: str | None
    floor: int | None
    entrance: str | None
    room: str | None
    opened_at: datetime
    acknowledged_at: datetime | None
    recovered_at: datetime | None = Field(description="A latched one whose reading is normal again; a person closes it")
    closed_at: datetime | None
    closing: str | None
    category: str | None
    department_id: int | None = Field(description="Whom it was sorted to")
    department: str | None
    merged_into_id: int | None
    merged: int = Field(description="How many were merged into it")
    call_first_until: datetime | None = Field(description="Until then somebody telephones; then an order goes out")
    escalated_at: datetime | None
    area: str
    order_id: int | None
    order_state: OrderState | None
    worker_id: int | None
    worker: str | None


class MergeIn(BaseModel):
    """The incident that this one is the same as."""

    into: int = Field(lt=2**63)


class HistoryStep(BaseModel):
    """A step of an incident, or of one of its orders (`step` is then ``order`` and `state` says which)."""

    at: datetime
    step: str
    who: str
    note: str | None
    order_id: int | None
    state: OrderState | None
    worker: str | None = Field(description="Whom the order was given to, where the step did so")


class NoteIn(BaseModel):
    """A remark for the record."""

    note: str | None = Field(None, max_length=2000)


class OrderReason(BaseModel):
    """Why this worker: how far, how old the position was, what else was to do."""

    seconds: float | None = None
    length_m: float | None = None
    position_age_s: float | None = None
    open_orders: int | None = None
    climb_s: float | None = None
    profile: Literal["walk", "elder", "wheelchair", "ebike"] | None = None
    why: list[Annotated[str, Field(max_length=40)]] | None = Field(None, max_length=10)


class OrderIn(BaseModel):
    """Who is to go: a worker or a department. `reason` is kept with the order."""

    worker_id: int | None = None
    department_id: int | None = None
    reason: OrderReason | None = None


class HandOverIn(BaseModel):
    """Who takes it on."""

    worker_id: int = Field(lt=2**63)
    note: str | None = Field(None, max_length=2000)
    reason: OrderReason | None = None


class RateIn(BaseModel):
    """How well it was done: 1 badly, 5 very well."""

    rating: int = Field(ge=1, le=5)
    note: str | None = Field(None, max_length=2000)


class PhotoOut(BaseModel):
    """A photograph; its picture is at ``/api/v1/photos/{id}``."""

    id: int
    at: datetime
    who: str
    width: int
    height: int


class OrderStepIn(BaseModel):
    """A step of an order, with where it was made."""

    note: str | None = Field(None, max_length=2000)
    lon: float | None = None
    lat: float | None = None
    datum: Datum = "wgs84"
    away_until: AwareDatetime | None = Field(None, description="The household is away until then")


class OrderStep(BaseModel):
    """A step on record."""

    state: OrderState
    at: datetime
    who: str
    note: str | None


class Order(BaseModel):
    """A work order with its place. Coordinates in WGS 84, or the datum asked for."""

    id: int
    incident_id: int
    worker_id: int | None
    worker: str | None
    department_id: int | None
    department: str | None
    state: OrderState
    created_at: datetime
    state_at: datetime
    accept_by: datetime | None = Field(description="When the next nearest is asked")
    escalated_at: datetime | None
    reason: OrderReason
    rating: int | None
    rated_at: datetime | None
    title: str
    title_en: str | None
    severity: int
    incident_kind: IncidentKind
    category: str | None
    recovered_at: datetime | None
    report: str | None = Field(description="What the resident wrote")
    merged: int
    photos: list[PhotoOut]
    device_id: int | None
    device_kind: str | None
    device: str | None
    lon: float
    lat: float
    area: str
    building_id: int | None
    building: str | None
    address: str | None
    compound: str | None
    entrance: str | None
    floor: int | None
    room: str | None
    steps: list[OrderStep]


class WorkerProperties(BaseModel):
    """A grid worker. `position_age_s` is None where the post stands in for a position."""

    id: int
    name: str
    on_duty: bool
    profile: Literal["walk", "elder", "wheelchair", "ebike"]
    area: str
    skills: list[str]
    position_age_s: float | None
    open_orders: int


class DutyIn(BaseModel):
    """Whether a worker is on duty."""

    on_duty: bool


class PositionIn(BaseModel):
    """Where a worker's phone is."""

    lon: float
    lat: float
    datum: Datum = "wgs84"
    accuracy_m: float | None = Field(None, ge=0)
