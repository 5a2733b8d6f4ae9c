"""Ways over the network: which edges, how long, and the line to draw, cut exactly at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.network.between import Pieces, quickest
from geo.network.graph import Flags, Network
from geo.network.shapes import without_repeats
from geo.network.snap import Snaps, gate_on_the_way

Points = NDArray[np.float64]


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
    pieces : Pieces
        What it goes over, from where the one joins the streets to where the other does.
    coordinates : ndarray, shape (j, 2)
        Longitude and latitude, WGS 84 degrees, j ≥ 2.
    via : tuple of int
        Of a way over several stops, how many legs lead to each stop between the first and the last.
    """

    mover: int
    seconds: float
    length_m: float
    pieces: Pieces
    coordinates: NDArray[np.float64]
    via: tuple[int, ...] = ()

    @cached_property
    def legs(self) -> tuple[Leg, ...]:
        """The pieces one by one."""
        return tuple(map(Leg, self.pieces.edge.tolist(), self.pieces.start.tolist(), self.pieces.end.tolist()))


def route(network: Network, origin: Snaps, destination: Snaps, closed: Flags | None = None) -> Way | None:
    """The way from one place to another, not through the edges of `closed`, shape (m,); None where there is none."""
    pieces = quickest(network, origin, destination, closed)
    return None if pieces is None else way_of(network, origin, destination, pieces)


def way_of(network: Network, origin: Snaps, destination: Snaps, pieces: Pieces) -> Way:
    """The way from the one place of `origin` to that of `destination` over pieces of edges, with its line."""
    gates = gate_on_the_way(network, origin), gate_on_the_way(network, destination)
    return drawn(network, origin, gates[0], pieces, gates[1], destination)


def drawn(
    network: Network,
    origin: Snaps,
    leaving: Points,
    pieces: Pieces,
    entering: Points,
    destination: Snaps,
    mover: int = 0,
) -> Way:
    """The same by gates that are known.

    Parameters
    ----------
    leaving, entering : ndarray, shape (0, 2) or (1, 2)
        The gate by which each place goes to its street, degrees; none where straight.
    """
    walked_m = np.abs(pieces.end - pieces.start) @ network.graph.length_m[pieces.edge]
    points = np.vstack(
        (
            (origin.lon[0], origin.lat[0]),
            leaving,
            network.graph.shapes.draw(pieces.edge, pieces.start, pieces.end),
            entering,
            (destination.lon[0], destination.lat[0]),
        )
    )
    return Way(
        mover=mover,
        seconds=pieces.seconds,
        length_m=float(walked_m + origin.distance_m[0] + destination.distance_m[0]),
        pieces=pieces,
        coordinates=without_repeats(points),
    )


def joined(parts: Sequence[Way]) -> Way:
    """One way of several, each from where the one before ended."""
    if len(parts) == 1:
        return parts[0]
    points = np.vstack([part.coordinates for part in parts])
    pieces = [part.pieces for part in parts]
    seconds = sum(part.seconds for part in parts)
    return Way(
        mover=parts[0].mover,
        seconds=seconds,
        length_m=sum(part.length_m for part in parts),
        pieces=Pieces(
            seconds,
            np.concatenate([one.edge for one in pieces]),
            np.concatenate([one.start for one in pieces]),
            np.concatenate([one.end for one in pieces]),
        ),
        coordinates=without_repeats(points),
        via=tuple(np.cumsum([len(one.edge) for one in pieces[:-1]]).tolist()),
    )
