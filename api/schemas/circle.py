"""Gaps, basins, scenarios and siting."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.access import CoverageSummary
from geo.access.scenario import MOST_EDITS
from geo.access.siting import Method
from geo.datum import Datum
from geo.network.profiles import Profile

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Capacity = Annotated[int, Field(gt=0, le=1_000_000)]
Key = Annotated[int, Field(ge=1, lt=2**63)]
FacilityKey = Annotated[int, Field(ge=-MOST_EDITS, lt=2**63)]
"""Those a scenario adds are below zero."""


class GapItem(BaseModel):
    """Houses near each other, beyond the threshold. `minutes` is null where none of them has a way."""

    rank: int
    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    residents: int
    residents_60: int
    residents_alone: int
    buildings: int
    minutes: float | None
    facility_id: int | None


class Basin(BaseModel):
    """A facility: whom it is the nearest to (`residents`), and whom it has within the threshold (`within`)."""

    facility_id: int
    name: str | None
    lon: float
    lat: float
    capacity: int | None
    residents: int
    residents_60: int
    within: int
    within_60: int
    people_per_place: float | None = Field(description="Weighted as in E2SFCA; null where no capacity is known")


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Add(_Edit):
    """A new facility. Those of a scenario have the ids -1, -2, … in the order of the edits."""

    op: Literal["add"]
    category: str = Field(max_length=60)
    lon: Longitude
    lat: Latitude
    capacity: Capacity | None = None
    name: str | None = Field(None, max_length=80)


class Move(_Edit):
    """A facility elsewhere."""

    op: Literal["move"]
    facility_id: FacilityKey
    lon: Longitude
    lat: Latitude


class Remove(_Edit):
    """A facility gone."""

    op: Literal["remove"]
    facility_id: FacilityKey


class Resize(_Edit):
    """A facility of another size."""

    op: Literal["resize"]
    facility_id: FacilityKey
    capacity: Capacity


class CloseStreet(_Edit):
    """A piece of street that nobody may use."""

    op: Literal["close"]
    street_id: Key


class OpenStreet(_Edit):
    """A piece of street that is closed today and would not be."""

    op: Literal["open"]
    street_id: Key


EditIn = Annotated[Add | Move | Remove | Resize | CloseStreet | OpenStreet, Field(discriminator="op")]


class ScenarioIn(BaseModel):
    """Edits, one after the other. Without a name it is a draft, kept for a day."""

    name: str | None = Field(None, min_length=1, max_length=80)
    edits: list[EditIn] = Field(max_length=MOST_EDITS)
    datum: Datum = Field("wgs84", description="Of the edits' coordinates")


class ScenarioOut(BaseModel):
    """A scenario. `is_stale`: streets or facilities were edited since it was last changed."""

    id: int
    name: str | None
    edits: list[EditIn]
    revision: int
    share_url: str
    made_by: str
    made_at: datetime
    edited_at: datetime
    is_stale: bool


class PeopleOut(BaseModel):
    """People and buildings that something happens to."""

    residents: int
    residents_60: int
    residents_alone: int
    buildings: int


class ComparisonOut(BaseModel):
    """A scenario beside today. `nearer`, `farther`: by half a minute or more."""

    before: CoverageSummary | None = Field(description="Null where there is nothing of the category today")
    after: CoverageSummary
    won: PeopleOut
    lost: PeopleOut
    nearer: PeopleOut
    farther: PeopleOut


class SitingIn(BaseModel):
    """Where k more would help most."""

    category: str = Field(max_length=60)
    k: int = Field(1, ge=1, le=50)
    minutes: float = Field(15.0, gt=0, le=120)
    profile: Profile = "walk"
    scenario: Key | None = None
    weight: Literal["residents", "residents_60", "residents_alone"] = "residents"
    method: Method = "greedy"
    candidates: Literal["streets", "buildings"] | list[tuple[Longitude, Latitude]] = Field(
        "streets", description="Along streets, at buildings, or only these places (longitude, latitude)"
    )
    datum: Datum = "wgs84"


class Chosen(BaseModel):
    """One of the k. `gain`: people it adds to those before it, or person-minutes saved."""

    lon: float
    lat: float
    gain: float


class SitingOut(BaseModel):
    """The choice. No choice of as many candidates can be better than `bound`.

    `before`, `after` and `bound` are people covered; with `p_median` person-minutes of all walks, less being better.
    """

    method: Method
    chosen: list[Chosen]
    candidates: int
    unconnected_candidates: int
    before: float
    after: float
    bound: float
    is_optimal: bool
