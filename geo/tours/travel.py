"""Seconds on the way between places, as tours need them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.network.graph import Network
from geo.network.matrix import matrix
from geo.network.snap import snap
from geo.tours.problem import NO_WAY_S


def travel_s(network: Network, lon: Sequence[float], lat: Sequence[float], *, limit_m: float) -> NDArray[np.int64]:
    """Whole seconds from each of k places to each, shape (k, k); `NO_WAY_S` where there is no way.

    A place at the same door as another is no way from it.
    """
    spots, which = np.unique(np.column_stack((lon, lat)).reshape(-1, 2), axis=0, return_inverse=True)
    which = which.reshape(-1)
    places = snap(network, spots[:, 0], spots[:, 1], limit_m=limit_m)
    found = matrix(network, places, places)
    joined = np.flatnonzero(places.joined)
    found[joined, joined] = 0.0
    # Rounded up, so that nobody is promised sooner than they can be there.
    whole = np.where(np.isfinite(found), np.ceil(found), NO_WAY_S).astype(np.int64)
    whole = np.minimum(whole, NO_WAY_S)
    return np.asarray(whole[np.ix_(which, which)])
