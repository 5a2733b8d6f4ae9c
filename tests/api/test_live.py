"""The live stream over HTTP: snapshot, deltas, resuming, and a reader that cannot keep up."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from sqlalchemy import text

from geo.live.changes import number_changes
from tests.api.conftest import Service
from tests.world import reading

Event = tuple[str, str, dict[str, Any]]


@contextmanager
def listening(service: Service, last_event_id: str | None = None, **query: str) -> Iterator[Iterator[Event]]:
    """Events of the stream as (id, name, data)."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    with httpx.stream("GET", f"{service.url}/api/v1/live", params=query, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields["id"], fields["event"], orjson.loads(fields["data"])
            fields = {}


def send(service: Service, kind: str, values: dict[str, Any]) -> None:
    assert service.http.post("/api/v1/telemetry", json=[reading(kind, values)]).json()["accepted"] == 1


def settle(service: Service) -> None:
    """Everything normal again."""
    send(service, "waste_camera", {"fill_pct": 1})


def test_a_snapshot_then_a_delta_within_a_second(service: Service) -> None:
    settle(service)
    waste = service.world.devices["waste_camera"]
    with listening(service) as events:
        _, name, data = next(events)
        assert name == "snapshot"
        assert set(data) == {"seq", "devices", "incidents", "workers", "tiles"}
        assert [worker[0] for worker in data["workers"]] == [service.world.workers[1]]
        started = time.monotonic()
        send(service, "waste_camera", {"fill_pct": 99})
        number, name, data = next(events)
        assert time.monotonic() - started < 1.0
        assert name == "delta"
        assert number.endswith(f":{data['seq']}")
        assert [device[:2] for device in data["devices"]] == [[waste, "abnormal"]]
        assert data["incidents"][0][1] == "open"
        settle(service)
        _, _, data = next(events)
        assert [device[:2] for device in data["devices"]] == [[waste, "normal"]]
        assert len(data["devices"][0]) == 3


def test_resuming_tells_what_was_missed_and_only_that(service: Service) -> None:
    settle(service)
    with listening(service) as events:
        number, _, _ = next(events)
    send(service, "waste_camera", {"fill_pct": 99})
    with listening(service, last_event_id=number) as events:
        _, name, data = next(events)
    assert name == "delta"
    assert [device[:2] for device in data["devices"]] == [[service.world.devices["waste_camera"], "abnormal"]]
    assert data["workers"] == []


def test_an_event_id_of_another_life_or_the_future_gets_one_reset_and_a_snapshot(service: Service) -> None:
    with listening(service) as events:
        number, _, _ = next(events)
    epoch, _, seq = number.partition(":")
    for strange in ("00000000-0000-0000-0000-000000000000:5", f"{epoch}:{int(seq) + 1000}", f"{epoch}:x", "nonsense"):
        with listening(service, last_event_id=strange) as events:
            assert next(events)[1] == "reset"
            assert next(events)[1] == "snapshot"


def test_a_pruned_log_gets_a_reset(service: Service) -> None:
    with listening(service) as events:
        number, _, _ = next(events)
    send(service, "waste_camera", {"fill_pct": 99})
    settle(service)
    send(service, "waste_camera", {"fill_pct": 99})
    settle(service)
    with service.engine.begin() as connection:
        connection.execute(
            text("delete from yike.change where seq <= :seq"), {"seq": int(number.partition(":")[2]) + 2}
        )
    with listening(service, last_event_id=number) as events:
        assert next(events)[1] == "reset"


def test_only_what_lies_in_the_area_is_told(service: Service) -> None:
    settle(service)
    with service.engine.begin() as connection:
        connection.execute(
            text("insert into yike.area (level, label, path, name, geom) select 'district', 'other', 'other', 'o', geom"
                 " from yike.area where path = '320100' on conflict do nothing")
        )  # fmt: skip
    with listening(service, area="other") as elsewhere, listening(service, area=service.world.path) as here:
        assert next(elsewhere)[2]["workers"] == []
        assert len(next(here)[2]["workers"]) == 1
        send(service, "waste_camera", {"fill_pct": 99})
        assert next(here)[1] == "delta"
        with service.engine.begin() as connection:
            connection.execute(text("insert into yike.change (entity) values ('reset')"))
        number_changes(service.engine)
        # The very next thing told elsewhere, but for tiles of public layers, is the reset that is for everyone.
        assert next(name for _, name, data in elsewhere if set(data.get("tiles", ())) != {"area"}) == "reset"
    settle(service)


def test_a_reset_reaches_those_who_listen(service: Service) -> None:
    with listening(service) as events:
        next(events)
        with service.engine.begin() as connection:
            connection.execute(text("select yike.new_epoch()"))
        number, name, _ = next(events)
        assert name == "reset"
        assert next(events)[0].partition(":")[0] == number.partition(":")[0]


def test_a_reader_that_does_not_read_holds_nobody_up_and_ends_with_the_newest_state(service: Service) -> None:
    settle(service)
    parts = urlsplit(service.url)
    with socket.create_connection((parts.hostname, parts.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        slow.sendall(f"GET /api/v1/live HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        time.sleep(0.5)
        with listening(service) as events:
            next(events)
            seen = 0
            for n in range(40):
                send(service, "waste_camera", {"fill_pct": 99 if n % 2 == 0 else 1})
            deadline = time.monotonic() + 10
            state = ""
            while time.monotonic() < deadline:
                _, _, data = next(events)
                seen += 1
                state = data["devices"][-1][1]
                if state == "normal" and data["seq"] >= _seq(service):
                    break
            assert state == "normal"
            # Under load changes are gathered: far fewer messages than changes.
            assert seen < 80


def _seq(service: Service) -> int:
    with service.engine.connect() as connection:
        return int(connection.execute(text("select last_seq from yike.live_clock")).scalar_one())


def test_many_listeners_hear_the_same(service: Service) -> None:
    settle(service)
    heard: list[str] = []
    ready = threading.Barrier(21)

    def listen() -> None:
        with listening(service) as events:
            next(events)
            ready.wait(10)
            heard.append(str(next(events)[2]["devices"][0][:2]))

    threads = [threading.Thread(target=listen) for _ in range(20)]
    for thread in threads:
        thread.start()
    ready.wait(10)
    send(service, "waste_camera", {"fill_pct": 99})
    for thread in threads:
        thread.join(10)
    assert heard == [str([service.world.devices["waste_camera"], "abnormal"])] * 20
    settle(service)


def test_five_hundred_come_back_at_once_and_all_know_the_same(service: Service) -> None:
    settle(service)
    with listening(service) as events:
        number, _, _ = next(events)
    send(service, "waste_camera", {"fill_pct": 99})
    parts = urlsplit(service.url)

    async def follow(latest: dict[int, dict[int, str]], who: int, last_event_id: str) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(
            f"GET /api/v1/live HTTP/1.1\r\nHost: {parts.netloc}\r\nLast-Event-ID: {last_event_id}\r\n\r\n".encode()
        )
        held = latest.setdefault(who, {})
        try:
            while block := await reader.readuntil(b"\n\n"):
                found = re.search(rb"event: (\w+)\ndata: (.*)\n", block)
                if found is None:
                    continue
                if found[1] in (b"snapshot", b"reset"):
                    held.clear()
                for device in orjson.loads(found[2]).get("devices", []):
                    held[device[0]] = device[1]
        finally:
            writer.close()

    async def crowd() -> dict[int, dict[int, str]]:
        latest: dict[int, dict[int, str]] = {}
        # Half of them resume, half are from another life of the database.
        ids = (number, "00000000-0000-0000-0000-000000000000:7")
        following = [asyncio.create_task(follow(latest, who, ids[who % 2])) for who in range(500)]
        waste, smoke = service.world.devices["waste_camera"], service.world.devices["smoke"]
        await _until(lambda: len(latest) == 500 and all(held.get(waste) == "abnormal" for held in latest.values()))
        await asyncio.to_thread(send, service, "smoke", {"smoke": 1})
        await _until(lambda: all(held.get(smoke) == "abnormal" for held in latest.values()))
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        return latest

    latest = asyncio.run(crowd())
    red = {tuple(sorted(device for device, status in held.items() if status != "normal")) for held in latest.values()}
    assert len(red) == 1
    service.http.post(f"/api/v1/devices/{service.world.devices['smoke']}/manual-check", json={})


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("not everybody was told")
