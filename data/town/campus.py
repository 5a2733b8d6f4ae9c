"""Schools, hospitals, markets, temples and works: lots with a handful of large buildings and a way in."""

from __future__ import annotations

from typing import NamedTuple

from numpy.random import Generator

from data.town.chance import shuffled
from data.town.lot import Lot, bar
from data.town.names import Name
from data.town.old import draw_old
from data.town.plane import Rect
from data.town.sketch import Block, Door, House, Patch, Sketch
from data.town.ways import Segment, Way

_MARGIN_M = 3.0


class _Part(NamedTuple):
    """A building or green as fractions of its lot: across, then away from the street."""

    u0: float
    u1: float
    v0: float
    v1: float
    floors: int = 0  # 0: green


class _Program(NamedTuple):
    """What stands on a lot. The first part is the main building, where the way in ends."""

    use: str
    zh: str
    en: str
    parts: tuple[_Part, ...]


# The axis u = 0.5 stays free from the street to the main building.
_PROGRAMS = {
    "primary_school": _Program("school", "小学", "Primary School", (
        _Part(0.12, 0.88, 0.58, 0.70, 4), _Part(0.12, 0.88, 0.82, 0.93, 4), _Part(0.04, 0.42, 0.06, 0.50),
        _Part(0.62, 0.94, 0.12, 0.30, 2), _Part(0.62, 0.94, 0.36, 0.50))),
    "middle_school": _Program("school", "中学", "Secondary School", (
        _Part(0.10, 0.90, 0.50, 0.60, 5), _Part(0.10, 0.46, 0.70, 0.79, 5), _Part(0.54, 0.90, 0.70, 0.79, 5),
        _Part(0.10, 0.90, 0.88, 0.96, 4), _Part(0.03, 0.45, 0.05, 0.44), _Part(0.60, 0.95, 0.10, 0.34, 3))),
    "kindergarten": _Program("school", "幼儿园", "Kindergarten", (
        _Part(0.15, 0.85, 0.55, 0.85, 3), _Part(0.06, 0.42, 0.08, 0.46), _Part(0.62, 0.90, 0.10, 0.40))),
    "hospital": _Program("hospital", "医院", "Hospital", (
        _Part(0.15, 0.85, 0.22, 0.42, 6), _Part(0.28, 0.72, 0.52, 0.66, 14), _Part(0.06, 0.44, 0.78, 0.92, 5),
        _Part(0.56, 0.94, 0.78, 0.92, 3), _Part(0.06, 0.42, 0.05, 0.17), _Part(0.58, 0.94, 0.05, 0.17))),
    "elder_care": _Program("civic", "颐养院", "Care Home", (
        _Part(0.12, 0.88, 0.30, 0.48, 5), _Part(0.12, 0.30, 0.52, 0.90, 4), _Part(0.38, 0.88, 0.56, 0.90))),
    "market": _Program("commercial", "菜市场", "Fresh Market", (_Part(0.08, 0.92, 0.14, 0.86, 2),)),
    "shopping": _Program("commercial", "商城", "Mall", (
        _Part(0.06, 0.94, 0.20, 0.80, 5), _Part(0.06, 0.44, 0.05, 0.15), _Part(0.56, 0.94, 0.05, 0.15))),
    "supermarket": _Program("commercial", "生活广场", "Plaza", (_Part(0.10, 0.90, 0.20, 0.85, 3),)),
    "cinema": _Program("commercial", "影城", "Cinema", (_Part(0.15, 0.85, 0.22, 0.85, 3),)),
    "government": _Program("civic", "政务服务中心", "Government Service Centre", (
        _Part(0.18, 0.82, 0.45, 0.66, 8), _Part(0.18, 0.82, 0.78, 0.90, 4), _Part(0.06, 0.43, 0.08, 0.36),
        _Part(0.57, 0.94, 0.08, 0.36))),
    "police": _Program("civic", "派出所", "Police Station", (_Part(0.15, 0.85, 0.30, 0.62, 4),)),
    "fire_station": _Program("civic", "消防救援站", "Fire Station", (
        _Part(0.12, 0.88, 0.32, 0.55, 3), _Part(0.12, 0.40, 0.68, 0.90, 2))),
    "culture": _Program("civic", "文化活动中心", "Culture Centre", (
        _Part(0.12, 0.88, 0.35, 0.75, 3), _Part(0.08, 0.40, 0.06, 0.28), _Part(0.60, 0.92, 0.06, 0.28))),
    "library": _Program("civic", "图书馆", "Library", (_Part(0.18, 0.82, 0.35, 0.80, 4), _Part(0.1, 0.4, 0.06, 0.3))),
    "college": _Program("school", "学院", "College", (
        _Part(0.15, 0.85, 0.40, 0.52, 6), _Part(0.06, 0.40, 0.62, 0.72, 5), _Part(0.60, 0.94, 0.62, 0.72, 5),
        _Part(0.06, 0.94, 0.84, 0.94, 6), _Part(0.06, 0.43, 0.06, 0.34), _Part(0.57, 0.94, 0.06, 0.34))),
    "office": _Program("office", "商务中心", "Business Centre", (
        _Part(0.20, 0.80, 0.30, 0.60, 16), _Part(0.06, 0.94, 0.74, 0.92, 4), _Part(0.06, 0.42, 0.06, 0.22))),
    "hotel": _Program("commercial", "宾馆", "Hotel", (_Part(0.14, 0.86, 0.32, 0.60, 9), _Part(0.1, 0.9, 0.72, 0.92))),
    "works": _Program("industrial", "丝绸厂", "Silk Works", (
        _Part(0.06, 0.94, 0.12, 0.36, 1), _Part(0.06, 0.94, 0.42, 0.60, 1), _Part(0.06, 0.60, 0.75, 0.94, 2))),
    "worship": _Program("religious", "寺", "Temple", (
        _Part(0.36, 0.64, 0.16, 0.26, 1), _Part(0.28, 0.72, 0.40, 0.56, 1), _Part(0.30, 0.70, 0.72, 0.88, 2),
        _Part(0.05, 0.18, 0.20, 0.90, 1), _Part(0.82, 0.95, 0.20, 0.90, 1), _Part(0.22, 0.34, 0.58, 0.70))),
    "museum": _Program("civic", "博物馆", "Museum", (
        _Part(0.20, 0.80, 0.25, 0.50, 2), _Part(0.10, 0.46, 0.60, 0.88, 2), _Part(0.56, 0.92, 0.60, 0.88))),
}  # fmt: skip

_QUARTERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "school": (("primary_school", "kindergarten"), ("middle_school",), ("primary_school", "kindergarten", "culture")),
    "hospital": (("hospital", "elder_care"),),
    "market": (("market", "supermarket", "shopping", "cinema"), ("market", "supermarket", "office")),
    "civic": (("government", "police", "fire_station", "library"), ("culture", "office", "police", "hotel"),
              ("college", "library", "fire_station")),
    "industry": (("works", "works", "works"), ("works", "works", "office")),
    "old_school": (("primary_school", "kindergarten", "", ""),),
    "old_market": (("market", "culture", "", ""), ("market", "hotel", "", "", "")),
    "old_temple": (("worship", "museum", "", ""), ("worship", "", "", "culture")),
    "village": (("primary_school", "market", "hospital", "culture"),),
}  # fmt: skip

CAMPUSES = tuple(_QUARTERS)
"""The kinds of block drawn here."""


def draw_campus(sketch: Sketch, block: Block, kind: str, rng: Generator) -> None:
    """Fill a block of one of `CAMPUSES` with lots; those without a program become courtyard houses."""
    programs = _QUARTERS[kind][int(rng.integers(len(_QUARTERS[kind])))]
    if len(programs) > 1 and kind.startswith("old_"):
        programs = tuple(shuffled(rng, programs))
    for rect, program in zip(_lots(block.ground.shrunk(0.5), len(programs), rng), programs, strict=True):
        key = _front(block, rect)
        if program and key:
            _lot(sketch, block, rect, key, program)
        else:
            draw_old(sketch, block, rng, rect)


def _lots(rect: Rect, count: int, rng: Generator) -> list[Rect]:
    if count == 1:
        return [rect]
    first = count // 2
    share = first / count + float(rng.uniform(-0.05, 0.05))
    if rect.width > rect.height:
        x = round(rect.west + rect.width * share, 2)
        halves = rect._replace(east=x - 1.5), rect._replace(west=x + 1.5)
    else:
        y = round(rect.south + rect.height * share, 2)
        halves = rect._replace(north=y - 1.5), rect._replace(south=y + 1.5)
    return _lots(halves[0], first, rng) + _lots(halves[1], count - first, rng)


def _front(block: Block, rect: Rect) -> str | None:
    """The side of the block a lot lies at and can be entered from: the most important street."""
    for key in block.open_sides:
        if abs(rect._asdict()[key] - block.ground._asdict()[key]) < 1:
            return key
    return None


def _lot(sketch: Sketch, block: Block, rect: Rect, key: str, program: str) -> None:
    plan, side = _PROGRAMS[program], block.sides[key]
    level = key in ("south", "north")
    inner = rect.shrunk(_MARGIN_M)
    lot = Lot(inner, key, 0.0, *((inner.width, inner.height) if level else (inner.height, inner.width)))
    stem = sketch.names.stem()
    name = Name(stem.zh + plan.zh, f"{stem.en} {plan.en}")
    for number, part in enumerate(plan.parts):
        shape = lot.shape(bar(part.u0 * lot.width, part.u1 * lot.width, part.v0 * lot.depth, part.v1 * lot.depth))
        if part.floors == 0:
            sketch.patches.append(Patch("green", shape))
            continue
        middle = 0.5 if part.u0 < 0.5 < part.u1 else (part.u0 + part.u1) / 2
        door = Door(lot.at(middle * lot.width, part.v0 * lot.depth), lot.inward, depth_m=3.0)
        sketch.houses.append(
            House(shape, block.index, "campus", plan.use, part.floors, [door], street=side.name.zh, along=lot.along,
                  flank=lot.flank, lift=part.floors > 6, name=name if number == 0 else None,
                  program=program if number == 0 else "",
                  fronts=[lot.at(lot.width / 2, -_MARGIN_M + 0.8)] if number == 0 else [])
        )  # fmt: skip
    _paths(sketch, lot, plan, side.street, name)


def _paths(sketch: Sketch, lot: Lot, plan: _Program, street: float | None, name: Name) -> None:
    """The way in along the axis, one across before the main building, and one around to the back of a deep lot."""
    assert street is not None  # noqa: S101 — the front is an open side
    way, path = Way("service", None, name.zh), Way("footway", None, name.zh)
    across = plan.parts[0].v0 * lot.depth - 6.5
    _draw(sketch, lot, (lot.width / 2, across), street, way)
    _draw(sketch, lot, (lot.width * 0.24, across), (lot.width * 0.76, across), path)
    back = max((part for part in plan.parts if part.floors), key=lambda part: part.v0)
    behind = back.v0 * lot.depth - 5.0
    blocked = any(p.floors and p.v0 * lot.depth < behind + 3 and p.v1 * lot.depth > behind - 3 for p in plan.parts)
    if behind - across > 35 and not blocked:
        _draw(sketch, lot, (-2.4, behind), street, path)
        _draw(sketch, lot, (-2.4, behind), (lot.width / 2, behind), path)


def _draw(sketch: Sketch, lot: Lot, start: tuple[float, float], end: tuple[float, float] | float, way: Way) -> None:
    """A straight path from a spot of the lot to another, or out to the line of a street."""
    upright = (lot.key in ("south", "north")) == (isinstance(end, float) or start[0] == end[0])
    x, y = lot.at(*start)
    at, low = (x, y) if upright else (y, x)
    high = end if isinstance(end, float) else lot.at(*end)[1 if upright else 0]
    sketch.segments.append(Segment(upright, at, min(low, high), max(low, high), way))
