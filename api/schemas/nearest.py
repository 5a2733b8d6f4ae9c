"""Nearest workers, skills, the time an order's worker still needs, and what lies around."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from api.schemas.geojson import FeatureCollection
from geo.live.nearest import NoneCode, Shortfall, Stands
from geo.network.profiles import Profile

Why = Literal["own_grid", "skill", "fresh_position", "at_post", "at_grid_post", "old_position", "free", "has_orders"]


class NearestProperties(BaseModel):
    """A worker's way. `position_age_s` is None where the post stands in for a position."""

    rank: int
    worker_id: int
    name: str
    seconds: float = Field(description="Until at the door of the flat: the way and the climb")
    length_m: float
    position_age_s: float | None
    open_orders: int
    profile: Profile = Field(description="How they move")
    climb_s: float = Field(description="Of `seconds`, from the building's entrance up")
    score_s: float = Field(description="What they are ranked by: `seconds` and what preferences add")
    stands: Stands = Field(description="Where they are taken to be; old_position: one too old, with no post known")
    last_seen_s: float | None = Field(description="Since the phone was last heard of, whatever stands in for it")
    why: list[Why]


class LeftOutWorkers(BaseModel):
    """Who was not considered, or not found, for one reason; at most twenty are named."""

    code: Shortfall
    count: int
    worker_ids: list[int]


class NearestCollection(FeatureCollection[NearestProperties]):
    """The nearest workers with their ways, best first; `reason` and `reason_code` say why there are none."""

    reason: str | None = None
    reason_code: NoneCode | None = None
    left_out: list[LeftOutWorkers] = Field(default_factory=list)
    skill: str | None = Field(None, description="What the alarm's kind asks for")


class Skill(BaseModel):
    """Something a worker may be able to do."""

    code: str
    name: str
    name_en: str


class SkillsIn(BaseModel):
    """All a worker can do, by codes of the catalogue."""

    skills: list[str] = Field(max_length=50)


class Eta(BaseModel):
    """How far the worker of an order still has to go. `seconds` is None where that cannot be told; `code` says why."""

    order_id: int
    worker_id: int | None
    seconds: float | None
    length_m: float | None = None
    climb_s: float | None = None
    profile: Profile | None = None
    stands: Stands | None = None
    last_seen_s: float | None = None
    way: dict[str, Any] | None = Field(None, description="GeoJSON LineString")
    code: NoneCode | Literal["nobody_on_the_way"] | None = None


Group = Literal["worker", "facility", "camera", "care_home", "fire_point"]


class AroundProperties(BaseModel):
    """Something within reach by the streets, of one of the groups."""

    group: Group
    id: int
    name: str
    name_en: str | None
    kind: str = Field(description="Category of a facility, kind of a device, how a worker moves")
    seconds: float
    length_m: float


class AroundCollection(FeatureCollection[AroundProperties]):
    """Group by group, the nearest first; `counts` tells all within reach, listed or not."""

    counts: dict[Group, int]
    reason: str | None = None
