"""Coverage and routes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from api.schemas.geojson import FeatureCollection
from geo.network.profiles import Profile

By = Literal["building", "hex", "area", "unit"]
Level = Literal["city", "district", "subdistrict", "community", "grid"]


class CoverageProperties(BaseModel):
    """A building, hexagon, area or dwelling. `minutes` is None where there is no way at all."""

    minutes: float | None
    facility_id: int | None
    residents: int
    residents_60: int
    residents_alone: int


class CoverageSummary(BaseModel):
    """The people of the area, and those within the threshold."""

    residents: int
    covered: int
    residents_60: int
    covered_60: int
    residents_alone: int
    covered_alone: int
    buildings: int
    unconnected_buildings: int


class CoverageCollection(FeatureCollection[CoverageProperties]):
    """Coverage of an area."""

    category: str
    minutes: float
    profile: Profile
    by: By
    summary: CoverageSummary


class PlaceIn(BaseModel):
    """A point, degrees in the body's datum."""

    lon: float
    lat: float
