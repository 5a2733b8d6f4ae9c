"""The ways of those a search found, read from the arcs it took and drawn from flat arrays."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.graph import Flags, Floats, Ints, Network
from geo.network.nearest import Nearest
from geo.network.route import Leg, Way
from geo.network.search import NOWHERE
from geo.network.snap import Snaps
from geo.network.standing import Standing


def trace(standing: Standing, place: Snaps, gate: Floats, found: Nearest, row: int) -> Way:
    """The way of one of those found, while the search's buffers hold.

    Parameters
    ----------
    gate : ndarray, shape (2,)
        The gate by which the place itself is reached, degrees; NaN where straight.
    row : int
        Which of `found`.
    """
    network, mover = standing.network, int(found.mover[row])
    graph = network.graph
    edge, start, end = _legs(network, standing, place, mover, int(found.entry[row]), found.reach.arc)
    points = np.vstack(
        (
            (standing.lon[mover], standing.lat[mover]),
            standing.gate[mover],
            graph.shapes.draw(edge, start, end),
            gate,
            (place.lon[0], place.lat[0]),
        )
    )
    points = points[np.isfinite(points[:, 0])]
    points = points[np.append(True, (np.abs(np.diff(points, axis=0)) > 1e-8).any(axis=1))]
    walked_m = float((np.abs(end - start) * graph.length_m[edge]).sum())
    return Way(
        mover=mover,
        seconds=float(found.seconds[row]),
        length_m=walked_m + float(standing.distance_m[mover]) + float(place.distance_m[0]),
        legs=tuple(map(Leg, edge.tolist(), start.tolist(), end.tolist())),
        coordinates=points if len(points) > 1 else np.vstack((points, points)),
    )


def _legs(
    network: Network, standing: Standing, place: Snaps, mover: int, entry: int, arc: Ints
) -> tuple[Ints, Floats, Floats]:
    edge, fraction = int(standing.edge[mover]), float(standing.fraction[mover])
    to, to_fraction = int(place.edge[0]), float(place.fraction[0])
    if entry == NOWHERE:
        legs = np.array([edge], np.int32), np.array([fraction]), np.array([to_fraction])
    else:
        graph = network.graph
        legs = _read(
            entry, arc, network.arriving.edge, network.arriving.along, graph.tail, graph.head,
            network.along_s, network.against_s, edge, fraction, to, to_fraction,
        )  # fmt: skip
    goes = legs[1] != legs[2]
    return legs[0][goes], legs[1][goes], legs[2][goes]


@njit(nogil=True, cache=True)
def _cheaper_end(
    tail: Ints, head: Ints, to_tail_s: float, to_head_s: float, edge: int, fraction: float, node: int
) -> float:
    """By which end of its edge a place meets a node: 0 the tail, 1 the head. A loop has both at one node."""
    by_tail = fraction * to_tail_s if fraction > 0.0 else 0.0
    by_head = (1.0 - fraction) * to_head_s if fraction < 1.0 else 0.0
    if tail[edge] != node:
        by_tail = np.inf
    if head[edge] != node:
        by_head = np.inf
    return 0.0 if by_tail <= by_head else 1.0


@njit(nogil=True, cache=True)
def _read(
    entry: int,
    arc: Ints,
    arc_edge: Ints,
    arc_along: Flags,
    tail: Ints,
    head: Ints,
    along_s: Floats,
    against_s: Floats,
    edge: int,
    fraction: float,
    to: int,
    to_fraction: float,
) -> tuple[Ints, Floats, Floats]:
    """From the mover along its edge to a node, from node to node, and along the place's edge."""
    count, node = 2, entry
    while arc[node] != -1:
        count += 1
        step = arc[node]
        node = head[arc_edge[step]] if arc_along[step] else tail[arc_edge[step]]
    edges, start, end = np.empty(count, np.int32), np.empty(count), np.empty(count)
    edges[0], start[0] = edge, fraction
    end[0] = _cheaper_end(tail, head, against_s[edge], along_s[edge], edge, fraction, entry)
    node = entry
    for leg in range(1, count - 1):
        step = arc[node]
        edges[leg] = arc_edge[step]
        start[leg], end[leg] = (0.0, 1.0) if arc_along[step] else (1.0, 0.0)
        node = head[arc_edge[step]] if arc_along[step] else tail[arc_edge[step]]
    edges[count - 1], end[count - 1] = to, to_fraction
    start[count - 1] = _cheaper_end(tail, head, along_s[to], against_s[to], to, to_fraction, node)
    return edges, start, end


def seconds_of(network: Network, way: Way) -> float:
    """The seconds of a way's legs, without what is walked straight at its ends."""
    edge = np.array([leg.edge for leg in way.legs], np.intp)
    walked: NDArray[np.float64] = np.array([leg.end - leg.start for leg in way.legs])
    return float((np.abs(walked) * np.where(walked > 0, network.along_s[edge], network.against_s[edge])).sum())
