"""The land of each grid: blocks with half of the streets and canals around them, and the shore before them.

All borders are drawn once and shared: what is bent or rounded later moves for both neighbours alike, so that the
grids leave no gap and never overlap.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import (
    LinearRing,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    STRtree,
    box,
    get_parts,
    polygonize,
    segmentize,
    unary_union,
)

from data.town.plan import Plan

_STEP_M = 12.0  # a border has a corner at least so often, to bend smoothly
_RAY_M = 600.0


def draw_parcels(plan: Plan) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The land cut into pieces that share all their corners.

    Returns
    -------
    pieces : array of Polygon
    leaf : array of int
        The leaf (and block, and grid) each piece belongs to.
    """
    leaves = np.array([box(*leaf.bounds.rect) for leaf in plan.skeleton.leaves])
    outline = unary_union(leaves)
    assert isinstance(outline, Polygon)  # noqa: S101 — superblocks hang together
    lines = [leaf.exterior for leaf in leaves.tolist()]
    lines += [plan.land.exterior, *_rays(plan, outline.exterior)]
    borders = segmentize(get_parts(unary_union(lines)), _STEP_M)
    pieces = get_parts(polygonize(borders))
    inside = [piece.representative_point() for piece in pieces]
    owner: NDArray[np.int64] = STRtree(leaves).nearest(np.array(inside, dtype=object))
    return pieces, owner


def whole(pieces: list[Polygon] | NDArray[Any]) -> MultiPolygon:
    """Pieces of one area as what its column holds, their inner borders gone."""
    return MultiPolygon([part for part in get_parts(unary_union(pieces)) if isinstance(part, Polygon)])


def _rays(plan: Plan, outline: LinearRing) -> list[LineString]:
    """Borders across the strip between the outermost streets and the shore."""
    corners = sorted({corner for leaf in plan.skeleton.leaves for corner in leaf.bounds.rect.corners()})
    on_rim = [corner for corner in corners if outline.distance(Point(corner)) == 0]
    ring = list(outline.simplify(0).coords)[:-1]
    reflex = [corner for corner, turn in zip(ring, _turns(ring), strict=True) if turn < 0]
    rays = []
    for corner in on_rim:
        if corner in ring and corner not in reflex:
            continue
        out = _outwards(plan, corner)
        # Rays before a bay stop at its diagonal.
        bays = [abs(x - corner[0]) + abs(y - corner[1]) for x, y in reflex if corner not in reflex
                and (x == corner[0] or y == corner[1])]  # fmt: skip
        length = min([_RAY_M, *bays])
        ray = LineString([corner, (corner[0] + out[0] * length, corner[1] + out[1] * length)])
        within = [part for part in get_parts(ray.intersection(plan.land)) if part.distance(Point(corner)) == 0]
        rays += [part for part in within if isinstance(part, LineString)]
    return rays


def _turns(ring: list[Any]) -> list[float]:
    """Cross products at the corners of a ring: positive where it is convex."""
    points = np.array(ring)
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    area = np.sum(points[:, 0] * np.roll(points[:, 1], -1) - np.roll(points[:, 0], -1) * points[:, 1])
    turns: list[float] = (cross * np.sign(area)).tolist()
    return turns


def _outwards(plan: Plan, corner: tuple[float, float]) -> tuple[float, float]:
    """The direction from a point of the rim to the lake: away from the superblocks around it."""
    x = y = 0.0
    for dx, dy in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        spot = corner[0] + dx, corner[1] + dy
        if not any(r.west < spot[0] < r.east and r.south < spot[1] < r.north for r in plan.skeleton.rects.values()):
            x, y = x + dx / 2, y + dy / 2
    return (x * 2, y * 2) if x and y else (x, y)
