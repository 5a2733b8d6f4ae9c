"""A network as an OpenStreetMap file, for engines that read nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmium
import shapely
from pyproj import Proj

from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.snap import Snaps
from tests.peers.split import Floats, Split

TIMES_LARGER = 10
# Its globe.
_ROUND = "+proj=aeqd +R=6378160 +lat_0=0 +lon_0=0"


class Magnified:
    """Draws a town `TIMES_LARGER` where equator and first meridian meet: for an engine that counts whole metres."""

    def __init__(self, network: Network) -> None:
        west, south, east, north = shapely.total_bounds(network.graph.lines)
        lon, lat = to_degrees((west + east) / 2, (south + north) / 2)
        self._from_here = Proj(proj="aeqd", ellps="WGS84", lat_0=float(lat), lon_0=float(lon))
        self._to_there = Proj(_ROUND)

    def __call__(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """The degrees there of places here; distances keep to within a few parts in a hundred thousand."""
        x, y = self._from_here(lon, lat)
        there = self._to_there(np.asarray(x) * TIMES_LARGER, np.asarray(y) * TIMES_LARGER, inverse=True)
        return np.asarray(there[0]), np.asarray(there[1])


def as_it_is(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """No change."""
    return lon, lat


def write_split(
    network: Network,
    split: Split,
    places: Snaps,
    file: Path,
    *,
    draw: Callable[[Floats, Floats], tuple[Floats, Floats]] = as_it_is,
    places_apart: bool = False,
) -> Floats:
    """Every piece of an edge as a way of its own, and a way from each place to its foot.

    A way says its speed as `walk:kmh`; a one-way piece runs in its own direction with `oneway:foot`. That from a
    place to its foot says its `walk:seconds`: it may go by a gate, and not straight.

    Parameters
    ----------
    places_apart : bool
        All ways say their `walk:seconds`, so that the drawing no longer counts; and the places are drawn in a row
        north of the town, where nothing else is, so that an engine joins each to its own way and no other.

    Returns
    -------
    ndarray, shape (k, 2)
        Longitudes and latitudes of the places as drawn.
    """
    graph = network.graph
    usable = np.flatnonzero(np.isfinite(split.along_s) | np.isfinite(split.against_s))
    joined = np.flatnonzero(np.isfinite(split.access_s))
    lon, lat = draw(*_places_of_nodes(network, split, places))
    if places_apart:
        rows = split.place[joined]
        lon[rows] = np.nanmin(lon) + 0.0005 * np.arange(len(rows))
        lat[rows] = np.nanmax(lat) + 0.5
    next_node = split.nodes + 1
    walked = {"highway": "footway", "walk:kmh": repr(network.rule.speed_mps * 3.6)}
    ways: list[tuple[list[int], dict[str, str]]] = []
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for node in range(split.nodes):
            if np.isfinite(lon[node]):
                writer.add_node(osmium.osm.mutable.Node(id=node + 1, version=1, location=(lon[node], lat[node])))
        for row in usable.tolist():
            inner_lon, inner_lat = draw(*_inner_points(graph.lines[split.edge[row]], split.start[row], split.end[row]))
            refs = [int(split.tail[row]) + 1]
            for x, y in zip(inner_lon.tolist(), inner_lat.tolist(), strict=True):
                writer.add_node(osmium.osm.mutable.Node(id=next_node, version=1, location=(x, y)))
                refs.append(next_node)
                next_node += 1
            refs.append(int(split.head[row]) + 1)
            ahead, back = np.isfinite(split.along_s[row]), np.isfinite(split.against_s[row])
            tags = dict(walked)
            if places_apart:
                tags["walk:seconds"] = repr(float(min(split.along_s[row], split.against_s[row])))
            if not (ahead and back):
                tags |= {"oneway": "yes", "oneway:foot": "yes"}
            ways.append((refs if ahead else refs[::-1], tags))
        for row in joined.tolist():
            tags = {**walked, "walk:seconds": repr(float(split.access_s[row]))}
            ways.append(([int(split.place[row]) + 1, int(split.foot[row]) + 1], tags))
        for number, (refs, tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))
    return np.column_stack((lon[split.place], lat[split.place]))


def _places_of_nodes(network: Network, split: Split, places: Snaps) -> tuple[Floats, Floats]:
    """Degrees of every node; not a number where nothing is."""
    graph = network.graph
    lon, lat = np.full(split.nodes, np.nan), np.full(split.nodes, np.nan)
    for node, at in ((graph.tail, 0), (graph.head, -1)):
        ends = shapely.get_point(graph.lines, at)
        lon[node], lat[node] = to_degrees(shapely.get_x(ends), shapely.get_y(ends))
    rows = np.flatnonzero(places.joined)
    if len(rows):
        feet = feet_of(network, places)
        lon[split.foot[rows]], lat[split.foot[rows]] = feet[0][rows], feet[1][rows]
        lon[split.place[rows]], lat[split.place[rows]] = places.lon[rows], places.lat[rows]
    return lon, lat


def feet_of(network: Network, places: Snaps) -> tuple[Floats, Floats]:
    """Where places meet their edges, in degrees; not a number for those that meet none."""
    lon, lat = np.full(len(places), np.nan), np.full(len(places), np.nan)
    rows = np.flatnonzero(places.joined)
    feet = shapely.line_interpolate_point(
        network.graph.lines[places.edge[rows]], places.fraction[rows], normalized=True
    )
    lon[rows], lat[rows] = to_degrees(shapely.get_x(feet), shapely.get_y(feet))
    return lon, lat


def _inner_points(line: shapely.LineString, start: float, end: float) -> tuple[Floats, Floats]:
    """The corners of a line strictly between two fractions."""
    points = shapely.get_coordinates(line)
    run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    part = run / run[-1] if run[-1] > 0 else np.zeros(len(points))
    inner = points[(part > start + 1e-9) & (part < end - 1e-9)]
    return to_degrees(inner[:, 0], inner[:, 1])
