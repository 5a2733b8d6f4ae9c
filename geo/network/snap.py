"""Joins places to the network: at the nearest point of an edge, never at a node."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from geo.mercator import to_degrees, to_mercator
from geo.network.graph import Floats, Ints, Network

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
        From the place straight to that point, in metres and in seconds at the profile's speed.
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
    """Join places to the nearest usable edge within `limit_m` metres.

    Parameters
    ----------
    lon, lat : array_like, shape (k,)
        WGS 84 degrees.
    """
    places_lon = np.atleast_1d(np.asarray(lon, np.float64))
    places_lat = np.atleast_1d(np.asarray(lat, np.float64))
    count = len(places_lon)
    edge = np.full(count, UNJOINED, np.int32)
    fraction = np.zeros(count)
    distance = np.full(count, np.inf)
    if count and len(network.usable):
        x, y = to_mercator(places_lon, places_lat)
        points = np.asarray(shapely.points(x, y))
        # Mercator is conformal enough here that the nearest on the map is the nearest on the ground;
        # its metres are longer by 1/cos(lat), and a little is added for the ellipsoid.
        reach = limit_m / np.cos(np.radians(np.clip(places_lat, -85, 85))).min() * 1.01
        rows, hits = network.tree.query_nearest(points, max_distance=reach, all_matches=False)
        found = network.usable[hits]
        lines = network.graph.lines[found]
        along = shapely.line_locate_point(lines, points[rows], normalized=True)
        feet = shapely.line_interpolate_point(lines, along, normalized=True)
        foot_lon, foot_lat = to_degrees(shapely.get_x(feet), shapely.get_y(feet))
        _, _, metres = _EARTH.inv(places_lon[rows], places_lat[rows], foot_lon, foot_lat)
        near = np.asarray(metres) <= limit_m
        rows = rows[near]
        edge[rows] = found[near]
        fraction[rows] = np.clip(np.nan_to_num(np.asarray(along)[near]), 0.0, 1.0)
        distance[rows] = np.asarray(metres)[near]
    return Snaps(edge, fraction, distance, distance / network.rule.speed_mps, places_lon, places_lat)


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
