"""The way of a tour along the streets, to be drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.network.graph import Network
from geo.network.route import route
from geo.network.snap import snap


def tour_way(
    network: Network, lon: Sequence[float], lat: Sequence[float], *, limit_m: float
) -> tuple[NDArray[np.float64], float]:
    """The line through places in their order, shape (j, 2) in degrees, and its length in metres.

    Straight where no street leads from one to the next.
    """
    places = snap(network, lon, lat, limit_m=limit_m)
    parts, length_m = [], 0.0
    for row in range(len(places) - 1):
        one, other = places[np.array([row])], places[np.array([row + 1])]
        straight = np.array([[lon[row], lat[row]], [lon[row + 1], lat[row + 1]]])
        way = None
        if places.joined[row] and places.joined[row + 1] and (straight[0] != straight[1]).any():
            way = route(network, one, other)
        parts.append(straight if way is None else way.coordinates)
        length_m += 0.0 if way is None else way.length_m
    return np.vstack(parts), length_m
