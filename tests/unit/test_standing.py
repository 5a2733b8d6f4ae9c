"""Movers that stand on a network and move: whom a search finds, with penalties, and the ways, against scipy."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import Generator

from geo.mercator import to_mercator
from geo.network.climbs import Climbs
from geo.network.graph import Network
from geo.network.nearest import nearest_standing
from geo.network.snap import Snaps
from geo.network.standing import Standing
from geo.network.trace import seconds_of, trace, way_met
from tests.oracles.network import seconds_between
from tests.unit.test_network import TOLERANCE_S, networks, random_places
from tests.unit.test_network_properties import Door
from tests.unit.test_way_properties import hangs_together

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STRAIGHT = np.full(2, np.nan)


def moving(rng: Generator, network: Network, count: int) -> Standing:
    """Movers who have moved several times, some of them to where no street is."""
    standing = Standing(network, count // 2)
    standing.put(np.arange(count // 2), random_places(rng, network, count // 2), np.tile(STRAIGHT, (count // 2, 1)))
    standing.grow(count)
    for _ in range(6):
        who = rng.permutation(count)[: rng.integers(1, count)]
        standing.put(who, random_places(rng, network, len(who)), np.tile(STRAIGHT, (len(who), 1)))
    return standing


@often
@given(networks, st.integers(1, 8))
def test_the_k_best_of_movers_equal_brute_force(found: tuple[Generator, Network], k: int) -> None:
    rng, network = found
    standing = moving(rng, network, 20)
    penalty = rng.choice([0.0, 0.0, 60.0, 600.0, np.inf], len(standing))
    with network.graph.spreads.one() as mine:
        # Twice from other places with the same desk: nothing of a search is left to the next.
        for _ in range(2):
            place = random_places(rng, network, 1)
            rows = np.arange(len(standing))
            alone = np.array([seconds_between(network, standing.at(row), place)[0] for row in rows.tolist()])
            expected = np.sort(alone + penalty)
            nearest = nearest_standing(standing, place, k, mine, penalty)
            np.testing.assert_allclose(nearest.score, expected[np.isfinite(expected)][:k], atol=TOLERANCE_S)
            np.testing.assert_allclose(nearest.seconds, alone[nearest.mover], atol=TOLERANCE_S)
            for row in range(len(nearest.mover)):
                way = trace(standing, place, STRAIGHT, nearest, row)
                straight_s = standing.access_s[way.mover] + place.access_s[0]
                assert abs(seconds_of(network, way) + straight_s - way.seconds) < TOLERANCE_S


def door(place: Snaps) -> Door:
    """Where one place joins."""
    return Door(int(place.edge[0]), float(place.fraction[0]), 0)


@often
@given(networks, st.integers(1, 12))
def test_climbs_that_are_kept_give_the_same_seconds_and_their_ways(found: tuple[Generator, Network], many: int) -> None:
    rng, network = found
    network.leaving.contracted.wait()
    standing = moving(rng, network, 20)
    climbs = Climbs(standing)
    for _ in range(3):
        place = random_places(rng, network, 1)
        who = rng.permutation(20)[:many]
        alone = [seconds_between(network, standing.at(row), place)[0] for row in who.tolist()]
        if place.joined[0]:
            met = climbs.meet(place, who)
            assert met is not None
            np.testing.assert_allclose(met.seconds, np.array(alone), atol=TOLERANCE_S)
            for row in np.flatnonzero(np.isfinite(met.seconds)).tolist():
                way = way_met(standing, met, row, place, STRAIGHT)
                straight_s = standing.access_s[way.mover] + place.access_s[0]
                assert abs(way.seconds - met.seconds[row]) < TOLERANCE_S
                assert abs(seconds_of(network, way) + straight_s - way.seconds) < TOLERANCE_S
                hangs_together(network, door(standing.at(way.mover)), door(place), way.legs)
        # One of them goes elsewhere.
        one = who[:1]
        standing.put(one, random_places(rng, network, 1), STRAIGHT.reshape(1, 2))
        climbs.forget(one)


def test_drawn_legs_are_what_shapely_cuts() -> None:
    from shapely.ops import substring

    from geo.network.shapes import Shapes

    lines = [shapely.LineString([(0, 0), (30, 0), (30, 0), (30, 40)]), shapely.LineString([(5, 5), (5, 5)]),
             shapely.LineString([(0, 0), (10, 10)])]  # fmt: skip
    shapes = Shapes.of(np.asarray(lines, object))
    for edge, start, end in [
        (0, 0.0, 1.0), (0, 1.0, 0.1), (0, 0.2, 0.9), (0, 0.3, 0.35), (0, 0.5, 0.5), (2, 0.75, 0.25), (1, 0.0, 1.0),
    ]:  # fmt: skip
        drawn = shapes.draw(np.array([edge], np.int32), np.array([start]), np.array([end]))
        cut = np.asarray(substring(lines[edge], start, end, normalized=True).coords)
        x, y = to_mercator(drawn[:, 0], drawn[:, 1])
        got = shapely.LineString(np.column_stack((x, y)))
        assert shapely.hausdorff_distance(got, shapely.LineString(np.vstack((cut, cut[-1:])))) < 1e-3
        np.testing.assert_allclose((x[0], y[0]), cut[0], atol=1e-3)
        np.testing.assert_allclose((x[-1], y[-1]), cut[-1], atol=1e-3)
