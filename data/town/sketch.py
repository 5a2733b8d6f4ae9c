"""What the writers of blocks draw on: buildings, lanes, compounds, greens and ponds on the plan, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from shapely import Polygon

from data.town.names import Name, PlaceNames
from data.town.plane import Rect
from data.town.profiles import SHORE, WIDE_CANAL_M
from data.town.skeleton import Leaf, Spine
from data.town.ways import RANK, Curve, Segment

Point = tuple[float, float]

COMPASS: dict[str, Point] = {"west": (-1, 0), "south": (0, -1), "east": (1, 0), "north": (0, 1)}
"""The way out through each side of a block."""


class Side(NamedTuple):
    """What one meets on leaving a block through one side.

    Attributes
    ----------
    edge : float
        Where the block ends: x of a west or east side, y of the others, metres.
    street : float or None
        The line of the street one walks out to; None where water lies between.
    beyond : float or None
        The line of the street on the far side of the canal.
    name : Name
        What that street is called.
    rank : int
        How important it is.
    """

    edge: float
    street: float | None
    beyond: float | None
    name: Name
    rank: int


@dataclass(frozen=True, slots=True)
class Block:
    """The ground of one grid, between the streets.

    Attributes
    ----------
    index : int
        Of the grid, from 0.
    community : int
    ground : Rect
    sides : dict
        By the keys of `COMPASS`.
    old : bool
        In the old quarter.
    on_shore : bool
    """

    index: int
    community: int
    ground: Rect
    sides: dict[str, Side]
    old: bool
    on_shore: bool

    @property
    def open_sides(self) -> list[str]:
        """Sides one can leave through on foot, the most important street first."""
        passable = [key for key, side in self.sides.items() if side.street is not None]
        return sorted(passable, key=lambda key: -self.sides[key].rank)


@dataclass(slots=True)
class Door:
    """A stair of a building: where one enters, the unit vector inwards, how many homes it leads to, and how far
    inside (metres) they may lie.
    """

    at: Point
    inward: Point
    homes: int = 0
    depth_m: float = 3.0


@dataclass(slots=True)
class House:
    """A building on the plan.

    Attributes
    ----------
    outline : Polygon
    block : int
    style : str
        ``old``, ``slab``, ``tower``, ``cottage``, ``shop`` or ``campus``.
    use : str
        One of `geo.model.BUILDING_USES`.
    floors : int
    doors : list of Door
    stiff : bool
        Keeps its right angles when the plan is bent.
    street : str
        The street its address counts along; empty inside a compound.
    along, flank : float, int
        How far along that street, and on which side of it (0, 1).
    compound : int or None
    number : int
        Within its compound.
    fronts : list of Point
        Spots on the street before its shops.
    program : str
        What a campus building is for: a facility category, or nothing.
    """

    outline: Polygon
    block: int
    style: str
    use: str
    floors: int
    doors: list[Door]
    stiff: bool = True
    street: str = ""
    along: float = 0.0
    flank: int = 0
    compound: int | None = None
    number: int = 0
    lift: bool = False
    name: Name | None = None
    fronts: list[Point] = field(default_factory=list)
    program: str = ""


@dataclass(slots=True)
class Wall:
    """A compound: its wall, and the gates in it (the first is the main one)."""

    rect: Rect
    block: int
    name: Name
    gates: list[Point] = field(default_factory=list)
    bins: list[Point] = field(default_factory=list)


class Patch(NamedTuple):
    """Water or green on the ground of a block."""

    kind: str
    shape: Polygon
    name: Name | None = None


class Spot(NamedTuple):
    """A place for a facility that is no building: a playground, a bus stop, a toilet."""

    category: str
    at: Point
    block: int
    name: Name | None = None


@dataclass(slots=True)
class Sketch:
    """Everything drawn so far."""

    names: PlaceNames
    houses: list[House] = field(default_factory=list)
    walls: list[Wall] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)


def block_of(index: int, community: int, leaf: Leaf, *, old: bool) -> Block:
    """The block inside a leaf of the skeleton."""
    west, south, east, north = leaf.bounds
    sides = {"west": _side(west, 1), "south": _side(south, 1), "east": _side(east, -1), "north": _side(north, -1)}
    ground = Rect(*(sides[key].edge for key in ("west", "south", "east", "north")))
    return Block(index, community, ground, sides, old, any(spine.profile is SHORE for spine in leaf.bounds))


def _side(spine: Spine, sign: int) -> Side:
    """The side of a block that lies in direction `sign` (+1 east or north) of a spine."""
    profile = spine.profile
    if profile.canal == 0 or spine.side != sign:
        return Side(spine.at + sign * profile.half, spine.at, None, spine.name, RANK[profile.street_class])
    edge = spine.at + sign * profile.reach
    if profile.bank is None:
        return Side(edge, None, spine.at, spine.name, 0)
    # No footbridge spans a moat.
    beyond = None if profile.canal > WIDE_CANAL_M else spine.at
    return Side(edge, spine.bank_line, beyond, spine.name, RANK[profile.bank])
