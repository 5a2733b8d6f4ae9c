"""Tours by VROOM (BSD-2-Clause, Coupey et al.; through pyvroom), with our own travel times.

VROOM runs in a process of its own and speaks its documented JSON: its Python binding holds the interpreter for as long
as it computes, and with it every other answer of this process.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from geo.errors import InvalidInput, YikeError
from geo.tours.problem import Call, Problem, Reason, Route, Shift, Solution, Stop, faults
from geo.tours.reasons import hopeless
from geo.tours.schedule import early

MOST_STOPS = 1_000
MOST_SHIFTS = 300
_THOROUGH = 5  # VROOM's most thorough; 0 is its quickest
_FEW_STOPS = 40
_QUICK = 3  # at 100 stops it is done within the limit; a more thorough search that is cut off ends far worse
_THREADS = 2
_STARTING_S = 60.0


def solve(problem: Problem, *, limit_s: float = 3.0, even: bool = False, exploration: int | None = None) -> Solution:
    """Tours that visit the weightiest stops and, of these, are the shortest on the way.

    No window, shift, rest or skill is ever broken: every answer is computed anew from the problem before it is given.

    Parameters
    ----------
    limit_s : float
        How long VROOM may look for better ones.
    even : bool
        Share the stops among the shifts, as far as no stop is left out for it.
    exploration : int, optional
        How thoroughly VROOM looks, 0 to 5; without it by the number of stops.

    Raises
    ------
    InvalidInput
        When there is nobody, or more than can be planned at once.
    """
    if not problem.shifts:
        raise InvalidInput("Nobody is there to make visits.", where="workers", hint="Name at least one worker.")
    if len(problem.stops) > MOST_STOPS:
        raise InvalidInput(
            f"{len(problem.stops):,} visits are more than can be planned at once.",
            where="visits",
            hint=f"At most {MOST_STOPS:,}: choose a smaller area or fewer of them.",
        )
    if len(problem.shifts) > MOST_SHIFTS:
        raise InvalidInput(
            f"{len(problem.shifts)} working days are more than can be planned at once.",
            where="workers",
            hint=f"At most {MOST_SHIFTS}: fewer workers or fewer days.",
        )
    never = {stop.key: reason for stop in problem.stops if (reason := hopeless(problem, stop)) is not None}
    stops = [stop for stop in problem.stops if stop.key not in never]
    if not stops:
        return Solution((), never)
    # One more than an equal share: two neighbours need not be torn apart for it.
    most = -(-len(stops) // len(problem.shifts)) + 1 if even else None
    found = _best(problem, stops, never, (limit_s, exploration), most)
    if even and len(found.unassigned) > len(never):
        free = _best(problem, stops, never, (limit_s, exploration), None)
        found = free if len(free.unassigned) < len(found.unassigned) else found
    return found


def _best(
    problem: Problem, stops: list[Stop], never: dict[int, Reason], effort: tuple[float, int | None], most: int | None
) -> Solution:
    """The best of what VROOM finds. It ends where no small change is better, and with another limit on the stops of a
    shift somewhere else: of few stops, which take no time, it is asked twice, side by side."""
    limits = [most]
    if most is None and len(problem.shifts) > 1 and 2 < len(stops) <= _FEW_STOPS:
        limits.append(len(stops) - 1)
    with ThreadPoolExecutor(len(limits)) as asking:
        found = list(asking.map(lambda limit: _solved(problem, stops, never, effort, limit), limits))
    weight = {stop.key: stop.priority for stop in stops}

    def lost(one: Solution) -> tuple[int, int, int]:
        return sum(weight.get(key, 0) for key in one.unassigned), len(one.unassigned), one.travel_s

    return min(found, key=lost)


def _solved(
    problem: Problem, stops: list[Stop], never: dict[int, Reason], effort: tuple[float, int | None], most: int | None
) -> Solution:
    limit_s, exploration = effort
    level = exploration if exploration is not None else _THOROUGH if len(stops) <= _FEW_STOPS else _QUICK
    answer = _vroom(_question(problem, stops, most), limit_s, level)
    routes = tuple(_early(problem, problem.shifts[row["vehicle"]], row["steps"], stops) for row in answer["routes"])
    told = {call.stop for route in routes for call in route.calls}
    left: dict[int, Reason] = {stop.key: "day_full" for stop in stops if stop.key not in told}
    solution = Solution(tuple(route for route in routes if route.calls), {**never, **left})
    if wrong := faults(problem, solution):
        raise YikeError(f"The solver's tours do not hold: {wrong[0]}.")
    return solution


def _question(problem: Problem, stops: list[Stop], most: int | None) -> dict[str, Any]:
    """The problem in VROOM's words: https://github.com/VROOM-Project/vroom/blob/master/docs/API.md."""
    names = sorted({skill for stop in stops for skill in stop.skills} | {s for x in problem.shifts for s in x.skills})
    number = {skill: row for row, skill in enumerate(names)}
    jobs: list[dict[str, Any]] = []
    for row, stop in enumerate(stops):
        skills = [number[skill] for skill in stop.skills]
        job: dict[str, Any] = {"id": row, "location_index": stop.place, "service": stop.visit_s,
                               "priority": stop.priority, "skills": skills}  # fmt: skip
        if stop.windows:
            # VROOM's windows are for the beginning of a visit, ours hold the whole of it.
            job["time_windows"] = _sorted((a, b - stop.visit_s) for a, b in stop.windows if b - stop.visit_s >= a)
        jobs.append(job)
    vehicles: list[dict[str, Any]] = []
    for row, shift in enumerate(problem.shifts):
        vehicle: dict[str, Any] = {"id": row, "profile": shift.profile, "start_index": shift.start,
                                   "end_index": shift.end, "time_window": list(shift.hours),
                                   "skills": [number[skill] for skill in shift.skills]}  # fmt: skip
        if shift.rest is not None:
            vehicle["breaks"] = [{"id": 0, "time_windows": [[shift.rest[0]] * 2],
                                  "service": shift.rest[1] - shift.rest[0]}]  # fmt: skip
        if most is not None:
            vehicle["max_tasks"] = most
        vehicles.append(vehicle)
    profiles = {shift.profile for shift in problem.shifts}
    matrices = {profile: {"durations": problem.travel_s[profile].tolist()} for profile in profiles}
    return {"vehicles": vehicles, "jobs": jobs, "matrices": matrices}


def _sorted(spans: Any) -> list[list[int]]:
    """Spans in their order, those that touch made one, as VROOM wants them."""
    joined: list[list[int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return joined


def _vroom(question: dict[str, Any], limit_s: float, level: int) -> dict[str, Any]:
    command = [sys.executable, "-c", "import vroom; vroom.main()", "-x", str(level), "-t", str(_THREADS),
               "-l", str(limit_s)]  # fmt: skip
    try:
        done = subprocess.run(
            command, input=orjson.dumps(question), capture_output=True, timeout=limit_s + _STARTING_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise YikeError("The solver did not answer in time.", hint="Fewer visits or fewer days.") from None
    try:
        answer: dict[str, Any] = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        raise YikeError(f"The solver failed: {done.stderr.decode(errors='replace')[-300:]}") from None
    if answer["code"] != 0:
        raise YikeError(f"The solver failed: {answer.get('error')}")
    return answer


def _early(problem: Problem, shift: Shift, steps: list[dict[str, Any]], stops: list[Stop]) -> Route:
    order = [stops[step["id"]] for step in steps if step["type"] == "job"]
    # VROOM's own hours lie as late as they can.
    return early(problem, shift, order) or _route(shift, steps, stops)


def _route(shift: Shift, steps: list[dict[str, Any]], stops: list[Stop]) -> Route:
    calls, before, rest = [], 0, None
    for step in steps:
        if step["type"] == "break":
            rest = step["arrival"] + step["waiting_time"]
        elif step["type"] == "job":
            stop = stops[step["id"]]
            calls.append(Call(stop.key, step["duration"] - before, step["arrival"], step["waiting_time"]))
            before = step["duration"]
    last = steps[-1]
    return Route(shift.key, steps[0]["arrival"], last["arrival"], last["duration"], tuple(calls), rest)
