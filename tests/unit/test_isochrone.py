"""Isochrones: sections against scipy on random networks, areas on plans small enough to reason about."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from geo.network.graph import Network
from geo.network.isochrone import BESIDE_M, Direction, Isochrone, Sections, area_m2
from geo.network.search import to_nearest
from geo.network.snap import Snaps, snap
from tests.oracles.network import ExplicitGraph
from tests.unit.test_network import networks, random_places
from tests.unit.test_walls import SCALE, Streets, X, Y, lonlat, network

TIMES = np.array([40.0, 150.0, 400.0])


def holds(sections: Sections, edge: int, at: float) -> int:
    """The band of a point of an edge; the number of times where none holds it."""
    mine = (sections.edge == edge) & (sections.start <= at) & (at <= sections.end)
    return int(sections.band[mine].min(initial=len(TIMES)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, st.sampled_from(["from", "to"]))
def test_a_point_of_a_street_is_in_a_section_when_it_is_reached_in_time(
    found: tuple[Generator, Network], direction: Direction
) -> None:
    rng, walked = found
    origins = random_places(rng, walked, 3)
    open_edges = walked.usable[~walked.graph.closed[walked.usable]]
    edge = rng.choice(open_edges, 60).astype(np.int32)
    nothing = np.zeros(60)
    points = Snaps(edge, rng.uniform(0.001, 0.999, 60), nothing, nothing, nothing, nothing)
    sections = Isochrone.search(walked, origins, limit_s=float(TIMES[-1]), direction=direction).sections(TIMES)
    explicit = ExplicitGraph(walked, origins, points)
    matrix = explicit.matrix if direction == "from" else explicit.matrix.T.tocsr()
    seconds = dijkstra(matrix, indices=explicit.nodes_of(0)).min(axis=0)[explicit.nodes_of(1)]
    for row in range(60):
        if np.abs(seconds[row] - TIMES).min() > 1e-6:
            expected = int((seconds[row] > TIMES).sum())
            assert holds(sections, int(edge[row]), float(points.fraction[row])) == expected
    # Each piece once.
    same = sections.edge[1:] == sections.edge[:-1]
    assert (sections.start[1:][same] >= sections.end[:-1][same]).all()


def isochrone(found: Network, *places: tuple[float, float], limit_s: float = 900) -> Isochrone:
    x, y = np.array(places).T
    return Isochrone.search(found, snap(found, *lonlat(x, y), limit_m=250), limit_s=limit_s)


def around(found: Isochrone, time_s: float) -> BaseGeometry:
    """On the plan, in metres."""
    return shapely.transform(found.area(time_s), lambda xy: (xy - (X, Y)) / SCALE)


ROAD: Streets = [[(0, 0), (400, 0)]]
TAIL: list[tuple[float, float]] = [(180, 180), (420, 180)]
RING: Streets = [[(0, 0), (180, 0)], [(180, 0), (180, 180)], [(180, 180), (0, 180)], [(0, 180), (0, 0)]]


def test_an_area_ends_where_the_time_runs_out() -> None:
    # An elder walks 0.8 m/s: 160 m in 200 s.
    west, south, east, north = around(isochrone(network(ROAD, [], [], []), (200, 0)), 200).bounds
    assert (west, south, east, north) == pytest.approx((40, -BESIDE_M, 360, BESIDE_M), abs=0.5)
    # Less than it takes to step aside: a disc.
    disc = around(isochrone(network(ROAD, [], [], []), (200, 0)), 30)
    assert disc.bounds == pytest.approx((176, -24, 224, 24), abs=0.5)
    assert around(isochrone(network(ROAD, [], [], []), (200, 100)), 120).is_empty


def test_a_point_is_in_the_area_when_some_street_beside_it_is_reached_early_enough() -> None:
    found = network([*RING, TAIL], [], [], [])
    walked = isochrone(found, (10, 0), (60, 178))
    spots = np.concatenate(
        [shapely.get_coordinates(shapely.LineString(points).segmentize(1.0)) for points in [*RING, TAIL]]
    )
    on_street = snap(found, *lonlat(*spots.T), limit_m=5)
    street_s, _ = to_nearest(found, on_street, walked.origins)
    rng = np.random.default_rng(3)
    places = rng.uniform((-50, -50), (470, 230), (500, 2))
    metres = np.hypot(*(places[:, None] - spots[None]).transpose(2, 0, 1))
    seconds = np.where(metres <= BESIDE_M, street_s + metres / 0.8, np.inf).min(axis=1)
    near = metres.min(axis=1)
    # The block in the middle is filled, which is another rule.
    in_block = np.array([40 < x < 140 and 40 < y < 140 for x, y in places.tolist()])
    clear = ~in_block & (np.abs(near - BESIDE_M) > 1) & ~(np.abs(seconds - 220) < 2)
    assert clear.sum() > 350
    inside = shapely.contains_xy(around(walked, 220), *places.T)
    np.testing.assert_array_equal(np.asarray(inside)[clear], seconds[clear] <= 220)


def test_an_encircled_block_belongs_to_it_unless_an_island_lies_in_it() -> None:
    whole = around(isochrone(network(RING, [], [], []), (0, 0)), 600)
    assert whole.contains(shapely.Point(90, 90))
    island = around(isochrone(network([*RING, [(80, 90), (100, 90)]], [], [], []), (0, 0)), 600)
    assert not island.intersects(shapely.LineString([(80, 90), (100, 90)]))
    assert island.contains(shapely.Point(30, 90))
    large: Streets = [[(a * 3, b * 3), (c * 3, d * 3)] for (a, b), (c, d) in RING]
    assert not around(isochrone(network(large, [], [], []), (0, 0)), 3000).contains(shapely.Point(270, 270))


def test_an_unreached_middle_keeps_the_block_open() -> None:
    # The far side is reached from both ends, but not in the middle.
    walked = isochrone(network(RING, [], [], []), (90, 0))
    sections = walked.sections(400)
    assert sections.edge.tolist() == [0, 1, 2, 2, 3]
    gap = 180 - 2 * (400 * 0.8 - 270)
    assert sections.end[3] - sections.start[2] == pytest.approx(1.0)
    assert (sections.start[3] - sections.end[2]) * 180 == pytest.approx(gap, abs=0.5)
    assert not around(walked, 400).contains(shapely.Point(90, 178))


GATED: Streets = [[(0, 0), (90, 0)], [(90, 0), (180, 0)], *RING[1:]]
YARD, GATE = shapely.box(20, 10, 160, 170), (90.0, 10.0)


def test_walls_bound_it() -> None:
    lane = network([*GATED, [(90, 0), (90, 60)], [(90, 60), (30, 60)]], [YARD], [GATE], [0])
    reached = around(isochrone(lane, (90, 0)), 170)
    assert reached.contains(shapely.Point(90, 90))
    assert reached.contains(shapely.Point(40, 60))
    # Within forty metres of the lane, but beyond the wall, where no street outside is reached yet.
    assert not reached.contains(shapely.Point(15, 60))
    # Within forty metres of the street outside, but beyond the wall.
    assert reached.contains(shapely.Point(150, 5))
    assert not reached.contains(shapely.Point(150, 20))


def test_a_compound_without_streets_is_reached_straight_from_its_gate() -> None:
    shut = network(GATED, [YARD], [GATE], [0])
    # 90 m to the gate's street and 10 m to the gate; of 160 m then 60 are left.
    reached = around(isochrone(shut, (0, 0)), 200).intersection(YARD)
    assert reached.contains(shapely.Point(90, 69))
    assert not reached.contains(shapely.Point(90, 71))
    assert reached.area == pytest.approx(np.pi * 60**2 / 2, rel=0.02)
    late = around(isochrone(shut, (0, 0)), 120)
    assert late.intersection(YARD).area == pytest.approx(0, abs=1)
    # All around it is reached before the gate's far side is: the compound is no block to be filled.
    ring = around(isochrone(shut, (0, 0), (90, 180)), 300)
    assert not ring.contains(shapely.Point(90, 168))
    assert ring.contains(shapely.Point(90, 175))
    assert ring.contains(shapely.Point(90, 100))


def test_more_time_is_more_and_nothing_is_nothing() -> None:
    found = isochrone(network([*RING, TAIL], [], [], []), (10, 0), (60, 178))
    areas = [around(found, time_s) for time_s in range(20, 800, 60)]
    for smaller, larger in itertools.pairwise(areas):
        assert larger.buffer(0.01).contains(smaller)
    assert area_m2(found.area(300)) == pytest.approx(around(found, 300).area, rel=0.001)
    assert len(found.sections(0)) == 0
    lake = isochrone(network(ROAD, [], [], []), (5000, 5000))
    assert (len(lake.sections(900)), lake.area(900).is_empty, area_m2(lake.area(900))) == (0, True, 0.0)
