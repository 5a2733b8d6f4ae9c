"""Matrices: what is asked for, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from geo.datum import Datum
from geo.network.profiles import Profile

MOST_PLACES = 1000

Place = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Places = Annotated[list[Place], Field(min_length=1, max_length=MOST_PLACES)]


class MatrixIn(BaseModel):
    """Places as longitude and latitude in `datum`; without `targets` the sources are the targets too."""

    sources: Places
    targets: Places | None = None
    profile: Profile = "walk"
    lengths: bool = Field(False, description="`length_m` too: the metres of each quickest way")
    datum: Datum = "wgs84"


class UnjoinedPlace(BaseModel):
    """A place (its index) that joins no street, why, and how far the nearest is; None where there is none at all."""

    index: int
    reason: Literal["too far", "behind a wall"]
    distance_m: float | None


class Unjoined(BaseModel):
    """The places that join no street: their rows and columns are null."""

    sources: list[UnjoinedPlace]
    targets: list[UnjoinedPlace]


class Matrix(BaseModel):
    """A row a source, a column a target; null where there is no way. `length_m` where it was asked for."""

    profile: Profile
    seconds: list[list[float | None]]
    length_m: list[list[float | None]] | None = None
    unjoined: Unjoined
