"""Measures and siting against plain counting on random catchments; catchments against one search a facility."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from geo.access import measures
from geo.access.siting import least_walked, most_covered
from geo.errors import InvalidInput
from geo.network import ends
from geo.network.catchment import Catchments, catchments
from geo.network.graph import Network
from geo.network.search import at_places, search, search_again, seeds_of, to_nearest
from tests.unit.test_network import case, random_places

LIMIT_S = 900.0
NETWORKS = st.builds(case, st.integers(0, 2**32), st.integers(2, 40), st.integers(3, 90)).filter(
    lambda found: bool((~found[1].graph.closed[found[1].usable]).any())
)
often = settings(max_examples=60, deadline=None)


def table_of(pairs: Catchments) -> np.ndarray:
    """Seconds by facility and group, infinite where there is no pair."""
    table = np.full((len(pairs), pairs.groups), np.inf)
    table[pairs.facility, pairs.group] = pairs.seconds
    return table


def random_pairs(seed: int, facilities: int, groups: int) -> tuple[Catchments, Generator]:
    rng = Generator(PCG64(seed))
    table = np.where(rng.random((facilities, groups)) < 0.3, rng.uniform(0, LIMIT_S, (facilities, groups)), np.inf)
    rows, columns = np.nonzero(np.isfinite(table))
    first = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=facilities))))
    return Catchments(first.astype(np.int64), columns.astype(np.int32), table[rows, columns], groups), rng


@often
@given(NETWORKS)
def test_catchments_equal_a_search_for_each_facility_alone(found: tuple[Generator, Network]) -> None:
    rng, network = found
    places, facilities = random_places(rng, network, 30), random_places(rng, network, 6)
    group_of = np.sort(rng.integers(0, 12, 30))
    pairs = catchments(network, ends.leaving(network, places), group_of, 12, facilities, limit_s=LIMIT_S)
    expected = np.full((6, 12), np.inf)
    for row in range(6):
        seconds, _ = to_nearest(network, places, facilities[np.array([row])])
        np.minimum.at(expected[row], group_of, np.where(seconds <= LIMIT_S, seconds, np.inf))
    np.testing.assert_allclose(table_of(pairs), expected, atol=1e-6)


@often
@given(NETWORKS)
def test_a_search_taken_up_again_equals_one_from_nothing(found: tuple[Generator, Network]) -> None:
    rng, network = found
    places = ends.leaving(network, random_places(rng, network, 30))
    before, moved = random_places(rng, network, 5), random_places(rng, network, 5)
    # Two went, three stayed, three came: in another order.
    stay, come = np.array([0, 2, 4]), moved[np.array([0, 1, 2])]
    old = ends.arriving(network, before)
    after = type(before)(*(np.concatenate((getattr(come, name), getattr(before, name)[stay])) for name in
                           ("edge", "fraction", "distance_m", "access_s", "lon", "lat")))  # fmt: skip
    becomes = np.array([3, -1, 4, -1, 5], np.int32)
    new = ends.arriving(network, after)
    again = search_again(
        network.arriving, network.leaving, search(network.arriving, seeds_of(old)), becomes, seeds_of(new)
    )
    plain = search(network.arriving, seeds_of(new))
    np.testing.assert_allclose(again.seconds, plain.seconds, atol=1e-9)
    np.testing.assert_allclose(at_places(places, again, new)[0], at_places(places, plain, new)[0], atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_measures_equal_plain_counting(seed: int) -> None:
    pairs, rng = random_pairs(seed, 9, 40)
    table = table_of(pairs)
    ordered = np.sort(table, axis=0)
    second, which = measures.runner_up(pairs)
    np.testing.assert_array_equal(second, ordered[1])
    assert all(table[row, group] == second[group] for group, row in enumerate(which) if row >= 0)
    np.testing.assert_array_equal(measures.within(pairs, 400.0), (table <= 400).sum(axis=0))
    np.testing.assert_allclose(measures.gravity(pairs), np.exp2(-table / 300).sum(axis=0))
    capacity, people = rng.integers(0, 50, 9), rng.integers(0, 9, 40)
    found = measures.floating_catchment(pairs, capacity, people, 600.0)
    assert found is not None
    weight = np.select([table < 200, table < 400, table <= 600], measures.ZONE_WEIGHTS, 0.0)
    places = np.where(capacity > 0, capacity, np.median(capacity[capacity > 0]))
    demand = (weight * people).sum(axis=1)
    share = np.divide(places, demand, out=np.zeros(9), where=demand > 0)
    np.testing.assert_allclose(found.per_person, (weight * share[:, np.newaxis]).sum(axis=0))
    # Who is reached shares all there is: what is given out is what there is.
    assert (found.per_person * people).sum() == pytest.approx(places[demand > 0].sum())


def test_without_any_capacity_there_is_no_floating_catchment() -> None:
    pairs, _ = random_pairs(1, 3, 5)
    assert measures.floating_catchment(pairs, np.zeros(3, np.int64), np.ones(5, np.int64), 600.0) is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("k", [1, 3])
def test_siting_equals_trying_all(seed: int, k: int) -> None:
    pairs, rng = random_pairs(seed, 8, 60)
    weight = rng.integers(0, 20, 60).astype(float)
    covered = rng.random(60) < 0.3
    reach = np.isfinite(table_of(pairs))

    def people(choice: tuple[int, ...]) -> float:
        return float(weight[covered | reach[list(choice)].any(axis=0)].sum())

    best = max(people(choice) for choice in combinations(range(8), k))
    exact = most_covered(pairs, weight, covered, k, exact=True)
    assert exact.is_optimal
    assert (exact.after, exact.bound) == pytest.approx((best, best))
    assert people(exact.chosen) == best
    greedy = most_covered(pairs, weight, covered, k, exact=False)
    assert greedy.after == people(greedy.chosen)
    assert best <= greedy.bound + 1e-9 <= weight.sum() + 1e-6
    assert greedy.after - greedy.before >= (1 - 1 / np.e) * (best - greedy.before) - 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_the_least_walked_is_hardly_worse_than_the_best_and_within_its_bound(seed: int) -> None:
    pairs, rng = random_pairs(seed, 8, 60)
    weight = rng.integers(0, 20, 60).astype(float)
    today = rng.uniform(0, 2000, 60)
    table = table_of(pairs)

    def walked(choice: tuple[int, ...]) -> float:
        nearest = np.minimum(np.minimum(today, LIMIT_S), table[list(choice)].min(axis=0))
        return float((nearest * weight).sum() / 60)

    best = min(walked(choice) for choice in combinations(range(8), 2))
    found = least_walked(pairs, weight, today, 2, beyond_s=LIMIT_S)
    assert found.after == pytest.approx(walked(found.chosen))
    assert found.bound - 1e-6 <= best <= found.after + 1e-6
    assert found.after <= best * 1.02
    for place in range(len(found.chosen)):
        for other in set(range(8)) - set(found.chosen):
            swapped = (*found.chosen[:place], other, *found.chosen[place + 1 :])
            assert walked(swapped) >= found.after - 1e-6, "one exchange would still help"


def test_nothing_to_choose_from_is_said() -> None:
    pairs, _ = random_pairs(1, 3, 5)
    empty = Catchments(np.zeros(1, np.int64), pairs.group[:0], pairs.seconds[:0], 5)
    with pytest.raises(InvalidInput):
        most_covered(empty, np.ones(5), np.zeros(5, bool), 1, exact=False)
    with pytest.raises(InvalidInput):
        most_covered(pairs, np.ones(5), np.zeros(5, bool), 0, exact=False)
