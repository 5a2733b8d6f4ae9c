"""The ways of those a search found, read from the arcs it took and drawn from flat arrays."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.network.between import Pieces, without_nothing
from geo.network.climbs import Met
from geo.network.graph import Flags, Floats, Ints, Network
from geo.network.nearest import Nearest, nearest_standing
from geo.network.route import Way, drawn
from geo.network.search import NOWHERE
from geo.network.snap import Snaps, gate_on_the_way
from geo.network.standing import Standing


def nearest_ways(network: Network, place: Snaps, movers: Snaps, k: int) -> list[Way]:
    """The k movers that reach the place first, each with its way; fewer where fewer can come."""
    standing = Standing.of(network, movers)
    for row in range(len(movers)):
        standing.gate[row] = _or_none(gate_on_the_way(network, movers[np.array([row])]))
    here = _or_none(gate_on_the_way(network, place))
    with network.graph.spreads.one() as mine:
        found = nearest_standing(standing, place, k, mine)
        return [trace(standing, place, here, found, row) for row in range(len(found.mover))]


def trace(standing: Standing, place: Snaps, gate: Floats, found: Nearest, row: int) -> Way:
    """The way of one of those found, while what the search wrote stands.

    Parameters
    ----------
    gate : ndarray, shape (2,)
        The gate by which the place itself is reached, degrees; NaN where straight.
    row : int
        Which of `found`.
    """
    network, mover = standing.network, int(found.mover[row])
    edge, start, end = _legs(network, standing, place, mover, int(found.entry[row]), found.reach.arc)
    pieces = without_nothing(Pieces(float(found.seconds[row]), edge, start, end))
    return drawn(network, standing.at(mover), _some(standing.gate[mover]), pieces, _some(gate), place, mover)


def way_met(standing: Standing, met: Met, row: int, place: Snaps, gate: Floats) -> Way:
    """The way of one whose climb meets that of the place, `row` of `met`; `gate` as for `trace`."""
    network, mover = standing.network, int(met.movers[row])
    pieces = met.pieces(row)
    assert pieces is not None  # noqa: S101 — who asks knows that there is one
    return drawn(network, standing.at(mover), _some(standing.gate[mover]), pieces, _some(gate), place, mover)


def _or_none(gate: Floats) -> Floats:
    """Of shape (0, 2) or (1, 2) as (2,), NaN where there is none."""
    return gate[0] if len(gate) else np.full(2, np.nan)


def _some(gate: Floats) -> Floats:
    """The other way round."""
    return gate.reshape(1, 2)[np.isfinite(gate[:1])]


def _legs(
    network: Network, standing: Standing, place: Snaps, mover: int, entry: int, arc: Ints
) -> tuple[Ints, Floats, Floats]:
    edge, fraction = int(standing.edge[mover]), float(standing.fraction[mover])
    to, to_fraction = int(place.edge[0]), float(place.fraction[0])
    if entry == NOWHERE:
        return np.array([edge], np.int32), np.array([fraction]), np.array([to_fraction])
    graph = network.graph
    read: tuple[Ints, Floats, Floats] = _read(
        entry, arc, network.arriving.edge, network.arriving.along, graph.tail, graph.head,
        network.along_s, network.against_s, edge, fraction, to, to_fraction,
    )  # fmt: skip
    return read


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
    edge, walked = way.pieces.edge, way.pieces.end - way.pieces.start
    return float((np.abs(walked) * np.where(walked > 0, network.along_s[edge], network.against_s[edge])).sum())
