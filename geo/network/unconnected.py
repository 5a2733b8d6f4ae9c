"""What does not connect: places that join no street, or only streets that lead nowhere; why, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

import shapely
from geo.mercator import to_degrees, to_mercator
from geo.network.graph import Floats, Network
from geo.network.snap import UNJOINED, Snaps
from geo.network.walls import OUTSIDE, Walls

_EARTH = Geod(ellps="WGS84")

Reason = Literal["too far", "behind a wall", "island"]

ISLAND_SHARE = 0.05
"""A part of the network with fewer of its nodes than this is an island."""


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
