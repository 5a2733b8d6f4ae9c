"""Quickest ways by scipy over plain arcs in which every place is a node: seconds, and the metres of the way it took."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.graph import Network
from geo.network.snap import Snaps
from tests.peers.split import Split

Floats = NDArray[np.float64]
_AT_ONCE = 100


def ways_by_dijkstra(network: Network, places: Snaps, split: Split) -> tuple[Floats, Floats]:
    """Seconds and metres from each place of the first half to its fellow of the second; infinite without a way.

    Parameters
    ----------
    places : Snaps, shape (2 k,)
    split : Split
        The network with those places built in.
    """
    start, end, seconds = split.arcs()
    piece_m = (split.end - split.start) * network.graph.length_m[split.edge]
    access_m = places.distance_m[places.joined]
    metres = np.concatenate(
        (piece_m[np.isfinite(split.along_s)], piece_m[np.isfinite(split.against_s)], access_m, access_m)
    )
    # Of parallel arcs the quickest counts; a matrix would add them up.
    order = np.lexsort((seconds, end, start))
    first = np.append(True, (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0))
    start, end, seconds, metres = (part[order][first] for part in (start, end, seconds, metres))
    # A hair longer: a weight of 0 would mean that there is no arc.
    matrix = csr_array((seconds + 1e-12, (start, end)), shape=(split.nodes, split.nodes))
    length_of = dict(zip(zip(start.tolist(), end.tolist(), strict=True), metres.tolist(), strict=True))
    half = len(places) // 2
    found_s, found_m = np.full(half, np.inf), np.full(half, np.inf)
    for begin in range(0, half, _AT_ONCE):
        rows = np.arange(begin, min(begin + _AT_ONCE, half))
        reached, before = dijkstra(matrix, indices=split.place[rows], return_predecessors=True)
        ends = split.place[half + rows]
        found_s[rows] = reached[np.arange(len(rows)), ends]
        for row, node in enumerate(ends.tolist()):
            if np.isfinite(found_s[begin + row]):
                found_m[begin + row] = _length(before[row], node, length_of)
    return found_s, found_m


def _length(before: NDArray[np.int32], node: int, length_of: dict[tuple[int, int], float]) -> float:
    total = 0.0
    while (previous := int(before[node])) >= 0:
        total += length_of[previous, node]
        node = previous
    return total
