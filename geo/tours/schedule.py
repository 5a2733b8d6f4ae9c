"""The hours of a tour whose order stands: as early as can be, so that what comes between finds the afternoon free."""

from __future__ import annotations

from collections.abc import Sequence

from geo.tours.problem import Call, Problem, Route, Shift, Stop


def early(problem: Problem, shift: Shift, order: Sequence[Stop]) -> Route | None:
    """The stops of one shift in their order, each as early as it can begin; None where that does not hold.

    The rest is taken at its hour, on the way where it falls on one; a stop that would run into it begins afterwards.
    """
    matrix = problem.travel_s[shift.profile]
    place, clock, travelled, rest_s = shift.start, shift.hours[0], 0, None
    calls: list[Call] = []
    for stop in order:
        way = int(matrix[place, stop.place])
        arrive = clock + way
        begin = _begin(stop, arrive)
        if shift.rest is not None and rest_s is None and (begin is None or begin + stop.visit_s > shift.rest[0]):
            rest_s = shift.rest[0]
            if arrive > rest_s:
                arrive += shift.rest[1] - max(rest_s, clock)
            begin = _begin(stop, max(arrive, shift.rest[1]))
        if begin is None:
            return None
        calls.append(Call(stop.key, way, arrive, begin - arrive))
        place, clock, travelled = stop.place, begin + stop.visit_s, travelled + way
    home = int(matrix[place, shift.end])
    if not calls or clock + home > shift.hours[1]:
        return None
    # Who would wait at the first door leaves later, if need be after the rest, which is then none of the tour's.
    first = calls[0]
    if rest_s is not None and shift.rest is not None and first.begin_s - first.travel_s >= shift.rest[1]:
        rest_s = None
    if rest_s is None or first.begin_s <= rest_s:
        calls[0] = Call(first.stop, first.travel_s, first.begin_s, 0)
    return Route(shift.key, calls[0].arrive_s - first.travel_s, clock + home, travelled + home, tuple(calls), rest_s)


def _begin(stop: Stop, arrive: int) -> int | None:
    """When a visit can begin, for one who is at the door at `arrive`."""
    if not stop.windows:
        return arrive
    begins = [max(arrive, opens) for opens, closes in stop.windows if max(arrive, opens) + stop.visit_s <= closes]
    return min(begins, default=None)
