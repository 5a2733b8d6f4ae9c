"""Tours of up to a dozen visits on the streets of a real town, against dynamic programming over all subsets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import Engine

from geo.database.engine import make_engine
from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.snap import snap
from geo.network.store import NetworkStore
from geo.tours.problem import NO_WAY_S, Problem, Shift, Stop, faults
from geo.tours.solve import solve
from geo.tours.travel import travel_s
from tests.oracles.tours import best
from tests.verify.conftest import Figures

TITLE = "Tours against an exact solver"
HOUR = 3600
CASES = [(stops, workers, share) for stops in (8, 10, 12) for workers in (1, 2) for share in (0.0, 0.3, 0.6)]

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def network(nanjing_url: str) -> Iterator[Network]:
    engine: Engine = make_engine(nanjing_url)
    yield NetworkStore(engine).network("walk")
    engine.dispose()


def case(network: Network, seed: int, stops: int, workers: int, share: float) -> Problem:
    """Doors and posts beside streets; of the visits a share has a window; the day is too short for some cases."""
    dice = np.random.default_rng(seed)
    edges = dice.choice(network.usable, 3 * (stops + workers), replace=False)
    middles = [network.graph.lines[edge].interpolate(0.5, normalized=True) for edge in edges]
    lon, lat = to_degrees(np.array([p.x for p in middles]), np.array([p.y for p in middles]))
    joined = np.flatnonzero(snap(network, lon, lat, limit_m=250).joined)
    matrix = travel_s(network, lon[joined].tolist(), lat[joined].tolist(), limit_m=250)
    # Places that all reach one another: the reasons for others are looked at elsewhere.
    reached = (matrix < NO_WAY_S) & (matrix.T < NO_WAY_S)
    rows = np.flatnonzero(reached[np.argmax(reached.sum(axis=1))])[: stops + workers]
    matrix = matrix[np.ix_(rows, rows)]
    end = 8 * HOUR + (stops * 1500 // workers if seed % 2 else 9 * HOUR)
    found = []
    for row in range(stops):
        opens = int(dice.integers(8 * 4, max(8 * 4 + 1, (end - HOUR) // 900))) * 900
        window = ((opens, opens + 4500),) if dice.random() < share else ()
        found.append(Stop(row, workers + row, int(dice.integers(2, 6)) * 300, window, int(dice.integers(1, 90))))
    team = tuple(Shift(row, row, row, (8 * HOUR, end)) for row in range(workers))
    return Problem(tuple(found), team, {"walk": matrix})


def test_as_good_as_the_best_there_is(network: Network, figures: Figures) -> None:
    equal, gaps, fewer, exact_s, ours_s = 0, [], 0, 0.0, 0.0
    for seed, (stops, workers, share) in enumerate(CASES):
        problem = case(network, seed, stops, workers, share)
        started = time.perf_counter()
        _, priority, travel = best(problem)
        exact_s += time.perf_counter() - started
        started = time.perf_counter()
        found = solve(problem, limit_s=2)
        ours_s += time.perf_counter() - started
        assert faults(problem, found) == []
        served = sum(stop.priority for stop in problem.stops if stop.key not in found.unassigned)
        assert served <= priority
        if served < priority:
            fewer += 1
            continue
        assert found.travel_s >= travel
        equal += found.travel_s == travel
        gaps.append((found.travel_s - travel) / max(1, travel))
    figures.add(
        f"Nanjing, {len(CASES)} days of 8 to 12 visits for one or two workers, with windows and without",
        f"{equal} as short as the exact solver's, largest gap {max(gaps):.1%}; less priority served in {fewer}; "
        f"no window broken",
    )
    figures.add("seconds a day, exact solver and ours", f"{exact_s / len(CASES):.1f}; {ours_s / len(CASES):.1f}")
    assert fewer == 0
    assert max(gaps) <= 0.02
