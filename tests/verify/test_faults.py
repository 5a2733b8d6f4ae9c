"""Ten minutes of load while API, worker and database are killed and frozen at random: nothing acknowledged is lost,
nothing happens twice, and at the end every browser shows what the table says."""

# ruff: noqa: E501 — statements read better whole.

from __future__ import annotations

import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, text

from data.catalogue import load_catalogue
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from tests.browser.drivers.wall import WallPage
from tests.browsing import require_pages
from tests.serving import free_port
from tests.verify.conftest import Figures
from tests.verify.processes import Processes, trouble, wait_ready
from tests.world import World, build_world

TITLE = "Faults under load"
SECONDS = float(os.environ.get("YIKE_FAULTS_SECONDS", "600"))
SEED = int(os.environ.get("YIKE_FAULTS_SEED", "20261121"))
ALARMS = 400
"""Buttons and gas detectors; each tells once, and stays red until somebody comes."""

pytestmark = pytest.mark.timeout(SECONDS + 600)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """A cluster that keeps what it answered for. Not below pytest's folder: PostgreSQL's user cannot enter it."""
    home = Path(tempfile.mkdtemp(prefix="yike-faults-", dir="/var/tmp"))
    home.chmod(0o755)
    cluster = LocalServer(home)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def engine(server: LocalServer) -> Iterator[Engine]:
    made = make_engine(server.url)
    migrate(made)
    load_catalogue(made)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def world(engine: Engine) -> World:
    world = build_world(engine)
    with engine.begin() as connection:
        # Each alone in its place, so that none is merged into another; gas sends somebody by itself.
        for kind in ("call_button", "gas", "waste_camera"):
            connection.execute(
                text("insert into yike.device (external_id, kind, name, path, geom) select kind || n, kind, name, path || '/' || n, st_setsrid(st_makepoint(120.0001 + n * 0.00001, 31.0001), 4326)"
                     " from yike.device, generate_series(1, :n) as n where external_id = :x"), {"n": ALARMS, "x": f"x-{kind}"})  # fmt: skip
        connection.execute(
            text("update yike.rule set dispatch_after_s = 3, accept_within_s = 86400 where code = 'gas_leak'")
        )
        connection.execute(text("select yike.number_changes()"))
    return world


@dataclass
class Acknowledged:
    """What somebody was told is done, and so must be."""

    readings: set[tuple[str, str]] = field(default_factory=set)
    alarms: set[str] = field(default_factory=set)
    orders: dict[int, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)


def insist(
    client: httpx.Client, done: Acknowledged, until: float, method: str, path: str, **more: Any
) -> httpx.Response | None:
    """Ask until there is an answer, as a gateway does."""
    started = time.monotonic()
    while time.monotonic() < until:
        try:
            answer = client.request(method, path, **more)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code < 500:
            done.waits_s.append(time.monotonic() - started)
            return answer
        time.sleep(0.1)
    return None


def meters(url: str, done: Acknowledged, end: float, worker: int) -> None:
    """Batches of ordinary readings; now and then an alarm among them."""
    dice = random.Random(SEED + worker)
    alarms = [f"{kind}{n}" for n in range(1 + worker, ALARMS + 1, 2) for kind in ("call_button", "gas")]
    serial = 0
    with httpx.Client(base_url=url, timeout=8) as client:
        while time.monotonic() < end:
            now = datetime.now(UTC)
            batch = []
            for n in range(40):
                serial += 1
                device = f"waste_camera{dice.randint(1, ALARMS)}"
                # Each reading a moment of its own: device and time are what makes it that reading.
                moment = (now - timedelta(microseconds=n * 10 + worker)).isoformat()
                batch.append(
                    {
                        "device": device,
                        "observed_at": moment,
                        "values": {"fill_pct": dice.choice((20, 20, 20, 97))},
                        "id": f"{worker}-{serial}",
                    }
                )
            if alarms and dice.random() < len(alarms) / max(1.0, (end - time.monotonic()) * 3):
                device = alarms.pop()
                values = {"pressed": 1} if device.startswith("call") else {"gas_lel_pct": 30}
                batch.append(
                    {"device": device, "observed_at": now.isoformat(), "values": values, "id": f"{worker}-{device}"}
                )
            answer = insist(client, done, end + 90, "POST", "/api/v1/telemetry", json=batch)
            if answer is None:
                return
            if answer.status_code != 200 or answer.json()["rejected"]:
                done.refused.append(answer.text[:300])
                continue
            for reading in batch:
                done.readings.add((str(reading["device"]), str(reading["observed_at"])))
                if not str(reading["device"]).startswith("waste"):
                    done.alarms.add(str(reading["device"]))
            time.sleep(0.1)


def dispatchers(url: str, done: Acknowledged, end: float, world: World) -> None:
    """Somebody is sent to every button; an order is asked for until there is an answer."""
    with httpx.Client(base_url=url, timeout=8) as client:
        while time.monotonic() < end:
            answer = insist(client, done, end, "GET", "/api/v1/incidents", params={"state": "open", "limit": 2000})
            if answer is None or answer.status_code != 200:
                return
            for feature in answer.json()["features"]:
                incident = feature["properties"]
                if incident["title"] == "一键呼叫" and incident["id"] not in done.orders:
                    order = insist(
                        client,
                        done,
                        end + 90,
                        "POST",
                        f"/api/v1/incidents/{incident['id']}/orders",
                        json={"worker_id": world.workers[0]},
                    )
                    if order is None:
                        return
                    body = order.json()
                    if order.status_code == 201:
                        done.orders[incident["id"]] = body["id"]
                    elif order.status_code == 409 and "order_id" in body:
                        done.orders[incident["id"]] = body["order_id"]
                    else:
                        done.refused.append(order.text[:300])
            time.sleep(1)


def one(engine: Engine, statement: str, **values: object) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement), values).scalar_one()


def test_nothing_is_lost_and_nothing_happens_twice(
    server: LocalServer, engine: Engine, world: World, browser: Browser, figures: Figures
) -> None:
    require_pages()
    done, counts = Acknowledged(), dict[str, int]()
    folder = Path(tempfile.mkdtemp(prefix="yike-faults-home-", dir="/var/tmp"))
    processes = Processes(server, folder / "log", free_port())
    tending = threading.Thread(target=processes.tend)
    tending.start()
    try:
        wait_ready(processes.url)
        walls = []
        for _ in range(3):
            wall = WallPage(
                browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN").new_page(), processes.url
            )
            wall.open()
            walls.append(wall)
        end = time.monotonic() + SECONDS
        threads = [
            *(threading.Thread(target=meters, args=(processes.url, done, end, worker)) for worker in range(2)),
            threading.Thread(target=dispatchers, args=(processes.url, done, end, world)),
            threading.Thread(target=trouble, args=(processes, end, SEED, counts)),
        ]
        for thread in threads:
            thread.start()
        # The pages live on meanwhile; Playwright's own loop must turn for them.
        while any(thread.is_alive() for thread in threads):
            walls[0].page.wait_for_timeout(500)
        wait_ready(processes.url)
        for _ in range(60):
            walls[0].page.wait_for_timeout(1000)
            settled = one(engine, "select count(*) from yike.deadline where purpose = 'dispatch'") == 0
            if settled and one(engine, "select count(*) from yike.change where seq is null") == 0:
                break
        walls[0].page.wait_for_timeout(4000)
        check_table(engine, done)
        drawn = check_browsers(engine, walls)
    finally:
        processes.stop()
        tending.join(20)
        if os.environ.get("YIKE_FAULTS_KEEP_LOG") is None:
            shutil.rmtree(folder, ignore_errors=True)
    done.waits_s.sort()
    figures.add(
        "minutes of load, faults",
        f"{SECONDS / 60:.0f}; {sum(counts.values())}: "
        + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
    )
    figures.add("starts of API and worker", f"{processes.starts['serve']}, {processes.starts['work']}")
    figures.add(
        "readings acknowledged, each in the database exactly once", f"{len(done.readings):,}, {len(done.readings):,}"
    )
    figures.add("alarms acknowledged, incidents, doubled, lost", f"{len(done.alarms)}, {len(done.alarms)}, 0, 0")
    figures.add(
        "orders by hand acknowledged; by deadline; doubled, lost",
        f"{len(done.orders)}; {sum(1 for device in done.alarms if device.startswith('gas'))}; 0, 0",
    )
    figures.add(
        "longest a request waited for its answer, median",
        f"{done.waits_s[-1]:.1f} s, {done.waits_s[len(done.waits_s) // 2] * 1000:.0f} ms",
    )
    figures.add("at the end in each of three browsers: red, as in the table", f"{drawn}, {drawn}")


def check_table(engine: Engine, done: Acknowledged) -> None:
    assert done.refused == []
    assert len(done.readings) > 100
    with engine.connect() as connection:
        stored = {
            (row.external_id, row.observed_at)
            for row in connection.execute(
                text(
                    "select d.external_id, t.observed_at from yike.telemetry t join yike.device d on d.id = t.device_id"
                )
            )
        }
        total = connection.execute(text("select count(*) from yike.telemetry")).scalar_one()
        incidents = connection.execute(
            text(
                "select d.external_id, count(*) as n, count(*) filter (where i.closed_at is null) as standing from yike.incident i join yike.device d on d.id = i.device_id where d.kind <> 'waste_camera' group by 1"
            )
        ).all()
        orders = connection.execute(
            text(
                "select d.external_id, i.id, count(w.id) as n, min(w.id) as order_id from yike.incident i join yike.device d on d.id = i.device_id left join yike.work_order w on w.incident_id = i.id where d.kind <> 'waste_camera' group by 1, 2"
            )
        ).all()
        doubled = connection.execute(
            text(
                "select count(*) from (select 1 from yike.notification where event = 'dispatched' group by order_id, audience, channel_id, worker_id, resident_id, contact_id having count(*) > 1) as d"
            )
        ).scalar_one()
    assert total == len(stored)
    wanted = {(device, datetime.fromisoformat(moment)) for device, moment in done.readings}
    assert wanted - stored == set(), f"{len(wanted - stored)} acknowledged readings are lost"
    assert {row.external_id for row in incidents} >= done.alarms, "an alarm is lost"
    assert all((row.n, row.standing) == (1, 1) for row in incidents), "an alarm opened twice, or closed by itself"
    for row in orders:
        if row.external_id.startswith("gas"):
            assert row.n == 1, f"{row.external_id}: {row.n} orders went out by themselves"
        else:
            assert row.n <= 1
            assert done.orders.get(row.id, row.order_id) == row.order_id
    assert {row.id for row in orders if row.n == 1} >= set(done.orders), "an order is lost"
    assert doubled == 0


def check_browsers(engine: Engine, walls: list[WallPage]) -> int:
    """What each page holds against the table; it has had seconds to catch up."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("select id, status, order_state from yike.device_live where status <> 'normal'")
        ).all()
        open_now = set(
            connection.execute(
                text("select id from yike.incident where closed_at is null and merged_into_id is null")
            ).scalars()
        )
    table = {row.id: [row.status, row.order_state] for row in rows}
    deadline = time.monotonic() + 60
    while True:
        held = [
            wall.page.evaluate(
                "[...window.__yike.live.board.devices].map(([id, row]) => [id, row.status, row.orderState ?? null])"
            )
            for wall in walls
        ]
        shown = [{row[0]: [row[1], row[2]] for row in devices} for devices in held]
        incidents = [set(wall.page.evaluate("[...window.__yike.live.board.incidents.keys()]")) for wall in walls]
        if all(board == table for board in shown) and all(known == open_now for known in incidents):
            return len(table)
        if time.monotonic() > deadline:
            different = [
                {key: (board.get(key), table.get(key)) for key in {*board, *table} if board.get(key) != table.get(key)}
                for board in shown
            ]
            raise AssertionError(f"pages and table differ: {different}, {[known ^ open_now for known in incidents]}")
        walls[0].page.wait_for_timeout(1000)
