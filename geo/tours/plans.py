"""Plans: tours proposed together, accepted or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.network.profiles import Profile
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from geo.tours.due import due_visits
from geo.tours.hours import CHINA, DAY_S, moment, seconds_since, today, windows
from geo.tours.problem import Problem, Route, Shift, Span, Stop
from geo.tours.solve import MOST_STOPS, solve
from geo.tours.travel import travel_s
from geo.tours.visits import read_tours, write_visits

_LOCK = 0x746F7572  # "tour": one acceptance at a time


@dataclass(frozen=True, slots=True)
class WorkerHours:
    """A worker who is to make visits: from when to when each day (seconds of the day), and what they can do."""

    worker_id: int
    hours: Span
    rest: Span | None = None
    # Beside those on record.
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be planned: `days` from `first_day` on. Without `workers` all on duty work the `usual` hours.

    Of what is due at most `most` are planned, the most pressing; without it all of it.
    """

    first_day: date
    days: int
    usual: WorkerHours
    workers: Sequence[WorkerHours] = ()
    units: Sequence[int] | None = None
    most: int | None = None
    even: bool = True
    limit_s: float = 3.0


@dataclass(frozen=True, slots=True)
class _Day:
    worker_id: int
    day: date
    lon: float
    lat: float
    profile: Profile
    own: WorkerHours
    hours: Span


def propose(
    engine: Engine, networks: NetworkStore, wanted: Wanted, *, scope: AreaScope, who: str, snap_limit_m: float
) -> int:
    """Tours for what is due and in no tour yet, kept as a proposal; returns the plan's id.

    Raises
    ------
    InvalidInput
        When nobody can work, a worker is not known, the days are over, or there is more than can be planned at once.
    """
    if wanted.first_day < today():
        raise InvalidInput("This day is over.", where="first_day")
    days = [wanted.first_day + timedelta(days=n) for n in range(wanted.days)]
    working, left_out = _working_days(engine, wanted, days, scope)
    homes = due_visits(engine, scope, days[-1], limit=wanted.most or MOST_STOPS + 1, only_open=True, units=wanted.units)
    if len(homes) > MOST_STOPS:
        raise InvalidInput(
            f"{homes[0]['total']:,} visits are more than can be planned at once.",
            where="visits",
            hint=f"At most {MOST_STOPS:,}: choose a smaller area, or say how many at `most`.",
        )
    problem = _problem(networks, working, homes, days, snap_limit_m)
    solution = solve(problem, limit_s=wanted.limit_s, even=wanted.even)
    with engine.begin() as connection:
        connection.execute(query("tours/prune_plans"))
        plan = connection.execute(
            query("tours/add_plan"),
            {"first_day": days[0], "days": len(days), "who": who, "path": scope.lower,
             "unassigned": orjson.dumps(sorted(solution.unassigned.items())).decode(),
             "left_out": orjson.dumps(left_out).decode()},
        ).scalar_one()  # fmt: skip
        by_unit = {home["unit_id"]: home for home in homes}
        for route in solution.routes:
            _add_tour(connection, int(plan), working[route.shift], route, by_unit, days[0])
    return int(plan)


def accept(engine: Engine, tours: Sequence[int], *, who: str) -> None:
    """Proposed tours become the workers' days, all of them or none.

    Raises
    ------
    Conflict
        When a worker has a tour that day by now, or a home is planned elsewhere by now.
    """
    with engine.begin() as connection:
        connection.execute(query("schema/lock"), {"key": _LOCK})
        clash = connection.execute(query("tours/clashes"), {"tours": list(tours), "today": today()}).first()
        if clash is not None:
            raise Conflict(
                f"Since this was proposed, {clash.what} {clash.id} was planned in another tour.",
                hint="Discard it and propose again.",
            )
        connection.execute(query("tours/accept"), {"tours": list(tours), "who": who})


def discard(engine: Engine, tours: Sequence[int]) -> None:
    """Tours are called off: proposals vanish, of accepted ones what has been done stays on record."""
    with engine.begin() as connection:
        connection.execute(query("tours/discard"), {"tours": list(tours)})
        connection.execute(query("tours/drop_empty"), {"tours": list(tours)})


def read_plan(engine: Engine, plan_id: int, scope: AreaScope) -> dict[str, Any]:
    """A plan with its tours; `homes` are those in none of them, each with its reason.

    Raises
    ------
    NotFound
        When there is none in the scope.
    """
    with engine.connect() as connection:
        values = {"plan": plan_id, "lower": scope.lower, "upper": scope.upper}
        found = connection.execute(query("tours/plan"), values).mappings().one_or_none()
        if found is None:
            raise NotFound(f"There is no plan {plan_id}.")
        reasons = dict(found["unassigned"])
        rows = connection.execute(query("tours/homes"), {"units": list(reasons)}).mappings()
        homes = {row["unit_id"]: {**row, "reason": reasons[row["unit_id"]]} for row in rows}
        tours = read_tours(connection, AreaScope.everything(), plan=plan_id)
    return {**found, "tours": tours, "homes": [homes[unit] for unit in reasons if unit in homes]}


def _working_days(
    engine: Engine, wanted: Wanted, days: list[date], scope: AreaScope
) -> tuple[list[_Day], list[dict[str, Any]]]:
    """Who works on which day, and who does not and why."""
    own = {worker.worker_id: worker for worker in wanted.workers}
    values = {"lower": scope.lower, "upper": scope.upper, "workers": list(own) or None}
    with engine.connect() as connection:
        rows = connection.execute(query("tours/shifts"), values).all()
        taken = {
            (row.worker_id, row.day)
            for row in connection.execute(query("tours/taken_days"), {"first_day": days[0], "last_day": days[-1]})
        }
    if missing := sorted(set(own) - {row.id for row in rows}):
        raise InvalidInput(f"There is no worker {missing[0]}.", where="workers")
    now_s = seconds_since(days[0], datetime.now(CHINA))
    working, left_out = [], []
    for row in rows:
        hours = own.get(row.id, wanted.usual)
        for day in days:
            # Today begins now.
            begin = max(hours.hours[0], now_s - (day - days[0]).days * DAY_S)
            reason = (
                "has_tour" if (row.id, day) in taken
                else "no_place" if row.lon is None
                else "over" if begin >= hours.hours[1]
                else None
            )  # fmt: skip
            if reason is not None:
                left_out.append({"worker_id": row.id, "worker": row.name, "day": day.isoformat(), "reason": reason})
                continue
            able = replace(hours, skills=hours.skills | frozenset(row.skills))
            working.append(_Day(row.id, day, row.lon, row.lat, row.profile, able, (begin, hours.hours[1])))
    if not working:
        raise InvalidInput(
            "Nobody can make visits then.",
            where="workers",
            hint="Those asked for have a tour already, are off duty, or the day is over." if rows else
            "Nobody is on duty in this area: name the workers.",
        )  # fmt: skip
    return working, left_out


def _problem(
    networks: NetworkStore, working: list[_Day], homes: list[dict[str, Any]], days: list[date], snap_limit_m: float
) -> Problem:
    lon = [row.lon for row in working] + [home["lon"] for home in homes]
    lat = [row.lat for row in working] + [home["lat"] for home in homes]
    stops = tuple(
        Stop(home["unit_id"], len(working) + row, home["visit_s"],
             windows(days, home["wish_opens"], home["wish_closes"], home["weekdays"]), home["priority"],
             frozenset(home["skills"] or ()))
        for row, home in enumerate(homes)
    )  # fmt: skip
    shifts = []
    for row, work in enumerate(working):
        start = (work.day - days[0]).days * DAY_S
        rest = work.own.rest
        if rest is not None and rest[0] < work.hours[0]:
            # It is past noon: who begins later has rested.
            rest = None
        shifts.append(Shift(row, row, row, (start + work.hours[0], start + work.hours[1]), work.profile,
                            work.own.skills, None if rest is None else (start + rest[0], start + rest[1])))  # fmt: skip
    profiles: set[Profile] = {work.profile for work in working}
    matrices = {each: travel_s(networks.network(each), lon, lat, limit_m=snap_limit_m) for each in profiles}
    return Problem(stops, tuple(shifts), matrices)


def _add_tour(
    connection: Connection, plan: int, work: _Day, route: Route, homes: dict[int, dict[str, Any]], first_day: date
) -> None:
    shift = {"hours": work.own.hours, "rest": work.own.rest, "skills": sorted(work.own.skills),
             "lon": work.lon, "lat": work.lat}  # fmt: skip
    tour = connection.execute(
        query("tours/add_tour"),
        {"plan": plan, "worker": work.worker_id, "day": work.day, "state": "proposed",
         "shift": orjson.dumps(shift).decode(), "start_at": moment(first_day, route.start_s),
         "end_at": moment(first_day, route.end_s), "travel_s": route.travel_s, "reason": None},
    ).scalar_one()  # fmt: skip
    write_visits(connection, int(tour), route, homes, first_day)
