"""Movers that stand far apart on a network: what each reaches upward in its hierarchy is kept until it moves.

A question then climbs once, from the place, and each mover is as far as the best node that both reach: what a matrix
does, with all but one of its rows done beforehand. Both climbs know their ways, so that a way found is only read.
Where movers stand close together one search over the streets finds the nearest sooner (`geo.network.nearest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.between import Pieces, by_meeting
from geo.network.climb import Climb
from geo.network.contraction import Contraction
from geo.network.ends import Ends, arriving, leaving
from geo.network.graph import Floats, Ints
from geo.network.meet import Meeting, trace_back
from geo.network.nearest import along_the_same_edge
from geo.network.snap import Snaps
from geo.network.standing import Standing

_FAR_APART = 10_000
"""From so many nodes a mover on, for each of the k, a search over the streets takes longer than the climbs."""


@dataclass(frozen=True, eq=False)
class Met:
    """Where the climbs of movers meet that of a place. It holds while nobody moves.

    Attributes
    ----------
    movers : ndarray, shape (m,)
        Places of the standing.
    met_s : ndarray, shape (m,)
        Seconds over the node where the two meet; infinite where they do not.
    """

    movers: NDArray[np.intp]
    met_s: Floats
    _standing: Standing
    _contraction: Contraction
    _place: Snaps
    _kept: list[Climb]
    _here: Climb
    _row: Ints

    @cached_property
    def seconds(self) -> Floats:
        """Seconds from each to the place: by where they meet, or straight along the edge that both stand on."""
        seconds = self.met_s.copy()
        who, straight_s = along_the_same_edge(self._standing, self._place)
        order = np.argsort(self.movers)
        at = np.searchsorted(self.movers, who, sorter=order)
        among = at < len(self.movers)
        row = order[at[among]]
        same = self.movers[row] == who[among]
        np.minimum.at(seconds, row[same], straight_s[among][same])
        return seconds

    def pieces(self, row: int) -> Pieces | None:
        """The way of one of `movers`; None where there is none."""
        standing = self._standing
        origin = standing.at(int(self.movers[row]))
        return by_meeting(standing.network, self._contraction, origin, self._place, self._meeting(row))

    def _meeting(self, row: int) -> Meeting:
        there, here = int(self._row[row]), self._here
        if there < 0:
            return Meeting(np.inf, -1, -1, np.empty(0, np.int32), np.empty(0, np.int32))
        climb = self._kept[row]
        start, back = trace_back(there, climb.by, climb.before)
        at = int(np.flatnonzero(here.node == climb.node[there])[0])
        end, onward = trace_back(at, here.by, here.before)
        return Meeting(float(self.met_s[row]), start, end, back[::-1].copy(), onward)


class Climbs:
    """The climbs of the movers of one `Standing`. Whoever changes that one tells who has moved."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._contraction: Contraction | None = None
        self._of: dict[int, Climb] = {}

    def are_worth_it(self, k: int, movers: int) -> bool:
        """Whether so many movers stand so far apart that it pays."""
        return self._standing.network.graph.nodes * k > _FAR_APART * movers

    def forget(self, places: NDArray[np.intp]) -> None:
        """These have moved."""
        for place in places.tolist():
            self._of.pop(place, None)

    def meet(self, place: Snaps, movers: NDArray[np.intp]) -> Met | None:
        """Each of `movers` (places of the standing) and the one place; None where the hierarchy is not ready yet."""
        network = self._standing.network
        contraction = network.leaving.contracted.at_hand()
        if contraction is None or not len(contraction.number):
            return None
        if contraction is not self._contraction:
            self._contraction, self._of = contraction, {}
        kept = [self._of.get(mover) or self._climb(contraction, mover) for mover in movers.tolist()]
        starts = np.zeros(len(kept) + 1, np.int64)
        np.cumsum([len(one.node) for one in kept], out=starts[1:])
        here = Climb.of(
            contraction.down, contraction.up, *_of(contraction, arriving(network, place)), network.graph.sides
        )
        with network.graph.sides.one() as (side, _):
            met_s, row = _least(
                here.node, here.seconds, side.reached,
                np.concatenate([one.node for one in kept]) if kept else np.empty(0, np.int32),
                np.concatenate([one.seconds for one in kept]) if kept else np.empty(0), starts,
            )  # fmt: skip
        return Met(movers, met_s, self._standing, contraction, place, kept, here, row)

    def _climb(self, contraction: Contraction, mover: int) -> Climb:
        network = self._standing.network
        ends = leaving(network, self._standing.at(mover))
        found = Climb.of(contraction.up, contraction.down, *_of(contraction, ends), network.graph.sides)
        self._of[mover] = found
        return found


def _of(contraction: Contraction, ends: Ends) -> tuple[tuple[int, int], tuple[float, float]]:
    """The two ends of one place in the contraction's order, and their seconds."""
    tail, head = contraction.number[[ends.tail[0], ends.head[0]]].tolist()
    return (tail, head), (float(ends.tail_s[0]), float(ends.head_s[0]))


@njit(nogil=True, cache=True)
def _least(
    here: Ints, here_s: Floats, reached: Floats, nodes: Ints, seconds: Floats, starts: NDArray[np.int64]
) -> tuple[Floats, Ints]:
    """Of each kept climb (of mover ``i`` from ``starts[i]`` on) and the place's, the least together and its row."""
    for row in range(len(here)):
        reached[here[row]] = here_s[row]
    many = len(starts) - 1
    best, at = np.full(many, np.inf), np.full(many, -1, np.int32)
    for mover in range(many):
        for row in range(starts[mover], starts[mover + 1]):
            total = seconds[row] + reached[nodes[row]]
            if total < best[mover]:
                best[mover], at[mover] = total, row - starts[mover]
    for row in range(len(here)):
        reached[here[row]] = np.inf
    return best, at
