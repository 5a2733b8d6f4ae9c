"""A network as an OpenStreetMap file, for engines that read nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.snap import Snaps
from tests.peers.split import Split


def write_network(network: Network, file: Path) -> None:
    """Every edge one may use as a way of its own."""
    nobody = np.zeros(0, np.intp)
    none = Snaps(*(np.zeros(0) for _ in range(6)))  # type: ignore[arg-type]
    write_split(network, Split.of(network, none), none[nobody], file)


def write_split(network: Network, split: Split, places: Snaps, file: Path) -> None:
    """Every piece of an edge as a way of its own, and a way from each place to its foot.

    A way says its speed as `walk:kmh`; a one-way piece runs in its own direction with `oneway:foot`.
    """
    graph = network.graph
    usable = np.flatnonzero(np.isfinite(split.along_s) | np.isfinite(split.against_s))
    joined = np.flatnonzero(np.isfinite(split.access_s))
    lon, lat = _places_of_nodes(network, split, places)
    next_node = split.nodes + 1
    ways: list[tuple[list[int], dict[str, str]]] = []
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for node in range(split.nodes):
            if np.isfinite(lon[node]):
                writer.add_node(osmium.osm.mutable.Node(id=node + 1, version=1, location=(lon[node], lat[node])))
        for row in usable.tolist():
            inner_lon, inner_lat = _inner_points(graph.lines[split.edge[row]], split.start[row], split.end[row])
            refs = [int(split.tail[row]) + 1]
            for x, y in zip(inner_lon.tolist(), inner_lat.tolist(), strict=True):
                writer.add_node(osmium.osm.mutable.Node(id=next_node, version=1, location=(x, y)))
                refs.append(next_node)
                next_node += 1
            refs.append(int(split.head[row]) + 1)
            ahead, back = np.isfinite(split.along_s[row]), np.isfinite(split.against_s[row])
            tags = {"highway": "footway", "walk:kmh": repr(network.rule.speed_mps * 3.6)}
            if not (ahead and back):
                tags |= {"oneway": "yes", "oneway:foot": "yes"}
            ways.append((refs if ahead else refs[::-1], tags))
        access = {"highway": "footway", "walk:kmh": repr(network.rule.speed_mps * 3.6)}
        ways += [([int(split.place[row]) + 1, int(split.foot[row]) + 1], access) for row in joined.tolist()]
        for number, (refs, tags) in enumerate(ways, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=refs, tags=tags))


def _places_of_nodes(
    network: Network, split: Split, places: Snaps
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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


def feet_of(network: Network, places: Snaps) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where places meet their edges, in degrees; not a number for those that meet none."""
    lon, lat = np.full(len(places), np.nan), np.full(len(places), np.nan)
    rows = np.flatnonzero(places.joined)
    feet = shapely.line_interpolate_point(network.graph.lines[places.edge[rows]], places.fraction[rows], normalized=True)
    lon[rows], lat[rows] = to_degrees(shapely.get_x(feet), shapely.get_y(feet))
    return lon, lat


def _inner_points(
    line: shapely.LineString, start: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The corners of a line strictly between two fractions."""
    points = shapely.get_coordinates(line)
    run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    part = run / run[-1] if run[-1] > 0 else np.zeros(len(points))
    inner = points[(part > start + 1e-9) & (part < end - 1e-9)]
    return to_degrees(inner[:, 0], inner[:, 1])
