"""The tiles that a box in degrees touches, zoom by zoom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from geo.database.sql import query
from geo.mercator import HALF_WORLD_M, to_mercator
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.tilejson import Bounds

WORLD: Bounds = (-180.0, -85.05, 180.0, 85.05)
"""All that Web Mercator shows."""


def bounds_of(connection: Connection, scope: AreaScope) -> Bounds | None:
    """What the areas and streets of a scope span; None where there are none."""
    area = {"lower": scope.lower, "upper": scope.upper}
    found = connection.execute(query("places/bounds"), area).scalar_one_or_none()
    return tuple(found) if found else None


@dataclass(frozen=True, slots=True)
class Region:
    """West, south, east, north in degrees (WGS 84)."""

    bounds: Bounds

    def corners(self, z: int) -> tuple[int, int, int, int]:
        """First column, first row, last column, last row at a zoom."""
        west, south, east, north = self.bounds
        (x0, x1), (y0, y1) = to_mercator([west, east], [south, north])
        n = 1 << z
        size = 2 * HALF_WORLD_M / n

        def within(number: float) -> int:
            return min(n - 1, max(0, int(number)))

        return (
            within((x0 + HALF_WORLD_M) / size),
            within((HALF_WORLD_M - y1) / size),
            within((x1 + HALF_WORLD_M) / size),
            within((HALF_WORLD_M - y0) / size),
        )

    def count(self, z: int) -> int:
        """How many tiles it touches."""
        left, top, right, bottom = self.corners(z)
        return (right - left + 1) * (bottom - top + 1)

    def tiles(self, z: int) -> Iterator[TileAddress]:
        """All of them."""
        left, top, right, bottom = self.corners(z)
        for x in range(left, right + 1):
            for y in range(top, bottom + 1):
                yield TileAddress(z, x, y)

    def __contains__(self, address: TileAddress) -> bool:
        left, top, right, bottom = self.corners(address.z)
        return left <= address.x <= right and top <= address.y <= bottom
