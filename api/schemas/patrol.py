"""What a worker's round has passed."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from api.schemas.geojson import FeatureCollection


class PatrolProperties(BaseModel):
    """A piece of a street inside the worker's area."""

    street_id: int
    name: str | None
    passed: bool
    length_m: float


class PatrolSummary(BaseModel):
    """Metres of streets and numbers of devices, all and passed; `joined` positions lay within 30 m of a street."""

    streets_m: float
    passed_m: float
    devices: int
    devices_passed: int
    positions: int
    joined: int


class MissedDevice(BaseModel):
    """A device that nobody came near."""

    id: int
    external_id: str
    kind: str
    name: str
    lon: float
    lat: float


class PatrolCollection(FeatureCollection[PatrolProperties]):
    """The streets in pieces, passed and missed."""

    since: datetime
    until: datetime
    area_name: str
    within_m: float
    summary: PatrolSummary
    missed_devices: list[MissedDevice]
