"""Telling people: once, over channels that are slow, dead or wrong, and never what must stay in the house."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, text

from api.channels import FILE_NAME, teller
from geo.database.engine import make_engine
from geo.live.dispatch import create_order, move_order
from geo.live.outbox import BACK_OFF_S, PER_MINUTE, Notice, Outbox, Tell, due_channels, tell_next
from geo.live.telemetry import take_readings
from geo.live.upkeep import apply_retention
from geo.scope import AreaScope
from geo.settings import Settings
from tests.receiving import receiver
from tests.serving import free_port
from tests.world import World, build_world, reading

ALL = AreaScope.everything()
EVERYBODY = ["duty", "worker", "supervisor", "elder", "relative"]
SECRET = "a secret of this very test"


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return teller(Settings(home=tmp_path, private_channels=True))


def one(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar_one()


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def do(engine: Engine, statement: str, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def channel(engine: Engine, name: str, kind: str, url: str, audiences: list[str] | None = None) -> int:
    with engine.begin() as connection:
        statement = text(
            "insert into yike.channel (name, type, url, secret, events, audiences, edited_by) values"
            " (:name, :kind, :url, :secret, '{opened,dispatched,escalated,closed}', :audiences, 'test') returning id"
        )
        values = {"name": name, "kind": kind, "url": url, "secret": SECRET, "audiences": audiences or ["duty"]}
        return int(connection.execute(statement, values).scalar_one())


def only(engine: Engine, kept: int) -> None:
    """Leave one channel's notices, so that a test counts its own."""
    do(engine, "delete from yike.notification where channel_id <> :kept", kept=kept)


def alarm(engine: Engine, world: World, *, ordered: bool = True) -> int | None:
    """The call button of the elder's flat; answers the order to the first worker."""
    take_readings(engine, [reading("call_button", {"pressed": 1})])
    incident = one(engine, "select max(id) from yike.incident")
    return create_order(engine, incident, scope=ALL, who="test", worker_id=world.workers[0]) if ordered else None


def opened(engine: Engine, world: World, count: int) -> None:
    """So many findings, each told of."""
    do(
        engine,
        "with i as (insert into yike.incident (kind, title, severity, geom, path) select 'patrol_finding', '井盖松动', 2,"
        " st_setsrid(st_makepoint(120, 31), 4326), :path from generate_series(1, :count) returning id)"
        " select 1 from i",
        path=world.path, count=count,
    )  # fmt: skip
    do(engine, "select yike.tell('opened', id, null) from yike.incident where kind = 'patrol_finding'")


def lines(home: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (home / FILE_NAME).read_bytes().splitlines()]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def until_empty(engine: Engine, *outboxes: Outbox) -> None:
    def is_empty() -> bool:
        for outbox in outboxes:
            outbox.look()
        return not one(engine, "select exists (select from yike.notification where state in ('waiting', 'sending'))")

    wait_for(is_empty)


def test_everybody_is_told_and_no_text_names_anybody(
    database: Engine, world: World, tell: Tell, tmp_path: Path
) -> None:
    do(database, "update yike.worker set phone = '14099990000'")
    with receiver() as gateway:
        channel(database, "sms", "webhook", gateway.url, EVERYBODY)
        order = alarm(database, world)
        assert order is not None
        do(database, "select yike.escalate(:order)", order=order)
        for step in ("accept", "arrive", "handle", "verify"):
            move_order(database, order, step, scope=ALL, who="test")
        # All at once: only what still holds is told.
        until_empty(database, Outbox(database, tell))
        states = dict(
            rows(
                database,
                "select event || ' ' || audience, string_agg(distinct state, ',') from yike.notification group by 1",
            )
        )
        assert states["opened duty"] == "skipped"
        assert states["dispatched elder"] == states["closed relative"] == "sent"
        assert {post["audience"]: post.get("to") for post in map(orjson.loads, (p.body for p in gateway.posts))} == {
            "duty": None, "supervisor": None, "worker": {"phone": "14099990000"},
            "elder": {"phone": "14012348000"}, "relative": {"phone": "14088887777"},
        }  # fmt: skip
        told = lines(tmp_path)
        texts = [line["text"] for line in told] + [orjson.loads(post.body)["text"] for post in gateway.posts]
    assert {(line["event"], line["audience"]) for line in told} == {
        ("dispatched", "worker"), ("dispatched", "elder"), ("dispatched", "relative"), ("escalated", "duty"),
        ("escalated", "supervisor"), ("closed", "worker"), ("closed", "elder"), ("closed", "relative"),
    }  # fmt: skip
    assert not any("phone" in line or "to" in line for line in told)
    assert f"【一刻】您的家人家中的设备有一条提醒，社区已派工作人员上门查看（工单 {order}）。" in texts
    for private in ("张桂芳", "张秀英", "王小明", "402", "14012348000", "14088887777", "14099990000", "网格员", "岁"):
        assert not any(private in spoken for spoken in texts), private


def test_what_somebody_typed_is_no_title(database: Engine, world: World, tell: Tell, tmp_path: Path) -> None:
    opened(database, world, 1)
    do(database, "update yike.incident set title = '张桂芳家402漏水 14012348000'")
    until_empty(database, Outbox(database, tell))
    (line,) = lines(tmp_path)
    assert line["text"].startswith("【一刻】当日：异常情况，grid g1（事件 ")


def test_a_dead_and_a_slow_channel_keep_nobody_waiting(
    database: Engine, world: World, tell: Tell, tmp_path: Path
) -> None:
    with receiver(opened=False) as slow:
        stuck = channel(database, "slow", "webhook", slow.url)
        dead = channel(database, "dead", "webhook", f"http://127.0.0.1:{free_port()}/")
        opened(database, world, 3)
        outbox = Outbox(database, tell)
        outbox.look()
        wait_for(lambda: (tmp_path / FILE_NAME).exists() and len(lines(tmp_path)) == 3)
        failed = f"select count(*) from yike.notification where channel_id = {dead} and error = 'No connection.' and state = 'waiting' and next_at > now()"
        wait_for(lambda: bool(one(database, failed) == 3))
        slow.came.wait(30)
        assert (
            one(database, f"select count(*) from yike.notification where channel_id = {stuck} and state = 'sending'")
            == 1
        )
        slow.open.set()
        wait_for(lambda: len(slow.posts) == 3)
        assert slow.most_at_once == 1
        outbox.close()


def test_a_failure_is_tried_again_later_and_later_then_given_up(database: Engine, world: World, tell: Tell) -> None:
    with receiver() as hook:
        told = channel(database, "hook", "webhook", hook.url)
        opened(database, world, 1)
        only(database, told)
        hook.answers = [(500, b"")] * (len(BACK_OFF_S) + 1)
        pauses = []
        for _ in BACK_OFF_S:
            assert tell_next(database, told, tell)
            assert not tell_next(database, told, tell)
            pauses.append(
                one(
                    database,
                    "select round(extract(epoch from next_at - clock_timestamp()) / 10) * 10 from yike.notification",
                )
            )
            do(database, "update yike.notification set next_at = now()")
        assert pauses == list(BACK_OFF_S)
        assert tell_next(database, told, tell)
        assert rows(database, "select state, attempts, error from yike.notification") == [
            ("failed", 6, "Answered 500.")
        ]
        do(database, "update yike.notification set state = 'waiting', attempts = 1, next_at = now()")
        assert tell_next(database, told, tell)
        assert rows(database, "select state, error from yike.notification") == [("sent", None)]
        assert len({post.headers["idempotency-key"] for post in hook.posts}) == 1


def test_workers_side_by_side_tell_each_once(database: Engine, world: World, tell: Tell, tmp_path: Path) -> None:
    engines = [make_engine(address(database)) for _ in range(3)]
    with receiver() as hook:
        channel(database, "hook", "webhook", hook.url)
        opened(database, world, 25)
        until_empty(database, *(Outbox(engine, tell) for engine in engines))
        keys = [post.headers["idempotency-key"] for post in hook.posts]
        assert len(keys) == len(set(keys)) == 25
        assert hook.most_at_once == 1
    assert len(lines(tmp_path)) == len({line["id"] for line in lines(tmp_path)}) == 25
    for engine in engines:
        engine.dispose()


def test_killed_between_sending_and_marking(database: Engine, world: World, tell: Tell, tmp_path: Path) -> None:
    with receiver(opened=False) as hook, receiver(opened=False) as robot:
        channel(database, "hook", "webhook", hook.url)
        channel(database, "robot", "wecom", robot.url)
        opened(database, world, 1)
        environment = {"YIKE_DATABASE_URL": address(database),
                       "YIKE_HOME": str(tmp_path), "YIKE_PRIVATE_CHANNELS": "true"}  # fmt: skip
        process = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], env={**os.environ, **environment})
        try:
            assert hook.came.wait(60)
            assert robot.came.wait(60)
            wait_for(lambda: (tmp_path / FILE_NAME).exists() and len(lines(tmp_path)) == 1)
        finally:
            process.kill()
            process.wait(10)
        hook.open.set()
        robot.open.set()
        assert rows(database, "select distinct attempts from yike.notification") == [(1,)]
        # The file was marked or not; here it was not, and its line stands already.
        do(database, "update yike.notification set state = 'sending', sent_at = null, next_at = now()")
        until_empty(database, Outbox(database, tell))
        assert rows(database, "select c.type, n.state from yike.notification n join yike.channel c on c.id = n.channel_id order by 1") == [
            ("file", "sent"), ("webhook", "sent"), ("wecom", "unsure"),
        ]  # fmt: skip
        assert len(hook.posts) == 2
        assert hook.posts[0].headers["idempotency-key"] == hook.posts[1].headers["idempotency-key"]
        assert len(robot.posts) == 1
        assert len(lines(tmp_path)) == 1


def test_a_robot_is_not_asked_more_often_than_it_answers(database: Engine, world: World, tell: Tell) -> None:
    with receiver() as robot:
        told = channel(database, "robot", "dingtalk", robot.url)
        opened(database, world, PER_MINUTE + 3)
        while tell_next(database, told, tell):
            pass
        assert len(robot.posts) == PER_MINUTE
        do(database, "update yike.notification set sent_at = sent_at - interval '1 minute'")
        while tell_next(database, told, tell):
            pass
        assert len(robot.posts) == PER_MINUTE + 3


@pytest.mark.parametrize(
    ("change", "event", "reason"),
    [
        ("update yike.worker set on_duty = false", "dispatched", "The worker is off duty."),
        ("update yike.work_order set state = 'cancelled'", "dispatched", "The order does not stand any more."),
        ("update yike.work_order set worker_id = (select max(id) from yike.worker)", "dispatched", "The order went to somebody else."),
        ("update yike.channel set enabled = false", "opened", "The channel is disabled."),
        ("update yike.incident set closed_at = now(), closing = 'manual_check'", "opened", "The incident is closed."),
        ("update yike.resident set phone = null", "dispatched", "The resident has no phone."),
        ("update yike.resident set lives_here = false", "dispatched", "The resident does not live here any more."),
        ("update yike.contact set origin = 'sample'", "dispatched", "Sample data stays in the trial file."),
        ("update yike.worker set origin = 'sample'", "opened", None),
    ],
)  # fmt: skip
def test_what_does_not_hold_any_more_is_not_told(
    database: Engine, world: World, tell: Tell, change: str, event: str, reason: str | None
) -> None:
    with receiver() as hook:
        told = channel(database, "hook", "webhook", hook.url, EVERYBODY)
        alarm(database, world)
        only(database, told)
        do(database, change)
        while tell_next(database, told, tell):
            pass
        skipped = rows(
            database, f"select distinct error from yike.notification where event = '{event}' and state = 'skipped'"
        )
        assert skipped == ([(reason,)] if reason else [])
        assert len(hook.posts) == one(database, "select count(*) from yike.notification where state = 'sent'")


def test_sample_people_never_leave_the_file(database: Engine, world: World, tell: Tell, tmp_path: Path) -> None:
    with receiver() as hook:
        told = channel(database, "hook", "webhook", hook.url, EVERYBODY)
        for table in ("resident", "contact", "worker"):
            do(database, f"update yike.{table} set origin = 'sample'")
        alarm(database, world)
        # As if the outbox had been filled wrongly: nothing about sample people goes out even then.
        do(database, "insert into yike.notification (event, audience, channel_id, incident_id, order_id, worker_id, resident_id, contact_id)"
                     " select event, audience, :told, incident_id, order_id, worker_id, resident_id, contact_id from yike.notification"
                     " where channel_id <> :told on conflict do nothing", told=told)  # fmt: skip
        until_empty(database, Outbox(database, tell))
        assert {orjson.loads(post.body)["audience"] for post in hook.posts} <= {"duty"}
        assert {line["audience"] for line in lines(tmp_path)} == {"duty", "worker", "elder", "relative"}


def test_a_failure_of_our_own_and_a_crash_for_ever_end(database: Engine, world: World) -> None:
    def broken(_: Notice) -> None:
        raise RuntimeError("a mistake")

    opened(database, world, 1)
    (trial,) = due_channels(database)
    assert tell_next(database, trial, broken)
    assert rows(database, "select state, error from yike.notification") == [
        ("waiting", "Something went wrong here; it has been logged.")
    ]
    do(database, "update yike.notification set state = 'sending', attempts = 6, next_at = now()")
    assert due_channels(database) == []
    assert one(database, "select state from yike.notification") == "failed"


def test_filling_the_outbox_waits_for_no_channel_in_use(database: Engine, world: World) -> None:
    sending, go_on = threading.Event(), threading.Event()

    def slow(_: Notice) -> None:
        sending.set()
        go_on.wait(30)

    opened(database, world, 1)
    outbox = Outbox(database, slow)
    outbox.look()
    assert sending.wait(30)
    do(database, "set lock_timeout = '1s'; select yike.tell('opened', id, null) from yike.incident")
    take_readings(database, [reading("smoke", {"smoke": 1})])
    assert one(database, "select count(*) from yike.notification where state = 'waiting'") == 1
    go_on.set()
    outbox.close()


def test_old_notifications_go_and_what_waits_stays(database: Engine, world: World) -> None:
    opened(database, world, 3)
    do(database, "update yike.notification set at = now() - interval '181 days'")
    do(database, "update yike.notification set state = 'sent' where id = (select min(id) from yike.notification)")
    apply_retention(database)
    assert rows(database, "select distinct state, count(*) over () from yike.notification") == [("waiting", 2)]
