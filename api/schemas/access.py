"""Coverage and routes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.geojson import FeatureCollection, Geometry
from geo.datum import Datum
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


class RouteIn(BaseModel):
    """From where to where, and who goes."""

    origin: PlaceIn = Field(alias="from")
    destination: PlaceIn = Field(alias="to")
    profile: Profile = "walk"
    datum: Datum = "wgs84"


class RouteProperties(BaseModel):
    """A way over the streets."""

    seconds: float
    length_m: float
    profile: Profile


class Route(BaseModel):
    """A way as a feature."""

    type: Literal["Feature"] = "Feature"
    geometry: Geometry
    properties: RouteProperties


class NearbyProperties(BaseModel):
    """A facility within reach."""

    id: int
    category: str
    name: str | None
    name_en: str | None
    opening_hours: str | None
    minutes: float
