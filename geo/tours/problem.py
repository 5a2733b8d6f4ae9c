"""What a tour solver is asked and what it answers. Seconds everywhere, counted from midnight of the first day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.network.profiles import Profile

Reason = Literal["no_worker", "unreachable", "window", "too_long", "day_full"]
"""Why a visit is in no tour. `no_worker`: nobody with the skill works on a day it may be; `unreachable`: no way there
and back; `window`: no worker can be there within its hours; `too_long`: there and back is more than a shift;
`day_full`: it would fit alone, beside the others it does not."""

NO_WAY_S = 4_000_000
"""Stands in a matrix for no way: longer than any plan."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit. It lies wholly within one of its `windows`; without windows at any time of any shift.

    `place` is a row of the matrices, `priority` 0 to 100.
    """

    key: int
    place: int
    visit_s: int
    windows: tuple[Span, ...] = ()
    priority: int = 0
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """One worker on one day, from `start` (a row of the matrices) and back to `end`; `rest` is kept free of visits."""

    key: int
    start: int
    end: int
    hours: Span
    profile: Profile = "walk"
    skills: frozenset[str] = frozenset()
    rest: Span | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """Stops to share among shifts; `travel_s` holds a matrix of whole seconds, shape (k, k), for each profile."""

    stops: tuple[Stop, ...]
    shifts: tuple[Shift, ...]
    travel_s: Mapping[Profile, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Call:
    """A visit in a tour: on the way `travel_s`, at the door at `arrive_s`, `wait_s` until it begins."""

    stop: int
    travel_s: int
    arrive_s: int
    wait_s: int

    @property
    def begin_s(self) -> int:
        """When the visit itself begins."""
        return self.arrive_s + self.wait_s


@dataclass(frozen=True, slots=True)
class Route:
    """The tour of one shift: leaves at `start_s`, is back at `end_s`. `rest_s`: when the rest begins."""

    shift: int
    start_s: int
    end_s: int
    travel_s: int
    calls: tuple[Call, ...]
    rest_s: int | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """Routes of the shifts that have any, and of each stop in none of them why. `shift` and `stop` are keys."""

    routes: tuple[Route, ...]
    unassigned: Mapping[int, Reason]

    @property
    def travel_s(self) -> int:
        """Seconds on the way, all routes together: what is made small."""
        return sum(route.travel_s for route in self.routes)


def faults(problem: Problem, solution: Solution) -> list[str]:
    """What is wrong in a solution, computed anew from the problem; nothing, in any that may be used."""
    stops = {stop.key: stop for stop in problem.stops}
    shifts = {shift.key: shift for shift in problem.shifts}
    told = [call.stop for route in solution.routes for call in route.calls] + list(solution.unassigned)
    found = [] if sorted(told) == sorted(stops) else ["not every stop is told of once"]
    for route in solution.routes:
        found += [f"shift {route.shift}: {fault}" for fault in _of_route(shifts[route.shift], route, stops, problem)]
    return found


def _of_route(shift: Shift, route: Route, stops: Mapping[int, Stop], problem: Problem) -> list[str]:
    matrix = problem.travel_s[shift.profile]
    found = [] if shift.hours[0] <= route.start_s <= route.end_s <= shift.hours[1] else ["outside its hours"]
    place, clock = shift.start, route.start_s
    for call in route.calls:
        stop = stops[call.stop]
        if call.arrive_s < clock + int(matrix[place, stop.place]):
            found.append(f"at {call.stop} before one can be")
        begin, end = call.begin_s, call.begin_s + stop.visit_s
        if stop.windows and not any(opens <= begin and end <= closes for opens, closes in stop.windows):
            found.append(f"{call.stop} outside its window")
        if not stop.skills <= shift.skills:
            found.append(f"{call.stop} without the skill")
        if route.rest_s is not None and shift.rest is not None:
            length_s = shift.rest[1] - shift.rest[0]
            if begin < route.rest_s + length_s and end > route.rest_s:
                found.append(f"{call.stop} during the rest")
        place, clock = stop.place, end
    if route.end_s < clock + int(matrix[place, shift.end]):
        found.append("back before one can be")
    return found
