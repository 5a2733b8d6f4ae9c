"""A town of any size out of a seed, to measure with: a jittered grid thinned to streets, rivers and few bridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.random import PCG64, Generator
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from geo.access.facilities import Facilities
from geo.access.homes import Homes
from geo.mercator import to_mercator
from geo.network.graph import Graph

_EARTH = Geod(ellps="WGS84")
LON, LAT = 118.6, 31.9
SPACING_M = 90.0
EDGES_PER_NODE = 1.3
BRIDGE_EVERY_M = 1500.0
BUILDINGS_PER_NODE = 0.4
FACILITIES = (400, 320, 260, 210, 170, 140, 110, 80, 60, 40, 30, 20)
"""Facilities of each category in a town of 250,000 nodes; other sizes have as many a node, one at least."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GridTown:
    """Streets, buildings with an entrance each, and facilities of twelve categories, `c00` to `c11`."""

    graph: Graph
    homes: Homes
    facilities: Facilities


def grid_town(nodes: int, *, seed: int = 4) -> GridTown:
    """About `nodes` junctions, 2.6 arcs a junction, all connected; edges some 90 m long."""
    rng = Generator(PCG64(seed))
    side = round(nodes**0.5)
    x, y = _junctions(rng, side)
    tail, head = _streets(rng, side, x, y)
    lon, lat = _degrees(x, y)
    # As `Graph.load` numbers them.
    number = np.empty(side * side, np.intp)
    points = shapely.points(np.column_stack(to_mercator(lon, lat)))
    number[np.argsort(GeoSeries(points).hilbert_distance(), kind="stable")] = np.arange(side * side)
    return GridTown(
        graph=_graph(side * side, number[tail], number[head], lon, lat, tail, head),
        homes=_homes(rng, x, y, tail, head, round(side * side * BUILDINGS_PER_NODE)),
        facilities=_facilities(rng, x, y, tail, head, side * side / 250_000),
    )


def _junctions(rng: Generator, side: int) -> tuple[Floats, Floats]:
    row, column = np.divmod(np.arange(side * side), side)
    jitter = rng.uniform(-0.3, 0.3, (2, side * side))
    return (column + jitter[0]) * SPACING_M, (row + jitter[1]) * SPACING_M


def _streets(rng: Generator, side: int, x: Floats, y: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A random tree over the grid and the cheapest of what is left: dead ends, loops, and one connected part."""
    node = np.arange(side * side).reshape(side, side)
    tail = np.concatenate((node[:, :-1].ravel(), node[:-1, :].ravel())).astype(np.int32)
    head = np.concatenate((node[:, 1:].ravel(), node[1:, :].ravel())).astype(np.int32)
    price = rng.uniform(1.0, 2.0, len(tail))
    crossing, bridge = _rivers(side, x, y, tail, head)
    price[crossing] = 1000.0
    price[bridge] = 0.5
    tree = minimum_spanning_tree(coo_array((price, (tail, head)), shape=(side * side, side * side))).tocoo()
    key = tail.astype(np.int64) * side * side + head
    chosen = np.isin(key, tree.row.astype(np.int64) * side * side + tree.col)
    rest = np.flatnonzero(~chosen & (price < 100.0))
    more = max(0, round(EDGES_PER_NODE * side * side) - int(chosen.sum()))
    chosen[rest[np.argsort(price[rest])[:more]]] = True
    order = rng.permutation(np.flatnonzero(chosen))
    return tail[order], head[order]


def _rivers(
    side: int, x: Floats, y: Floats, tail: NDArray[np.int32], head: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which edges cross a river, and which of them do so on a bridge: one every `BRIDGE_EVERY_M`."""
    size = side * SPACING_M
    across = np.zeros(len(tail), bool)
    bridge = np.zeros(len(tail), bool)
    for along, offset, level in ((x, y, 0.3), (x, y, 0.7), (y, x, 0.5)):
        is_far = offset > size * level + 0.06 * size * np.sin(2 * np.pi * along / (0.4 * size))
        crossing = is_far[tail] != is_far[head]
        stretch = np.floor(along[tail] / BRIDGE_EVERY_M).astype(np.int64)
        rows = np.flatnonzero(crossing)
        bridge[rows[np.unique(stretch[rows], return_index=True)[1]]] = True
        across |= crossing
    return across, bridge


def _graph(
    nodes: int,
    tail: NDArray[np.intp],
    head: NDArray[np.intp],
    lon: Floats,
    lat: Floats,
    grid_tail: NDArray[np.int32],
    grid_head: NDArray[np.int32],
) -> Graph:
    edges = len(tail)
    x, y = to_mercator(lon, lat)
    _, _, length_m = _EARTH.inv(lon[grid_tail], lat[grid_tail], lon[grid_head], lat[grid_head])
    ends = np.stack((np.column_stack((x, y))[grid_tail], np.column_stack((x, y))[grid_head]), axis=1)
    yes, no = np.ones(edges, bool), np.zeros(edges, bool)
    return Graph(
        revision=1,
        nodes=nodes,
        edge_id=np.arange(1, edges + 1, dtype=np.int64),
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        length_m=np.asarray(length_m),
        walk=yes,
        cycle=yes,
        oneway_walk=no,
        oneway_cycle=no,
        steps=no,
        closed=no,
        lines=np.asarray(shapely.linestrings(ends)),
        names=(None,) * edges,
    )


def _homes(rng: Generator, x: Floats, y: Floats, tail: NDArray[np.int32], head: NDArray[np.int32], count: int) -> Homes:
    door_x, door_y = _beside_streets(rng, x, y, tail, head, count, 25.0)
    lon, lat = _degrees(door_x, door_y)
    mx, my = to_mercator(lon, lat)
    residents = rng.integers(0, 60, count)
    return Homes(
        revision=1,
        building_id=np.arange(1, count + 1, dtype=np.int64),
        path=("x",) * count,
        outline=np.asarray(shapely.box(mx, my, mx + 12, my + 12)),
        residents=residents,
        residents_60=rng.binomial(residents, 0.25),
        residents_alone=rng.binomial(residents, 0.05),
        entrance_id=np.arange(1, count + 1, dtype=np.int64),
        entrance_lon=lon,
        entrance_lat=lat,
        entrance_of=np.arange(count),
    )


def _facilities(
    rng: Generator, x: Floats, y: Floats, tail: NDArray[np.int32], head: NDArray[np.int32], scale: float
) -> Facilities:
    counts = [max(1, round(count * scale)) for count in FACILITIES]
    lon, lat = _degrees(*_beside_streets(rng, x, y, tail, head, sum(counts), 20.0))
    return Facilities(
        revision=1,
        id=np.arange(1, len(lon) + 1, dtype=np.int64),
        category=np.repeat([f"c{number:02}" for number in range(len(counts))], counts),
        name=(None,) * len(lon),
        lon=lon,
        lat=lat,
        capacity=np.zeros(len(lon), np.int64),
        opening_hours=(None,) * len(lon),
    )


def _beside_streets(
    rng: Generator,
    x: Floats,
    y: Floats,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    count: int,
    away_m: float,
) -> tuple[Floats, Floats]:
    edge = rng.integers(0, len(tail), count)
    part = rng.random(count)
    aside = rng.uniform(-away_m, away_m, (2, count))
    return (
        x[tail[edge]] + part * (x[head[edge]] - x[tail[edge]]) + aside[0],
        y[tail[edge]] + part * (y[head[edge]] - y[tail[edge]]) + aside[1],
    )


def _degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return LON + x / (111_320.0 * np.cos(np.radians(LAT))), LAT + y / 110_900.0
