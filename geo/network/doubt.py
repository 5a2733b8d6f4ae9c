"""Whether points said to be WGS 84 were meant in another datum: a few hundred metres that nobody notices."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo.datum import Datum, convert
from geo.network.graph import Network
from geo.network.snap import snap

FAR_M = 60.0
"""Points this far from any street, in the middle of them, are doubted;"""
CLOSE_M = 15.0
"""and are believed to be in the other datum when they would be this near to one in it."""
_LOOK_M = 250.0
_OTHERS: tuple[Datum, ...] = ("gcj02", "bd09")


def likelier_datum(network: Network, lon: ArrayLike, lat: ArrayLike) -> Datum | None:
    """The datum in which points fit the streets far better than in WGS 84; None where there is no such doubt.

    Of one point this is a hint and no more; of many it is hardly ever wrong, since streets are some 100 m apart.

    Parameters
    ----------
    lon, lat : array_like, shape (k,), k ≥ 1
        Degrees, as they were given.
    """
    if to_streets_m(network, lon, lat) <= FAR_M:
        return None
    for other in _OTHERS:
        x, y = convert(lon, lat, source=other, target="wgs84")
        if to_streets_m(network, x, y) <= CLOSE_M:
            return other
    return None


def to_streets_m(network: Network, lon: ArrayLike, lat: ArrayLike) -> float:
    """Median metres from places (WGS 84 degrees) to the nearest street; infinite where most have none within 250 m."""
    return float(np.median(snap(network, lon, lat, limit_m=_LOOK_M).distance_m))
