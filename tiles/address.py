"""Tile addresses in the WebMercatorQuad scheme: z/x/y, y counted from the north."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import InvalidInput
from geo.mercator import HALF_WORLD_M

MAX_ZOOM = 22
EXTENT = 4096
"""Units along a tile's edge."""


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile; making an impossible one raises `InvalidInput`."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MAX_ZOOM:
            raise InvalidInput(f"There is no zoom {self.z}.", where="z", hint=f"Zooms run from 0 to {MAX_ZOOM}.")
        last = (1 << self.z) - 1
        for name, value in (("x", self.x), ("y", self.y)):
            if not 0 <= value <= last:
                raise InvalidInput(
                    f"There is no tile {self}.", where=name, hint=f"At zoom {self.z}, {name} runs from 0 to {last}."
                )

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"

    @property
    def size_m(self) -> float:
        """Length of an edge in metres of the projection."""
        return 2 * HALF_WORLD_M / (1 << self.z)

    def bounds(self, *, margin: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in Web Mercator metres, grown by `margin` tile edges on each side."""
        size = self.size_m
        west = -HALF_WORLD_M + self.x * size
        north = HALF_WORLD_M - self.y * size
        grown = margin * size
        return west - grown, north - size - grown, west + size + grown, north + grown
