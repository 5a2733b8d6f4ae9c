"""Walled compounds: slabs or towers in rows that look south, paths to every stair, gates in the wall."""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.random import Generator
from shapely import Polygon, box

from data.town.lot import Lot, bar
from data.town.plane import Rect
from data.town.sketch import COMPASS, Block, Door, House, Patch, Sketch, Spot, Wall
from data.town.ways import RANK, Segment, Way

_SHOPS_M = 9.5  # depth of the row of shops before the wall
_GATE_M = 5.5  # half of the gap they leave for a gate
_LEVEL = ("west", "east")


@dataclass(frozen=True, slots=True)
class _Style:
    """How a compound is built; metres."""

    house: str
    suffix: str
    depth: float
    pitch: float  # from row to row, at least
    stair: tuple[float, float]  # length of a building per stair
    stairs: tuple[int, int]  # in one building
    gap: float  # between two buildings of a row
    floors: tuple[int, int]
    per_floor: int
    path: float  # from a building's north side to the path


_SLABS = _Style("slab", "slab", 11.4, 23.0, (13.6, 15.4), (2, 4), 6.5, (5, 6), 2, 5.0)
_TOWERS = _Style("tower", "tower", 17.5, 47.0, (25.0, 31.0), (1, 1), 17.0, (18, 33), 4, 6.5)


def draw_slabs(sketch: Sketch, block: Block, rng: Generator) -> None:
    """A compound of five- and six-storey slabs, as built from 1980 to 2000."""
    _draw(sketch, block, replace(_SLABS, pitch=_SLABS.pitch + float(rng.uniform(0, 3))), rng)


def draw_towers(sketch: Sketch, block: Block, rng: Generator) -> None:
    """A compound of towers around greens."""
    _draw(sketch, block, _TOWERS, rng)


def _draw(sketch: Sketch, block: Block, style: _Style, rng: Generator) -> None:
    busy = [key for key in block.open_sides if block.sides[key].rank >= RANK["tertiary"]][:2]
    rect = block.ground.inset(*(_SHOPS_M + 2.5 if key in busy else 1.5 for key in ("west", "south", "east", "north")))
    wall = Wall(rect, block.index, sketch.names.named(style.suffix))
    number = len(sketch.walls)
    sketch.walls.append(wall)
    yard = _Yard(sketch, block, wall, number, style, rng)
    yard.rows()
    yard.gates()
    for key in busy:
        _shops(sketch, block, wall, key, rng)


class _Yard:
    """The inside of a compound while it is drawn."""

    def __init__(self, sketch: Sketch, block: Block, wall: Wall, number: int, style: _Style, rng: Generator) -> None:
        self.sketch, self.block, self.wall, self.number, self.style, self.rng = sketch, block, wall, number, style, rng
        rect = wall.rect
        if rect.width > 2 * style.stair[1] * style.stairs[0] + 30:
            self.spine = round(rect.middle[0] + float(rng.uniform(-6, 6)), 2)
        else:
            self.spine = round(rect.west + 6 if rng.random() < 0.5 else rect.east - 6, 2)
        self.paths: list[float] = []
        self.houses = 0
        self.service = Way("service", None, wall.name.zh)
        self.footway = Way("footway", None, wall.name.zh)

    def rows(self) -> None:
        """Rows from south to north; each has its path behind it, since stairs are on the north side."""
        style, rect = self.style, self.wall.rect
        below, above = 5.0, style.path + 3.5
        room = rect.height - below - above - style.depth
        count = max(1, int(room // style.pitch) + 1)
        pitch = min(room / (count - 1), style.pitch * 1.3) if count > 1 else 0.0
        halves = [(rect.west + 4, self.spine - 6.2), (self.spine + 6.2, rect.east - 4)]
        garden = int(self.rng.integers(count * 2)) if count > 2 and self.rng.random() < 0.6 else -1
        for row in range(count):
            south = round(rect.south + below + row * pitch, 2)
            path = round(south + style.depth + style.path, 2)
            reach = [self.spine, self.spine]
            for half, (west, east) in enumerate(halves):
                ground = Rect(west, south, east, south + style.depth)
                if row * 2 + half == garden and ground.width > 15:
                    self._garden(ground)
                elif ground.width >= style.stair[0] * style.stairs[0]:
                    doors = [*reach, *self._row(ground)]
                    reach = [min(doors), max(doors)]
            self.paths.append(path)
            if reach[1] - reach[0] > 1:
                self.sketch.segments.append(Segment(False, path, round(reach[0], 2), round(reach[1], 2), self.footway))
            self._green(halves, path + 2.2, south + style.depth + max(pitch, style.path + 4) - 1.4)

    def _row(self, ground: Rect) -> list[float]:
        """Buildings side by side; returns the x of their doors."""
        style, rng = self.style, self.rng
        stair = float(rng.uniform(*style.stair))
        x = ground.west
        doors: list[float] = []
        while (fit := int((ground.east - x) // stair)) >= style.stairs[0]:
            count = min(fit, style.stairs[1])
            if 0 < fit - count < style.stairs[0] and count > style.stairs[0]:
                count -= 1
            shift = float(rng.uniform(-1.2, 1.2)) if style is _TOWERS else 0.0
            lot = Lot(Rect(x, ground.south + shift, x + count * stair, ground.north + shift), "north", 0, count * stair,
                      style.depth)  # fmt: skip
            self._house(lot, count, stair)
            doors += [x + stair / 2, x + (count - 0.5) * stair]
            x += count * stair + style.gap
        return doors

    def _house(self, lot: Lot, count: int, stair: float) -> None:
        style = self.style
        floors = int(self.rng.integers(style.floors[0], style.floors[1] + 1))
        if style.house == "slab":
            # The stairs stand out a little on the north side.
            notch = [point for i in range(count) for point in _notch(i * stair, stair)]
            outline = lot.shape([*notch, (lot.width, 1.0), (lot.width, lot.depth), (0, lot.depth), (0, 1.0)])
        else:
            outline = lot.shape(_butterfly(lot.width, lot.depth))
        doors = [
            Door(lot.at((i + 0.5) * stair, 0), lot.inward, style.per_floor * floors, style.depth - 2)
            for i in range(count)
        ]
        self.houses += 1
        self.sketch.houses.append(
            House(outline, self.block.index, style.house, "residential", floors, doors, compound=self.number,
                  number=self.houses, lift=floors > 6)
        )  # fmt: skip

    def _garden(self, ground: Rect) -> None:
        rect = ground.inset(1, -2, 1, 0)
        self.sketch.patches.append(Patch("green", box(*rect)))
        self.sketch.spots.append(Spot("playground", (rect.middle[0], rect.north + 1), self.block.index))
        self.sketch.spots.append(Spot("fitness", (rect.middle[0] + 6, rect.north + 1), self.block.index))

    def _green(self, halves: list[tuple[float, float]], south: float, north: float) -> None:
        north = min(north, self.wall.rect.north - 1.0)
        for west, east in halves:
            if east - west > 8 and north - south > 1.5:
                self.sketch.patches.append(Patch("green", box(west + 1, south, east - 1, north)))

    def gates(self) -> None:
        """One to three gates; the service road runs through those to the south and north."""
        rng, block, rect = self.rng, self.block, self.wall.rect
        wanted = 1 + int(rng.random() < 0.75) + int(rng.random() < 0.3)
        low, high = min(self.paths), max(self.paths)
        for key in block.open_sides[:wanted]:
            street = block.sides[key].street
            assert street is not None  # noqa: S101 — an open side has its street
            if key in _LEVEL:
                path = self.paths[int(rng.integers(len(self.paths)))]
                start, end = (street, self.spine) if key == "west" else (self.spine, street)
                way = self.service if self.wall.gates else self.footway
                self.sketch.segments.append(
                    Segment(False, path, start, end, self.service if not self.wall.gates else way)
                )
                gate = (rect.west if key == "west" else rect.east, path)
            else:
                low, high = (min(low, street), high) if key == "south" else (low, max(high, street))
                gate = (self.spine, rect.south if key == "south" else rect.north)
            self.wall.gates.append(gate)
            x, y = COMPASS[key]
            self.wall.bins.append((gate[0] - 9 * x + 2.6 * abs(y), gate[1] - 9 * y + 2.6 * abs(x)))
        self.sketch.segments.append(Segment(True, self.spine, low, high, self.service))


def _notch(u: float, stair: float) -> list[tuple[float, float]]:
    middle = u + stair / 2
    return [(middle - 1.6, 1.0), (middle - 1.6, 0.0), (middle + 1.6, 0.0), (middle + 1.6, 1.0)]


def _butterfly(width: float, depth: float) -> list[tuple[float, float]]:
    """A tower's outline: wings to the south, a core to the north."""
    a, b = width * 0.16, width * 0.42
    return [
        (a, 0), (width - a, 0), (width - a, depth * 0.3), (width, depth * 0.3), (width, depth), (width - b, depth),
        (width - b, depth - 3), (b, depth - 3), (b, depth), (0, depth), (0, depth * 0.3), (a, depth * 0.3),
    ]  # fmt: skip


def _shops(sketch: Sketch, block: Block, wall: Wall, key: str, rng: Generator) -> None:
    """A row of two-storey shops between the wall and the street, open where a gate is."""
    side, level = block.sides[key], key in ("south", "north")
    ground = block.ground
    low, high = (ground.west, ground.east) if level else (ground.south, ground.north)
    axis = 0 if level else 1
    edge = wall.rect._asdict()[key]
    gaps = sorted(gate[axis] for gate in wall.gates if gate[1 - axis] == edge)
    starts = [low + 13, *(gap + _GATE_M for gap in gaps)]
    ends = [*(gap - _GATE_M for gap in gaps), high - 13]
    for start, end in zip(starts, ends, strict=True):
        at = start
        while end - at > 12:
            length = min(end - at, float(rng.uniform(22, 44)))
            lot = Lot(ground, key, at - low, length, _SHOPS_M)
            at += length + 2.5
            shops = max(1, int(length // 7))
            fronts = [lot.at((i + 0.5) * length / shops, -1.5) for i in range(shops)]
            sketch.houses.append(
                House(lot.shape(bar(0, length, 0, _SHOPS_M)), block.index, "shop", "commercial",
                      int(rng.integers(1, 4)), [Door(lot.at(length / 2, 0), lot.inward)], street=side.name.zh,
                      along=lot.along, flank=lot.flank, fronts=fronts)
            )  # fmt: skip


def wall_outline(wall: Wall) -> Polygon:
    """The wall as a polygon with a corner at each gate, so that the gates stay in it when it is bent."""
    west, south, east, north = wall.rect
    ring = wall.rect.corners() + wall.gates
    order = {(0, -1): 0, (1, 0): 1, (0, 1): 2, (-1, 0): 3}

    def position(point: tuple[float, float]) -> tuple[int, float]:
        x, y = point
        if y == south and x < east:
            return order[0, -1], x
        if x == east and y < north:
            return order[1, 0], y
        if y == north and x > west:
            return order[0, 1], -x
        return order[-1, 0], -y

    return Polygon(sorted(set(ring), key=position))
