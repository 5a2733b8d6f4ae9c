"""What does not connect: places that join no street, or only streets that lead nowhere; why, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.mercator import to_degrees, to_mercator
from geo.network.ends import Ends
from geo.network.graph import Flags, Floats, Network
from geo.network.search import Seeds, search
from geo.network.walls import OUTSIDE, Walls

_EARTH = Geod(ellps="WGS84")

Reason = Literal["too far", "behind a wall", "island"]

MAINLAND_SHARE = 0.05
"""A part of the network that holds fewer of its nodes than this, and leads to none that holds more, is an island."""


@dataclass(frozen=True, eq=False)
class Unconnected:
    """Groups of places (the entrances of a building, say) of which none connects, in ascending order.

    Attributes
    ----------
    group : ndarray of int, shape (u,)
    place : ndarray of int, shape (u,)
        The one of the group's places that is nearest to a street.
    distance_m : ndarray, shape (u,)
        From there straight to the nearest usable street, whatever stands between; infinite without any.
    reason : tuple of str, length u
    """

    group: NDArray[np.intp]
    place: NDArray[np.intp]
    distance_m: Floats
    reason: tuple[Reason, ...]


def unconnected(
    network: Network, places: Ends, lon: Floats, lat: Floats, group_of: NDArray[np.intp], *, limit_m: float
) -> Unconnected:
    """Groups with no place from which most of the network can be reached.

    Parameters
    ----------
    places : Ends
        As they leave, shape (k,).
    lon, lat : ndarray, shape (k,)
        The places, WGS 84 degrees.
    group_of : ndarray, shape (k,)
        The group of each place.
    limit_m : float
        How far from a street a place may be joined.
    """
    connected = is_connected(network, places)
    lost = np.setdiff1d(group_of, group_of[connected])
    rows = np.flatnonzero(np.isin(group_of, lost))
    metres = metres_to_a_street(network, lon[rows], lat[rows])
    # Of each group first what joins a street at all, then what is nearest to one.
    order = np.lexsort((metres, places.edge[rows] < 0, group_of[rows]))
    group, first = np.unique(group_of[rows][order], return_index=True)
    best = order[first]
    joined, near = places.edge[rows[best]] >= 0, metres[best] <= limit_m
    reasons: list[Reason] = [
        "island" if j else "behind a wall" if n else "too far" for j, n in zip(joined, near, strict=True)
    ]
    return Unconnected(group, rows[best], metres[best], tuple(reasons))


def is_connected(network: Network, places: Ends) -> Flags:
    """Whether each place (as it leaves) joins the network, and not an island of it, shape (k,)."""
    nodes = mainland(network)
    if not len(nodes):
        return np.zeros(len(places), bool)
    return np.asarray(
        (np.isfinite(places.tail_s) & nodes[places.tail]) | (np.isfinite(places.head_s) & nodes[places.head])
    )


def mainland(network: Network) -> Flags:
    """Nodes from which a part of the network that holds at least `MAINLAND_SHARE` of it is reached, shape (n,).

    A part is what is connected both ways. Only nodes that the profile can use count.
    """
    arcs, nodes = network.leaving, network.graph.nodes
    used = (np.diff(arcs.first) > 0) | (np.diff(network.arriving.first) > 0)
    if not used.any():
        return used
    pattern = csr_array((np.ones(len(arcs.target), np.int8), arcs.target, arcs.first), shape=(nodes, nodes))
    _, part = connected_components(pattern, directed=True, connection="strong")
    large = used & (np.bincount(part[used], minlength=part.max() + 1)[part] >= MAINLAND_SHARE * used.sum())
    start = np.flatnonzero(large).astype(np.int32)
    reach = search(network.arriving, Seeds(start, np.zeros(len(start)), np.zeros(len(start), np.int32)))
    return np.isfinite(reach.seconds)


def metres_to_a_street(network: Network, lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Straight metres from each place to the nearest usable street, whatever stands between; infinite without any."""
    places_lon, places_lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    metres = np.full(len(places_lon), np.inf)
    if len(places_lon) and len(network.usable):
        x, y = to_mercator(places_lon, places_lat)
        streets = Walls().pieces(network.graph.lines, network.usable)
        rows, found = streets.nearest(x, y, np.full(len(x), OUTSIDE), None)
        lines, points = streets.line[found], shapely.points(x[rows], y[rows])
        feet = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, points))
        _, _, metres[rows] = _EARTH.inv(
            places_lon[rows], places_lat[rows], *to_degrees(shapely.get_x(feet), shapely.get_y(feet))
        )
    return metres
