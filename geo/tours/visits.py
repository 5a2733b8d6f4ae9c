"""Tours as they stand, and the steps of their visits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.errors import Conflict, NotFound
from geo.scope import AreaScope
from geo.tours.hours import moment
from geo.tours.problem import Route

VisitStep = Literal["done", "missed", "skip"]
STATE_AFTER: Mapping[VisitStep, str] = {"done": "done", "missed": "missed", "skip": "skipped"}


def read_tours(
    connection: Connection,
    scope: AreaScope,
    *,
    tour: int | None = None,
    plan: int | None = None,
    worker: int | None = None,
    state: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> list[dict[str, Any]]:
    """Tours of the scope's workers by day and worker, each with its `visits` in their order."""
    values = {"lower": scope.lower, "upper": scope.upper, "tour": tour, "plan": plan, "worker": worker, "state": state,
              "first_day": first_day, "last_day": last_day}  # fmt: skip
    found = [{**row, "visits": []} for row in connection.execute(query("tours/list"), values).mappings()]
    by_id = {row["id"]: row for row in found}
    for visit in connection.execute(query("tours/visits"), {"tours": list(by_id)}).mappings():
        by_id[visit["tour_id"]]["visits"].append(dict(visit))
    return found


def read_tour(engine: Engine, tour_id: int, scope: AreaScope) -> dict[str, Any]:
    """One tour.

    Raises
    ------
    NotFound
        When its worker is none of the scope's.
    """
    with engine.connect() as connection:
        found = read_tours(connection, scope, tour=tour_id)
    if not found:
        raise NotFound(f"There is no tour {tour_id}.")
    return found[0]


def read_visit(engine: Engine, visit_id: int, scope: AreaScope) -> dict[str, Any]:
    """One visit.

    Raises
    ------
    NotFound
        When there is none in the scope.
    """
    with engine.connect() as connection:
        values = {"visit": visit_id, "lower": scope.lower, "upper": scope.upper}
        found = connection.execute(query("tours/visit"), values).mappings().one_or_none()
    if found is None:
        raise NotFound(f"There is no visit {visit_id}.")
    return dict(found)


def move_visit(
    engine: Engine, visit_id: int, step: VisitStep, *, who: str, note: str | None, at: datetime | None
) -> None:
    """Somebody was there, nobody opened, or it is left out this time.

    Repeating a step changes nothing and succeeds: a phone may send twice. Who was not at home first may be at home
    later the same day. `at` is when it was, where that is told late; never in the future.

    Raises
    ------
    Conflict
        When it is done already, or planned no more.
    """
    wanted = STATE_AFTER[step]
    now = datetime.now(UTC)
    if at is not None and (at > now or at < now - timedelta(days=7)):
        at = None
    with engine.begin() as connection:
        present = connection.execute(query("tours/lock_visit"), {"visit": visit_id}).scalar_one()
        if present == wanted:
            return
        if present not in ("planned", "missed", "skipped"):
            raise Conflict(f"A visit that is {present} cannot become {wanted}.", state=present, visit_id=visit_id)
        connection.execute(
            query("tours/step"), {"visit": visit_id, "state": wanted, "at": at, "note": note, "who": who}
        )


def write_visits(
    connection: Connection, tour: int, route: Route, homes: Mapping[int, Mapping[str, Any]], first_day: date
) -> None:
    """The calls of a route as visits of a tour; `homes` by unit, as `due_visits` tells of them."""
    rows = [
        {
            "unit_id": call.stop,
            "position": position,
            "arrive_at": moment(first_day, call.arrive_s).isoformat(),
            "wait_s": call.wait_s,
            "travel_s": call.travel_s,
            "visit_s": homes[call.stop]["visit_s"],
            "priority": homes[call.stop]["priority"],
            "opens": homes[call.stop]["wish_opens"],
            "closes": homes[call.stop]["wish_closes"],
        }
        for position, call in enumerate(route.calls, 1)
    ]
    connection.execute(query("tours/add_visits"), {"tour": tour, "visits": orjson.dumps(rows).decode()})
