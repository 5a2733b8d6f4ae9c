"""Tours: no window broken, as good as an exact solver where one can be had, and a reason for each visit left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.errors import InvalidInput
from geo.network.profiles import Profile
from geo.tours.problem import NO_WAY_S, Call, Problem, Route, Shift, Solution, Stop, faults
from geo.tours.schedule import early
from geo.tours.solve import MOST_STOPS, solve
from tests.oracles.tours import best

HOUR = 3600
DAY = (8 * HOUR, 17 * HOUR)


def town(seed: int, stops: int, shifts: int, *, windows: float, hours: tuple[int, int] = DAY) -> Problem:
    """Doors and posts in a square of 2 km, on foot at about 1 m/s; there is not as far as back."""
    dice = np.random.default_rng(seed)
    xy = dice.random((stops + shifts, 2)) * 2000
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * dice.uniform(1.0, 1.3, (len(xy), len(xy)))
    np.fill_diagonal(metres, 0.0)
    rows = []
    for row in range(stops):
        opens = int(dice.integers(hours[0] // 900, (hours[1] - HOUR) // 900)) * 900
        window = ((opens, opens + 5400),) if dice.random() < windows else ()
        rows.append(Stop(row + 10, shifts + row, int(dice.integers(2, 8)) * 300, window, int(dice.integers(1, 90))))
    team = tuple(Shift(row, row, row, hours) for row in range(shifts))
    return Problem(tuple(rows), team, {"walk": np.ceil(metres).astype(np.int64)})


def _on_foot(way: NDArray[np.int64]) -> dict[Profile, NDArray[np.int64]]:
    return {"walk": way}


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**31), rest=st.booleans(), even=st.booleans(), crowd=st.sampled_from([6, 25]))
def test_no_window_is_broken_and_no_visit_forgotten(seed: int, rest: bool, even: bool, crowd: int) -> None:
    problem = town(seed, crowd, 2, windows=0.5, hours=(8 * HOUR, 13 * HOUR))
    if rest:
        shifts = tuple(Shift(s.key, s.start, s.end, s.hours, rest=(11 * HOUR, 12 * HOUR)) for s in problem.shifts)
        problem = Problem(problem.stops, shifts, problem.travel_s)
    # `solve` itself refuses to answer with faults; looked at again here, should that be lost.
    assert faults(problem, solve(problem, limit_s=0.5, even=even)) == []


@pytest.mark.parametrize(("seed", "stops", "shifts", "hours"), [(1, 7, 1, DAY), (2, 8, 2, (8 * HOUR, 10 * HOUR))])
def test_as_good_as_every_way_tried(seed: int, stops: int, shifts: int, hours: tuple[int, int]) -> None:
    problem = town(seed, stops, shifts, windows=0.4, hours=hours)
    count, priority, travel_s = best(problem)
    found = solve(problem, limit_s=1)
    served = [stop for stop in problem.stops if stop.key not in found.unassigned]
    assert (len(served), sum(stop.priority for stop in served), found.travel_s) == (count, priority, travel_s)


def test_each_visit_left_out_has_its_reason() -> None:
    way: NDArray[np.int64] = np.full((7, 7), 600)
    np.fill_diagonal(way, 0)
    way[0, 3] = way[3, 0] = NO_WAY_S
    stops = (
        Stop(1, 1, HOUR),
        Stop(2, 2, HOUR, ((6 * HOUR, 8 * HOUR),)),
        Stop(3, 3, HOUR),
        Stop(4, 4, HOUR, skills=frozenset({"nurse"})),
        Stop(5, 5, 3 * HOUR),
        Stop(6, 6, HOUR, ((9 * HOUR, 9 * HOUR + 1800),)),
    )
    found = solve(Problem(stops, (Shift(0, 0, 0, (8 * HOUR, 10 * HOUR)),), _on_foot(way)), limit_s=0.5)
    assert [call.stop for route in found.routes for call in route.calls] == [1]
    assert found.unassigned == {2: "window", 3: "unreachable", 4: "no_worker", 5: "too_long", 6: "window"}
    two = Problem((stops[0], Stop(9, 2, HOUR, priority=5)), (Shift(0, 0, 0, (8 * HOUR, 10 * HOUR)),), _on_foot(way))
    # The weightier of two that do not fit together.
    assert solve(two, limit_s=0.5).unassigned == {1: "day_full"}


def test_work_is_shared_unless_a_visit_is_left_out_for_it() -> None:
    way: NDArray[np.int64] = np.full((9, 9), 60)
    np.fill_diagonal(way, 0)
    way[1, :] = way[:, 1] = 3000
    stops = tuple(Stop(row, row, 600) for row in range(2, 9))
    team = (Shift(0, 0, 0, DAY), Shift(1, 1, 1, DAY))
    alone, shared = (solve(Problem(stops, team, _on_foot(way)), limit_s=0.5, even=even) for even in (False, True))
    assert [len(route.calls) for route in alone.routes] == [7]
    assert sorted(len(route.calls) for route in shared.routes) in ([2, 5], [3, 4])
    short = (Shift(0, 0, 0, DAY), Shift(1, 1, 1, (8 * HOUR, 8 * HOUR + 60)))
    assert not solve(Problem(stops, short, _on_foot(way)), limit_s=0.5, even=True).unassigned


def test_what_cannot_be_asked() -> None:
    matrix = _on_foot(np.zeros((1, 1), np.int64))
    with pytest.raises(InvalidInput, match="Nobody"):
        solve(Problem((Stop(1, 0, 60),), (), matrix))
    many = tuple(Stop(row, 0, 60) for row in range(10_001))
    with pytest.raises(InvalidInput, match="10,001") as refused:
        solve(Problem(many, (Shift(0, 0, 0, DAY),), matrix))
    assert f"{MOST_STOPS:,}" in str(refused.value.hint)


def test_faults_are_found() -> None:
    problem = town(3, 2, 1, windows=1.0)
    first, second = problem.stops
    wrong = Solution((Route(0, DAY[0], DAY[0] + 1, 1, (Call(first.key, 0, DAY[0], 0),)),), {})
    told = " ".join(faults(problem, wrong))
    assert all(words in told for words in ("told of once", "before one can be", "outside its window", "back before"))
    assert second.key not in {call.stop for call in wrong.routes[0].calls}


def test_who_is_wanted_in_the_afternoon_alone_leaves_after_the_rest() -> None:
    stop = Stop(10, 1, 1200, ((15 * HOUR, 17 * HOUR),))
    shift = Shift(0, 0, 0, DAY, rest=(12 * HOUR, 13 * HOUR))
    ways = _on_foot(np.array([[0, 600], [600, 0]]))
    found = early(Problem((stop,), (shift,), ways), shift, [stop])
    assert found is not None
    assert (found.start_s, found.rest_s, found.calls[0].wait_s) == (15 * HOUR - 600, None, 0)
