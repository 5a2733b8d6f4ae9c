"""A lot: ground with a front, in metres of its own, so that one drawing serves all four directions."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon

from data.town.plane import Rect
from data.town.sketch import COMPASS, Point


@dataclass(slots=True)
class Lot:
    """A strip of ground behind one side of a rectangle; `u` runs along that side, `v` away from it, metres."""

    rect: Rect
    key: str
    start: float
    width: float
    depth: float

    def at(self, u: float, v: float) -> Point:
        """A spot of the lot on the plan."""
        rect, u = self.rect, self.start + u
        x, y = {
            "south": (rect.west + u, rect.south + v),
            "north": (rect.west + u, rect.north - v),
            "west": (rect.west + v, rect.south + u),
            "east": (rect.east - v, rect.south + u),
        }[self.key]
        return round(x, 2), round(y, 2)

    def shape(self, shell: list[Point], *holes: list[Point]) -> Polygon:
        """A polygon given in the lot's own metres."""
        return Polygon([self.at(*p) for p in shell], [[self.at(*p) for p in hole] for hole in holes])

    @property
    def inward(self) -> Point:
        """Unit vector from the street into the lot."""
        x, y = COMPASS[self.key]
        return (-x, -y)

    @property
    def along(self) -> float:
        """Where the lot's middle lies along the street, metres of the plan."""
        x, y = self.at(self.width / 2, 0)
        return x if self.key in ("south", "north") else y

    @property
    def flank(self) -> int:
        """Which side of the street it lies on: 0 south or west, 1 north or east."""
        return 1 if self.key in ("south", "west") else 0


def bar(u0: float, u1: float, v0: float, v1: float) -> list[Point]:
    """The corners of a rectangle in a lot's own metres."""
    return [(u0, v0), (u1, v0), (u1, v1), (u0, v1)]
