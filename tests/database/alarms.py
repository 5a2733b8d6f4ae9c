"""Alarms in the small world of the tests, and what is asked of the database about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from geo.live.automatic import Dispatcher
from geo.live.nearest import Preferences
from geo.live.roster import Roster
from geo.live.telemetry import take_readings
from geo.network.store import NetworkStore
from tests.world import reading


def run(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def rows(engine: Engine, statement: str, **values: object) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def one(engine: Engine, statement: str, **values: object) -> Any:
    return rows(engine, statement, **values)[0][0]


def press(engine: Engine) -> int:
    take_readings(engine, [reading("call_button", {"pressed": 1})])
    return int(one(engine, "select id from yike.incident order by id desc limit 1"))


def dispatcher(engine: Engine) -> Dispatcher:
    return Dispatcher(engine, Roster(engine, NetworkStore(engine), 250), Preferences(at_post_s=120, open_order_s=300))


def fall_due(engine: Engine) -> None:
    run(
        engine,
        "update yike.deadline set due_at = now() - interval '1 second' where purpose in ('dispatch', 'acceptance')",
    )


OPEN = "select id, merged_into_id, severity from yike.incident where closed_at is null order by id"


def silence(engine: Engine, kind: str, count: int, gateway: str | None) -> None:
    run(engine, "update yike.rule set enabled = false")
    run(engine, "insert into yike.rule (code, kind, name, name_en, type, window_s, clearing, severity)"
        " values ('mute', :kind, '无信号', 'Silent', 'silence', 3600, 'self_clearing', 2)", kind=kind)  # fmt: skip
    run(engine, "insert into yike.device (external_id, kind, name, path, gateway, geom, installed_at)"
        " select 'm-' || n, kind, name, path, :gateway, geom, now() - interval '2 hours'"
        " from yike.device, generate_series(1, :count) as n where kind = :kind", kind=kind, count=count, gateway=gateway)  # fmt: skip
    run(engine, "update yike.device set installed_at = now() where external_id not like 'm-%'")
    run(engine, "select yike.expect_reports()")
    run(engine, "update yike.deadline set due_at = now() - interval '1 second' where device_id in"
        " (select id from yike.device where external_id like 'm-%')")  # fmt: skip
