"""Joins places to the network: at the nearest point of an edge, never at a node, never through a wall."""

from __future__ import annotations

from dataclasses import dataclass, fields
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from geo.mercator import to_degrees, to_mercator
from geo.network.graph import Floats, Ints, Network
from geo.network.walls import OUTSIDE

_EARTH = Geod(ellps="WGS84")
UNJOINED = -1


@dataclass(frozen=True, eq=False)
class Snaps:
    """Where `k` places join the network.

    Attributes
    ----------
    edge : ndarray of int32, shape (k,)
        Index of the edge, `UNJOINED` where none is near enough.
    fraction : ndarray, shape (k,)
        How far along the edge, 0 at its tail and 1 at its head.
    distance_m, access_s : ndarray, shape (k,)
        From the place straight to that point, or to a gate and from there straight to it; in metres, and in seconds
        at the profile's speed.
    lon, lat : ndarray, shape (k,)
        The places themselves, WGS 84 degrees.
    """

    edge: Ints
    fraction: Floats
    distance_m: Floats
    access_s: Floats
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def joined(self) -> NDArray[np.bool_]:
        """Which places found an edge."""
        return np.asarray(self.edge != UNJOINED)

    def __getitem__(self, rows: NDArray[np.intp]) -> Snaps:
        return Snaps(
            self.edge[rows],
            self.fraction[rows],
            self.distance_m[rows],
            self.access_s[rows],
            self.lon[rows],
            self.lat[rows],
        )


def snap(network: Network, lon: ArrayLike, lat: ArrayLike, *, limit_m: float) -> Snaps:
    """Join places to the nearest usable edge within `limit_m` metres that no wall keeps them from.

    A place in a walled compound joins a street of the same compound, or else walks straight to the nearest of its
    gates and joins the street there; a place outside never joins a street inside one.

    Parameters
    ----------
    lon, lat : array_like, shape (k,)
        WGS 84 degrees.
    """
    return snap_by_gates(network, lon, lat, limit_m=limit_m)[0]


def snap_by_gates(network: Network, lon: ArrayLike, lat: ArrayLike, *, limit_m: float) -> tuple[Snaps, Floats]:
    """The same as `snap`, and the gate by which each place goes to its street, shape (k, 2); NaN where straight."""
    places_lon = np.atleast_1d(np.asarray(lon, np.float64))
    places_lat = np.atleast_1d(np.asarray(lat, np.float64))
    x, y = to_mercator(places_lon, places_lat)
    walls = network.graph.walls
    wall = walls.around(x, y)
    found = _straight(network, places_lon, places_lat, wall, limit_m)
    by_gate = np.full((len(places_lon), 2), np.nan)
    shut_in = np.flatnonzero((wall != OUTSIDE) & ~found.joined)
    if len(shut_in):
        gates = _all_gates(network, limit_m)
        rows, gate = walls.nearest_gate(
            x[shut_in], y[shut_in], wall[shut_in], gates.joined, _reach(places_lat, limit_m)
        )
        rows = shut_in[rows]
        _, _, metres = _EARTH.inv(places_lon[rows], places_lat[rows], gates.lon[gate], gates.lat[gate])
        metres = np.asarray(metres) + gates.distance_m[gate]
        near = metres <= limit_m
        rows, gate = rows[near], gate[near]
        found.edge[rows], found.fraction[rows] = gates.edge[gate], gates.fraction[gate]
        found.distance_m[rows] = metres[near]
        found.access_s[rows] = metres[near] / network.rule.speed_mps
        by_gate[rows] = np.column_stack((gates.lon[gate], gates.lat[gate]))
    return found, by_gate


_GATES: WeakKeyDictionary[Network, dict[float, Snaps]] = WeakKeyDictionary()


def _all_gates(network: Network, limit_m: float) -> Snaps:
    """`at_gates` of all, worked out once a network: a single place asks for them too."""
    known = _GATES.setdefault(network, {})
    if limit_m not in known:
        known[limit_m] = at_gates(network, limit_m=limit_m)
    return known[limit_m]


def _straight(network: Network, lon: Floats, lat: Floats, wall: NDArray[np.intp], limit_m: float) -> Snaps:
    """The nearest streets of each place's own side of the walls."""
    edge = np.full(len(lon), UNJOINED, np.int32)
    fraction = np.zeros(len(lon))
    distance = np.full(len(lon), np.inf)
    if len(lon) and len(network.usable):
        x, y = to_mercator(lon, lat)
        rows, hits = network.pieces.nearest(x, y, wall, _reach(lat, limit_m))
        pieces, points = network.pieces.line[hits], shapely.points(x[rows], y[rows])
        feet = shapely.line_interpolate_point(pieces, shapely.line_locate_point(pieces, points))
        foot_lon, foot_lat = to_degrees(shapely.get_x(feet), shapely.get_y(feet))
        _, _, metres = _EARTH.inv(lon[rows], lat[rows], foot_lon, foot_lat)
        near = np.asarray(metres) <= limit_m
        rows, found = rows[near], network.pieces.edge[hits[near]]
        edge[rows] = found
        along = shapely.line_locate_point(network.graph.lines[found], feet[near], normalized=True)
        # Of a street without length it is NaN, which both pass over.
        fraction[rows] = np.fmin(np.fmax(along, 0.0), 1.0)
        distance[rows] = np.asarray(metres)[near]
    return Snaps(edge, fraction, distance, distance / network.rule.speed_mps, lon, lat)


def gate_on_the_way(network: Network, place: Snaps) -> Floats:
    """The gate by which one place goes to its street, degrees, shape (1, 2); (0, 2) where it goes straight."""
    walls = network.graph.walls
    x, y = to_mercator(place.lon, place.lat)
    wall = walls.around(x, y)
    # A millimetre more, for what rounding takes.
    metres = float(place.distance_m[0]) + 0.001
    if not place.joined[0] or wall[0] == OUTSIDE or _straight(network, place.lon, place.lat, wall, metres).joined[0]:
        return np.empty((0, 2))
    mine = np.flatnonzero(walls.gate_of == wall[0])
    gates = at_gates(network, limit_m=metres, rows=mine)
    here = np.broadcast_to(place.lon, len(mine)), np.broadcast_to(place.lat, len(mine))
    _, _, away = _EARTH.inv(*here, gates.lon, gates.lat)
    nearest = np.argmin(np.where(gates.joined, away, np.inf))
    return np.array([[gates.lon[nearest], gates.lat[nearest]]])


def at_gates(network: Network, *, limit_m: float, rows: NDArray[np.intp] | None = None) -> Snaps:
    """Where the gates (all, or those of `rows`) join: the nearest street inside, outside, or of a compound around."""
    walls = network.graph.walls
    gates = np.arange(len(walls.gate_of)) if rows is None else rows
    lon, lat, inside = walls.gate_lon[gates], walls.gate_lat[gates], walls.gate_of[gates]
    around = walls.around(*to_mercator(lon, lat))
    sides = [_straight(network, lon, lat, side, limit_m) for side in (inside, np.full(len(lon), OUTSIDE), around)]
    best = np.argmin([side.distance_m for side in sides], axis=0)
    return join(join(sides[0], sides[1]), sides[2])[best * len(lon) + np.arange(len(lon))]


def _reach(lat: Floats, limit_m: float) -> float:
    """The limit in Web Mercator metres, which are longer by 1/cos(lat); a little is added for the ellipsoid.

    Mercator is conformal enough here that the nearest on the map is the nearest on the ground.
    """
    return float(limit_m / np.cos(np.radians(np.clip(lat, -85, 85))).min() * 1.01)


def join(first: Snaps, second: Snaps) -> Snaps:
    """Those of the one, then those of the other."""
    return Snaps(
        *(np.concatenate((getattr(first, column.name), getattr(second, column.name))) for column in fields(Snaps))
    )


def middle_of_a_street(network: Network) -> Snaps:
    """The middle of the first usable street, or nowhere where there is none: a place to try things with."""
    edge = network.usable[:1].astype(np.int32) if len(network.usable) else np.array([UNJOINED], np.int32)
    zero = np.zeros(1)
    return Snaps(edge, zero + 0.5, zero, zero, zero, zero)
