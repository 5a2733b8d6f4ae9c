"""Tours by exact dynamic programming over subsets: what a solver can be held against, up to a dozen stops.

For every set of stops and every last stop it keeps all pairs of clock and travel of which none is worse in both
(windows make the earliest not always the shortest), then shares the stops between the shifts in every way.
"""

from __future__ import annotations

from collections.abc import Iterator

from geo.tours.problem import NO_WAY_S, Problem, Shift, Stop

Value = tuple[int, int]
"""Priorities served (with one for each stop), and minus the travel: the greater the better."""


def best(problem: Problem) -> tuple[int, int, int]:
    """Stops served, their priorities and the seconds of travel of the best tours there are: most priority first."""
    tables = [_of_shift(problem, shift) for shift in problem.shifts]
    whole = (1 << len(problem.stops)) - 1
    table = tables[0]
    for other in tables[1:]:
        joined: dict[int, int] = {}
        for mask, travel_s in table.items():
            rest = whole ^ mask
            part = rest
            while True:
                if part in other:
                    total = travel_s + other[part]
                    if total < joined.get(mask | part, NO_WAY_S):
                        joined[mask | part] = total
                if part == 0:
                    break
                part = (part - 1) & rest
        table = joined

    def weight(mask: int) -> tuple[int, int, int]:
        served = [stop for row, stop in enumerate(problem.stops) if mask >> row & 1]
        return sum(stop.priority for stop in served), len(served), -table[mask]

    mask = max(table, key=weight)
    priority, count, travel_s = weight(mask)
    return count, priority, -travel_s


def _of_shift(problem: Problem, shift: Shift) -> dict[int, int]:
    """The least travel with which one shift serves each set of stops it can serve."""
    matrix = problem.travel_s[shift.profile]
    stops = problem.stops
    able = [row for row, stop in enumerate(stops) if stop.skills <= shift.skills]
    least = {0: 0}
    # A shift may leave late: its clock begins where its hours do, and waiting is free.
    fronts: dict[tuple[int, int], list[tuple[int, int]]] = {}
    layer: list[tuple[int, int]] = []
    for row in able:
        way = int(matrix[shift.start, stops[row].place])
        for end in _ends(stops[row], shift.hours[0] + way):
            if _keep(fronts.setdefault((1 << row, row), []), (end, way)) and ((1 << row), row) not in layer:
                layer.append((1 << row, row))
    while layer:
        following: list[tuple[int, int]] = []
        for mask, last in layer:
            for clock, travelled in fronts[mask, last]:
                home = int(matrix[stops[last].place, shift.end])
                if clock + home <= shift.hours[1]:
                    least[mask] = min(least.get(mask, NO_WAY_S), travelled + home)
                for row in able:
                    if mask >> row & 1:
                        continue
                    way = int(matrix[stops[last].place, stops[row].place])
                    for end in _ends(stops[row], clock + way):
                        if end > shift.hours[1]:
                            continue
                        state = (mask | 1 << row, row)
                        front = fronts.setdefault(state, [])
                        if not front:
                            following.append(state)
                        _keep(front, (end, travelled + way))
        layer = following
    return least


def _ends(stop: Stop, arrive: int) -> Iterator[int]:
    """When a visit can end, for one who is at the door at `arrive`; the earliest is never worse."""
    if not stop.windows:
        yield arrive + stop.visit_s
        return
    ends = [max(arrive, opens) + stop.visit_s for opens, closes in stop.windows
            if max(arrive, opens) + stop.visit_s <= closes]  # fmt: skip
    if ends:
        yield min(ends)


def _keep(front: list[tuple[int, int]], pair: tuple[int, int]) -> bool:
    if any(clock <= pair[0] and travel <= pair[1] for clock, travel in front):
        return False
    front[:] = [other for other in front if not (pair[0] <= other[0] and pair[1] <= other[1])]
    front.append(pair)
    return True
