"""Parks: a pond with a path around it, paths out to the streets, a pavilion and a tea house."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from shapely import Polygon, box

from data.town.lot import Lot, bar
from data.town.names import Name
from data.town.plane import Rect
from data.town.sketch import COMPASS, Block, Door, House, Patch, Point, Sketch, Spot
from data.town.ways import Curve, Segment, Way


def draw_park(sketch: Sketch, block: Block, rng: Generator) -> None:
    """Make a block a park. In the old quarter it is a garden with a large pond."""
    ground = block.ground.shrunk(1.0)
    name = sketch.names.named("park")
    x, y = ground.middle
    centre = (round(x + float(rng.uniform(-0.06, 0.06)) * ground.width, 2),
              round(y + float(rng.uniform(-0.06, 0.06)) * ground.height, 2))  # fmt: skip
    spread = 0.34 if block.old else 0.28
    radii = ground.width * spread, ground.height * spread
    pond = Polygon(_blob(centre, radii, rng))
    way = Way("footway", name, name.zh)
    ring = {key: _ring(centre, key, radii) for key in COMPASS}
    order = ("east", "north", "west", "south")
    for first, second in zip(order, (*order[1:], order[0]), strict=True):
        sketch.curves.append(Curve(_arc(centre, ring[first], ring[second], rng), way))
    for key in block.open_sides:
        sketch.segments.append(_connector(ring[key], key, block.sides[key].street or 0.0, way))
    sketch.patches.append(Patch("green", Polygon(box(*ground).exterior, [pond.exterior]), name))
    sketch.patches.append(Patch("water", pond))
    key = block.open_sides[0]
    (x, y), (out_x, out_y) = ring[key], COMPASS[key]
    extras = ("toilet", "attraction") if block.old else ("toilet", "fitness", "playground")
    sketch.spots.append(Spot("park", ring[key], block.index, name))
    for category, aside in zip(extras, (7, -7, 13), strict=False):
        at = x + 4 * out_x - aside * out_y, y + 4 * out_y + aside * out_x
        sketch.spots.append(Spot(category, at, block.index, name if category == "attraction" else None))
    _pavilions(sketch, block, ground, centre, radii, name, rng)


def _blob(centre: Point, radii: tuple[float, float], rng: Generator) -> list[Point]:
    angles = np.linspace(0, 2 * np.pi, 49)[:-1]
    radius = np.full(48, 0.72)
    for waves in (2, 3, 5):
        radius += 0.16 / waves * np.sin(waves * angles + 2 * np.pi * rng.random())
    x = centre[0] + radii[0] * radius * np.cos(angles)
    y = centre[1] + radii[1] * radius * np.sin(angles)
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _ring(centre: Point, key: str, radii: tuple[float, float]) -> Point:
    x, y = COMPASS[key]
    return round(centre[0] + x * radii[0] * 1.12, 2), round(centre[1] + y * radii[1] * 1.12, 2)


def _arc(centre: Point, first: Point, second: Point, rng: Generator) -> list[Point]:
    """A quarter of the ring path, wandering a little, from one point of the compass to the next."""
    a, b = np.subtract(first, centre), np.subtract(second, centre)
    turn = np.linspace(0, np.pi / 2, 9)
    wander = 1 + float(rng.uniform(-0.05, 0.05)) * np.sin(2 * turn)
    points = centre + (np.outer(np.cos(turn), a) + np.outer(np.sin(turn), b)) * wander[:, None]
    inner = [(float(x), float(y)) for x, y in points[1:-1]]
    return [first, *inner, second]


def _connector(start: Point, key: str, street: float, way: Way) -> Segment:
    upright = key in ("south", "north")
    at, along = start if upright else start[::-1]
    return Segment(upright, at, min(along, street), max(along, street), way)


def _pavilions(
    sketch: Sketch, block: Block, ground: Rect, centre: Point, radii: tuple[float, float], name: Name, rng: Generator
) -> None:
    """Small buildings in the corners beyond the ring path."""
    for number, (sx, sy) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        if number and rng.random() < 0.4:
            continue
        size = 12.0 if number == 0 else 6.0
        x = centre[0] + sx * radii[0] * 1.02 + (0 if sx > 0 else -size)
        y = centre[1] + sy * radii[1] * 1.02 + (0 if sy > 0 else -size)
        if x < ground.west + 1 or y < ground.south + 1 or x + size > ground.east - 1 or y + size > ground.north - 1:
            continue
        key = "north" if sy < 0 else "south"
        lot = Lot(Rect(x, y, x + size, y + size), key, 0, size, size)
        tea = number == 0
        sketch.houses.append(
            House(lot.shape(bar(0, size, 0, size * 0.8)), block.index, "campus", "commercial" if tea else "other",
                  2 if tea else 1, [Door(lot.at(size / 2, 0), lot.inward)], street=name.zh, along=x, flank=number % 2,
                  program="cafe" if tea else "", fronts=[lot.at(size / 2, -1.5)] if tea else [],
                  name=Name(f"{name.zh}茶室", f"{name.en} Tea House") if tea else None)
        )  # fmt: skip
