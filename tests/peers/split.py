"""A network with places built in as nodes, as plain arrays that any engine can read.

A place splits its edge at its foot and hangs on it by an arc of its access seconds. Nothing of our search is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.graph import Network
from geo.network.snap import Snaps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Pieces of edges between neighbouring nodes.

    Attributes
    ----------
    nodes : int
        Nodes of the graph, then a foot a place, then a node a place.
    edge, start, end : ndarray, shape (p,)
        Which edge a piece belongs to, and from which fraction to which it runs.
    tail, head : ndarray, shape (p,)
    along_s, against_s : ndarray, shape (p,)
        Seconds over a piece; infinite where that is not allowed.
    place : ndarray, shape (k,)
        The node of each place.
    """

    nodes: int
    edge: Ints
    start: Floats
    end: Floats
    tail: Ints
    head: Ints
    along_s: Floats
    against_s: Floats
    foot: Ints
    place: Ints
    access_s: Floats

    @classmethod
    def of(cls, network: Network, places: Snaps) -> Split:
        """Build `places` into a network."""
        graph, count = network.graph, len(places)
        rows = np.flatnonzero(places.joined)
        foot = graph.nodes + np.arange(count, dtype=np.int64)
        edge = np.concatenate((np.arange(len(graph.edge_id)), places.edge[rows].astype(np.int64)))
        start = np.concatenate((np.zeros(len(graph.edge_id)), places.fraction[rows]))
        tail = np.concatenate((graph.tail.astype(np.int64), foot[rows]))
        # Stable: of equal fractions an edge's own tail stays first.
        order = np.lexsort((start, edge))
        edge, start, tail = edge[order], start[order], tail[order]
        is_last = np.append(edge[1:] != edge[:-1], True)
        end = np.where(is_last, 1.0, np.append(start[1:], 1.0))
        head = np.where(is_last, graph.head[edge], np.append(tail[1:], 0))
        return cls(
            nodes=graph.nodes + 2 * count,
            edge=edge,
            start=start,
            end=end,
            tail=tail,
            head=head,
            along_s=_part(end - start, network.along_s[edge]),
            against_s=_part(end - start, network.against_s[edge]),
            foot=foot,
            place=foot + count,
            access_s=places.access_s,
        )

    def arcs(self) -> tuple[Ints, Ints, Floats]:
        """From, to and seconds of every arc: pieces along, pieces against, and the ways between places and feet."""
        ahead, back = np.isfinite(self.along_s), np.isfinite(self.against_s)
        joined = np.isfinite(self.access_s)
        start = (self.tail[ahead], self.head[back], self.place[joined], self.foot[joined])
        end = (self.head[ahead], self.tail[back], self.foot[joined], self.place[joined])
        seconds = (self.along_s[ahead], self.against_s[back], self.access_s[joined], self.access_s[joined])
        return np.concatenate(start), np.concatenate(end), np.concatenate(seconds)

    def at(self, network: Network, others: Snaps, seconds: Floats) -> Floats:
        """What holds at other places when `seconds` (nodes,) are those from each node to its nearest source."""
        found = np.full(len(others), np.inf)
        rows = np.flatnonzero(others.joined)
        edge, fraction = others.edge[rows], others.fraction[rows]
        # Edges and fractions as one number each, so that one search finds the piece; exact to 1e-10 of an edge.
        piece = np.searchsorted(self.edge * 2.0 + self.start, edge * 2.0 + fraction, side="right") - 1
        back = _part(fraction - self.start[piece], network.against_s[edge])
        ahead = _part(self.end[piece] - fraction, network.along_s[edge])
        by_tail, by_head = seconds[self.tail[piece]] + back, seconds[self.head[piece]] + ahead
        found[rows] = np.minimum(by_tail, by_head) + others.access_s[rows]
        return found


def _part(part: Floats, seconds: Floats) -> Floats:
    # One and the same point: no street has to be walked between them, forbidden or not.
    with np.errstate(invalid="ignore"):
        return np.where(part == 0.0, 0.0, part * seconds)
