"""Canals, the shore and the lake around it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from shapely import Polygon, box, unary_union

from data.town.chance import stream
from data.town.names import Name, PlaceNames, with_suffix
from data.town.plane import Points, Rect
from data.town.profiles import MOAT, SHORE
from data.town.skeleton import Skeleton, Spine
from data.town.ways import PROMENADE_M, Segment, Way, beside

Floats = NDArray[np.float64]

LAKE = Name("太湖", "Lake Tai")

_TO_LAKE_M = 400.0  # further than any shore
_SHORE_M, _SHORE_NOISE_M = 68.0, 29.0
_BAY_M = 0.11  # of the extent of the land: how round a bay between two superblocks is
_LAKE_M, _LAKE_NOISE_M = 750.0, 140.0


class Canal(NamedTuple):
    """A straight canal."""

    rect: Rect
    name: Name


def canals(skeleton: Skeleton, seed: int, names: PlaceNames) -> list[Canal]:
    """The canals beside the spines, joined where they meet, open to the lake at the shore."""
    rng = stream(seed, "canals")
    found: list[Canal] = []
    called: dict[tuple[bool, float], Name] = {}
    for spine in sorted(skeleton.spines, key=lambda spine: -spine.profile.canal):
        if spine.profile.canal == 0:
            continue
        line = (spine.upright, spine.canal_line)
        if line not in called:
            moat = spine.profile is MOAT
            called[line] = Name("护城河", "Moat") if moat else with_suffix(rng, "canal", names.stem())
        start, end = _canal_end(spine, 0), _canal_end(spine, 1)
        low, high = spine.canal_line - spine.profile.canal / 2, spine.canal_line + spine.profile.canal / 2
        rect = Rect(low, start, high, end) if spine.upright else Rect(start, low, end, high)
        found.append(Canal(rect, called[line]))
    return found


def _canal_end(spine: Spine, end: int) -> float:
    at, outwards = (spine.start, -1) if end == 0 else (spine.end, 1)
    follower, across = spine.follower[end], beside(spine, end)
    if follower is not None and follower.profile.canal and follower.canal_line == spine.canal_line:
        return at
    if across is not None and across.profile.canal:
        # Right across the other canal's bed: a mouth has no wall, a bend no step.
        return across.canal_line + outwards * across.profile.canal / 2
    if across is not None and across.profile is SHORE and follower is None:
        return at + outwards * _TO_LAKE_M
    # A creek that ends blind, as many do.
    return at - outwards * (_clear(across) + 5)


def _clear(across: Spine | None) -> float:
    return 8 if across is None else across.profile.half


def shore(skeleton: Skeleton, seed: int) -> Polygon:
    """The land of the whole town, its shore uneven."""
    land = _land(skeleton)
    # Grown, and bays between superblocks filled a little.
    west, south, east, north = land.bounds
    bay = _BAY_M * max(east - west, north - south)
    smooth = land.buffer(_SHORE_M + bay).buffer(-bay)
    ring = np.array(_only(smooth).exterior.segmentize(9.0).coords)[:-1]
    noise = _SHORE_NOISE_M * _noise(ring, stream(seed, "shore"))
    return Polygon(ring + noise[:, None] * _normals(ring))


def lake(land: Polygon, seed: int) -> Polygon:
    """A ring of lake around the land, metres of the plan like it."""
    outer = np.array(_only(land.convex_hull.buffer(_LAKE_M)).exterior.segmentize(60.0).coords)[:-1]
    outer += _LAKE_NOISE_M * _noise(outer, stream(seed, "lake"), 900.0)[:, None] * _normals(outer)
    return Polygon(outer, [land.exterior.coords])


def promenade(skeleton: Skeleton) -> list[Segment]:
    """The path along the water, parallel to the shore street."""
    ring = list(_only(_land(skeleton).buffer(PROMENADE_M, join_style="mitre")).exterior.coords)
    way = Way("footway", Name("湖滨步道", "Lakeside Path"), "湖滨步道")
    segments = []
    for (x, y), (x2, y2) in pairwise(ring):
        x, y, x2, y2 = round(x, 2), round(y, 2), round(x2, 2), round(y2, 2)
        upright = x == x2
        low, high = sorted((y, y2) if upright else (x, x2))
        segments.append(Segment(upright, x if upright else y, low, high, way))
    return segments


def _land(skeleton: Skeleton) -> Polygon:
    return _only(unary_union([box(*rect) for rect in skeleton.rects.values()]))


def _only(geometry: object) -> Polygon:
    assert isinstance(geometry, Polygon)  # noqa: S101 — the superblocks that are land hang together
    return geometry


def _noise(ring: Points, rng: Generator, finest_m: float = 110.0) -> Floats:
    """Smooth noise along a ring from about -1 to 1, with no wave shorter than `finest_m` metres."""
    steps = np.hypot(*np.diff(ring, axis=0, append=ring[:1]).T)
    along, noise = np.cumsum(steps) / steps.sum(), np.zeros(len(ring))
    for number in np.unique(np.geomspace(2, steps.sum() / finest_m, 14).astype(int)).tolist():
        height = rng.uniform(0.3, 1.0) / number**0.55
        noise += height * np.sin(2 * np.pi * (number * along + rng.random()))
    return np.asarray(np.clip(noise / (2.2 * noise.std()), -1.1, 1.5))


def _normals(ring: Points) -> Points:
    """Unit vectors out of a ring that runs either way round."""
    tangent = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]])
    normal /= np.hypot(*normal.T)[:, None]
    area = np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - np.roll(ring[:, 0], -1) * ring[:, 1])
    return normal if area > 0 else -normal
