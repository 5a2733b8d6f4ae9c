"""The quickest way between two places, as pieces of edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.network.contraction import Contraction
from geo.network.ends import arriving, leaving
from geo.network.graph import Flags, Floats, Ints, Network
from geo.network.meet import Meeting, meet, unpack
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of edges one after the other, from a fraction of each to another; backwards where `start` > `end`.

    Attributes
    ----------
    seconds : float
        From place to place, with the straight pieces to the street and from it.
    edge, start, end : ndarray, shape (p,)
    """

    seconds: float
    edge: Ints
    start: Floats
    end: Floats


def quickest(network: Network, origin: Snaps, destination: Snaps, closed: Flags | None = None) -> Pieces | None:
    """The quickest way from the one place of `origin` to that of `destination`; None where there is none.

    While the hierarchy is not there yet both searches go over the streets themselves: the same answer, later.

    Parameters
    ----------
    closed : ndarray of bool, shape (m,), optional
        Edges that nobody may pass through, beside those of the graph. Whose door lies on one still gets to its ends.
    """
    if not (origin.joined[0] and destination.joined[0]):
        return None
    ends = leaving(network, origin), arriving(network, destination)
    nodes = np.array([(one.tail[0], one.head[0]) for one in ends])
    seconds = np.array([(one.tail_s[0], one.head_s[0]) for one in ends])
    found, edge, along = _between(network, nodes, seconds)
    if closed is not None and closed[edge].any():
        found, edge, along = _over_streets(network.without(closed), nodes, seconds)
    return _joined(network, origin, destination, found, edge, along)


def by_meeting(
    network: Network, contraction: Contraction, origin: Snaps, destination: Snaps, meeting: Meeting
) -> Pieces | None:
    """The same of places whose climbs of the network's hierarchy are known to meet so."""
    return _joined(network, origin, destination, meeting, *_unpacked(network, contraction, meeting))


def _joined(
    network: Network, origin: Snaps, destination: Snaps, found: Meeting, edge: Ints, along: Flags
) -> Pieces | None:
    """From place to place over the edges of a meeting, or straight where that is quicker."""
    straight = along_one_edge(network, origin, destination)
    if straight.seconds <= found.seconds:
        return straight if straight.seconds < np.inf else None
    first, last = (np.array([float(which)]) for which in (found.start, found.end))
    return without_nothing(Pieces(
        found.seconds,
        np.concatenate((origin.edge, edge, destination.edge)),
        np.concatenate((origin.fraction, np.where(along, 0.0, 1.0), last)),
        np.concatenate((first, np.where(along, 1.0, 0.0), destination.fraction)),
    ))  # fmt: skip


def along_one_edge(network: Network, origin: Snaps, destination: Snaps) -> Pieces:
    """Straight along the edge that both places join; infinite seconds where they do not, or it may not be used so."""
    edge, start, end = origin.edge, origin.fraction, destination.fraction
    whole_s = (network.along_s if start[0] <= end[0] else network.against_s)[edge[0]]
    walked = 0.0 if start[0] == end[0] else abs(end[0] - start[0]) * whole_s
    if edge[0] != destination.edge[0]:
        walked = np.inf
    seconds = float(walked + origin.access_s[0] + destination.access_s[0])
    return without_nothing(Pieces(seconds, edge, start, end))


def cheaper_end(network: Network, edge: int, fraction: float, node: int, *, leaving: bool) -> float:
    """By which end of its edge a place meets a node: 0 the tail, 1 the head. A loop has both at one node."""
    graph = network.graph
    to_tail, to_head = network.against_s[edge], network.along_s[edge]
    if not leaving:
        to_tail, to_head = to_head, to_tail
    by_tail = fraction * to_tail if fraction > 0.0 else 0.0
    by_head = (1.0 - fraction) * to_head if fraction < 1.0 else 0.0
    if graph.tail[edge] != node:
        by_tail = np.inf
    if graph.head[edge] != node:
        by_head = np.inf
    return 0.0 if by_tail <= by_head else 1.0


def without_nothing(pieces: Pieces) -> Pieces:
    """What is left of it without pieces of no length."""
    some = pieces.start != pieces.end
    return Pieces(pieces.seconds, pieces.edge[some], pieces.start[some], pieces.end[some])


def _between(network: Network, nodes: Ints, seconds: Floats) -> tuple[Meeting, Ints, Flags]:
    """From a tail or head (row 0) to a tail or head (row 1), and the edges walked, each along or against it."""
    contraction = network.leaving.contracted.at_hand()
    if contraction is None or not len(contraction.number):
        return _over_streets(network, nodes, seconds)
    up, down, number = contraction.up, contraction.down, contraction.number[nodes]
    found = meet(
        (up.first, up.other, up.seconds), (down.first, down.other, down.seconds),
        (number[0], seconds[0]), (number[1], seconds[1]), network.graph.sides, is_upward=True,
    )  # fmt: skip
    return found, *_unpacked(network, contraction, found)


def _unpacked(network: Network, contraction: Contraction, meeting: Meeting) -> tuple[Ints, Flags]:
    rows = unpack(contraction, meeting)
    return network.leaving.edge[rows], network.leaving.along[rows]


def _over_streets(network: Network, nodes: Ints, seconds: Floats) -> tuple[Meeting, Ints, Flags]:
    there, back = network.leaving, network.arriving
    found = meet(
        (there.first, there.target, there.seconds), (back.first, back.target, back.seconds),
        (nodes[0], seconds[0]), (nodes[1], seconds[1]), network.graph.sides, is_upward=False,
    )  # fmt: skip
    edge = np.concatenate((there.edge[found.there], back.edge[found.onward]))
    return found, edge, np.concatenate((there.along[found.there], back.along[found.onward]))
