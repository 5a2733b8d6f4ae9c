"""Catchments: which places lie within so many seconds of each of many facilities, and how far.

One bounded search a facility. What several of a planner's figures stand on: the runner-up, how many are near,
gravity, floating catchments, what one more would reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network import ends
from geo.network.ends import Ends
from geo.network.graph import Floats, Ints, Network
from geo.network.heap import sift_down, sift_up
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Catchments:
    """Pairs of facility and group within the limit, in CSR order by facility.

    Attributes
    ----------
    first : ndarray of int64, shape (f + 1,)
        The pairs of facility ``i`` are ``first[i]:first[i + 1]``.
    group : ndarray of int32, shape (p,)
        A group of places, such as the entrances of one building.
    seconds : ndarray, shape (p,)
        From the group's best place to the facility.
    groups : int
        How many groups there are, reached or not.
    """

    first: NDArray[np.int64]
    group: Ints
    seconds: Floats
    groups: int

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def facility(self) -> Ints:
        """The facility of each pair, shape (p,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.first))


def catchments(
    network: Network, places: Ends, group_of: NDArray[np.intp], groups: int, facilities: Snaps, *, limit_s: float
) -> Catchments:
    """What lies within `limit_s` seconds of each facility.

    Parameters
    ----------
    places : Ends
        As they leave: the way is from the place to the facility.
    group_of : ndarray, shape (k,)
        The group of each place; of its places the nearest counts.
    """
    sources = ends.arriving(network, facilities)
    nodes = network.graph.nodes
    hook_first, hook_place, hook_s = _hooks(nodes, places)
    size = max(1024, 4 * groups)
    first = np.zeros(len(sources) + 1, np.int64)
    arcs = network.arriving
    while True:
        group, seconds = np.empty(size, np.int32), np.empty(size)
        count = _search_each(
            arcs.first, arcs.target, arcs.seconds, hook_first, hook_place, hook_s, group_of, groups,
            places.by_edge, places.sorted_edge, places.fraction, places.access_s, places.ahead_s, places.back_s,
            sources.edge, sources.fraction, sources.access_s, sources.tail, sources.head, sources.tail_s,
            sources.head_s, limit_s, first, group, seconds,
        )  # fmt: skip
        if count <= size:
            return Catchments(first, group[:count].copy(), seconds[:count].copy(), groups)
        size = count


def _hooks(nodes: int, places: Ends) -> tuple[Ints, Ints, Floats]:
    """By node, the places that hang on it and the seconds from each."""
    node = np.concatenate((places.tail, places.head))
    seconds = np.concatenate((places.tail_s, places.head_s))
    place = np.tile(np.arange(len(places), dtype=np.int32), 2)
    order = np.argsort(node, kind="stable")
    order = order[np.isfinite(seconds[order])]
    first = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(node[order], minlength=nodes)[:nodes], out=first[1:])
    return first, place[order], seconds[order]


@njit(nogil=True, cache=True)
def _search_each(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    hook_first: Ints,
    hook_place: Ints,
    hook_s: Floats,
    group_of: NDArray[np.intp],
    groups: int,
    by_edge: NDArray[np.intp],
    sorted_edge: Ints,
    fraction: Floats,
    access_s: Floats,
    ahead_s: Floats,
    back_s: Floats,
    source_edge: Ints,
    source_fraction: Floats,
    source_access_s: Floats,
    source_tail: Ints,
    source_head: Ints,
    source_tail_s: Floats,
    source_head_s: Floats,
    limit_s: float,
    pair_first: NDArray[np.int64],
    pair_group: Ints,
    pair_s: Floats,
) -> int:
    """Fill the pairs; how many there are, also where they do not fit."""
    nodes = len(first) - 1
    heap = np.empty(nodes, np.int32)
    place_of = np.full(nodes, -1, np.int32)
    seconds = np.full(nodes, np.inf)
    settled = np.empty(nodes, np.int32)
    best = np.full(groups, np.inf)
    found = np.empty(groups, np.int32)
    count = 0
    for source in range(len(source_edge)):
        pair_first[source] = count
        size, done, many = 0, 0, 0
        if source_edge[source] >= 0:
            for side in range(2):
                node = source_tail[source] if side == 0 else source_head[source]
                total = source_tail_s[source] if side == 0 else source_head_s[source]
                if total < seconds[node] and total <= limit_s:
                    seconds[node] = total
                    if place_of[node] < 0:
                        heap[size], place_of[node] = node, size
                        size += 1
                    sift_up(heap, place_of, seconds, place_of[node])
            row = np.searchsorted(sorted_edge, source_edge[source])
            while row < len(sorted_edge) and sorted_edge[row] == source_edge[source]:
                place = by_edge[row]
                ahead = source_fraction[source] - fraction[place]
                walked = 0.0
                if ahead > 0.0:
                    walked = ahead * ahead_s[place]
                elif ahead < 0.0:
                    walked = -ahead * back_s[place]
                total = walked + access_s[place] + source_access_s[source]
                group = group_of[place]
                if total <= limit_s and total < best[group]:
                    if best[group] == np.inf:
                        found[many] = group
                        many += 1
                    best[group] = total
                row += 1
        while size > 0:
            node = heap[0]
            size -= 1
            if size > 0:
                sift_down(heap, place_of, seconds, size)
            settled[done] = node
            done += 1
            for row in range(hook_first[node], hook_first[node + 1]):
                total = seconds[node] + hook_s[row]
                group = group_of[hook_place[row]]
                if total <= limit_s and total < best[group]:
                    if best[group] == np.inf:
                        found[many] = group
                        many += 1
                    best[group] = total
            for step in range(first[node], first[node + 1]):
                other = target[step]
                total = seconds[node] + arc_s[step]
                if total < seconds[other] and total <= limit_s:
                    seconds[other] = total
                    if place_of[other] < 0:
                        heap[size], place_of[other] = other, size
                        size += 1
                    sift_up(heap, place_of, seconds, place_of[other])
        for row in range(done):
            seconds[settled[row]] = np.inf
            place_of[settled[row]] = -1
        for row in range(many):
            group = found[row]
            if count < len(pair_group):
                pair_group[count], pair_s[count] = group, best[group]
            count += 1
            best[group] = np.inf
    pair_first[len(source_edge)] = count
    return count
