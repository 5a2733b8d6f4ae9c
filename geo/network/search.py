"""Search: one pruned multi-source Dijkstra with start offsets, compiled by Numba.

Never ``parallel=True``: two threads inside one parallel kernel end the process. The kernels release the
GIL, so that threads search side by side, each with buffers of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.graph import Arcs, Floats, Ints, Network
from geo.network.heap import sift_down, sift_up
from geo.network.snap import Snaps

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Reach:
    """What a search found, by node.

    Attributes
    ----------
    seconds : ndarray, shape (n,)
        To (or from) the nearest source; infinite where there is no way within the limit.
    source : ndarray of int32, shape (n,)
        Which source that is, `NOWHERE` where none.
    arc : ndarray of int32, shape (n,)
        The arc by which the node was reached, `NOWHERE` at the sources' own ends.
    """

    seconds: Floats
    source: Ints
    arc: Ints


@dataclass(frozen=True, eq=False)
class Seeds:
    """Nodes where a search starts, with the seconds already spent there and the source they stand for."""

    node: Ints
    seconds: Floats
    source: Ints


def seeds_towards(network: Network, places: Snaps) -> Seeds:
    """Starts of a search on reversed arcs: from the places back to wherever one can come from."""
    # From an edge's tail one walks along it, from its head against it.
    return _seeds(network, places, network.along_s, network.against_s)


def seeds_from(network: Network, places: Snaps) -> Seeds:
    """Starts of a search on arcs: from the places to wherever one can go."""
    return _seeds(network, places, network.against_s, network.along_s)


def _seeds(network: Network, places: Snaps, by_tail_s: Floats, by_head_s: Floats) -> Seeds:
    graph = network.graph
    rows = np.flatnonzero(places.joined)
    edge, fraction, access_s = places.edge[rows], places.fraction[rows], places.access_s[rows]
    node = np.concatenate((graph.tail[edge], graph.head[edge]))
    seconds = np.concatenate(
        (_part(fraction, by_tail_s[edge]) + access_s, _part(1.0 - fraction, by_head_s[edge]) + access_s)
    )
    source = np.tile(rows.astype(np.int32), 2)
    good = np.isfinite(seconds)
    return Seeds(node[good], seconds[good], source[good])


def _part(fraction: Floats, seconds: Floats) -> Floats:
    """Part of an edge's seconds. Nothing of a forbidden edge is no time: one stands at its end already."""
    with np.errstate(invalid="ignore"):
        return np.where(fraction == 0.0, 0.0, fraction * seconds)


def search(arcs: Arcs, seeds: Seeds, *, limit_s: float = np.inf) -> Reach:
    """Shortest seconds from the seeds to every node within `limit_s`."""
    nodes = len(arcs.first) - 1
    seconds = np.full(nodes, np.inf)
    source = np.full(nodes, NOWHERE, np.int32)
    arc = np.full(nodes, NOWHERE, np.int32)
    _dijkstra(
        arcs.first, arcs.target, arcs.seconds, seeds.node, seeds.seconds, seeds.source, limit_s, seconds, source, arc
    )
    return Reach(seconds, source, arc)


def to_nearest(network: Network, places: Snaps, facilities: Snaps, *, limit_s: float = np.inf) -> tuple[Floats, Ints]:
    """Seconds from each place to the nearest facility, and which it is.

    One search on the reversed network from all facilities at once, then for each place the better of its
    edge's two ends, and by itself the case that place and facility lie on one edge.

    Returns
    -------
    seconds : ndarray, shape (k,)
        Infinite where no facility can be reached.
    facility : ndarray of int32, shape (k,)
        Index into `facilities`, `NOWHERE` where none.
    """
    reach = search(network.arriving, seeds_towards(network, facilities), limit_s=limit_s)
    return _at_places(network, places, reach, facilities, network.against_s, network.along_s)


def from_places(network: Network, origin: Snaps, places: Snaps, *, limit_s: float = np.inf) -> Floats:
    """Seconds from the one place of `origin` to each of `places`; infinite where there is no way."""
    reach = search(network.leaving, seeds_from(network, origin), limit_s=limit_s)
    seconds, _ = _at_places(network, places, reach, origin, network.along_s, network.against_s)
    return np.where(seconds <= limit_s, seconds, np.inf)


def _at_places(
    network: Network, places: Snaps, reach: Reach, others: Snaps, by_tail_s: Floats, by_head_s: Floats
) -> tuple[Floats, Ints]:
    """The better of the two ends of each place's edge, or straight along it to one of the others.

    `by_tail_s` and `by_head_s` are the seconds of an edge walked between the place and that end.
    """
    seconds = np.full(len(places), np.inf)
    nearest = np.full(len(places), NOWHERE, np.int32)
    rows = np.flatnonzero(places.joined)
    edge, fraction, access_s = places.edge[rows], places.fraction[rows], places.access_s[rows]
    tail, head = network.graph.tail[edge], network.graph.head[edge]
    by_tail = reach.seconds[tail] + _part(fraction, by_tail_s[edge])
    by_head = reach.seconds[head] + _part(1.0 - fraction, by_head_s[edge])
    best = np.minimum(by_tail, by_head) + access_s
    which = np.where(by_tail <= by_head, reach.source[tail], reach.source[head]).astype(np.int32)
    which[~np.isfinite(best)] = NOWHERE
    _same_edge(
        edge, fraction, access_s, others.edge, others.fraction, others.access_s,
        np.argsort(others.edge, kind="stable"), by_head_s, by_tail_s, best, which,
    )  # fmt: skip
    seconds[rows], nearest[rows] = best, which
    return seconds, nearest


@njit(nogil=True, cache=True)
def _same_edge(
    edge: Ints,
    fraction: Floats,
    access_s: Floats,
    other_edge: Ints,
    other_fraction: Floats,
    other_access_s: Floats,
    order: NDArray[np.intp],
    ahead_s: Floats,
    back_s: Floats,
    seconds: Floats,
    nearest: Ints,
) -> None:
    """Improve each place by the others on its own edge.

    `ahead_s` counts where the other lies further along the edge, `back_s` where it lies before the place.
    """
    sorted_edges = other_edge[order]
    for place in range(len(edge)):
        row = np.searchsorted(sorted_edges, edge[place])
        while row < len(order) and sorted_edges[row] == edge[place]:
            other = order[row]
            ahead = other_fraction[other] - fraction[place]
            walked = 0.0
            if ahead > 0.0:
                walked = ahead * ahead_s[edge[place]]
            elif ahead < 0.0:
                walked = -ahead * back_s[edge[place]]
            total = walked + access_s[place] + other_access_s[other]
            if total < seconds[place]:
                seconds[place] = total
                nearest[place] = other
            row += 1


@njit(nogil=True, cache=True)
def _dijkstra(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    seed_node: Ints,
    seed_s: Floats,
    seed_source: Ints,
    limit_s: float,
    seconds: Floats,
    source: Ints,
    arc: Ints,
) -> None:
    """Dijkstra with an indexed 4-ary heap and decrease-key; fills `seconds`, `source`, `arc`."""
    nodes = len(first) - 1
    heap = np.empty(nodes, np.int32)
    # -1: never queued; otherwise its place in the heap. Settled nodes can not improve, so are never looked up.
    place_of = np.full(nodes, -1, np.int32)
    size = 0
    for seed in range(len(seed_node)):
        node = seed_node[seed]
        if seed_s[seed] < seconds[node] and seed_s[seed] <= limit_s:
            seconds[node] = seed_s[seed]
            source[node] = seed_source[seed]
            if place_of[node] < 0:
                heap[size] = node
                place_of[node] = size
                size += 1
            sift_up(heap, place_of, seconds, place_of[node])
    while size > 0:
        node = heap[0]
        size -= 1
        if size > 0:
            sift_down(heap, place_of, seconds, size)
        for step in range(first[node], first[node + 1]):
            other = target[step]
            total = seconds[node] + arc_s[step]
            if total < seconds[other] and total <= limit_s:
                seconds[other] = total
                source[other] = source[node]
                arc[other] = step
                if place_of[other] < 0:
                    heap[size] = other
                    place_of[other] = size
                    size += 1
                sift_up(heap, place_of, seconds, place_of[other])
