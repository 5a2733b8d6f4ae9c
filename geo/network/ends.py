"""Where places stand on the network: the two ends of their edge, and the seconds to each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.graph import Floats, Ints, Network
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Ends:
    """`k` places, each between the tail and the head of its edge.

    Attributes
    ----------
    edge : ndarray of int32, shape (k,)
        `snap.UNJOINED` where a place joins no edge.
    fraction, access_s : ndarray, shape (k,)
        As in `Snaps`.
    tail, head : ndarray of int32, shape (k,)
        Nodes; 0 where a place joins no edge.
    tail_s, head_s : ndarray, shape (k,)
        Seconds between the place itself and each; infinite where it is not allowed.
    ahead_s, back_s : ndarray, shape (k,)
        Seconds of the whole edge, towards its head and towards its tail, in the same sense.
    """

    edge: Ints
    fraction: Floats
    access_s: Floats
    tail: Ints
    head: Ints
    tail_s: Floats
    head_s: Floats
    ahead_s: Floats
    back_s: Floats

    def __len__(self) -> int:
        return len(self.edge)

    @cached_property
    def by_edge(self) -> NDArray[np.intp]:
        """The places in the order of their edges, shape (k,)."""
        return np.argsort(self.edge, kind="stable")

    @cached_property
    def sorted_edge(self) -> Ints:
        """`edge` in that order."""
        return np.ascontiguousarray(self.edge[self.by_edge])


def leaving(network: Network, places: Snaps) -> Ends:
    """Seconds from each place to the ends of its edge."""
    return _ends(network, places, network.against_s, network.along_s)


def arriving(network: Network, places: Snaps) -> Ends:
    """Seconds from the ends of its edge to each place."""
    return _ends(network, places, network.along_s, network.against_s)


def _ends(network: Network, places: Snaps, by_tail_s: Floats, by_head_s: Floats) -> Ends:
    graph = network.graph
    return Ends(
        places.edge,
        places.fraction,
        places.access_s,
        *_of(graph.tail, graph.head, by_tail_s, by_head_s, places.edge, places.fraction, places.access_s),
    )


@njit(nogil=True, cache=True)
def _of(
    tail: Ints, head: Ints, by_tail_s: Floats, by_head_s: Floats, edge: Ints, fraction: Floats, access_s: Floats
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats]:  # fmt: skip
    many = len(edge)
    tails, heads = np.zeros(many, np.int32), np.zeros(many, np.int32)
    tail_s, head_s = np.full(many, np.inf), np.full(many, np.inf)
    ahead_s, back_s = np.full(many, np.inf), np.full(many, np.inf)
    for row in range(many):
        of = edge[row]
        if of < 0:
            continue
        tails[row], heads[row] = tail[of], head[of]
        back_s[row], ahead_s[row] = by_tail_s[of], by_head_s[of]
        # Nothing of a forbidden edge is no time: one stands at its end already.
        part, rest = fraction[row], 1.0 - fraction[row]
        tail_s[row] = (part * by_tail_s[of] if part != 0.0 else 0.0) + access_s[row]
        head_s[row] = (rest * by_head_s[of] if rest != 0.0 else 0.0) + access_s[row]
    return tails, heads, tail_s, head_s, ahead_s, back_s
