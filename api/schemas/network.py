"""The network as the API tells of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from geo.network.unconnected import Reason


class StreetState(BaseModel):
    """A street, and whether it is closed now."""

    id: int
    name: str | None
    closed: bool


class UnconnectedItem(BaseModel):
    """A building or facility that does not connect. `distance_m`: straight to the nearest street it could use.

    "behind a wall": a street is near enough, but beyond a compound's wall. "island": the streets it joins lead to
    hardly any others.
    """

    kind: Literal["building", "facility"]
    id: int
    name: str | None = None
    name_en: str | None = None
    lon: float
    lat: float
    distance_m: float | None
    reason: Reason


class UnconnectedItems(BaseModel):
    """A page of what does not connect, and how much there is in all."""

    items: list[UnconnectedItem]
    total: int
    next: str | None = None
