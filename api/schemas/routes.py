"""Ways from one place to another."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.access import PlaceIn
from api.schemas.geojson import Geometry
from geo.datum import Datum
from geo.network.plan import MOST_ALTERNATIVES
from geo.network.profiles import Profile
from geo.network.steps import Maneuver, Side

MOST_VIAS = 25


class RouteIn(BaseModel):
    """From where to where, by what, and who goes."""

    model_config = ConfigDict(extra="forbid")

    origin: PlaceIn = Field(alias="from")
    destination: PlaceIn = Field(alias="to")
    via: list[PlaceIn] | None = Field(None, max_length=MOST_VIAS, description="To go by, in this order")
    profile: Profile = "walk"
    avoid: list[Literal["steps"]] | None = Field(None, max_length=1, description="`steps`: not over stairs")
    closed: list[Annotated[int, Field(ge=1, lt=2**63)]] | None = Field(
        None, max_length=1000, description="Ids of streets not to be used, beside those that are closed anyway"
    )
    alternatives: int | None = Field(
        None, ge=0, le=MOST_ALTERNATIVES, description="So many other ways that truly differ, at most; not with `via`"
    )
    datum: Datum = "wgs84"


class RouteStep(BaseModel):
    """A stretch of the way, from `lon`, `lat` on, and what to do at its end."""

    maneuver: Maneuver
    name: str | None
    name_en: str | None
    kind: str = Field(description="street, service, footpath, cycleway, steps, bridge, tunnel, square, straight_on")
    length_m: float
    seconds: float
    bearing_deg: float = Field(description="Of its beginning: 0 north, 90 east")
    lon: float
    lat: float
    side: Side | None = Field(description="Of an arrival: where the place is, seen in the direction walked")
    via: int | None = Field(description="Of an arrival at a place to go by: which, from 1")
    text_zh: str
    text_en: str


class DatumHint(BaseModel):
    """The places fit the streets far better in another datum than in the one said."""

    datum: Datum
    text_zh: str
    text_en: str


class RouteProperties(BaseModel):
    """A way over the streets."""

    seconds: float
    length_m: float
    profile: Profile
    steps: list[RouteStep]
    polyline: str | None = Field(None, description="`format=polyline`: Google's encoding, five digits, WGS 84")
    datum_hint: DatumHint | None = None


class RouteFeature(BaseModel):
    """A way as a feature."""

    type: Literal["Feature"] = "Feature"
    geometry: Geometry | None
    properties: RouteProperties


class Route(RouteFeature):
    """The quickest way, and others where they were asked for."""

    alternatives: list[RouteFeature] = []
