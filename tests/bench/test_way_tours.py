"""Tours of 100 visits and 8 workers: how long they take, and how far they are from the best known."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.engine import make_engine
from geo.mercator import to_degrees
from geo.network.graph import Network
from geo.network.snap import snap
from geo.network.store import NetworkStore
from geo.tours.problem import NO_WAY_S, Problem, Shift, Stop, faults
from geo.tours.solve import solve
from geo.tours.travel import travel_s
from tests.verify.conftest import Figures

TITLE = "Tours"
VISITS, WORKERS, TOWNS = 100, 8, 2
HOUR = 3600
LONG_S, TRIES = 25.0, 2

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def network(nanjing_url: str) -> Iterator[Network]:
    engine: Engine = make_engine(nanjing_url)
    yield NetworkStore(engine).network("walk")
    engine.dispose()


def places(network: Network, seed: int) -> tuple[list[float], list[float]]:
    """Doors beside streets that all reach one another."""
    dice = np.random.default_rng(seed)
    edges = dice.choice(network.usable, 3 * (VISITS + WORKERS), replace=False)
    middles = [network.graph.lines[edge].interpolate(0.5, normalized=True) for edge in edges]
    lon, lat = to_degrees(np.array([p.x for p in middles]), np.array([p.y for p in middles]))
    joined = np.flatnonzero(snap(network, lon, lat, limit_m=250).joined)
    lon, lat = lon[joined], lat[joined]
    matrix = travel_s(network, lon.tolist(), lat.tolist(), limit_m=250)
    reached = (matrix < NO_WAY_S) & (matrix.T < NO_WAY_S)
    rows = np.flatnonzero(reached[np.argmax(reached.sum(axis=1))])[: VISITS + WORKERS]
    return lon[rows].tolist(), lat[rows].tolist()


def day(matrix: NDArray[np.int64], seed: int, order: NDArray[np.int64]) -> Problem:
    """A third of the visits has a window of an hour and a half; `order` is that in which they are told."""
    dice = np.random.default_rng(seed)
    stops = []
    for row in range(VISITS):
        opens = int(dice.integers(34, 60)) * 900
        window = ((opens, opens + 5400),) if row % 3 == 0 else ()
        stops.append(Stop(row, WORKERS + row, int(dice.integers(2, 5)) * 300, window, int(dice.integers(1, 90))))
    team = tuple(Shift(row, row, row, (30600, 63000), rest=(12 * HOUR, 13 * HOUR)) for row in range(WORKERS))
    return Problem(tuple(stops[row] for row in order), team, {"walk": matrix})


def test_a_hundred_visits(network: Network, figures: Figures) -> None:
    matrix_s, solve_s, gaps, left = [], [], [], []
    for seed in range(TOWNS):
        lon, lat = places(network, seed)
        travel_s(network, lon[:5], lat[:5], limit_m=250)
        started = time.perf_counter()
        matrix = travel_s(network, lon, lat, limit_m=250)
        matrix_s.append(time.perf_counter() - started)
        problem = day(matrix, seed, np.arange(VISITS))
        started = time.perf_counter()
        found = solve(problem)
        solve_s.append(time.perf_counter() - started)
        assert faults(problem, found) == []
        left.append(len(found.unassigned))
        dice = np.random.default_rng(seed)
        tries = [
            solve(day(matrix, seed, dice.permutation(VISITS)), limit_s=LONG_S, exploration=5) for _ in range(TRIES)
        ]
        known = min([t.travel_s for t in tries if len(t.unassigned) == left[-1]] + [found.travel_s])
        gaps.append(found.travel_s / known - 1)
    figures.add(
        f"**Yike** (VROOM), {VISITS} visits, {WORKERS} workers with a rest, a third of the visits with windows "
        "(wanted: 5 s)",
        f"**{statistics.median(solve_s):.1f} s**, worst {max(solve_s):.1f} s of {TOWNS} days; "
        f"{statistics.median(matrix_s) * 1000:.0f} ms before it for the travel times",
    )
    figures.add(
        f"gap to the best known, of {TRIES} runs of up to {LONG_S:.0f} s in other orders",
        f"median {statistics.median(gaps):.1%}, worst {max(gaps):.1%}; visits left out: {max(left)}",
    )
