"""Isochrones: what is asked for, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from api.schemas.geojson import FeatureCollection
from geo.datum import Datum
from geo.network.isochrone import Direction
from geo.network.profiles import Profile

MOST_ORIGINS = 50
Minutes = Annotated[float, Field(gt=0, le=120)]


class IsochroneIn(BaseModel):
    """Several `origins` count as one source, and so do the entrances of a building."""

    origins: Annotated[list[tuple[float, float]], Field(min_length=1, max_length=MOST_ORIGINS)] | None = Field(
        None, description="Longitude and latitude of each, in `datum`"
    )
    building_id: Annotated[int, Field(ge=1, lt=2**63)] | None = Field(None, description="All entrances of a building")
    facility_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    minutes: Annotated[list[Minutes], Field(min_length=1, max_length=6)] = Field([5.0, 10.0, 15.0])
    profile: Profile = "walk"
    direction: Direction = Field("from", description="`from` the origins, or from where one gets `to` them")
    shape: Literal["polygons", "sections"] = Field("polygons", alias="as")
    datum: Datum = "wgs84"

    @model_validator(mode="after")
    def _one_origin(self) -> IsochroneIn:
        if sum(given is not None for given in (self.origins, self.building_id, self.facility_id)) != 1:
            raise ValueError("One of origins, building_id and facility_id is needed")
        return self


class IsochroneProperties(BaseModel):
    """An area within `minutes`, or a section of a street first reached within them."""

    minutes: float
    area_m2: float | None = None
    street_id: int | None = None
    name: str | None = None


class Unjoined(BaseModel):
    """An origin (its index) that joins no street, and how far the nearest is; None where there is no street at all."""

    origin: int
    lon: float
    lat: float
    distance_m: float | None


class IsochroneCollection(FeatureCollection[IsochroneProperties]):
    """Areas, the smallest first, or sections of streets; `reason` says why there is none.

    `islands` are the origins (their indexes) that join streets which lead to hardly any others.
    """

    profile: Profile
    direction: Direction
    unjoined: list[Unjoined]
    islands: list[int]
    reason: str | None = None
