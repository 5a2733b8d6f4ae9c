"""The searches against scipy, on random networks with everything that goes wrong in real ones."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from geo.network.graph import Graph, Network
from geo.network.nearest import nearest_movers
from geo.network.profiles import PROFILES
from geo.network.route import route
from geo.network.search import NOWHERE, from_places, to_nearest
from geo.network.snap import UNJOINED, Snaps, snap
from geo.network.trace import nearest_ways
from tests.oracles.network import seconds_between, seconds_to_nearest

TOLERANCE_S = 1e-6


def random_graph(rng: Generator, nodes: int, edges: int) -> Graph:
    """One-way streets, parallel edges, loops, islands and edges of no length, all at once."""
    tail = rng.integers(0, nodes, edges).astype(np.int32)
    head = rng.integers(0, nodes, edges).astype(np.int32)
    # A third of the edges double another one, some the other way round.
    for edge in range(edges // 3):
        twin = rng.integers(0, edges)
        tail[edge], head[edge] = (tail[twin], head[twin]) if rng.random() < 0.5 else (head[twin], tail[twin])
    length = np.where(rng.random(edges) < 0.1, 0.0, rng.uniform(1, 500, edges))
    x, y = rng.uniform(0, 3000, nodes), rng.uniform(0, 3000, nodes)
    lines = shapely.linestrings([[(x[a], y[a]), (x[b] + 1e-6, y[b])] for a, b in zip(tail, head, strict=True)])
    return Graph(
        revision=1,
        nodes=nodes,
        edge_id=np.arange(edges, dtype=np.int64),
        tail=tail,
        head=head,
        length_m=length,
        walk=rng.random(edges) < 0.95,
        cycle=rng.random(edges) < 0.5,
        oneway_walk=rng.random(edges) < 0.25,
        oneway_cycle=np.zeros(edges, bool),
        steps=rng.random(edges) < 0.1,
        closed=(rng.random(edges) < 0.05) & (np.arange(edges) > 0),
        lines=np.asarray(lines),
        names=(None,) * edges,
    )


def random_places(rng: Generator, network: Network, count: int) -> Snaps:
    """Places on usable edges, many right at an end, many on one edge, some joined to none."""
    edge = rng.choice(network.usable[~network.graph.closed[network.usable]], count).astype(np.int32)
    edge[: count // 3] = edge[0]
    fraction = rng.choice([0.0, 1.0, 0.5], count) * (rng.random(count) < 0.4) + rng.random(count) * 0.999 * (
        rng.random(count) < 0.4
    )
    fraction = np.clip(fraction, 0, 1)
    edge[rng.random(count) < 0.1] = UNJOINED
    distance = np.where(edge == UNJOINED, np.inf, rng.uniform(0, 50, count))
    return Snaps(edge, fraction, distance, distance / network.rule.speed_mps, np.zeros(count), np.zeros(count))


def case(seed: int, nodes: int, edges: int, profile: str = "walk") -> tuple[Generator, Network]:
    rng = Generator(PCG64(seed))
    return rng, Network.build(random_graph(rng, nodes, edges), PROFILES[profile])  # type: ignore[index]


networks = st.builds(
    case,
    st.integers(0, 2**32),
    st.integers(2, 40),
    st.integers(3, 90),
    st.sampled_from(["walk", "wheelchair", "ebike"]),
).filter(lambda found: bool((~found[1].graph.closed[found[1].usable]).any()))

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(networks)
def test_to_nearest_equals_scipy(found: tuple[Generator, Network]) -> None:
    rng, network = found
    places, facilities = random_places(rng, network, 25), random_places(rng, network, 4)
    seconds, which = to_nearest(network, places, facilities)
    expected = seconds_to_nearest(network, places, facilities)
    np.testing.assert_allclose(seconds, expected, atol=TOLERANCE_S)
    assert ((which == NOWHERE) == np.isinf(seconds)).all()


@often
@given(networks)
def test_from_places_equals_scipy(found: tuple[Generator, Network]) -> None:
    rng, network = found
    origin, places = random_places(rng, network, 1), random_places(rng, network, 25)
    expected = np.concatenate([seconds_between(network, origin, places[np.array([i])]) for i in range(len(places))])
    np.testing.assert_allclose(from_places(network, origin, places), expected, atol=TOLERANCE_S)


@often
@given(networks, st.integers(1, 6))
def test_nearest_movers_equal_brute_force(found: tuple[Generator, Network], k: int) -> None:
    rng, network = found
    place, movers = random_places(rng, network, 1), random_places(rng, network, 20)
    nearest = nearest_movers(network, place, movers, k)
    expected = np.sort(seconds_between(network, movers, place))
    expected = expected[np.isfinite(expected)][:k]
    np.testing.assert_allclose(nearest.seconds, expected, atol=TOLERANCE_S)
    assert len(set(nearest.mover.tolist())) == len(nearest.mover)


@often
@given(networks)
def test_a_way_takes_the_seconds_it_claims_and_hangs_together(found: tuple[Generator, Network]) -> None:
    rng, network = found
    place, movers = random_places(rng, network, 1), random_places(rng, network, 12)
    for way in nearest_ways(network, place, movers, 12):
        walked = 0.0
        for leg in way.legs:
            edge_s = network.along_s[leg.edge] if leg.end > leg.start else network.against_s[leg.edge]
            walked += abs(leg.end - leg.start) * float(edge_s)
        total = walked + movers.access_s[way.mover] + place.access_s[0]
        assert abs(total - way.seconds) < TOLERANCE_S
        for one, following in itertools.pairwise(way.legs):
            assert _node(network, one.edge, one.end) == _node(network, following.edge, following.start)


def _node(network: Network, edge: int, fraction: float) -> int:
    assert fraction in (0.0, 1.0), "a way turns at nodes only"
    return int(network.graph.tail[edge] if fraction == 0.0 else network.graph.head[edge])


def _street(points: list[tuple[float, float]], **flags: bool) -> Graph:
    """One straight street through points 0.001 degrees apart, made of edges between neighbours."""
    from geo.mercator import to_mercator

    x, y = to_mercator([p[0] for p in points], [p[1] for p in points])
    lines = [shapely.LineString([(x[i], y[i]), (x[i + 1], y[i + 1])]) for i in range(len(points) - 1)]
    edges = len(lines)
    no = np.zeros(edges, bool)
    return Graph(
        revision=1, nodes=len(points), edge_id=np.arange(edges, dtype=np.int64),
        tail=np.arange(edges, dtype=np.int32), head=np.arange(1, edges + 1, dtype=np.int32),
        length_m=np.full(edges, 100.0), walk=~no, cycle=no, oneway_walk=np.full(edges, flags.get("oneway", False)),
        oneway_cycle=no, steps=no, closed=no, lines=np.array(lines, object), names=(None,) * edges,
    )  # fmt: skip


STREET = [(120.0, 31.0), (120.001, 31.0), (120.002, 31.0)]


def test_a_place_joins_the_nearest_point_of_an_edge_and_not_a_node() -> None:
    network = Network.build(_street(STREET), PROFILES["walk"])
    joined = snap(network, [120.0005], [31.0005], limit_m=250)
    assert joined.edge[0] == 0
    assert abs(joined.fraction[0] - 0.5) < 1e-6
    # 0.0005 degrees of latitude.
    assert abs(joined.distance_m[0] - 55.4) < 0.2


def test_a_place_too_far_from_any_street_is_not_joined() -> None:
    network = Network.build(_street(STREET), PROFILES["walk"])
    joined = snap(network, [120.0005, 120.0005], [31.0022, 31.0023], limit_m=250)
    assert joined.joined.tolist() == [True, False]


def test_a_route_is_cut_exactly_at_both_ends() -> None:
    network = Network.build(_street(STREET), PROFILES["walk"])
    ends = snap(network, [120.0005, 120.00175], [31.0, 31.0], limit_m=250)
    way = route(network, ends[np.array([0])], ends[np.array([1])])
    assert way is not None
    assert abs(way.length_m - 125.0) < 0.01
    assert abs(way.seconds - 125.0) < 0.01
    np.testing.assert_allclose(way.coordinates, [(120.0005, 31), (120.001, 31), (120.00175, 31)], atol=1e-6)


def test_against_a_one_way_street_there_is_no_route() -> None:
    network = Network.build(_street(STREET, oneway=True), PROFILES["walk"])
    ends = snap(network, [120.0005, 120.00175], [31.0, 31.0], limit_m=250)
    assert route(network, ends[np.array([0])], ends[np.array([1])]) is not None
    assert route(network, ends[np.array([1])], ends[np.array([0])]) is None


def test_an_empty_network_reaches_nothing() -> None:
    empty = _street(STREET)
    nothing = Graph(
        revision=1, nodes=0, edge_id=empty.edge_id[:0], tail=empty.tail[:0], head=empty.head[:0],
        length_m=empty.length_m[:0], walk=empty.walk[:0], cycle=empty.cycle[:0], oneway_walk=empty.oneway_walk[:0],
        oneway_cycle=empty.oneway_cycle[:0], steps=empty.steps[:0], closed=empty.closed[:0],
        lines=empty.lines[:0], names=(),
    )  # fmt: skip
    network = Network.build(nothing, PROFILES["walk"])
    places = snap(network, [120.0, 121.0], [31.0, 31.0], limit_m=250)
    assert not places.joined.any()
    seconds, which = to_nearest(network, places, places)
    assert np.isinf(seconds).all()
    assert (which == NOWHERE).all()
    assert nearest_ways(network, places[np.array([0])], places, 3) == []
