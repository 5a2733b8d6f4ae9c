"""Random places to ask every engine about."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import PCG64, Generator

from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.snap import Snaps, snap

LIMIT_M = 250.0
AWAY_M = 40.0


def beside_streets(network: Network, count: int, *, seed: int) -> Snaps:
    """Places up to 40 m beside random streets, the more the longer, and none on closed ones; all of them joined."""
    graph, rng = network.graph, Generator(PCG64(seed))
    open_edges = np.setdiff1d(network.usable, np.flatnonzero(graph.closed))
    # More than enough, since a wall may keep some from every street.
    edge = rng.choice(open_edges, 2 * count + 10, p=graph.length_m[open_edges] / graph.length_m[open_edges].sum())
    spots = shapely.line_interpolate_point(graph.lines[edge], rng.random(len(edge)), normalized=True)
    aside = rng.uniform(-AWAY_M, AWAY_M, (2, len(edge)))
    lon, lat = to_degrees(shapely.get_x(spots) + aside[0], shapely.get_y(spots) + aside[1])
    places = snap(network, lon, lat, limit_m=LIMIT_M)
    places = places[np.flatnonzero(places.joined)[:count]]
    assert len(places) == count
    return places
