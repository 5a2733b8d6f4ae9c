"""Properties of the search behind the circle that are not about how long it takes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from geo.network.graph import Network
from geo.network.search import NOWHERE, search, seeds_towards, to_nearest
from geo.network.spread import spread
from tests.oracles.network import seconds_to_nearest
from tests.unit.test_network import TOLERANCE_S, networks, often, random_places


@often
@given(networks)
def test_the_facility_named_is_one_of_the_nearest(found: tuple[Generator, Network]) -> None:
    rng, network = found
    places, facilities = random_places(rng, network, 15), random_places(rng, network, 4)
    seconds, which = to_nearest(network, places, facilities)
    for facility in np.unique(which[which != NOWHERE]):
        mine = which == facility
        alone = seconds_to_nearest(network, places, facilities[np.array([facility])])
        np.testing.assert_allclose(seconds[mine], alone[mine], atol=TOLERANCE_S)


@often
@given(networks, st.floats(0, 400))
def test_a_limit_leaves_out_what_lies_beyond_and_changes_nothing_within(
    found: tuple[Generator, Network], limit_s: float
) -> None:
    rng, network = found
    seeds = seeds_towards(network, random_places(rng, network, 4))
    whole = search(network.arriving, seeds).seconds
    limited = search(network.arriving, seeds, limit_s=limit_s).seconds
    assert np.array_equal(limited, np.where(whole <= limit_s, whole, np.inf))


@often
@given(networks, st.sampled_from([0.01, 0.3, 7.0, 90.0, 10_000.0]))
def test_any_width_of_a_bucket_gives_the_same_seconds(found: tuple[Generator, Network], width_s: float) -> None:
    rng, network = found
    arcs, seeds = network.arriving, seeds_towards(network, random_places(rng, network, 4))
    seconds = np.full(network.graph.nodes, np.inf)
    source = np.full(network.graph.nodes, NOWHERE, np.int32)
    spread(
        arcs.first, arcs.target, arcs.seconds, arcs.longest_s, width_s, seeds.node, seeds.seconds, seeds.source,
        np.inf, True, seconds, source, np.zeros(0, np.int32),
    )  # fmt: skip
    assert np.array_equal(seconds, search(arcs, seeds).seconds)
