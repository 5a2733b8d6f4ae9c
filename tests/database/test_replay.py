"""Replay against what was seen live: the same at every moment, and its changes lead from one to the other."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from numpy.random import PCG64, Generator
from sqlalchemy import Engine, text

from geo.errors import InvalidInput, YikeError
from geo.live.board import Board
from geo.live.changes import number_changes
from geo.live.dispatch import Step, create_order, move_order
from geo.live.incidents import acknowledge, false_alarm, manual_check, report_incident
from geo.live.replay import Frame, replay
from geo.live.telemetry import take_readings
from geo.live.upkeep import mark_silent
from geo.scope import AreaScope
from tests.world import LAT, LON, World, build_world, reading

EVERYTHING = AreaScope.everything()
Shown = dict[str, dict[int, Any]]
_ALARM = {"water_meter": ("no_use_h", 50), "call_button": ("pressed", 1), "waste_camera": ("fill_pct", 95),
          "smoke": ("smoke", 1), "gas": ("gas_lel_pct", 20), "video_camera": ("blocked", 1)}  # fmt: skip


def seen(engine: Engine) -> tuple[datetime, Shown]:
    """What a page that opens now would show."""
    number_changes(engine)
    board = Board.load(engine)
    now = datetime.now(UTC)
    time.sleep(0.002)
    lists = {"devices": board.devices, "incidents": board.incidents, "workers": board.workers}
    return now, {name: {key: orjson.loads(item.payload) for key, item in rows.items()} for name, rows in lists.items()}


def apply(shown: Shown, frame: Frame) -> None:
    """As a page takes a delta."""
    gone = {"devices": ("normal", "removed"), "incidents": ("closed", "merged", "removed"), "workers": ("removed",)}
    for name, rows in shown.items():
        for fragment in getattr(frame, name):
            row = orjson.loads(orjson.dumps(fragment))
            if row[1] in gone[name]:
                rows.pop(row[0], None)
            else:
                rows[row[0]] = row


def then(engine: Engine, at: datetime, scope: AreaScope = EVERYTHING) -> Shown:
    shown: Shown = {"devices": {}, "incidents": {}, "workers": {}}
    apply(shown, replay(engine, at, scope=scope)[0])
    return shown


def one_thing(engine: Engine, world: World, dice: Generator) -> None:
    """Some operation a real day has; one that is refused is part of it."""

    def pick(statement: str) -> int:
        with engine.connect() as connection:
            found = connection.execute(text(statement)).scalars().all()
        return int(found[int(dice.integers(len(found)))]) if found else -1

    kind = list(_ALARM)[int(dice.integers(len(_ALARM)))]
    metric, alarm = _ALARM[kind]
    incident = "select id from yike.incident where closed_at is null order by id"
    order = "select id from yike.work_order where state not in ('closed', 'returned', 'cancelled') order by id"
    match int(dice.integers(11)):
        case 0 | 1:
            take_readings(engine, [reading(kind, {metric: alarm if dice.random() < 0.7 else 0})])
        case 2:
            with engine.begin() as connection:
                connection.execute(text("update yike.device set installed_at = now() - interval '9 days'"))
                connection.execute(text("update yike.device_state set received_at = now() - interval '9 days'"))
                connection.execute(text("update yike.deadline set due_at = now() where device_id % 2 = :n"),
                                   {"n": int(dice.integers(2))})  # fmt: skip
            mark_silent(engine)
        case 3:
            create_order(
                engine, pick(incident), scope=EVERYTHING, who="t", worker_id=world.workers[int(dice.integers(2))]
            )
        case 4 | 5 | 9 | 10:
            number = pick(order)
            with engine.connect() as connection:
                state = connection.execute(
                    text("select state from yike.work_order where id = :id"), {"id": number}
                ).scalar()
            onward: dict[Any, Step] = {
                "dispatched": "accept",
                "accepted": "arrive",
                "arrived": "handle",
                "handled": "verify",
            }
            aside: list[Step] = ["return", "cancel", "close", "arrive"]
            step = onward.get(state, "close") if dice.random() < 0.8 else aside[int(dice.integers(4))]
            move_order(engine, number, step, scope=EVERYTHING, who="t")
        case 6:
            report_incident(engine, scope=EVERYTHING, kind="resident_report", title="t", lon=LON, lat=LAT, who="t")
        case 7:
            if dice.random() < 0.4:
                manual_check(engine, world.devices[kind], scope=EVERYTHING, who="t", note=None)
            elif dice.random() < 0.5:
                acknowledge(engine, pick(incident), scope=EVERYTHING, who="t")
            else:
                false_alarm(engine, pick(incident), scope=EVERYTHING, who="t", note=None)
        case _:
            with engine.begin() as connection:
                connection.execute(
                    text("insert into yike.worker_position (worker_id, geom)"
                         " values (:w, st_setsrid(st_makepoint(120 + :x, 31), 4326)) on conflict (worker_id)"
                         " do update set observed_at = excluded.observed_at, geom = excluded.geom"),
                    {"w": world.workers[int(dice.integers(2))], "x": float(dice.random()) / 100},
                )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_every_moment_is_shown_as_it_was_seen(database: Engine, seed: int) -> None:
    world = build_world(database)
    dice = Generator(PCG64(seed))
    moments = [seen(database)]
    for n in range(150):
        try:
            one_thing(database, world, dice)
        except YikeError:
            continue
        if n % 6 == 0:
            moments.append(seen(database))
    # What was numbered is gone long before.
    with database.begin() as connection:
        connection.execute(text("delete from yike.change"))
    moments.append(seen(database))
    kinds = {row[1] for _, shown in moments for row in shown["devices"].values()}
    assert kinds == {"abnormal", "offline"}
    assert any(
        row[7] in ("accepted", "arrived", "handled") for _, shown in moments for row in shown["devices"].values()
    )
    for at, shown in moments:
        assert then(database, at) == shown
    for (at, shown), (until, later) in zip(moments, moments[3:], strict=False):
        _, deltas = replay(database, at, until, scope=EVERYTHING)
        moving = {name: dict(rows) for name, rows in shown.items()}
        for delta in deltas:
            apply(moving, delta)
        assert moving == later


def test_a_scope_sees_its_own_and_a_wrong_time_is_refused(database: Engine) -> None:
    world = build_world(database)
    take_readings(database, [reading("smoke", {"smoke": 1})])
    now, shown = seen(database)
    assert then(database, now, AreaScope.below(world.path)) == shown
    assert then(database, now, AreaScope.below("320100/s2")) == {"devices": {}, "incidents": {}, "workers": {}}
    for at, until in ((now + timedelta(hours=1), None), (now - timedelta(days=31), None),
                      (now, now - timedelta(hours=1)), (now - timedelta(days=2), now), (now.replace(tzinfo=None), None)):  # fmt: skip
        with pytest.raises(InvalidInput):
            replay(database, at, until, scope=EVERYTHING)
