"""What the report's map is drawn with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leaflet:
    """Leaflet's script and style, as text."""

    script: str
    style: str
