"""Ways over the network: which edges, how long, and the line to draw, cut exactly at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.mercator import to_degrees
from geo.network.between import Pieces, cheaper_end, quickest
from geo.network.graph import Flags, Network
from geo.network.nearest import Nearest, nearest_movers
from geo.network.search import NOWHERE
from geo.network.snap import Snaps, gate_on_the_way


class Leg(NamedTuple):
    """A piece of an edge, from one fraction of it to another (backwards where `start` > `end`)."""

    edge: int
    start: float
    end: float


@dataclass(frozen=True, eq=False)
class Way:
    """The way of one mover to the place.

    Attributes
    ----------
    mover : int
        Its index among those asked about.
    seconds, length_m : float
        The whole way, from the mover's own position to the place itself.
    legs : tuple of Leg
    coordinates : ndarray, shape (j, 2)
        Longitude and latitude, WGS 84 degrees, j ≥ 2.
    via : tuple of int
        Of a way over several stops, how many legs lead to each stop between the first and the last.
    """

    mover: int
    seconds: float
    length_m: float
    legs: tuple[Leg, ...]
    coordinates: NDArray[np.float64]
    via: tuple[int, ...] = ()


def nearest_ways(network: Network, place: Snaps, movers: Snaps, k: int) -> list[Way]:
    """The k movers that reach the place first, each with its way; fewer where fewer can come."""
    found = nearest_movers(network, place, movers, k)
    ways = []
    for row, mover in enumerate(found.mover.tolist()):
        legs = [leg for leg in _legs(network, place, movers, found, row) if leg.start != leg.end]
        pieces = Pieces(
            float(found.seconds[row]),
            np.array([leg.edge for leg in legs], np.int32),
            np.array([leg.start for leg in legs], float),
            np.array([leg.end for leg in legs], float),
        )
        ways.append(way_of(network, movers[np.array([mover])], place, pieces, mover=mover))
    return ways


def route(network: Network, origin: Snaps, destination: Snaps, closed: Flags | None = None) -> Way | None:
    """The way from one place to another, not through the edges of `closed`, shape (m,); None where there is none."""
    pieces = quickest(network, origin, destination, closed)
    return None if pieces is None else way_of(network, origin, destination, pieces)


def way_of(network: Network, origin: Snaps, destination: Snaps, pieces: Pieces, *, mover: int = 0) -> Way:
    """The way from the one place of `origin` to that of `destination` over pieces of edges, with its line."""
    walked_m = np.abs(pieces.end - pieces.start) @ network.graph.length_m[pieces.edge]
    lon, lat = to_degrees(*network.graph.corners.along(pieces.edge, pieces.start, pieces.end).T)
    points = np.vstack(
        (
            (origin.lon[0], origin.lat[0]),
            gate_on_the_way(network, origin),
            np.column_stack((lon, lat)),
            gate_on_the_way(network, destination),
            (destination.lon[0], destination.lat[0]),
        )
    )
    return Way(
        mover=mover,
        seconds=pieces.seconds,
        length_m=float(walked_m + origin.distance_m[0] + destination.distance_m[0]),
        legs=tuple(map(Leg, pieces.edge.tolist(), pieces.start.tolist(), pieces.end.tolist())),
        coordinates=_without_repeats(points),
    )


def joined(parts: Sequence[Way]) -> Way:
    """One way of several, each from where the one before ended."""
    if len(parts) == 1:
        return parts[0]
    points = np.vstack([part.coordinates for part in parts])
    legs = [len(part.legs) for part in parts]
    return Way(
        mover=parts[0].mover,
        seconds=sum(part.seconds for part in parts),
        length_m=sum(part.length_m for part in parts),
        legs=tuple(leg for part in parts for leg in part.legs),
        coordinates=_without_repeats(points),
        via=tuple(np.cumsum(legs[:-1]).tolist()),
    )


def _without_repeats(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A line without the same point twice in a row; two points at least."""
    kept = points[np.append(True, np.any(np.abs(np.diff(points, axis=0)) > 1e-8, axis=1))]
    return kept if len(kept) > 1 else np.vstack((kept, kept))


def _legs(network: Network, place: Snaps, movers: Snaps, found: Nearest, row: int) -> Iterator[Leg]:
    """From the mover along its edge to a node, from node to node, and along the place's edge."""
    graph = network.graph
    mover, node = int(found.mover[row]), int(found.entry[row])
    edge, fraction = int(movers.edge[mover]), float(movers.fraction[mover])
    last_edge, last_fraction = int(place.edge[0]), float(place.fraction[0])
    if node == NOWHERE:
        yield Leg(edge, fraction, last_fraction)
        return
    yield Leg(edge, fraction, cheaper_end(network, edge, fraction, node, leaving=True))
    while (arc := int(found.reach.arc[node])) != NOWHERE:
        walked, along = int(network.arriving.edge[arc]), bool(network.arriving.along[arc])
        yield Leg(walked, 0.0, 1.0) if along else Leg(walked, 1.0, 0.0)
        node = int(graph.head[walked] if along else graph.tail[walked])
    yield Leg(last_edge, cheaper_end(network, last_edge, last_fraction, node, leaving=False), last_fraction)
