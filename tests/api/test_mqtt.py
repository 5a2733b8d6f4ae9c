"""Readings over MQTT with a real broker: nothing the broker has answered for is lost, whoever is killed."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from api.tls import certificate_for
from geo.database.engine import make_engine
from geo.live.dead_letters import run_again
from geo.settings import Settings
from tests.broker import Mosquitto, Worker, running, send, until, working
from tests.world import World, build_world, reading

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@dataclass(frozen=True)
class Place:
    """A database with the hamlet, and a broker."""

    address: str
    engine: Engine
    world: World
    broker: Mosquitto

    def one(self, statement: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()

    def count(self, statement: str) -> int:
        return int(self.one(f"select count(*) from {statement}"))

    def do(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.fixture
def place(template: str, clone: Callable[[str], str], tmp_path: Path) -> Iterator[Place]:
    address = clone(template)
    engine = make_engine(address)
    with running(Mosquitto(tmp_path / "broker")) as broker:
        yield Place(address, engine, build_world(engine), broker)
    engine.dispose()


def test_what_comes_turns_a_device_red_and_what_cannot_be_taken_holds_nothing_up(place: Place, tmp_path: Path) -> None:
    place.do(
        "create function yike.cannot() returns trigger language plpgsql as $$ begin"
        " if new.values ? 'cursed' then raise 'out of range' using errcode = '22003'; end if; return new; end $$"
    )
    place.do("create trigger cannot before insert on yike.telemetry for each row execute function yike.cannot()")
    with working(place.address, place.broker.url(), tmp_path / "log") as worker:
        worker.tells("is there")
        device = place.broker.client("device")
        send(device, "x-smoke", b"\xff\x00 no text")
        send(device, "x-smoke", b'{"values": ')
        send(device, "x-smoke", [1, {"values": {}}, {**reading("smoke", {"smoke": 0}), "device": "x-gas"}])
        send(device, "nobody", {**reading("gas", {"gas_lel_pct": 0}), "device": "nobody"})
        send(device, "x-gas", [reading("gas", {"cursed": 1}), reading("gas", {"a\0b": 1}), *([None] * 10_001)])
        send(device, "x-gas", [reading("gas", {"cursed": 1}), reading("gas", {"a\0b": 1})])
        without_device = reading("gas", {"gas_lel_pct": 90})
        del without_device["device"]
        send(device, "x-gas", without_device).wait_for_publish(30)
        until(lambda: place.count("yike.incident where closed_at is null") == 1, "an incident")
        worker.stop()
        device.disconnect()
    assert (
        place.one("select status from yike.device_live join yike.device using (id) where external_id = 'x-gas'")
        == "abnormal"
    )
    with place.engine.connect() as connection:
        reasons = sorted(connection.execute(text("select reason from yike.dead_letter")).scalars())
        whole = (
            connection.execute(text("select reading from yike.dead_letter where reason ~ 'no JSON'")).scalars().all()
        )
    assert reasons == sorted([
        "observed_at: a time is missing",
        "out of range",
        "there is no device with this id",
        "values: a name holds what cannot be printed",
        "yike/x-gas/telemetry: more than 10000 readings in one message",
        *(r for r in reasons if "x-smoke/telemetry: no JSON: " in r),
        "yike/x-smoke/telemetry: a reading is an object",
        "yike/x-smoke/telemetry: the reading is of another device, 'x-gas'",
    ])  # fmt: skip
    assert set(whole) == {"base64: /wAgbm8gdGV4dA==", '{"values": '}
    # Run again, the one with the NUL is taken without it; what a device sent in another's name is not.
    assert run_again(place.engine).taken == 1
    assert place.one("select count(*) from yike.telemetry where values ? 'smoke'") == 0


def test_nothing_is_acknowledged_before_the_database_has_it(place: Place, admin: Engine, tmp_path: Path) -> None:
    name = place.one("select current_database()")
    device = place.broker.client("device")
    stored = "yike.telemetry t join yike.device d on d.id = t.device_id where d.external_id = 'x-smoke'"
    with working(place.address, place.broker.url(), tmp_path / "first") as first:
        first.tells("is there")
        place.do(
            "create function yike.refuse() returns trigger language plpgsql as $$ begin"
            " raise 'no room' using errcode = '58030'; end $$"
        )
        place.do("create trigger refuse before insert on yike.telemetry for each row execute function yike.refuse()")
        send(device, "x-smoke", reading("smoke", {"smoke": 0}, id="refused")).wait_for_publish(30)
        first.tells("readings wait at the broker")
        # Were it acknowledged, the next worker would not get it.
        first.stop(signal.SIGKILL)
    with working(place.address, place.broker.url(), tmp_path / "second") as second:
        second.tells("readings wait at the broker")
        place.do("drop trigger refuse on yike.telemetry")
        second.tells("readings are taken again")
        assert place.count(stored) == 1
        place.engine.dispose()
        with admin.connect() as connection:
            connection.exec_driver_sql(f"alter database {name} allow_connections false")
            connection.exec_driver_sql(
                f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
            )
        send(device, "x-smoke", reading("smoke", {"smoke": 0}, id="away")).wait_for_publish(30)
        until(lambda: second.told().count("readings wait at the broker") == 2, "word of the database")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"alter database {name} allow_connections true")
        until(lambda: second.told().count("readings are taken again") == 2, "word of the database again")
        assert place.count(stored) == 2
        assert "Traceback" not in second.told()
    device.disconnect()


@pytest.mark.long
def test_under_load_restarts_of_broker_and_workers_lose_nothing(place: Place, tmp_path: Path) -> None:
    count, url = 2000, place.broker.url()
    began = datetime.now(UTC) - timedelta(hours=1)
    device = place.broker.client("meter")
    answered: list[int] = []
    device.on_publish = lambda *event: answered.append(event[2])
    sent = 0

    def publish() -> None:
        nonlocal sent
        for n in range(count):
            at = began + timedelta(milliseconds=n)
            send(device, "x-smoke", reading("smoke", {"smoke": 0}, at=at, id=f"load-{n}"))
            sent += 1
            time.sleep(0.003)  # so that the faults fall into it

    with ExitStack() as stack:

        def start(name: str) -> Worker:
            return stack.enter_context(working(place.address, url, tmp_path / name))

        first = start("first")
        first.tells("is there")
        second = start("second")  # stands by
        load = threading.Thread(target=publish)
        load.start()
        for faults, reached in enumerate((300, 700, 1100, 1500)):
            until(lambda at=reached: sent >= at, f"{reached} messages")  # type: ignore[misc]
            if faults % 2 == 0:
                place.broker.stop(signal.SIGTERM)
                place.broker.start()
            elif faults == 1:
                first.tells("is back")
                first.stop(signal.SIGKILL)
                second.tells("is there")
            else:
                second.stop(signal.SIGKILL)
                start("third").tells("is there")
        load.join(60)
        until(lambda: len(set(answered)) == count, "the broker's answer to all")
        until(lambda: place.count("yike.receipt where reading_id like 'load-%'") == count, "all readings")
        assert place.count("yike.telemetry") == count
        assert place.count("yike.dead_letter") == 0
        assert len(re.findall("is away", first.told())) == 1
    device.disconnect()


@pytest.mark.long
def test_the_documented_broker_lets_a_device_write_its_own_readings_only(place: Place, tmp_path: Path) -> None:
    configuration, rights = re.findall(r"^```conf\n(.*?)^```", OPERATIONS.read_text(), re.DOTALL | re.MULTILINE)
    folder = tmp_path / "guarded"
    made = certificate_for(Settings(home=tmp_path / "home"))
    assert made.authority is not None
    lines = [
        line for line in configuration.splitlines() if line.split(" ")[0] not in ("listener", "persistence_location")
    ]
    settings = "\n".join(lines).replace("/etc/mosquitto/certs/", f"{made.key.parent}/")
    broker = Mosquitto(folder, settings.replace("/etc/mosquitto/", f"{folder}/"), made.authority)
    (folder / "acl").write_text(rights)
    (folder / "passwords").touch(0o600)
    for name in ("yike", "x-smoke"):
        subprocess.run(["mosquitto_passwd", "-b", str(folder / "passwords"), name, f"{name}:p@ss"], check=True)
    trusted = {"SSL_CERT_FILE": str(made.authority)}
    told = ""
    with running(broker):
        for user, environment, expected in (
            ("yike:yike%3Ap%40ss@", {}, "certificate verify failed"),
            ("yike:wrong@", trusted, "it refuses us: Not authorized"),
        ):
            with working(place.address, broker.url(user), tmp_path / "log", environment) as worker:
                worker.tells(expected)
                told += worker.told()
        with working(place.address, broker.url("yike:yike%3Ap%40ss@"), tmp_path / "right", trusted) as right:
            right.tells("is there")
            # Whatever it calls itself, it gets hold of no session but its own.
            device = broker.client("yike", "x-smoke", "x-smoke:p@ss")
            send(device, "x-gas", reading("gas", {"gas_lel_pct": 90}))
            send(device, "x-smoke", reading("smoke", {"smoke": 1}))
            own = "yike.telemetry t join yike.device d on d.id = t.device_id where d.external_id = 'x-smoke'"
            until(lambda: place.count(own) == 1, "the device's own reading")
            device.disconnect()
            assert "is away" not in right.told()
        told += right.told()
    assert place.count("yike.telemetry") == 1
    assert place.count("yike.dead_letter") == 0
    assert "p@ss" not in told
    assert "p%40ss" not in told
