"""Walls of compounds: through them nobody joins a street, at their gates everyone does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from geo.mercator import to_degrees, to_mercator
from geo.network.graph import Graph, Network
from geo.network.profiles import PROFILES
from geo.network.route import route
from geo.network.snap import Snaps, snap
from geo.network.walls import OUTSIDE, Walls

Point = tuple[float, float]
Streets = list[list[Point]]

X, Y = (float(value) for value in to_mercator(120.0, 31.0))
SCALE = 1 / np.cos(np.radians(31.0))
"""Mercator metres of one on the ground."""

YARD = shapely.box(100, 20, 300, 220)
GATE = (300.0, 120.0)
SOUTH, EAST, LANE = 0, 1, 2
STREETS: Streets = [[(0, 0), (400, 0)], [(320, 0), (320, 300)], [(320, 120), (150, 120)]]


def lonlat(
    x: float | NDArray[np.float64], y: float | NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres of the plan as degrees."""
    return to_degrees(X + np.asarray(x) * SCALE, Y + np.asarray(y) * SCALE)


def placed(shapes: Sequence[shapely.Geometry]) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(np.array(list(shapes), object), lambda xy: xy * SCALE + (X, Y)), object)


def network(streets: Streets, yards: Sequence[shapely.Geometry], gates: Sequence[Point], of: list[int]) -> Network:
    """Streets that meet where they begin or end at one point; those who walk are elders."""
    lines = placed([shapely.LineString(points) for points in streets])
    m = len(lines)
    no, metres = np.zeros(m, bool), np.array([shapely.LineString(points).length for points in streets])
    x, y = np.array(gates, float).reshape(-1, 2).T
    corners = [points[0] for points in streets] + [points[-1] for points in streets]
    known, node = np.unique(np.array(corners), axis=0, return_inverse=True)
    ends = node.astype(np.int32).ravel()
    graph = Graph(
        revision=1, nodes=len(known), edge_id=np.arange(m), tail=ends[:m], head=ends[m:], length_m=metres,
        walk=~no, cycle=no, oneway_walk=no, oneway_cycle=no, steps=no, closed=no, lines=lines, names=(None,) * m,
        walls=Walls.build(placed(yards), *lonlat(x, y), of, lines),
    )  # fmt: skip
    return Network.build(graph, PROFILES["elder"])


def joined(found: Network, x: float, y: float, limit_m: float = 250) -> tuple[int, float, float]:
    """Edge, fraction and metres of one place of the plan."""
    snaps = snap(found, *lonlat(x, y), limit_m=limit_m)
    assert snaps.access_s[0] == pytest.approx(snaps.distance_m[0] / 0.8)
    return int(snaps.edge[0]), float(snaps.fraction[0]), float(snaps.distance_m[0])


WALLED = network(STREETS, [YARD], [GATE], [0])


def test_who_stands_inside_joins_the_street_inside_though_one_beyond_the_wall_is_nearer() -> None:
    assert joined(network(STREETS, [YARD], [], []), 235, 30)[0] == SOUTH
    edge, fraction, metres = joined(WALLED, 235, 30)
    assert edge == LANE
    assert metres == pytest.approx(90, rel=0.01)
    assert fraction == pytest.approx(0.5, abs=1e-6)


def test_who_stands_outside_never_joins_the_street_inside() -> None:
    assert joined(network(STREETS, [YARD], [], []), 210, 225)[0] == LANE
    assert joined(WALLED, 210, 225)[0] == EAST
    # Near the gate, but on this side of it.
    assert joined(WALLED, 306, 121)[0] == LANE


def test_without_a_street_inside_one_goes_by_the_nearest_gate() -> None:
    yard = network(STREETS[:2], [YARD], [GATE, (110.0, 220.0)], [0, 0])
    edge, fraction, metres = joined(yard, 200, 30)
    to_gate = np.hypot(100, 90)
    assert edge == EAST
    assert metres == pytest.approx(to_gate + 20, rel=0.01)
    assert fraction == pytest.approx(120 / 300, abs=1e-6)
    # The whole way counts against the limit.
    assert joined(yard, 200, 30, limit_m=to_gate + 15)[0] == -1


def test_a_way_is_drawn_through_the_gate() -> None:
    yard = network(STREETS[:2], [YARD], [GATE, (110.0, 220.0)], [0, 0])
    x, y = np.array([200, 322]), np.array([30, 200])
    ends = snap(yard, *lonlat(x, y), limit_m=250)
    way = route(yard, ends[np.array([0])], ends[np.array([1])])
    assert way is not None
    expected = [(200, 30), GATE, (320, 120), (320, 200), (322, 200)]
    np.testing.assert_allclose(way.coordinates, np.column_stack(lonlat(*np.array(expected).T)), atol=2e-7)
    back = route(yard, ends[np.array([1])], ends[np.array([0])])
    assert back is not None
    np.testing.assert_allclose(back.coordinates, way.coordinates[::-1], atol=1e-9)


def test_a_street_along_the_wall_lies_outside() -> None:
    along = network([[(0, 20.5), (400, 20.5)]], [YARD], [(100.0, 120.0)], [0])
    assert joined(along, 200, 10)[0] == 0
    assert joined(along, 200, 30, limit_m=100)[0] == -1


def test_one_yard_in_another_is_its_own() -> None:
    inner = shapely.box(150, 100, 200, 160)
    nested = network([*STREETS, [(160, 140), (190, 140)]], [YARD, inner], [GATE, (200.0, 130.0)], [0, 1])
    assert joined(nested, 175, 150)[0] == 3
    assert joined(nested, 175, 90)[0] == LANE
    around = nested.graph.walls.around(*to_mercator(*lonlat(np.array([175, 175, 0]), np.array([150, 90, 0]))))
    # The smaller one comes first.
    assert around.tolist() == [0, 1, OUTSIDE]


@pytest.mark.parametrize("seed", range(3))
def test_many_at_once_equal_one_at_a_time(seed: int) -> None:
    """Against plain loops over every place and street, on a lattice of yards with streets criss-cross."""
    rng = Generator(PCG64(seed))
    corners = [(i * 150.0, j * 150.0) for i in range(5) for j in range(5)]
    yards = [shapely.box(x, y, x + rng.uniform(60, 130), y + rng.uniform(60, 130)) for x, y in corners]
    of = rng.choice(len(yards), 25).tolist()
    gates = [yards[i].exterior.interpolate(rng.random(), normalized=True).coords[0] for i in of]
    streets = [[tuple(rng.uniform(0, 750, 2)), tuple(rng.uniform(0, 750, 2))] for _ in range(40)]
    found = network(streets, yards, gates, of)
    x, y = rng.uniform(0, 750, (2, 300))
    many = snap(found, *lonlat(x, y), limit_m=70)
    kept = sorted(set(of))
    lines, inner = [shapely.LineString(points) for points in streets], {i: yards[i].buffer(-1.0) for i in kept}
    country = {None: shapely.union_all(list(inner.values()))} | inner
    for row in range(len(x)):
        place = shapely.Point(x[row], y[row])
        home = next((i for i in kept if yards[i].intersects(place)), None)
        metres = _brute(place, lines, home, country)
        if metres > 70 and home is not None:
            gate = min((shapely.Point(gates[g]) for g in range(25) if of[g] == home), key=place.distance)
            metres = place.distance(gate) + min(_brute(gate, lines, side, country) for side in (home, None))
        if metres <= 69.5:
            assert many.distance_m[row] == pytest.approx(metres, rel=0.005, abs=0.1)
        elif metres > 70.5:
            assert not many.joined[row]
    assert (many.joined & (many.distance_m > 0)).sum() > 100


def _brute(place: shapely.Point, lines: list[shapely.LineString], home: int | None, country: dict) -> float:  # type: ignore[type-arg]
    cut = country[home].intersection if home is not None else (lambda line: line.difference(country[None]))
    pieces = [cut(line) for line in lines]
    return min((place.distance(piece) for piece in pieces if not piece.is_empty), default=np.inf)


def test_no_walls_and_no_places() -> None:
    assert len(snap(WALLED, [], [], limit_m=250)) == 0
    nothing = network([[(0, 0), (1, 0)]], [], [], [])
    assert isinstance(snap(nothing, 120.0, 31.0, limit_m=250), Snaps)
    assert len(nothing.graph.walls) == 0
