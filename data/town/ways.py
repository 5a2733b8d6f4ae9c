"""Streets on the plan, before they are split at their junctions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from numpy.random import Generator

from data.town.names import Name
from data.town.profiles import SHORE, WIDE_CANAL_M
from data.town.skeleton import Skeleton, Spine

RANK = {
    "primary": 9, "secondary": 8, "tertiary": 7, "residential": 6, "living_street": 5, "service": 4,
    "pedestrian": 3, "footway": 2, "steps": 1,
}  # fmt: skip
"""Importance of the street classes the town uses."""

PROMENADE_M = 24.0
"""From the shore street to the path along the water, metres."""


class Way(NamedTuple):
    """What is the same along a street.

    Attributes
    ----------
    street_class : str
    name : Name or None
    place : str
        Where this is, said to a dispatcher: the street's own name, or the compound's it lies in.
    oneway : int
        For vehicles: +1 north- or eastwards, -1 south- or westwards, 0 both.
    stepped : bool
        Its bridges have steps.
    """

    street_class: str
    name: Name | None = None
    place: str = ""
    oneway: int = 0
    stepped: bool = False

    @property
    def rank(self) -> int:
        """Importance of its class."""
        return RANK[self.street_class]


class Segment(NamedTuple):
    """A straight street along an axis, from `start` to `end` (metres) at x or y `at`."""

    upright: bool
    at: float
    start: float
    end: float
    way: Way


class Curve(NamedTuple):
    """A street of any shape that meets others only at its two ends."""

    points: list[tuple[float, float]]
    way: Way


def street_way(street_class: str, name: Name | None, *, oneway: int = 0, stepped: bool = False) -> Way:
    """A way that is called what its name says."""
    return Way(street_class, name, name.zh if name else "", oneway, stepped)


def skeleton_ways(skeleton: Skeleton, rng: Generator) -> Iterator[Segment]:
    """The streets of the skeleton, the lanes on the far banks, and the promenade along the shore."""
    for spine in skeleton.spines:
        yield _main(spine, rng)
        if spine.profile.bank is not None:
            yield _bank(spine, rng)
    yield from _connectors(skeleton)


def faces(end: int, across: Spine) -> bool:
    """Whether the canal of the spine across another's end (0 or 1) lies on the near side."""
    return across.profile.canal > 0 and across.side == (1 if end == 0 else -1)


def beside(spine: Spine, end: int) -> Spine | None:
    """The spine across an end on the side where this one's canal lies."""
    for across in spine.crossing[end]:
        if across.start <= spine.at + spine.side <= across.end:
            return across
    return None


def _main(spine: Spine, rng: Generator) -> Segment:
    ends = [spine.start, spine.end]
    if spine.depth > 1:
        for end, across in enumerate(spine.crossing[i][0] for i in (0, 1)):
            wide = across.profile.canal > WIDE_CANAL_M
            if faces(end, across) and across.profile.bank and rng.random() < (0.75 if wide else 0.4):
                ends[end] = across.bank_line
    quiet = spine.depth > 1 and spine.profile.street_class in ("residential", "living_street")
    oneway = (1 if rng.random() < 0.5 else -1) if quiet and rng.random() < 0.18 else 0
    return Segment(
        spine.upright, spine.at, ends[0], ends[1], street_way(spine.profile.street_class, spine.name, oneway=oneway)
    )


def _bank(spine: Spine, rng: Generator) -> Segment:
    ends = [spine.start, spine.end]
    for end in (0, 1):
        across = beside(spine, end)
        if across is None or not faces(end, across) or across.profile.bank is None:
            continue
        if across.profile.canal > WIDE_CANAL_M or rng.random() < 0.45:
            ends[end] = across.bank_line
    stepped = spine.profile.bank == "pedestrian" and rng.random() < 0.35
    name = spine.name if spine.profile.bank == "pedestrian" else None
    way = Way(spine.profile.bank or "footway", name, spine.name.zh, stepped=stepped)
    return Segment(spine.upright, spine.bank_line, ends[0], ends[1], way)


def _connectors(skeleton: Skeleton) -> Iterator[Segment]:
    """Short paths from the shore street to the promenade wherever a street of the lattice meets it."""
    for spine in skeleton.spines:
        if spine.depth > 1 or spine.profile is SHORE:
            continue
        for end in (0, 1):
            shore = next((across for across in spine.crossing[end] if across.profile is SHORE), None)
            if shore is not None and spine.follower[end] is None:
                at = (spine.start, spine.end)[end]
                away = at + (PROMENADE_M if end else -PROMENADE_M)
                way = Way("footway", None, shore.name.zh)
                yield Segment(spine.upright, spine.at, min(at, away), max(at, away), way)
