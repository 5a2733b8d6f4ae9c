"""Shortest times by scipy over an explicit graph: every place becomes a node that splits its edge.

Nothing of our search is used: no offsets, no reversed arcs, no same-edge case. What is shared is the input,
namely edges, lengths, rights and where each place joins its edge.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.graph import Network
from geo.network.snap import Snaps


class ExplicitGraph:
    """The network with all places built in as nodes; node ``first[g] + i`` is place ``i`` of group ``g``."""

    def __init__(self, network: Network, *groups: Snaps) -> None:
        graph = network.graph
        self.first: list[int] = []
        on_edge: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        arcs: dict[tuple[int, int], float] = {}

        def add(start: int, end: int, seconds: float) -> None:
            # Of parallel arcs the quickest counts; adding them up is the classic error.
            if np.isfinite(seconds) and seconds < arcs.get((start, end), np.inf):
                arcs[start, end] = seconds

        nodes = graph.nodes
        for group in groups:
            self.first.append(nodes)
            for i in range(len(group)):
                place, foot = nodes, nodes + len(group)
                nodes += 1
                if group.joined[i]:
                    on_edge[int(group.edge[i])].append((float(group.fraction[i]), foot))
                    add(place, foot, float(group.access_s[i]))
                    add(foot, place, float(group.access_s[i]))
            nodes += len(group)
        for edge in range(len(graph.edge_id)):
            if graph.closed[edge]:
                assert not on_edge[edge], "a door on a closed street has tests of its own"
                continue
            stops = [(0.0, int(graph.tail[edge])), *sorted(on_edge[edge]), (1.0, int(graph.head[edge]))]
            for (t0, a), (t1, b) in pairwise(stops):
                if t0 == t1:
                    # One and the same point: no street has to be walked between them.
                    add(a, b, 0.0)
                    add(b, a, 0.0)
                if np.isfinite(network.along_s[edge]):
                    add(a, b, (t1 - t0) * float(network.along_s[edge]))
                if np.isfinite(network.against_s[edge]):
                    add(b, a, (t1 - t0) * float(network.against_s[edge]))
        rows, columns = zip(*arcs, strict=True)
        # A weight of 0 would mean "no arc" to scipy, so everything is a hair (1e-12 s) longer.
        weights = np.array(list(arcs.values())) + 1e-12
        self.matrix = csr_array((weights, (np.array(rows), np.array(columns))), shape=(nodes, nodes))
        self._sizes = [len(group) for group in groups]

    def seconds(self, sources: NDArray[np.intp]) -> NDArray[np.float64]:
        """From each source node to every node, shape (len(sources), nodes)."""
        return np.asarray(dijkstra(self.matrix, directed=True, indices=sources))

    def nodes_of(self, group: int) -> NDArray[np.intp]:
        """The nodes of a group's places."""
        return np.arange(self._sizes[group]) + self.first[group]


def seconds_to_nearest(network: Network, places: Snaps, facilities: Snaps) -> NDArray[np.float64]:
    """Seconds from each place to the nearest facility, one whole search a facility on the reversed matrix."""
    explicit = ExplicitGraph(network, places, facilities)
    reversed_matrix = explicit.matrix.T.tocsr()
    best = np.full(len(places), np.inf)
    for facility in explicit.nodes_of(1):
        found = dijkstra(reversed_matrix, directed=True, indices=facility)
        best = np.minimum(best, found[explicit.nodes_of(0)])
    return best


def seconds_between(network: Network, origins: Snaps, destination: Snaps) -> NDArray[np.float64]:
    """Seconds from each origin to the one destination, by one forward search an origin."""
    explicit = ExplicitGraph(network, origins, destination)
    found = explicit.seconds(explicit.nodes_of(0))
    return np.asarray(found[:, explicit.nodes_of(1)[0]])
