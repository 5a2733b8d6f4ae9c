"""What is near a place."""

from __future__ import annotations

from pydantic import BaseModel

from api.schemas.geojson import FeatureCollection


class NearbyProperties(BaseModel):
    """A facility within reach. `open` is null where its hours are not known, or cannot be read."""

    id: int
    category: str
    name: str | None
    name_en: str | None
    opening_hours: str | None
    open: bool | None
    minutes: float


class NearbyCollection(FeatureCollection[NearbyProperties]):
    """Facilities, nearest first. `unknown_hours`: left out of what is open because nobody knows their hours."""

    unknown_hours: int
    reason: str | None = None
