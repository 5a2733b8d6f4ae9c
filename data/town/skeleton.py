"""The skeleton of the plan: a lattice of main streets, and streets that halve its superblocks again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from data.town.chance import shares, stream
from data.town.names import Name, PlaceNames
from data.town.plane import Rect
from data.town.profiles import (
    AVENUE,
    MOAT,
    NEW_CANAL,
    OLD_CANAL_STREET,
    OLD_CREEK,
    OLD_CREEK_BACK,
    OLD_LANE,
    OLD_STREET,
    RESIDENTIAL,
    SHORE,
    STREET,
    TERTIARY,
    Profile,
)
from data.town.scale import Size

Cell = tuple[int, int]
"""Column and row of a superblock in the lattice."""


@dataclass(slots=True)
class Spine:
    """A straight street of the skeleton with what accompanies it.

    Attributes
    ----------
    upright : bool
        Runs south to north; else west to east.
    at : float
        Its x when upright, else its y, metres.
    start, end : float
        From the line of the street it starts at to that of the one it ends at, metres.
    side : int
        Where its canal lies: +1 east or north of it, -1 west or south.
    depth : int
        0 in the lattice, then 1, 2, … for each halving.
    crossing : tuple of two lists
        The spines across its start and its end.
    follower : list of two
        The spine that continues it beyond its start and its end.
    """

    upright: bool
    at: float
    start: float
    end: float
    profile: Profile
    side: int
    name: Name
    depth: int
    crossing: tuple[list[Spine], list[Spine]] = field(default_factory=lambda: ([], []))
    follower: list[Spine | None] = field(default_factory=lambda: [None, None])

    @property
    def canal_line(self) -> float:
        """Where the middle of its canal runs."""
        return self.at + self.side * self.profile.canal_at

    @property
    def bank_line(self) -> float:
        """Where the lane on its far bank runs."""
        return self.at + self.side * self.profile.bank_at


class Bounds(NamedTuple):
    """The four spines around a piece of land."""

    west: Spine
    south: Spine
    east: Spine
    north: Spine

    @property
    def rect(self) -> Rect:
        """The land between the lines of the four."""
        return Rect(self.west.at, self.south.at, self.east.at, self.north.at)


class Leaf(NamedTuple):
    """A piece that is halved no further: the land of one grid."""

    cell: Cell
    bounds: Bounds


@dataclass(slots=True)
class Skeleton:
    """All spines, the superblocks that are land, and the leaves between the spines."""

    cells: list[Cell]
    old: set[Cell]
    rects: dict[Cell, Rect]
    spines: list[Spine] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)


def draw_skeleton(size: Size, seed: int, names: PlaceNames) -> Skeleton:
    """The skeleton of a town.

    Parameters
    ----------
    size : Size
    seed : int
    names : PlaceNames
        Asked for a name for each street.
    """
    rng = stream(seed, "skeleton")
    old = {(size.old[0] + column, size.old[1] + row) for column in range(size.old[2]) for row in range(size.old[3])}
    cells = _land(size, old, rng)
    side = np.sqrt(size.block_m2 * size.grids / size.communities)
    xs, ys = _lines(rng, size.columns, side * 1.04), _lines(rng, size.rows, side / 1.04)
    rects = {(c, r): Rect(xs[c], ys[r], xs[c + 1], ys[r + 1]) for c, r in cells}
    skeleton = Skeleton(cells, old, rects)
    bounds = _lattice(skeleton, xs, ys, rng, names)
    counts = shares(size.grids, [rects[cell].width * rects[cell].height for cell in cells])
    # Every superblock has its share, none so few that it could not be halved well.
    for cell, count in zip(cells, counts, strict=True):
        for leaf in _halved(bounds[cell], int(count), 1, cell in old, rng, names, skeleton.spines):
            skeleton.leaves.append(Leaf(cell, leaf))
    return skeleton


def _land(size: Size, old: set[Cell], rng: Generator) -> list[Cell]:
    """The superblocks that are land: those nearest to the middle, the shore a little ragged."""
    every = [(column, row) for row in range(size.rows) for column in range(size.columns)]
    middle = np.array([(size.columns - 1) / 2, (size.rows - 1) / 2])
    away = np.hypot(*((np.array(every) - middle) / [size.columns / 2, size.rows / 2]).T)
    away += rng.uniform(-0.06, 0.06, len(every))
    away[[cell in old for cell in every]] = -1
    return sorted((every[i] for i in np.argsort(away, kind="stable")[: size.communities]), key=lambda cell: cell[::-1])


def _lines(rng: Generator, count: int, spacing: float) -> list[float]:
    gaps = rng.uniform(0.86, 1.14, count)
    lines = np.concatenate([[0.0], np.cumsum(gaps * spacing / gaps.mean())])
    return [round(float(line), 1) for line in lines - lines[-1] / 2]


def _lattice(
    skeleton: Skeleton, xs: list[float], ys: list[float], rng: Generator, names: PlaceNames
) -> dict[Cell, Bounds]:
    """Draw the main streets; returns the four around each superblock."""
    edges: dict[tuple[bool, int, int], Spine] = {}
    for upright in (True, False):
        lines, across = (xs, ys) if upright else (ys, xs)
        for line, at in enumerate(lines):
            choice = _Choice(rng, rim=line in (0, len(lines) - 1))
            name, before = names.named("avenue" if choice.new is AVENUE else "street"), None
            for piece in range(len(across) - 1):
                behind, ahead = ((line - 1, piece), (line, piece)) if upright else ((piece, line - 1), (piece, line))
                profile, side = choice.profile(behind, ahead, skeleton)
                if profile is None:
                    before = None
                    continue
                old = profile in (OLD_STREET, OLD_CANAL_STREET)
                if before is None or (before.profile in (OLD_STREET, OLD_CANAL_STREET)) != old:
                    name = names.named("old_street" if old else "avenue" if profile is AVENUE else "street")
                spine = Spine(upright, at, across[piece], across[piece + 1], profile, side, name, 0)
                if before is not None:
                    spine.follower[0], before.follower[1] = before, spine
                edges[upright, line, piece] = before = spine
    for (upright, line, piece), spine in edges.items():
        for end in (0, 1):
            near = [edges.get((not upright, piece + end, line - 1)), edges.get((not upright, piece + end, line))]
            spine.crossing[end].extend(found for found in near if found is not None)
    skeleton.spines.extend(edges.values())
    return {
        (c, r): Bounds(edges[True, c, r], edges[False, r, c], edges[True, c + 1, r], edges[False, r + 1, c])
        for c, r in skeleton.cells
    }


class _Choice:
    """What runs along one line of the lattice, in the old quarter and outside it."""

    def __init__(self, rng: Generator, *, rim: bool) -> None:
        self.side = 1 if rng.random() < 0.5 else -1
        self.old = OLD_CANAL_STREET if rng.random() < 0.85 else OLD_STREET
        draw = rng.random()
        self.new = STREET if rim or draw < 0.42 else NEW_CANAL if draw < 0.74 else AVENUE

    def profile(self, behind: Cell, ahead: Cell, skeleton: Skeleton) -> tuple[Profile | None, int]:
        land = [cell in skeleton.rects for cell in (behind, ahead)]
        old = [cell in skeleton.old for cell in (behind, ahead)]
        if not any(land):
            return None, 1
        if not all(land):
            return SHORE, 1 if land[0] else -1
        if all(old):
            return self.old, self.side
        if any(old):
            return MOAT, 1 if old[1] else -1
        return self.new, self.side


def _halved(
    bounds: Bounds, count: int, depth: int, old: bool, rng: Generator, names: PlaceNames, spines: list[Spine]
) -> Iterator[Bounds]:
    """Halve a piece of land by streets until `count` leaves remain."""
    if count == 1:
        yield bounds
        return
    rect, first = bounds.rect, count // 2
    upright = rect.width > rect.height * rng.uniform(0.9, 1.1)
    share = first / count + rng.uniform(-0.05, 0.05)
    low, length = (rect.west, rect.width) if upright else (rect.south, rect.height)
    profile = _inner(depth, old, count <= 3, rng)
    spine = Spine(
        upright, round(low + share * length, 1), *((rect.south, rect.north) if upright else (rect.west, rect.east)),
        profile, 1 if rng.random() < 0.5 else -1,
        names.named("old_street" if old and depth == 1 else "lane" if old else "street"), depth,
        crossing=([bounds.south], [bounds.north]) if upright else ([bounds.west], [bounds.east]),
    )  # fmt: skip
    spines.append(spine)
    halves = (
        (bounds._replace(east=spine), bounds._replace(west=spine))
        if upright
        else (bounds._replace(north=spine), bounds._replace(south=spine))
    )
    yield from _halved(halves[0], first, depth + 1, old, rng, names, spines)
    yield from _halved(halves[1], count - first, depth + 1, old, rng, names, spines)


def _inner(depth: int, old: bool, last: bool, rng: Generator) -> Profile:
    if not old:
        return TERTIARY if depth == 1 else RESIDENTIAL
    # The last halving is always a dry lane: from there every block can be entered.
    if last:
        return OLD_LANE
    if depth == 1:
        return OLD_CREEK
    return OLD_CREEK_BACK if rng.random() < 0.55 else OLD_LANE
