"""Water and green as they are drawn on the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import (
    Geometry,
    MultiPolygon,
    Polygon,
    STRtree,
    box,
    buffer,
    difference,
    get_parts,
    intersection,
    is_valid,
    union_all,
)

from data.town.names import Name
from data.town.plan import Plan
from data.town.profiles import WIDE_CANAL_M
from data.town.water import LAKE

_ROUND_WIDE_M, _ROUND_M, _ROUND_GREEN_M = 6.0, 1.5, 1.5
_SMALLEST_M2 = 4.0
_SLIVER_M = 0.3


class GroundRow(NamedTuple):
    """A piece of ground, degrees WGS 84."""

    kind: str
    name: Name | None
    shape: MultiPolygon


def draw_ground(plan: Plan, bend: Callable[[list[Polygon]], NDArray[Any]]) -> list[GroundRow]:
    """Lake, canals, ponds, parks, verges and gardens, taken to the globe by `bend`."""
    drawn: list[tuple[str, Name | None, Geometry]] = [("water", LAKE, plan.lake)]
    waters = _canals(plan)
    drawn += [("water", name, shape) for name, shape in waters]
    wet = STRtree(canals := np.array([shape for _, shape in waters], dtype=object))
    blocks = union_all([box(*rect) for rect in plan.skeleton.rects.values()])
    shore = difference(plan.land, blocks)
    greens: list[tuple[Name | None, Geometry]] = [(None, part) for part in get_parts(shore).tolist()]
    for patch in plan.sketch.patches:
        if patch.kind == "water":
            drawn.append(("water", patch.name, patch.shape))
        else:
            rounded = buffer(buffer(patch.shape, -_ROUND_GREEN_M), _ROUND_GREEN_M, quad_segs=2)
            greens.append((patch.name, rounded))
    for name, shape in greens:
        near = wet.query(shape, predicate="intersects")
        drawn.append(("green", name, _less(shape, union_all(canals[near])) if near.size else shape))
    kept = [(kind, name, parts) for kind, name, shape in drawn if (parts := _visible(shape))]
    bent = bend([part for _, _, parts in kept for part in parts])
    # A neck that bending closed becomes a touch of two parts.
    sound = iter(np.where(is_valid(bent), bent, buffer(bent, 0)).tolist())
    return [
        GroundRow(kind, name, MultiPolygon([piece for _ in parts for piece in get_parts(next(sound)).tolist()]))
        for kind, name, parts in kept
    ]


def _canals(plan: Plan) -> list[tuple[Name, Geometry]]:
    """One shape a canal, corners rounded, none over another."""
    drawn: list[tuple[Name, Geometry]] = []
    taken = STRtree([])
    for wide, radius in ((True, _ROUND_WIDE_M), (False, _ROUND_M)):
        members = [c for c in plan.canals if (min(c.rect.width, c.rect.height) > WIDE_CANAL_M) == wide]
        rects = np.array([box(*canal.rect) for canal in members], dtype=object)
        bed = intersection(buffer(buffer(union_all(rects), -radius), radius), plan.land)
        names = list(dict.fromkeys(canal.name for canal in members))
        for name in names:
            mine = union_all(rects[[canal.name == name for canal in members]])
            shape = intersection(mine, bed)
            others = [drawn[i][1] for i in taken.query(shape, predicate="intersects").tolist()]
            if others:
                shape = difference(shape, union_all(others))
            drawn.append((name, shape))
            taken = STRtree([shape for _, shape in drawn])
    return drawn


def _less(shape: Geometry, water: Geometry) -> Geometry:
    """What is left of a green, opened a little: no sliver remains that bending would fold over."""
    return buffer(buffer(difference(shape, water), -_SLIVER_M), _SLIVER_M, join_style="mitre")


def _visible(shape: Geometry) -> list[Polygon]:
    """The polygons of a shape that are large enough to be seen."""
    return [part for part in get_parts(shape).tolist() if isinstance(part, Polygon) and part.area > _SMALLEST_M2]
