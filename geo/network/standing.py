"""Where movers stand on a network, kept as they move: one who moves is taken from two nodes and hung on two others.

A search that reaches a node finds who can enter there in a list of its own, so that nothing is built a search, however
many there are. Whoever changes or searches a `Standing` keeps others from it meanwhile.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.ends import leaving
from geo.network.graph import Floats, Ints, Network
from geo.network.snap import UNJOINED, Snaps

_NONE = -1


class Standing:
    """`n` places of movers on one network; those that stand nowhere have `edge` `UNJOINED`.

    Attributes
    ----------
    edge, fraction, distance_m, access_s, lon, lat : ndarray, shape (n,)
        As in `Snaps`.
    gate : ndarray, shape (n, 2)
        The gate by which each goes to its street, degrees; NaN where straight.
    first : ndarray of int32, shape (nodes,)
        The first hook at each node. Hook ``2 i`` is place ``i`` at its edge's tail, ``2 i + 1`` at its head.
    after : ndarray of int32, shape (2 n,)
        The next hook at the same node.
    hook_s : ndarray, shape (2 n,)
        Seconds from the place itself to the node.
    """

    def __init__(self, network: Network, places: int) -> None:
        self.network = network
        self.first = np.full(network.graph.nodes, _NONE, np.int32)
        self.edge = np.empty(0, np.int32)
        self.fraction, self.distance_m, self.access_s = np.empty(0), np.empty(0), np.empty(0)
        self.lon, self.lat, self.gate = np.empty(0), np.empty(0), np.empty((0, 2))
        self.after, self._before, self._node = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int32)
        self.hook_s = np.empty(0)
        self.grow(places)

    @classmethod
    def of(cls, network: Network, movers: Snaps) -> Standing:
        """All of `movers`, in their order."""
        standing = cls(network, len(movers))
        standing.put(np.arange(len(movers)), movers, np.full((len(movers), 2), np.nan))
        return standing

    def __len__(self) -> int:
        return len(self.edge)

    def grow(self, places: int) -> None:
        """Room for so many places; those there already stay as they are."""
        more = places - len(self)
        self.edge = np.append(self.edge, np.full(more, UNJOINED, np.int32))
        self.fraction = np.append(self.fraction, np.zeros(more))
        self.distance_m, self.access_s = (np.append(a, np.full(more, np.inf)) for a in (self.distance_m, self.access_s))
        self.lon, self.lat = (np.append(a, np.full(more, np.nan)) for a in (self.lon, self.lat))
        self.gate = np.vstack((self.gate, np.full((more, 2), np.nan)))
        none = np.full(2 * more, _NONE, np.int32)
        self.after, self._before, self._node = (np.append(a, none) for a in (self.after, self._before, self._node))
        self.hook_s = np.append(self.hook_s, np.full(2 * more, np.inf))

    def put(self, places: NDArray[np.intp], snaps: Snaps, gate: Floats) -> None:
        """Let `places` (indexes, shape (k,)) stand where `snaps` join; where they stood before they no longer do."""
        self.edge[places], self.fraction[places] = snaps.edge, snaps.fraction
        self.distance_m[places], self.access_s[places] = snaps.distance_m, snaps.access_s
        self.lon[places], self.lat[places], self.gate[places] = snaps.lon, snaps.lat, gate
        ends = leaving(self.network, snaps)
        _hang(
            self.first, self.after, self._before, self._node, self.hook_s,
            places, ends.tail, ends.head, ends.tail_s, ends.head_s,
        )  # fmt: skip

    def at(self, place: int) -> Snaps:
        """One of them, a copy."""
        return Snaps(
            self.edge[[place]], self.fraction[[place]], self.distance_m[[place]], self.access_s[[place]],
            self.lon[[place]], self.lat[[place]],
        )  # fmt: skip


@njit(nogil=True, cache=True)
def _hang(
    first: Ints,
    after: Ints,
    before: Ints,
    node: Ints,
    hook_s: Floats,
    places: NDArray[np.intp],
    tail: Ints,
    head: Ints,
    tail_s: Floats,
    head_s: Floats,
) -> None:
    for row in range(len(places)):
        for end in range(2):
            hook = 2 * places[row] + end
            if node[hook] >= 0:
                if before[hook] >= 0:
                    after[before[hook]] = after[hook]
                else:
                    first[node[hook]] = after[hook]
                if after[hook] >= 0:
                    before[after[hook]] = before[hook]
            seconds = tail_s[row] if end == 0 else head_s[row]
            hook_s[hook] = seconds
            if seconds == np.inf:
                node[hook], after[hook], before[hook] = -1, -1, -1
                continue
            where = tail[row] if end == 0 else head[row]
            node[hook], before[hook], after[hook] = where, -1, first[where]
            if first[where] >= 0:
                before[first[where]] = hook
            first[where] = hook
