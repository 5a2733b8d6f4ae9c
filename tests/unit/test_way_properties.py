"""Ways and matrices against scipy on the small drawn networks of `test_network_properties`.

What is asked of a way: the seconds of the oracle, pieces that hang together and take just those seconds, none of them
forbidden, and nobody passing through what is closed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.network.alternatives import others, shared_s
from geo.network.between import quickest
from geo.network.graph import Network
from geo.network.matrix import matrix
from geo.network.plan import plan
from geo.network.profiles import PROFILES, ProfileRule
from geo.network.route import Leg, route, way_of
from geo.network.snap import Snaps
from tests.bench.grid_town import grid_town
from tests.peers.places import beside_streets
from tests.unit.test_network_properties import (
    CLOSED_IN_BETWEEN,
    SAME_EDGE_ONE_WAY,
    TOLERANCE_S,
    Door,
    Plan,
    Street,
    network,
    oracle,
    plans,
    snaps,
)

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BLOCKS = Plan(
    [Street(0, 1, 100), Street(1, 2, 100), Street(1, 2, 110), Street(1, 2, 130), Street(1, 2, 180), Street(1, 2, 400),
     Street(2, 3, 100)], [Door(0, 0.0, 0)], [Door(6, 1.0, 0)],
)  # fmt: skip
DOOR_ON_CLOSED = Plan(
    [Street(0, 0, 0), Street(0, 1, 0, closed=True), Street(0, 1, 1)], [Door(0, 0.0, 3)], [Door(1, 0.0, 0)]
)
LOOP = Plan([Street(0, 0, 120, oneway=True), Street(0, 1, 40)], [Door(0, 0.25, 0)], [Door(0, 0.1, 3), Door(1, 1.0, 0)])


def check(walked: Network, plan: Plan, doors: Snaps, services: Snaps, between: NDArray[np.float64]) -> None:
    for a in range(len(doors)):
        for b in range(len(services)):
            way = route(walked, doors[np.array([a])], services[np.array([b])])
            if way is None:
                assert np.isinf(between[a, b])
                continue
            np.testing.assert_allclose(way.seconds, between[a, b], atol=TOLERANCE_S)
            walked_s = sum(abs(leg.end - leg.start) * _whole_s(walked, leg) for leg in way.legs)
            access_s = doors.access_s[a] + services.access_s[b]
            np.testing.assert_allclose(walked_s + access_s, way.seconds, atol=TOLERANCE_S)
            np.testing.assert_allclose(way.length_m, way.seconds * 0.8, atol=TOLERANCE_S)
            hangs_together(walked, plan.doors[a], plan.services[b], way.legs)
            assert not any(plan.streets[leg.edge].closed for leg in way.legs[1:-1])


def hangs_together(walked: Network, door: Door, service: Door, legs: tuple[Leg, ...]) -> None:
    at: set[tuple[str, float]] = _at(walked, door.edge, door.fraction)
    for leg in legs:
        assert at & _at(walked, leg.edge, leg.start)
        at = _at(walked, leg.edge, leg.end)
    assert at & _at(walked, service.edge, service.fraction)


def _at(walked: Network, edge: int | None, fraction: float) -> set[tuple[str, float]]:
    assert edge is not None
    graph = walked.graph
    ends = {0.0: ("node", float(graph.tail[edge])), 1.0: ("node", float(graph.head[edge]))}
    return {ends.get(fraction, (f"edge {edge}", fraction)), (f"edge {edge}", fraction)}


def _whole_s(walked: Network, leg: Leg) -> float:
    return float((walked.along_s if leg.end > leg.start else walked.against_s)[leg.edge])


@often
@given(plans())
@example(CLOSED_IN_BETWEEN)
@example(SAME_EDGE_ONE_WAY)
@example(LOOP)
def test_ways(plan: Plan) -> None:
    """Over the streets themselves, and over the hierarchy."""
    between = oracle(plan)[: len(plan.doors), len(plan.doors) :]
    doors, services = snaps(plan.doors), snaps(plan.services)
    unprepared, prepared = network(plan.streets), network(plan.streets)
    unprepared.leaving.contracted.at_hand = lambda: None  # type: ignore[method-assign]
    prepared.leaving.contracted.wait()
    for walked in (unprepared, prepared):
        check(walked, plan, doors, services, between)


@often
@given(plans())
@example(CLOSED_IN_BETWEEN)
@example(SAME_EDGE_ONE_WAY)
@example(LOOP)
def test_matrix(plan: Plan) -> None:
    """Whole rows and columns at once, from and to the same places too."""
    places = snaps([*plan.doors, *plan.services])
    np.testing.assert_allclose(matrix(network(plan.streets), places, places), oracle(plan), atol=TOLERANCE_S)


@often
@given(plans(), st.integers(0, 2**14 - 1))
@example(CLOSED_IN_BETWEEN, 0b111)
def test_closed_for_one_question(drawn: Plan, chosen: int) -> None:
    """Streets that one question closes count as if they had been closed."""
    streets = [replace(one, closed=one.closed or bool(chosen >> i & 1)) for i, one in enumerate(drawn.streets)]
    between = oracle(replace(drawn, streets=streets))[: len(drawn.doors), len(drawn.doors) :]
    walked = network(drawn.streets)
    walked.leaving.contracted.wait()
    shut = np.array([bool(chosen >> i & 1) for i in range(len(streets))])
    for a in range(len(drawn.doors)):
        for b in range(len(drawn.services)):
            ends = snaps([drawn.doors[a], drawn.services[b]])
            found = quickest(walked, ends[np.array([0])], ends[np.array([1])], shut)
            np.testing.assert_allclose(np.inf if found is None else found.seconds, between[a, b], atol=TOLERANCE_S)


@often
@given(plans())
def test_over_stops(drawn: Plan) -> None:
    """A way over several stops takes as long as the ways between them."""
    places = [*drawn.doors, *drawn.services]
    between = np.diag(oracle(drawn), 1)
    if len(places) < 2:
        return
    found = plan(network(drawn.streets), snaps(places))
    if np.isinf(between).any():
        assert not found.ways
        assert found.reason in ("unjoined", "unconnected")
        return
    way = found.ways[0]
    np.testing.assert_allclose(way.seconds, between.sum(), atol=TOLERANCE_S)
    assert len(way.via) == len(places) - 2


@often
@given(plans())
@example(BLOCKS)
@example(DOOR_ON_CLOSED)
def test_alternatives(drawn: Plan) -> None:
    """They differ as much as is said, visit no node twice, and every stretch shorter than a plateau is the quickest."""
    walked = network(drawn.streets)
    apart = _between_nodes(walked)
    for door in drawn.doors:
        for service in drawn.services:
            ends = snaps([door, service])
            origin, destination = ends[np.array([0])], ends[np.array([1])]
            best = quickest(walked, origin, destination)
            if best is None:
                continue
            ways = [best, *others(walked, origin, destination, best, 3)]
            for row, way in enumerate(ways[1:], 1):
                drawn_way = way_of(walked, origin, destination, way)
                hangs_together(walked, door, service, drawn_way.legs)
                walked_s = np.array([abs(leg.end - leg.start) * _whole_s(walked, leg) for leg in drawn_way.legs])
                np.testing.assert_allclose(walked_s.sum() + ends.access_s.sum(), way.seconds, atol=TOLERANCE_S)
                assert ways[row - 1].seconds - TOLERANCE_S <= way.seconds <= best.seconds * 1.4 + TOLERANCE_S
                assert not any(drawn.streets[leg.edge].closed for leg in drawn_way.legs[1:-1])
                assert all(shared_s(walked, way, one) <= 0.7 * best.seconds for one in ways[:row])
                # Whose door lies on a closed street walks on it; who passes through, does not.
                passed = [leg for leg in drawn_way.legs if not drawn.streets[leg.edge].closed]
                inner = [leg for leg in passed if {leg.start, leg.end} == {0.0, 1.0}]
                _is_locally_quickest(walked, inner, apart, best.seconds * 0.15)


def _is_locally_quickest(walked: Network, legs: list[Leg], apart: NDArray[np.float64], stretch_s: float) -> None:
    for begin in range(len(legs)):
        total = 0.0
        for leg in legs[begin:]:
            total += _whole_s(walked, leg)
            if total >= stretch_s:
                break
            ends = _node(walked, legs[begin], legs[begin].start), _node(walked, leg, leg.end)
            np.testing.assert_allclose(total, apart[ends], atol=TOLERANCE_S)


def _node(walked: Network, leg: Leg, at: float) -> int:
    return int((walked.graph.tail if at == 0.0 else walked.graph.head)[leg.edge])


def _between_nodes(walked: Network) -> NDArray[np.float64]:
    """Seconds from node to node by Floyd and Warshall."""
    nodes, arcs = walked.graph.nodes, walked.leaving
    apart = np.where(np.eye(nodes, dtype=bool), 0.0, np.inf)
    start = np.repeat(np.arange(nodes), np.diff(arcs.first))
    np.minimum.at(apart, (start, arcs.target), arcs.seconds)
    for middle in range(nodes):
        apart = np.minimum(apart, apart[:, [middle]] + apart[[middle]])
    return apart


def test_three_ways_round_a_block() -> None:
    """Four parallel streets: the quickest and the next three that are not half as long again."""
    walked = network(BLOCKS.streets)
    found = plan(walked, snaps([BLOCKS.doors[0], BLOCKS.services[0]]), alternatives=3)
    assert [round(way.seconds * 0.8) for way in found.ways] == [300, 310, 330, 380]
    assert len(plan(walked, snaps([BLOCKS.doors[0], BLOCKS.services[0]]), alternatives=1).ways) == 2


def test_why_there_is_no_way() -> None:
    """Stairs, what was to be closed, or nothing at all between."""
    streets = [Street(0, 1, 10), Street(1, 2, 10), Street(1, 2, 90), Street(2, 3, 10), Street(4, 5, 10)]
    walked = stairs(streets, {1}, PROFILES["walk"])
    ends = snaps([Door(0, 0.0, 0), Door(3, 1.0, 0)])
    assert plan(walked, ends).ways[0].length_m == 30
    assert plan(walked, ends, avoid_steps=True).ways[0].length_m == 110
    assert plan(walked, ends, closed=[1]).ways[0].length_m == 110
    assert plan(walked, ends, closed=[1, 2]).reason == "closed"
    assert plan(walked, ends, avoid_steps=True, closed=[2]).reason == "closed"
    assert plan(stairs(streets, {1, 2}, PROFILES["walk"]), ends, avoid_steps=True).reason == "steps"
    apart = plan(walked, snaps([Door(0, 0.0, 0), Door(1, 0.5, 0), Door(4, 0.5, 0)]), closed=[77])
    assert (apart.ways, apart.reason, apart.stop) == ((), "unconnected", 1)
    nowhere = plan(walked, snaps([Door(0, 0.0, 0), Door(None, 0.0, 0)]))
    assert (nowhere.reason, nowhere.stop) == ("unjoined", 1)


def stairs(streets: list[Street], steps: set[int], rule: ProfileRule) -> Network:
    """With some of the streets as stairs."""
    graph = network(streets).graph
    return Network.build(replace(graph, steps=np.isin(np.arange(len(streets)), list(steps))), rule)


def test_many_at_once() -> None:
    """Threads that search side by side get what each would get alone."""
    walked = grid_town(2500).graph.network("walk")
    places = beside_streets(walked, 400, seed=3)
    pairs = [(places[np.array([row])], places[np.array([200 + row])]) for row in range(200)]
    alone = [way.seconds for pair in pairs if (way := route(walked, *pair))]
    walked.leaving.contracted.wait()
    with ThreadPoolExecutor(8) as threads:
        together = [way.seconds for way in threads.map(lambda pair: route(walked, *pair), pairs) if way]
    np.testing.assert_allclose(together, alone, atol=TOLERANCE_S)
    table = matrix(walked, places[np.arange(200)], places[np.arange(200, 400)])
    np.testing.assert_allclose(np.diag(table), alone, atol=TOLERANCE_S)
