"""Orders: one open order an incident, every step checked and on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, RowMapping

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.changes import number_changes
from geo.scope import AreaScope

Step = Literal["accept", "arrive", "handle", "verify", "close", "return", "cancel"]
STATE_AFTER: dict[Step, str] = {
    "accept": "accepted",
    "arrive": "arrived",
    "handle": "handled",
    "verify": "verified",
    "close": "closed",
    "return": "returned",
    "cancel": "cancelled",
}


def create_order(
    engine: Engine,
    incident_id: int,
    *,
    scope: AreaScope,
    who: str,
    worker_id: int | None = None,
    department_id: int | None = None,
    reason: Mapping[str, Any] | None = None,
) -> int:
    """Give an open incident to a worker or to a department; returns the order's id.

    Where the incident was merged into another, the order stands on that one. `reason` says why this worker: rank,
    seconds, age of the position.

    Raises
    ------
    InvalidInput
        Unless exactly one addressee is named, and exists.
    NotFound
        When there is no such incident in the scope.
    Conflict
        When an order already stands (``order_id`` in the details), or the incident is closed.
    """
    if (worker_id is None) == (department_id is None):
        raise InvalidInput("An order goes to one addressee.", hint="Give either worker_id or department_id.")
    with engine.begin() as connection:
        _incident(connection, incident_id, scope)
        _check_addressee(connection, worker_id, department_id)
        made = connection.execute(
            query("orders/create"),
            {
                "incident": incident_id,
                "worker": worker_id,
                "department": department_id,
                "who": who,
                "reason": orjson.dumps(reason or {}).decode(),
            },
        ).one()
    number_changes(engine)
    if made.order_id is not None:
        return int(made.order_id)
    if made.standing_id is not None:
        raise Conflict("An order already stands on this incident.", order_id=made.standing_id)
    raise Conflict("The incident is closed.", hint="Nothing is left to do there.")


def move_order(
    engine: Engine,
    order_id: int,
    step: Step,
    *,
    scope: AreaScope,
    who: str,
    note: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    away_until: datetime | None = None,
) -> str:
    """One step of an order; returns its state afterwards. Verifying closes the incident.

    Repeating the step an order has just made changes nothing and succeeds: a phone may send twice.

    Raises
    ------
    NotFound
        When there is no such order in the scope.
    Conflict
        When the step does not follow from the order's present state.
    """
    wanted = STATE_AFTER[step]
    with engine.begin() as connection:
        read_order(connection, order_id, scope=scope)
        moved = connection.execute(
            query("orders/move"),
            {
                "order": order_id,
                "state": wanted,
                "who": who,
                "note": note,
                "lon": lon,
                "lat": lat,
                "away_until": away_until,
            },
        ).one()
    number_changes(engine)
    if not moved.done and moved.present != wanted:
        raise Conflict(
            f"An order that is {moved.present} cannot become {wanted}.", state=moved.present, order_id=order_id
        )
    return str(moved.present)


def hand_over(
    engine: Engine,
    order_id: int,
    *,
    to_worker: int,
    scope: AreaScope,
    who: str,
    note: str | None = None,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """Give an order to another worker, who is asked to accept it; nothing of its history is lost.

    Raises
    ------
    InvalidInput
        When there is no such worker.
    NotFound
        When there is no such order in the scope.
    Conflict
        When it is handled already, at an end, or that worker's own.
    """
    with engine.begin() as connection:
        order = read_order(connection, order_id, scope=scope)
        _check_addressee(connection, to_worker, None)
        state = connection.execute(
            query("orders/hand_over"),
            {
                "order": order_id,
                "worker": to_worker,
                "who": who,
                "note": note,
                "reason": orjson.dumps(reason or {}).decode(),
            },
        ).scalar_one()
    number_changes(engine)
    if state is None:
        raise Conflict(
            f"An order that is {order['state']} cannot be handed to this worker.",
            state=order["state"],
            order_id=order_id,
        )


def rate(engine: Engine, order_id: int, *, rating: int, scope: AreaScope, who: str, note: str | None) -> None:
    """How well an order was done, 1 (badly) to 5; a later rating replaces an earlier one.

    Raises
    ------
    NotFound
        When there is no such order in the scope.
    Conflict
        When nothing has been done yet.
    """
    with engine.begin() as connection:
        order = read_order(connection, order_id, scope=scope)
        done = connection.execute(
            query("orders/rate"), {"order": order_id, "rating": rating, "who": who, "note": note}
        ).one_or_none()
    if done is None:
        raise Conflict(f"An order that is {order['state']} cannot be rated yet.", state=order["state"])


def read_order(connection: Connection, order_id: int, *, scope: AreaScope) -> dict[str, Any]:
    """One order with its incident, place and log.

    Raises
    ------
    NotFound
        When there is none in the scope.
    """
    found = connection.execute(
        query("orders/one"), {"order": order_id, "lower": scope.lower, "upper": scope.upper}
    ).mappings()
    if (row := found.one_or_none()) is None:
        raise NotFound(f"There is no order {order_id}.")
    return dict(row)


def _incident(connection: Connection, incident_id: int, scope: AreaScope) -> RowMapping:
    row = (
        connection.execute(
            query("live/incident"), {"incident": incident_id, "lower": scope.lower, "upper": scope.upper}
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(f"There is no incident {incident_id}.")
    return row


def _check_addressee(connection: Connection, worker_id: int | None, department_id: int | None) -> None:
    found = connection.execute(query("orders/addressee"), {"worker": worker_id, "department": department_id}).one()
    if not found.known:
        kind, number = ("worker", worker_id) if worker_id is not None else ("department", department_id)
        raise InvalidInput(f"There is no {kind} {number}.", where=f"{kind}_id")
