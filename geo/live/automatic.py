"""What happens to incidents and orders by itself: orders that go out, and orders that nobody takes in time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row

from geo.database.sql import query
from geo.errors import YikeError
from geo.live.changes import number_changes
from geo.live.nearest import NearestWorker, Preferences, nearest_workers
from geo.live.place import place_of
from geo.live.roster import Roster
from geo.scope import AreaScope

log = logging.getLogger("yike.work")

WHO = "rule"
MOST_TRIED = 3
"""After so many workers did not take an order, whoever supervises is told instead of a fourth."""
_AGAIN_S = 30.0


class Dispatcher:
    """Sends whom a person would have sent.

    One deadline a transaction, locked from its finding to its end: each is met once, by one process, and who dies
    in between leaves it as it was.
    """

    def __init__(self, engine: Engine, roster: Roster, preferences: Preferences) -> None:
        self._engine = engine
        self._roster = roster
        self._preferences = preferences

    def send_due(self) -> int:
        """Orders that go out by themselves now; returns how many deadlines were met."""
        return self._each("orders/due_dispatch", self._dispatch)

    def pass_on_late(self) -> int:
        """Orders not accepted in time go to the next nearest, then to who supervises."""
        return self._each("orders/due_acceptance", self._pass_on)

    def _each(self, statement: str, act: Callable[[Connection, Row[Any]], bool]) -> int:
        met = 0
        while True:
            with self._engine.begin() as connection:
                due = connection.execute(query(statement)).one_or_none()
                if due is None:
                    break
                try:
                    with connection.begin_nested():
                        is_done = act(connection, due)
                except YikeError as error:
                    log.warning("%s: %s", statement, error.message)
                    is_done = False
                if is_done:
                    connection.execute(query("orders/drop_deadline"), {"deadline": due.deadline_id})
                else:
                    # Nobody is on duty, or no street is near: looked at again until somebody is, or a person decides.
                    connection.execute(query("orders/postpone"), {"deadline": due.deadline_id, "seconds": _AGAIN_S})
            met += 1
        if met:
            number_changes(self._engine)
        return met

    def _dispatch(self, connection: Connection, due: Row[Any]) -> bool:
        if not connection.execute(query("orders/may_dispatch"), {"incident": due.incident_id}).scalar_one():
            return True
        order: dict[str, Any] = {"incident": due.incident_id, "worker": None, "department": None, "who": WHO}
        if due.dispatch_to == "department" and due.department_id is not None:
            connection.execute(query("orders/create"), {**order, "department": due.department_id, "reason": "{}"})
            return True
        nearest = self._nearest(due.incident_id, exclude=frozenset())
        if nearest is None:
            return False
        connection.execute(
            query("orders/create"), {**order, "worker": nearest.worker_id, "reason": _as_json(reason_of(nearest))}
        )
        return True

    def _pass_on(self, connection: Connection, due: Row[Any]) -> bool:
        if due.state != "dispatched":
            return True
        tried = frozenset(
            connection.execute(query("orders/tried_workers"), {"incident": due.incident_id}).scalars().all()
        )
        nearest = None
        if due.worker_id is not None and len(tried) < MOST_TRIED:
            nearest = self._nearest(due.incident_id, exclude=tried)
        if nearest is None:
            connection.execute(query("orders/escalate"), {"order": due.order_id})
            return True
        connection.execute(
            query("orders/hand_over"),
            {
                "order": due.order_id,
                "worker": nearest.worker_id,
                "who": WHO,
                "note": "not accepted in time",
                "reason": _as_json(reason_of(nearest)),
            },
        )
        return True

    def _nearest(self, incident_id: int, *, exclude: frozenset[int]) -> NearestWorker | None:
        """Whom to send: who is best by way and preferences, and has the skill the alarm asks for, if anybody has."""
        everywhere = AreaScope.everything()
        place = place_of(self._engine, scope=everywhere, incident_id=incident_id)
        # Better someone who cannot do it all, or has much to do, than nobody.
        relaxed = replace(self._preferences, most_open_orders=None)
        for skill, preferences in (
            *([(place.skill, self._preferences)] if place.skill else []),
            (None, self._preferences),
            (None, relaxed),
        ):
            found = nearest_workers(
                self._roster, place, k=1, scope=everywhere, skill=skill, preferences=preferences, exclude=exclude
            )
            if found.workers:
                return found.workers[0]
        return None


def reason_of(worker: NearestWorker) -> dict[str, Any]:
    """Why this worker, kept with the order."""
    return {
        "seconds": round(worker.seconds),
        "length_m": round(worker.way.length_m),
        "position_age_s": None if worker.position_age_s is None else round(worker.position_age_s),
        "open_orders": worker.open_orders,
        "climb_s": round(worker.climb_s),
        "profile": worker.profile,
        "why": worker.why,
    }


def _as_json(reason: dict[str, Any]) -> str:
    return orjson.dumps(reason).decode()
