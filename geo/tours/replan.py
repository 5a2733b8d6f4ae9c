"""A worker is called away: who else goes where they will not be, today or tomorrow.

The day's other workers keep every visit of their own; what does not fit beside these waits for the worker's next day,
and what does not fit there either is due again, with the reason on record.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, RowMapping

from geo.database.sql import query
from geo.errors import DatabaseUnavailable, YikeError
from geo.network.profiles import Profile
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from geo.tours.hours import CHINA, moment, seconds_since, windows
from geo.tours.problem import Problem, Route, Shift, Solution, Stop
from geo.tours.solve import solve
from geo.tours.travel import travel_s
from geo.tours.visits import read_tours

log = logging.getLogger("yike.work")

WHO = "rule"
CALLED_AWAY = "called_away"
_LIMIT_S = 1.0
_OWN, _TAKEN_OVER = 100, 1  # priorities: no visit of one's own is given up for another's


class Replanner:
    """Looks for workers whom an order has taken from their tour, and plans what is left of it."""

    def __init__(self, engine: Engine, networks: NetworkStore, *, snap_limit_m: float) -> None:
        self._engine = engine
        self._networks = networks
        self._snap_limit_m = snap_limit_m
        self._pool = ThreadPoolExecutor(1, "replan")
        self._running: Future[int] | None = None

    def look(self, _: Engine | None = None) -> None:
        """Begin to plan, beside whatever else the process does: nothing waits for it."""
        if self._running is not None:
            if not self._running.done():
                return
            if error := self._running.exception():
                log.error("tours of who was called away", exc_info=error)
        self._running = self._pool.submit(self.replan_due)

    def close(self) -> None:
        """Wait for what is being planned."""
        self._pool.shutdown(wait=True)

    def replan_due(self, now: datetime | None = None) -> int:
        """Plan the rest of each tour of the day whose worker has taken an order since; returns how many there were."""
        count, now = 0, (now or datetime.now(CHINA)).astimezone(CHINA)
        while True:
            with self._engine.begin() as connection:
                day = now.date()
                due = connection.execute(query("tours/called_away"), {"today": day}).one_or_none()
                if due is None:
                    return count
                mark = {"tour": due.tour_id, "order": due.order_id, "reason": CALLED_AWAY}
                connection.execute(query("tours/mark_away"), mark)
                self._replan(connection, due.tour_id, due.worker_id, now)
            count += 1

    def _replan(self, connection: Connection, tour_id: int, worker_id: int, now: datetime) -> None:
        day = now.date()
        tours = {row["id"]: row for row in read_tours(connection, AreaScope.everything(), first_day=day, last_day=day,
                                                      state="accepted")}  # fmt: skip
        rest = [visit for visit in tours[tour_id]["visits"] if visit["state"] == "planned"]
        others = [
            _Standing(row, tours[row["tour_id"]]["visits"])
            for row in connection.execute(query("tours/standing"), {"day": day, "worker": None}).mappings()
            if not row["is_away"] and row["worker_id"] != worker_id and row["lon"] is not None
        ]
        now_s = seconds_since(day, now)
        left = self._share(connection, others, rest, day, now_s) if others else rest
        tomorrow = day + timedelta(days=1)
        if left:
            left = self._share(connection, [self._next_day(connection, tours[tour_id], tomorrow)], left, tomorrow, 0)
        for visit in left:
            connection.execute(query("tours/unplan"), {"visit": visit["id"], "who": WHO, "reason": CALLED_AWAY})
        # A day that was made for them and took none is no day.
        made = read_tours(connection, AreaScope.everything(), worker=worker_id, first_day=tomorrow, last_day=tomorrow)
        connection.execute(query("tours/drop_empty"), {"tours": [row["id"] for row in made if not row["visits"]]})

    def _next_day(self, connection: Connection, tour: dict[str, Any], day: date) -> _Standing:
        """The worker's tour of the next day, made where there is none."""
        values = {"day": day, "worker": tour["worker_id"]}
        row = connection.execute(query("tours/standing"), values).mappings().one_or_none()
        if row is None:
            begin = moment(day, int(tour["shift"]["hours"][0]))
            connection.execute(
                query("tours/add_tour"),
                {"plan": None, "worker": tour["worker_id"], "day": day, "state": "accepted", "travel_s": 0,
                 "shift": orjson.dumps(tour["shift"]).decode(), "start_at": begin, "end_at": begin,
                 "reason": CALLED_AWAY},
            )  # fmt: skip
            row = connection.execute(query("tours/standing"), values).mappings().one()
        visits = read_tours(connection, AreaScope.everything(), tour=row["tour_id"])[0]["visits"]
        # Tomorrow begins where tours begin, wherever they are now.
        return _Standing({**row, "lon": row["shift"]["lon"], "lat": row["shift"]["lat"]}, visits)

    def _share(
        self, connection: Connection, teams: list[_Standing], rest: list[dict[str, Any]], day: date, now_s: int
    ) -> list[dict[str, Any]]:
        """Put visits into tours of a day; returns those that found no place."""
        try:
            solution, visits = self._solved(teams, rest, day, now_s)
        except DatabaseUnavailable:
            raise
        except YikeError as error:
            # Asked again it would fail again, and whoever else was called away would wait for it.
            log.warning("tours of who was called away, %s: %s", day, error.message)
            return rest
        wanted = {visit["id"] for visit in rest}
        if any(reason == "day_full" and key not in wanted for key, reason in solution.unassigned.items()):
            return rest
        taken = {call.stop for route in solution.routes for call in route.calls} & wanted
        if not taken:
            return rest
        for route in solution.routes:
            _write(connection, teams[route.shift], route, visits, day, wanted)
        return [visit for visit in rest if visit["id"] not in taken]

    def _solved(
        self, teams: list[_Standing], rest: list[dict[str, Any]], day: date, now_s: int
    ) -> tuple[Solution, dict[int, dict[str, Any]]]:
        lon, lat = [team.row["lon"] for team in teams], [team.row["lat"] for team in teams]
        lon += [team.row["shift"]["lon"] for team in teams]
        lat += [team.row["shift"]["lat"] for team in teams]
        shifts, stops = [], []
        for number, team in enumerate(teams):
            hours, pause = team.row["shift"]["hours"], team.row["shift"]["rest"]
            begin = max(int(hours[0]), now_s)
            end = max(begin, int(hours[1]))
            # Their own visits stay theirs.
            skills = frozenset({*team.row["shift"]["skills"], f"worker {number}"})
            free = (int(pause[0]), int(pause[1])) if pause and pause[0] >= begin else None
            shifts.append(Shift(number, number, len(teams) + number, (begin, end), team.row["profile"], skills, free))
            stops += [(visit, _OWN, frozenset({f"worker {number}"})) for visit in team.planned]
        stops += [(visit, _TAKEN_OVER, frozenset()) for visit in rest]
        asked = tuple(
            Stop(visit["id"], 2 * len(teams) + place, visit["visit_s"],
                 windows([day], visit["opens"], visit["closes"], visit["weekdays"]), priority, needs)
            for place, (visit, priority, needs) in enumerate(stops)
        )  # fmt: skip
        lon += [visit["lon"] for visit, _, _ in stops]
        lat += [visit["lat"] for visit, _, _ in stops]
        profiles: set[Profile] = {team.row["profile"] for team in teams}
        matrices = {
            each: travel_s(self._networks.network(each), lon, lat, limit_m=self._snap_limit_m) for each in profiles
        }
        solution = solve(Problem(asked, tuple(shifts), matrices), limit_s=_LIMIT_S)
        return solution, {visit["id"]: visit for visit, _, _ in stops}


@dataclass(frozen=True, slots=True)
class _Standing:
    """A tour that goes on: the worker, where from, and its visits."""

    row: RowMapping | dict[str, Any]
    visits: list[dict[str, Any]]

    @property
    def planned(self) -> list[dict[str, Any]]:
        return [visit for visit in self.visits if visit["state"] == "planned"]

    @property
    def next_position(self) -> int:
        return max((visit["position"] for visit in self.visits if visit["state"] != "planned"), default=0) + 1


def _write(
    connection: Connection,
    team: _Standing,
    route: Route,
    visits: dict[int, dict[str, Any]],
    day: date,
    taken_over: set[int],
) -> None:
    for position, call in enumerate(route.calls, team.next_position):
        connection.execute(
            query("tours/move_visit"),
            {"visit": visits[call.stop]["id"], "tour": team.row["tour_id"], "position": position,
             "arrive_at": moment(day, call.arrive_s), "wait_s": call.wait_s, "travel_s": call.travel_s, "who": WHO,
             "reason": CALLED_AWAY if call.stop in taken_over else None},
        )  # fmt: skip
    connection.execute(
        query("tours/set_tour_times"),
        {"tour": team.row["tour_id"], "start_at": moment(day, route.start_s), "end_at": moment(day, route.end_s),
         "travel_s": route.travel_s},
    )  # fmt: skip
