"""Ways over the network: which edges, how long, and the line to draw, cut exactly at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.nearest import Nearest, nearest_movers
from geo.network.search import NOWHERE
from geo.network.snap import Snaps, gate_on_the_way


@dataclass(frozen=True, slots=True)
class Leg:
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
    return [_way(network, place, movers, found, row) for row in range(len(found.mover))]


def route(network: Network, origin: Snaps, destination: Snaps) -> Way | None:
    """The way from one place to another; None where there is none."""
    ways = nearest_ways(network, destination, origin, 1)
    return ways[0] if ways else None


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


def _way(network: Network, place: Snaps, movers: Snaps, found: Nearest, row: int) -> Way:
    mover = int(found.mover[row])
    legs = tuple(leg for leg in _legs(network, place, movers, found, row) if leg.start != leg.end)
    graph = network.graph
    walked_m = sum(abs(leg.end - leg.start) * float(graph.length_m[leg.edge]) for leg in legs)
    line = [_line(graph.lines[leg.edge], leg) for leg in legs]
    who = movers[np.array([mover])]
    points = np.vstack(
        (
            (who.lon[0], who.lat[0]),
            gate_on_the_way(network, who),
            *line,
            gate_on_the_way(network, place),
            (place.lon[0], place.lat[0]),
        )
    )
    return Way(
        mover=mover,
        seconds=float(found.seconds[row]),
        length_m=walked_m + float(movers.distance_m[mover]) + float(place.distance_m[0]),
        legs=legs,
        coordinates=_without_repeats(points),
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
    yield Leg(edge, fraction, _cheaper_end(network, edge, fraction, node, leaving=True))
    while (arc := int(found.reach.arc[node])) != NOWHERE:
        walked, along = int(network.arriving.edge[arc]), bool(network.arriving.along[arc])
        yield Leg(walked, 0.0, 1.0) if along else Leg(walked, 1.0, 0.0)
        node = int(graph.head[walked] if along else graph.tail[walked])
    yield Leg(last_edge, _cheaper_end(network, last_edge, last_fraction, node, leaving=False), last_fraction)


def _cheaper_end(network: Network, edge: int, fraction: float, node: int, *, leaving: bool) -> float:
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


def _line(line: shapely.LineString, leg: Leg) -> NDArray[np.float64]:
    """Degrees along a leg, shape (j, 2)."""
    part = substring(line, leg.start, leg.end, normalized=True)
    lon, lat = to_degrees(*np.asarray(part.coords).T)
    return np.column_stack((lon, lat))
