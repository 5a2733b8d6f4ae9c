"""Standards of provision, and how far homes meet them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from api.schemas.geojson import FeatureCollection
from geo.network.profiles import Profile


class StandardLine(BaseModel):
    """One service of a standard: `minutes` or `metres` is the threshold, `limit_minutes` is it in minutes."""

    code: str
    name: str
    name_en: str
    categories: list[str]
    minutes: float | None
    metres: float | None
    limit_minutes: float
    tier: int | None
    profile: Profile
    source: str
    verified: bool
    note: str | None


class StandardOut(BaseModel):
    """A standard with its lines."""

    code: str
    name: str
    name_en: str
    source: str
    note: str | None
    lines: list[StandardLine]


class CompletenessProperties(BaseModel):
    """A building, or a cell, where `met` is a mean and `missing` what most of its people lack."""

    met: float
    of: int
    missing: list[str]
    residents: int
    residents_60: int


class LineShareOut(BaseModel):
    """How many people of the area meet a line; `nobody_has_it` where there is no such service at all."""

    code: str
    name: str
    name_en: str
    categories: list[str]
    limit_minutes: float
    metres: float | None
    tier: int | None
    profile: Profile
    verified: bool
    covered: int
    covered_60: int
    share: float | None
    nobody_has_it: bool


class CompletenessSummary(BaseModel):
    """The people of the area; `share` is the mean share of lines met, None where nobody lives."""

    residents: int
    residents_60: int
    complete: int
    complete_60: int
    share: float | None
    buildings: int
    unconnected_buildings: int
    of: int
    nobody_has_it: list[str]
    lines: list[LineShareOut]


class CompletenessCollection(FeatureCollection[CompletenessProperties]):
    """How far the homes of an area meet a standard."""

    standard: str
    profile: Profile | None
    by: Literal["building", "hex"]
    summary: CompletenessSummary
