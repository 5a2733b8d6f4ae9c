"""The old quarter: lanes between islets of courtyard houses, wall to wall."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from numpy.random import Generator
from shapely import Polygon, box

from data.town.chance import pick
from data.town.lot import Lot, bar
from data.town.plane import Rect
from data.town.sketch import Block, Door, House, Patch, Point, Side, Sketch, Spot
from data.town.ways import RANK, Segment, street_way

_DEPTH_M = 39.0  # an islet deeper than this is cut by a lane
_LENGTH_M = 92.0
_NARROW_M = 22.0  # one narrower is not cut
_ROW_M = 21.0  # an islet deeper than this holds two rows, back to back
_LANE_RANK = RANK["footway"]


@dataclass(slots=True)
class _Islet:
    """A piece of ground and what lies beyond each of its sides."""

    rect: Rect
    sides: dict[str, Side]


def draw_old(sketch: Sketch, block: Block, rng: Generator, ground: Rect | None = None) -> None:
    """Fill a block, or a part of its ground, with lanes and courtyard houses."""
    whole = ground or block.ground
    sides = {key: _outer(side, whole._asdict()[key]) for key, side in block.sides.items()}
    if all(side.street is None for side in sides.values()):
        sketch.patches.append(Patch("green", box(*whole)))
        return
    for islet in _cut(sketch, _Islet(whole, sides), rng):
        _fill(sketch, block, islet, rng)


def _outer(side: Side, edge: float) -> Side:
    """A side of a block where the ground reaches it; else a wall towards the rest of the block."""
    if abs(side.edge - edge) < 1:
        return side
    return Side(edge, None, None, side.name, 0)


def _cut(sketch: Sketch, islet: _Islet, rng: Generator) -> Iterator[_Islet]:
    """Cut by lanes until what remains is one or two rows of houses."""
    rect = islet.rect
    short, long = sorted((rect.width, rect.height))
    limit = _DEPTH_M * rng.uniform(0.85, 1.1)
    if short <= limit and long <= _LENGTH_M * rng.uniform(0.8, 1.1):
        yield islet
        return
    across_long = short <= limit or rng.random() < 0.7
    upright = (rect.width >= rect.height) == across_long
    if all(islet.sides[key].street is None for key in (("south", "north") if upright else ("west", "east"))):
        # A lane leads out at one end at least.
        upright = not upright
    low, length = (rect.west, rect.width) if upright else (rect.south, rect.height)
    if length < _NARROW_M:
        yield islet
        return
    parts = max(2, round(length / rng.uniform(30, 38))) if length < 130 else 2
    share = (parts // 2) / parts if parts > 2 else rng.uniform(0.42, 0.58)
    at = round(low + length * share + rng.uniform(-2, 2), 2)
    half = round(float(rng.uniform(1.2, 2.0)), 2)
    name = sketch.names.named("lane")
    ends = ("south", "north") if upright else ("west", "east")
    before, after = islet.sides[ends[0]], islet.sides[ends[1]]
    street_class = "pedestrian" if half > 1.65 else "footway"
    way = street_way(street_class, name, stepped=True)
    start, end = _lane_end(before, rng), _lane_end(after, rng)
    sketch.segments.append(Segment(upright, at, start, end, way))
    lane = Side(0, at, None, name, _LANE_RANK)
    first, second = ("east", "west") if upright else ("north", "south")
    near, far = round(at - half, 2), round(at + half, 2)
    halves = (
        (Rect(rect.west, rect.south, near, rect.north), Rect(far, rect.south, rect.east, rect.north))
        if upright
        else (Rect(rect.west, rect.south, rect.east, near), Rect(rect.west, far, rect.east, rect.north))
    )
    yield from _cut(sketch, _Islet(halves[0], {**islet.sides, first: lane._replace(edge=near)}), rng)
    yield from _cut(sketch, _Islet(halves[1], {**islet.sides, second: lane._replace(edge=far)}), rng)


def _lane_end(side: Side, rng: Generator) -> float:
    """Where a lane ends that runs out through a side: at the street, over a footbridge, or at the water."""
    if side.beyond is not None and rng.random() < (0.12 if side.street is not None else 0.3):
        return side.beyond
    return side.edge if side.street is None else side.street


def _fill(sketch: Sketch, block: Block, islet: _Islet, rng: Generator) -> None:
    rect = islet.rect
    level = ("south", "north") if rect.width >= rect.height else ("west", "east")
    steep = ("west", "east") if rect.width >= rect.height else ("south", "north")
    facing = [key for key in level if islet.sides[key].street is not None]
    if not facing:
        facing = [key for key in steep if islet.sides[key].street is not None][:1]
    depth = rect.height if facing[0] in ("south", "north") else rect.width
    if len(facing) == 2 and depth > _ROW_M:
        gap = rng.uniform(0.5, 1.6)
        first = (depth - gap) * rng.uniform(0.45, 0.55)
        for key, row in zip(facing, (first, depth - gap - first), strict=True):
            _row(sketch, block, islet, key, row, rng)
    else:
        key = max(facing, key=lambda key: islet.sides[key].rank)
        _row(sketch, block, islet, key, min(depth, 33.0), rng)


def _row(sketch: Sketch, block: Block, islet: _Islet, key: str, depth: float, rng: Generator) -> None:
    """A row of lots along one side of an islet."""
    side, rect = islet.sides[key], islet.rect
    length = rect.width if key in ("south", "north") else rect.height
    busy = 0.8 if side.rank >= RANK["tertiary"] else 0.22 if side.rank >= RANK["living_street"] else 0.03
    start = 0.0
    while length - start > 4:
        width = float(
            rng.choice([rng.uniform(6.5, 8.5), rng.uniform(8.5, 11.5), rng.uniform(11.5, 16)], p=[0.36, 0.43, 0.21])
        )
        if length - start - width < 6.5:
            width = length - start
        if width > 17:
            width /= 2
        lot = Lot(rect, key, start, width, depth)
        start += width
        draw = rng.random()
        if draw < 0.035:
            _vacant(sketch, block, lot, rng)
        else:
            _house(sketch, block, lot, side, rng, shop=rng.random() < busy)


def _vacant(sketch: Sketch, block: Block, lot: Lot, rng: Generator) -> None:
    """A gap in the row: a garden, a court with a well, or the public toilet."""
    green = lot.shape(bar(0.5, lot.width - 0.5, 0.8, lot.depth - 0.6))
    if rng.random() < 0.3:
        sketch.spots.append(Spot("toilet", lot.at(lot.width / 2, 0.3), block.index))
    elif rng.random() < 0.85:
        sketch.patches.append(Patch("green", green))


def _house(sketch: Sketch, block: Block, lot: Lot, side: Side, rng: Generator, *, shop: bool) -> None:
    gap, front = 0.2, float(rng.uniform(0.1, 0.7))
    u0, u1 = gap, lot.width - gap
    back = front + (lot.depth - front) * float(rng.uniform(0.82, 0.99))
    outline, wing = _courtyard(lot, u0, u1, front, back, rng)
    door = Door(
        lot.at(round((u0 + u1) / 2 + float(rng.uniform(-1, 1)), 2), front),
        lot.inward,
        depth_m=wing * 0.5,
    )
    floors = int(rng.choice([1, 2, 3], p=[0.3, 0.65, 0.05]))
    if not shop:
        # A large courtyard is shared by several families.
        door.homes = max(1, min(6, round(outline.area * min(floors, 2) / 92 * float(rng.uniform(0.6, 1.3)))))
    sketch.houses.append(
        House(
            outline, block.index, "shop" if shop else "old", "commercial" if shop else "residential", floors, [door],
            stiff=False, street=side.name.zh, along=lot.along, flank=lot.flank,
            fronts=[lot.at(lot.width / 2, -0.4)] if shop else [],
        )
    )  # fmt: skip


def _courtyard(lot: Lot, u0: float, u1: float, v0: float, v1: float, rng: Generator) -> tuple[Polygon, float]:
    """An outline between these sides of the lot, and how deep its front wing is."""
    width, depth = u1 - u0, v1 - v0
    wing = float(rng.uniform(4.2, 5.4))
    side = float(rng.uniform(2.6, 3.4))
    if width < 8 or depth < 10.5:
        if depth > 9 and width > 6 and rng.random() < 0.5:
            cut = width * float(rng.uniform(0.4, 0.6))
            left = rng.random() < 0.5
            a, b = (u0, u0 + cut) if left else (u1 - cut, u1)
            return lot.shape(_angle(u0, u1, v0, v1, v0 + wing, a, b, left=left)), wing
        deep = min(depth, float(rng.uniform(7, 11)))
        return lot.shape(bar(u0, u1, v0, v0 + deep)), deep
    courts = 1 if depth < 20 else 2 if depth < 29 else 3
    kind = pick(rng, ("ring", "ring", "ring", "u", "angle"))
    if courts == 1 and kind == "angle":
        mirrored = rng.random() < 0.5
        a, b = (u0, u0 + side + 1.2) if mirrored else (u1 - side - 1.2, u1)
        return lot.shape(_angle(u0, u1, v0, v1, v0 + wing, a, b, left=mirrored)), wing
    if courts == 1 and kind == "u":
        shell = [(u0, v0), (u1, v0), (u1, v1), (u1 - side, v1), (u1 - side, v0 + wing), (u0 + side, v0 + wing),
                 (u0 + side, v1), (u0, v1)]  # fmt: skip
        return lot.shape(shell), wing
    # Halls across the whole width with courts between them: 一进, 两进, 三进.
    pitch = (depth - wing) / courts
    holes = []
    for court in range(courts):
        near, far = v0 + wing + court * pitch, v0 + (court + 1) * pitch
        a, b = u0 + side * float(rng.uniform(0.2, 1)), u1 - side * float(rng.uniform(0.2, 1))
        if far - near > 2 and b - a > 2:
            holes.append(bar(a, b, near, far))
    return lot.shape(bar(u0, u1, v0, v1), *holes), wing


def _angle(u0: float, u1: float, v0: float, v1: float, wing: float, a: float, b: float, *, left: bool) -> list[Point]:
    """The outline of an L: a front wing, and a wing from `a` to `b` behind it."""
    if left:
        return [(u0, v0), (u1, v0), (u1, wing), (b, wing), (b, v1), (u0, v1)]
    return [(u0, v0), (u1, v0), (u1, v1), (a, v1), (a, wing), (u0, wing)]
