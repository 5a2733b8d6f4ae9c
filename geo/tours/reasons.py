"""Why a stop can be in no tour, whatever else is planned."""

from __future__ import annotations

from geo.tours.problem import NO_WAY_S, Problem, Reason, Shift, Stop


def hopeless(problem: Problem, stop: Stop) -> Reason | None:
    """Why not even an empty day of any shift can take this stop; None where one can."""
    able = [shift for shift in problem.shifts if stop.skills <= shift.skills]
    if not able:
        return "no_worker"
    near = [shift for shift in able if _way_s(problem, shift, stop) < NO_WAY_S]
    if not near:
        return "unreachable"
    if not stop.windows:
        return None if any(_fits(problem, shift, stop, shift.hours) for shift in near) else "too_long"
    if any(_fits(problem, shift, stop, window) for shift in near for window in stop.windows):
        return None
    # On none of its days does anybody work, or nobody at its hours.
    return "window"


def _way_s(problem: Problem, shift: Shift, stop: Stop) -> int:
    matrix = problem.travel_s[shift.profile]
    return max(int(matrix[shift.start, stop.place]), int(matrix[stop.place, shift.end]))


def _fits(problem: Problem, shift: Shift, stop: Stop, window: tuple[int, int]) -> bool:
    matrix = problem.travel_s[shift.profile]
    there, back = int(matrix[shift.start, stop.place]), int(matrix[stop.place, shift.end])
    begin = max(shift.hours[0] + there, window[0])
    latest = min(window[1], shift.hours[1] - back)
    if begin + stop.visit_s <= latest and not _meets_rest(shift, begin, stop.visit_s):
        return True
    # After the rest, where the rest is in the way.
    if shift.rest is None:
        return False
    begin = max(begin, shift.rest[1])
    return begin + stop.visit_s <= latest


def _meets_rest(shift: Shift, begin: int, visit_s: int) -> bool:
    return shift.rest is not None and begin < shift.rest[1] and begin + visit_s > shift.rest[0]
