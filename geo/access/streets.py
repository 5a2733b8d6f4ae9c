"""Minutes along streets: what a coverage means in the middle of each piece of street."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.network.ends import leaving
from geo.network.search import NOWHERE, at_places
from geo.network.snap import Snaps


def along_streets(coverage: Coverage, edges: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """From the middle of each of these edges: minutes (infinite where there is no way) and the facility (0 where none).

    Parameters
    ----------
    edges : ndarray, shape (k,)
        Indexes of the network's edges.
    """
    zero = np.zeros(len(edges))
    middles = Snaps(edges.astype(np.int32), zero + 0.5, zero, zero, zero, zero)
    seconds, which = at_places(leaving(coverage.doors.network, middles), coverage.reach, coverage.sources)
    ids = np.append(coverage.facilities.id, 0)
    return seconds / 60.0, ids[np.where(which == NOWHERE, len(ids) - 1, which)]
