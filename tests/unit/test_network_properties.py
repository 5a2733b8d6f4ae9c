"""The searches against scipy on small drawn networks, every place built in as nodes of its own, on closed streets too.

Drawn and not seeded, so that what fails shrinks to the few streets that matter. Explicit zeros of a CSR matrix are arcs
of no length to scipy; of parallel arcs the quickest is taken before the matrix is made, which would add them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.catchment import catchments
from geo.network.ends import leaving
from geo.network.graph import Graph, Network
from geo.network.isochrone import Isochrone
from geo.network.profiles import PROFILES
from geo.network.search import NOWHERE, from_places, to_nearest
from geo.network.snap import UNJOINED, Snaps

TOLERANCE_S = 1e-6


@dataclass(frozen=True)
class Street:
    """An edge as it is drawn: its ends, and what holds for it."""

    tail: int
    head: int
    length_m: int
    oneway: bool = False
    closed: bool = False
    walk: bool = True


@dataclass(frozen=True)
class Door:
    """A place on an edge, or on none."""

    edge: int | None
    fraction: float
    distance_m: int


@dataclass(frozen=True)
class Plan:
    """A network with two groups of places."""

    streets: list[Street]
    doors: list[Door]
    services: list[Door]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Islands, loops, parallel, one-way and closed edges, edges of no length, several places on one edge."""
    node = st.integers(0, draw(st.integers(0, 7)))
    rarely = st.sampled_from([False, False, False, True])
    length = st.one_of(st.just(0), st.integers(1, 300))
    street = st.builds(Street, node, node, length, rarely, rarely, st.sampled_from([True] * 6 + [False]))
    streets = draw(st.lists(street, min_size=1, max_size=14))
    usable = [None, *(i for i, drawn in enumerate(streets) if drawn.walk)]
    fraction = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.0, 1.0, allow_subnormal=False))
    door = st.builds(Door, st.sampled_from(usable), fraction, st.integers(0, 60))
    return Plan(streets, draw(st.lists(door, min_size=1, max_size=6)), draw(st.lists(door, min_size=1, max_size=4)))


def network(streets: list[Street]) -> Network:
    m = len(streets)

    def flags(name: str) -> NDArray[np.bool_]:
        return np.array([getattr(street, name) for street in streets], bool)

    nodes = 1 + max(max(street.tail, street.head) for street in streets)
    line = shapely.LineString([(0, 0), (1, 0)])
    no = np.zeros(m, bool)
    graph = Graph(
        revision=1, nodes=nodes, edge_id=np.arange(m), tail=np.array([s.tail for s in streets], np.int32),
        head=np.array([s.head for s in streets], np.int32), length_m=np.array([s.length_m for s in streets], float),
        walk=flags("walk"), cycle=no, oneway_walk=flags("oneway"), oneway_cycle=no, steps=no, closed=flags("closed"),
        lines=np.array([line] * m, object), names=(None,) * m,
    )  # fmt: skip
    return Network.build(graph, PROFILES["elder"])


def snaps(doors: list[Door]) -> Snaps:
    edge = np.array([UNJOINED if door.edge is None else door.edge for door in doors], np.int32)
    metres = np.array([np.inf if door.edge is None else door.distance_m for door in doors], float)
    nothing = np.zeros(len(doors))
    return Snaps(edge, np.array([door.fraction for door in doors]), metres, metres / 0.8, nothing, nothing)


def oracle(plan: Plan) -> NDArray[np.float64]:
    """Seconds from each place to each, doors first and then services, shape (p, p)."""
    places = [*plan.doors, *plan.services]
    nodes = 1 + max(max(street.tail, street.head) for street in plan.streets)
    out = [nodes + 2 * i for i in range(len(places))]
    into = [nodes + 2 * i + 1 for i in range(len(places))]
    count = nodes + 2 * len(places)
    arcs: dict[tuple[int, int], float] = {}

    def add(start: int, end: int, seconds: float) -> None:
        arcs[start, end] = min(seconds, arcs.get((start, end), np.inf))

    def chain(stops: list[tuple[float, int]], street: Street) -> None:
        seconds = street.length_m / 0.8
        for (t, a), (u, b) in pairwise(stops):
            add(a, b, (u - t) * seconds)
            if not street.oneway or t == u:
                add(b, a, (u - t) * seconds)

    for edge, street in enumerate(plan.streets):
        if not street.walk:
            continue
        here = sorted((door.fraction, i) for i, door in enumerate(places) if door.edge == edge)
        # Whoever leaves a house walks on one strip and whoever comes on another, which leads to no end of the street.
        # On an open street both strips are one; a closed one has no way from its ends to the strip of those who leave.
        leave = list(range(count, count + len(here) + 2))
        come = list(range(count + len(here) + 2, count + 2 * len(here) + 4))
        count += 2 * len(here) + 4
        at = [0.0, *(fraction for fraction, _ in here), 1.0]
        for strip in (leave, come):
            chain(list(zip(at, strip, strict=True)), street)
        for a, b in zip(leave, come, strict=True):
            add(a, b, 0.0)
            if not street.closed:
                add(b, a, 0.0)
        for end, node in ((0, street.tail), (-1, street.head)):
            add(leave[end], node, 0.0)
            add(node, come[end], 0.0)
        for (_, i), a, b in zip(here, leave[1:-1], come[1:-1], strict=True):
            add(out[i], a, places[i].distance_m / 0.8)
            add(b, into[i], places[i].distance_m / 0.8)
    rows, columns = np.array(list(arcs)).T if arcs else (np.empty(0, int), np.empty(0, int))
    matrix = csr_array((np.array(list(arcs.values()), float), (rows, columns)), shape=(count, count))
    assert matrix.nnz == len(arcs)
    return np.asarray(dijkstra(matrix, indices=out)[:, into])


CLOSED_IN_BETWEEN = Plan(
    [Street(0, 1, 80), Street(1, 2, 80, closed=True), Street(2, 3, 80)],
    [Door(0, 0.5, 0), Door(1, 0.25, 8), Door(1, 0.75, 0)],
    [Door(2, 0.5, 0), Door(1, 0.5, 0)],
)
SAME_EDGE_ONE_WAY = Plan([Street(0, 1, 100, oneway=True)], [Door(0, 0.9, 0)], [Door(0, 0.1, 0), Door(None, 0.0, 0)])

often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(plans())
@example(CLOSED_IN_BETWEEN)
@example(SAME_EDGE_ONE_WAY)
def test_to_nearest(plan: Plan) -> None:
    walked = network(plan.streets)
    doors, services = snaps(plan.doors), snaps(plan.services)
    seconds, which = to_nearest(walked, doors, services)
    between = oracle(plan)[: len(plan.doors), len(plan.doors) :]
    np.testing.assert_allclose(seconds, between.min(axis=1), atol=TOLERANCE_S)
    assert ((which == NOWHERE) == np.isinf(seconds)).all()
    reached = np.flatnonzero(which != NOWHERE)
    np.testing.assert_allclose(between[reached, which[reached]], seconds[reached], atol=TOLERANCE_S)


@often
@given(plans())
@example(CLOSED_IN_BETWEEN)
@example(SAME_EDGE_ONE_WAY)
def test_from_places(plan: Plan) -> None:
    walked = network(plan.streets)
    between = oracle(plan)[: len(plan.doors), len(plan.doors) :]
    for row in range(len(plan.doors)):
        seconds = from_places(walked, snaps(plan.doors[row : row + 1]), snaps(plan.services))
        np.testing.assert_allclose(seconds, between[row], atol=TOLERANCE_S)


@often
@given(plans(), st.integers(0, 500))
@example(CLOSED_IN_BETWEEN, 200)
@example(SAME_EDGE_ONE_WAY, 200)
def test_catchments(plan: Plan, limit_s: int) -> None:
    walked = network(plan.streets)
    groups = (len(plan.doors) + 1) // 2
    group_of = np.arange(len(plan.doors)) // 2
    found = catchments(
        walked, leaving(walked, snaps(plan.doors)), group_of, groups, snaps(plan.services), limit_s=limit_s + 1e-4
    )
    between = oracle(plan)[: len(plan.doors), len(plan.doors) :]
    for service in range(len(plan.services)):
        expected = np.full(groups, np.inf)
        np.minimum.at(expected, group_of, between[:, service])
        pairs = slice(found.first[service], found.first[service + 1])
        seconds = np.full(groups, np.inf)
        seconds[found.group[pairs]] = found.seconds[pairs]
        assert len(set(found.group[pairs].tolist())) == len(found.group[pairs])
        near = expected <= limit_s
        np.testing.assert_allclose(seconds[near], expected[near], atol=TOLERANCE_S)
        assert np.isinf(seconds[expected > limit_s + 1]).all()


@often
@given(plans(), st.integers(1, 500))
@example(CLOSED_IN_BETWEEN, 200)
def test_isochrone(plan: Plan, time_s: int) -> None:
    """The services, standing right on their streets, lie in a section exactly when a door is near enough."""
    on_street = [Door(service.edge, service.fraction, 0) for service in plan.services]
    walked, plan = network(plan.streets), Plan(plan.streets, plan.doors, on_street)
    sections = Isochrone.search(walked, snaps(plan.doors), limit_s=time_s + 1).sections(time_s)
    between = oracle(plan)[: len(plan.doors), len(plan.doors) :].min(axis=0)
    for service, seconds in zip(on_street, between.tolist(), strict=True):
        mine = sections.edge == service.edge
        in_one = bool((mine & (sections.start <= service.fraction) & (service.fraction <= sections.end)).any())
        length_m = 0 if service.edge is None else plan.streets[service.edge].length_m
        # At the end of a section, of an edge, or of a time one point more or less is no matter.
        if 0.0 < service.fraction < 1.0 and length_m > 0 and abs(seconds - time_s) > 1e-6:
            touching = not in_one and seconds < time_s and _is_a_point(plan, service)
            assert touching or in_one == (seconds < time_s)


def _is_a_point(plan: Plan, service: Door) -> bool:
    """Whether somebody's foot stands right there: reached, but no section when the street leads the wrong way."""
    return any(door.edge == service.edge and door.fraction == service.fraction for door in plan.doors)
