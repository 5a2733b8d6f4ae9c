"""Farmers' houses grown into the town: detached, two or three storeys, in rows along lanes."""

from __future__ import annotations

from itertools import pairwise

from numpy.random import Generator

from data.town.lot import Lot, bar
from data.town.plane import Rect
from data.town.sketch import Block, Door, House, Patch, Sketch
from data.town.ways import RANK, Segment, street_way

_LANE_M = 1.9  # half its width


def draw_cottages(sketch: Sketch, block: Block, rng: Generator) -> None:
    """Fill a block with rows of houses that look south onto their lanes."""
    ground = block.ground.shrunk(1.0)
    name = sketch.names.named("lane")
    cross = _cross_lanes(sketch, block, ground, rng)
    south = ground.south
    number = 0
    while True:
        depth, yard = float(rng.uniform(10, 12)), float(rng.uniform(2.5, 6.5))
        top = round(south + 2 * _LANE_M + 1.6 + depth, 2)
        if top > ground.north:
            break
        lane = round(south + _LANE_M, 2)
        number += 1
        way = street_way("living_street" if number % 3 == 1 else "pedestrian", name)
        start, end = cross[0], cross[-1]
        for key in ("west", "east"):
            side = block.sides[key]
            if side.street is not None and rng.random() < 0.75:
                start, end = (side.street, end) if key == "west" else (start, side.street)
        sketch.segments.append(Segment(False, lane, start, end, way))
        bounds = [ground.west, *cross, ground.east]
        for west, east in pairwise(bounds):
            inside = Rect(west + 4.4, lane + _LANE_M + 1.6, east - 4.4, top)
            _row(sketch, block, inside, name.zh, lane, rng)
        south = top + yard
        if rng.random() < 0.12 and south + 14 < ground.north:
            plot = Rect(ground.west + 3, south, ground.east - 3, south + float(rng.uniform(8, 13)))
            south = _fields(sketch, plot, cross)


def _cross_lanes(sketch: Sketch, block: Block, ground: Rect, rng: Generator) -> list[float]:
    """The lanes from the south side to the north; at least one, and it leaves the block somewhere."""
    count = 1 if ground.width < 120 else 2
    name = sketch.names.named("lane")
    lanes = []
    for i in range(count):
        x = round(ground.west + ground.width * (i + 0.5 + float(rng.uniform(-0.12, 0.12))) / count, 2)
        south, north = block.sides["south"].street, block.sides["north"].street
        start = ground.south + _LANE_M if south is None else south
        end = ground.north - 1 if north is None else north
        sketch.segments.append(Segment(True, x, start, end, street_way("living_street", name)))
        lanes.append(x)
    return lanes


def _row(sketch: Sketch, block: Block, ground: Rect, street: str, lane: float, rng: Generator) -> None:
    x = ground.west
    shop = block.sides["south"].rank >= RANK["tertiary"] and lane - block.ground.south < 12
    while ground.east - x > 8:
        width = min(float(rng.uniform(8.5, 13)), ground.east - x)
        lot = Lot(ground, "south", x - ground.west, width, ground.height)
        x += width + float(rng.uniform(1.2, 3.5))
        draw = rng.random()
        if draw < 0.06:
            sketch.patches.append(Patch("green", lot.shape(bar(0, width, 0, lot.depth))))
            continue
        setback = float(rng.uniform(0, 1.2))
        depth = lot.depth - setback - float(rng.uniform(0, 1.0))
        shell = bar(0, width, setback, setback + depth)
        if draw < 0.5:
            porch = width * float(rng.uniform(0.3, 0.6))
            shell = [(0, setback), (porch, setback), (porch, setback + 1.8), (width, setback + 1.8),
                     (width, setback + depth), (0, setback + depth)]  # fmt: skip
        homes = 0 if shop else int(rng.choice([1, 2, 3], p=[0.72, 0.2, 0.08]))
        door = Door(lot.at(1.2, setback), lot.inward, homes, depth_m=depth * 0.6)
        sketch.houses.append(
            House(lot.shape(shell), block.index, "shop" if shop else "cottage",
                  "commercial" if shop else "residential", int(rng.choice([2, 3, 4], p=[0.45, 0.45, 0.1])), [door],
                  street=street, along=lot.along, flank=lot.flank,
                  fronts=[lot.at(width / 2, -1.0)] if shop else [])
        )  # fmt: skip


def _fields(sketch: Sketch, plot: Rect, cross: list[float]) -> float:
    """Vegetables between two rows, cut by the lanes; returns where the next row begins."""
    bounds = [plot.west, *cross, plot.east]
    for west, east in pairwise(bounds):
        if east - west > 14:
            patch = Lot(Rect(west + 3, plot.south, east - 3, plot.north), "south", 0, east - west - 6, plot.height)
            sketch.patches.append(Patch("green", patch.shape(bar(0, patch.width, 0, patch.depth - 2))))
    return plot.north
