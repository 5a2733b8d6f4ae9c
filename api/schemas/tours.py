"""Visits, tours and the rules behind them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from api.schemas.times import LocalTime
from geo.tours.problem import Reason

VisitState = Literal["planned", "done", "skipped", "missed", "unplanned"]
TourState = Literal["proposed", "accepted"]
Tag = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]
_DAY_BEGINS, _DAY_ENDS = time(8, 30), time(17, 30)


class RuleIn(BaseModel):
    """Homes where somebody with a tag lives are visited every so many days. Of more weight, sooner planned."""

    tag: Tag
    every_days: int = Field(ge=1, le=366)
    visit_s: int = Field(900, ge=60, le=14400)
    priority: int = Field(50, ge=0, le=90)
    skill: Tag | None = None
    enabled: bool = True


class RulePatch(BaseModel):
    """What is to change."""

    every_days: int | None = Field(None, ge=1, le=366)
    visit_s: int | None = Field(None, ge=60, le=14400)
    priority: int | None = Field(None, ge=0, le=90)
    enabled: bool | None = None


class VisitRule(RuleIn):
    """A rule; `area` is where it holds (empty: everywhere), `homes` how many it meets there."""

    id: int
    area: str
    area_name: str | None
    homes: int
    editable: bool
    edited_at: datetime
    edited_by: str | None


class Hours(BaseModel):
    """From when to when, local time."""

    opens: LocalTime | None = None
    closes: LocalTime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.opens is None) != (self.closes is None):
            raise ValueError("opens and closes go together")
        if self.opens is not None and self.closes is not None and self.opens >= self.closes:
            raise ValueError("opens must come before closes")
        return self


class WishIn(Hours):
    """When a home may be visited. `weekdays` adds 1 for Monday, 2 for Tuesday, 4, 8, 16, 32, 64 for Sunday."""

    weekdays: int = Field(127, ge=1, le=127)
    note: str | None = Field(None, max_length=200)


class VisitHome(BaseModel):
    """The home to be visited: its door, the way inside, and who lives there, masked."""

    unit_id: int
    area: str
    building_id: int
    compound: str | None
    building: str | None
    address: str | None
    entrance: str | None
    floor: int
    room: str
    has_lift: bool | None
    lon: float
    lat: float
    people: list[str]
    wish: str | None = Field(None, description="The note of its wish")


class DueVisit(VisitHome):
    """A home that is due, since `due_on` (null: never visited)."""

    tags: list[str]
    every_days: int
    visit_s: int
    priority: int
    last_visit_on: date | None
    due_on: date | None
    wish_opens: time | None
    wish_closes: time | None
    weekdays: int
    planned_on: date | None
    planned_worker_id: int | None
    planned_worker: str | None


class DueVisits(BaseModel):
    """What is due, the weightiest first; `total`, and of it `planned`, also count what is beyond the limit."""

    items: list[DueVisit]
    total: int
    planned: int
    until: date


class TourWorkerIn(BaseModel):
    """A worker who is to make visits; without hours of their own, those of the request."""

    worker_id: int
    starts: LocalTime | None = None
    ends: LocalTime | None = None
    skills: list[Tag] = Field(default_factory=list, max_length=20)


class ToursIn(BaseModel):
    """What to plan. Without `workers` all on duty in the area, without `units` all that is due by the last day."""

    first_day: date
    days: int = Field(1, ge=1, le=7)
    starts: LocalTime = _DAY_BEGINS
    ends: LocalTime = _DAY_ENDS
    rest: Hours | None = Field(None, description="Kept free of visits; at noon, for instance")
    workers: list[TourWorkerIn] | None = Field(None, min_length=1, max_length=300)
    units: list[int] | None = Field(None, min_length=1)
    most: int | None = Field(
        None, ge=1, le=1000, description="Of more that is due only so many, the most pressing first; the rest stays due"
    )
    even: bool = Field(True, description="Share the visits, as far as none is left out for it")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for worker in (None, *(self.workers or ())):
            starts = (worker.starts if worker else None) or self.starts
            ends = (worker.ends if worker else None) or self.ends
            if starts >= ends:
                raise ValueError("starts must come before ends")
        return self


class VisitLogStep(BaseModel):
    """One step of a visit, and whose tour of which day it is in since."""

    step: Literal["planned", "moved", "done", "skipped", "missed", "unplanned"]
    at: datetime
    who: str
    note: str | None
    worker_id: int | None
    worker: str | None
    day: date | None


class Visit(VisitHome):
    """A visit of a tour: `arrive_at` the door after `travel_s` on the way, begin `wait_s` later, stay `visit_s`."""

    id: int
    tour_id: int | None
    worker_id: int | None
    day: date
    position: int
    arrive_at: datetime | None
    wait_s: int
    travel_s: int
    visit_s: int
    priority: int
    opens: time | None
    closes: time | None
    state: VisitState
    done_at: datetime | None
    note: str | None
    reason: str | None
    steps: list[VisitLogStep]


class Tour(BaseModel):
    """One worker's visits of one day. `reason` "called_away": an order took the worker from the rest of it."""

    id: int
    plan_id: int | None
    worker_id: int
    worker: str
    profile: str
    day: date
    state: TourState
    start_at: datetime
    end_at: datetime
    travel_s: int
    reason: str | None
    away_order_id: int | None
    changed_at: datetime
    visits: list[Visit]


class Tours(BaseModel):
    """Tours by day and worker."""

    items: list[Tour]


class UnassignedVisit(VisitHome):
    """A home that no tour has, and why."""

    reason: Reason


class LeftOut(BaseModel):
    """A worker who gets no tour on a day, and why."""

    worker_id: int
    worker: str
    day: date
    reason: Literal["has_tour", "no_place", "over"]


class TourPlan(BaseModel):
    """Tours proposed together. Nothing holds until they are accepted."""

    id: int
    first_day: date
    days: int
    made_at: datetime
    made_by: str
    tours: list[Tour]
    unassigned: list[UnassignedVisit]
    left_out: list[LeftOut]


class VisitStepIn(BaseModel):
    """What to say of it; `at`: when it was, where it is told late."""

    note: str | None = Field(None, max_length=2000)
    at: AwareDatetime | None = None


class WayProperties(BaseModel):
    """The way of a tour, from its start by every door and back."""

    tour_id: int
    worker_id: int
    length_m: float


TourWay = dict[str, Any]
