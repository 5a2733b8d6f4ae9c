"""Places that an engine which joins them by itself may join elsewhere."""

from __future__ import annotations

import numpy as np
import shapely

from geo.mercator import to_mercator
from geo.network.graph import Flags, Network
from geo.network.snap import Snaps


def joins_unclearly(network: Network, places: Snaps) -> Flags:
    """Where a street that does not meet their own, or the straight piece to another place, is within a metre."""
    rows = np.flatnonzero(places.joined)
    lines = network.graph.lines
    feet = shapely.line_interpolate_point(lines[places.edge[rows]], places.fraction[rows], normalized=True)
    place, near = network.tree.query(feet, predicate="dwithin", distance=1.0)
    own = places.edge[rows][place]
    other = network.usable[near]
    graph = network.graph
    meets = np.zeros(len(place), bool)
    for mine in (graph.tail, graph.head):
        for theirs in (graph.tail, graph.head):
            meets |= mine[own] == theirs[other]
    unclear = np.zeros(len(places), bool)
    unclear[rows[place[~meets]]] = True
    ends = shapely.points(*to_mercator(places.lon[rows], places.lat[rows]))
    paths = np.asarray(
        shapely.linestrings(np.stack((shapely.get_coordinates(ends), shapely.get_coordinates(feet)), axis=1))
    )
    place, path = shapely.STRtree(paths).query(ends, predicate="dwithin", distance=1.0)
    unclear[rows[place[place != path]]] = True
    return unclear
