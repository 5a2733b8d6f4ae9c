"""What the finder answers, and other names."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from geo.finder.find import FoundKind, Match

Named = Literal["area", "compound", "street", "building", "facility", "device"]


class SearchHit(BaseModel):
    """Something found by name: where to fly to, and where to go (`at` tells what the point is).

    `matched` is the phrase that was met, which may be an old name; `building_id` where it belongs to a building.
    """

    kind: FoundKind
    id: int
    name: str
    detail: str | None
    building_id: int | None
    matched: str | None
    match: Match
    at: Literal["entrance", "gate", "place"]
    lon: float
    lat: float
    zoom: float


class AliasIn(BaseModel):
    """An old or second name of something."""

    kind: Named
    ref_id: int
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Alias(AliasIn):
    """An old or second name, as kept."""

    id: int
