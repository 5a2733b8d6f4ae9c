"""Movers that stand far apart on a network: what each reaches upward in its hierarchy is kept until it moves.

A question then climbs once, from the place, and each mover is as far as the best node that both reach: what a matrix
does, with all but one of its rows done beforehand. Where movers stand close together one search over the streets finds
the nearest sooner (`geo.network.nearest`).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.contraction import Contraction
from geo.network.ends import arriving, leaving
from geo.network.graph import Floats, Ints
from geo.network.matrix import arrays_of, climb
from geo.network.nearest import along_the_same_edge
from geo.network.snap import Snaps
from geo.network.standing import Standing

_FAR_APART = 10_000
"""From so many nodes a mover on, for each of the k, a search over the streets takes longer than the climbs."""


class Climbs:
    """The climbs of the movers of one `Standing`. Whoever changes that one tells who has moved."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._contraction: Contraction | None = None
        self._of: dict[int, tuple[Ints, Floats]] = {}

    def are_worth_it(self, k: int, movers: int) -> bool:
        """Whether so many movers stand so far apart that it pays."""
        return self._standing.network.graph.nodes * k > _FAR_APART * movers

    def forget(self, places: NDArray[np.intp]) -> None:
        """These have moved."""
        for place in places.tolist():
            self._of.pop(place, None)

    def seconds_to(self, place: Snaps, movers: NDArray[np.intp]) -> Floats | None:
        """Seconds from each of `movers` (places of the standing) to the one place; None where it is not ready yet."""
        network = self._standing.network
        contraction = network.leaving.contracted.at_hand()
        if contraction is None or not len(contraction.number):
            return None
        if contraction is not self._contraction:
            self._contraction, self._of = contraction, {}
        self._climb(contraction, [mover for mover in movers.tolist() if mover not in self._of])
        kept = [self._of[mover] for mover in movers.tolist()]
        starts = np.zeros(len(kept) + 1, np.int64)
        np.cumsum([len(nodes) for nodes, _ in kept], out=starts[1:])
        to = arriving(network, place)
        tail, head = contraction.number[[to.tail[0], to.head[0]]].tolist()
        with network.graph.sides.one() as (side, _):
            seconds: Floats = _least(
                *arrays_of(contraction.down), *arrays_of(contraction.up), tail, head, to.tail_s[0], to.head_s[0],
                side.reached, side.place_of, side.heap, side.touched, side.before,
                np.concatenate([nodes for nodes, _ in kept]) if kept else np.empty(0, np.int32),
                np.concatenate([taken for _, taken in kept]) if kept else np.empty(0), starts,
            )  # fmt: skip
        who, straight_s = along_the_same_edge(self._standing, place)
        order = np.argsort(movers)
        at = np.searchsorted(movers, who, sorter=order)
        among = at < len(movers)
        row = order[at[among]]
        same = movers[row] == who[among]
        np.minimum.at(seconds, row[same], straight_s[among][same])
        return seconds

    def _climb(self, contraction: Contraction, movers: list[int]) -> None:
        standing = self._standing
        with standing.network.graph.sides.one() as (side, _):
            for mover in movers:
                ends = leaving(standing.network, standing.at(mover))
                tail, head = contraction.number[[ends.tail[0], ends.head[0]]].tolist()
                self._of[mover] = _space(
                    *arrays_of(contraction.up), *arrays_of(contraction.down), tail, head, ends.tail_s[0],
                    ends.head_s[0], side.reached, side.place_of, side.heap, side.touched, side.before,
                )  # fmt: skip


@njit(nogil=True, cache=True)
def _space(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: int, head: int, tail_s: float, head_s: float,
    reached: Floats, place_of: Ints, heap: Ints, touched: Ints, settled: Ints,
) -> tuple[Ints, Floats]:  # fmt: skip
    """Nodes and seconds of one climb; what it wrote on is as good as new."""
    many, done = climb(
        first, other, step_s, back_first, back_other, back_s, tail, head, tail_s, head_s,
        reached, place_of, heap, touched, settled,
    )  # fmt: skip
    nodes = settled[:done].copy()
    seconds = reached[nodes]
    for row in range(many):
        reached[touched[row]], place_of[touched[row]] = np.inf, -1
    return nodes, seconds


@njit(nogil=True, cache=True)
def _least(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: int, head: int, tail_s: float, head_s: float,
    reached: Floats, place_of: Ints, heap: Ints, touched: Ints, settled: Ints,
    nodes: Ints, seconds: Floats, starts: NDArray[np.int64],
) -> Floats:  # fmt: skip
    """Seconds of each kept climb (of mover ``i`` from ``starts[i]`` on) and of the place together."""
    many, _ = climb(
        first, other, step_s, back_first, back_other, back_s, tail, head, tail_s, head_s,
        reached, place_of, heap, touched, settled,
    )  # fmt: skip
    best = np.full(len(starts) - 1, np.inf)
    for mover in range(len(best)):
        for row in range(starts[mover], starts[mover + 1]):
            best[mover] = min(best[mover], seconds[row] + reached[nodes[row]])
    for row in range(many):
        reached[touched[row]], place_of[touched[row]] = np.inf, -1
    return best
