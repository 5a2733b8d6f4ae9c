"""The live loop under load: readings a second, the time from a reading to the screen, a million devices in memory."""

# ruff: noqa: E501 — statements read better whole.

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, create_engine, text

from data.catalogue import load_catalogue
from geo.database.bulk import copy_lines
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from geo.settings import default_home
from tests.bench.load import MIX
from tests.browser.drivers.wall import WallPage
from tests.browsing import require_pages
from tests.serving import serving
from tests.verify.conftest import Figures

TITLE = "The live loop"
SECONDS = int(os.environ.get("YIKE_BENCH_SECONDS", "300"))
DEVICES = 100_000
BATCH = 10_000
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.timeout(3000)


@pytest.fixture(scope="module")
def durable() -> Iterator[LocalServer]:
    """A cluster as `yike up` makes it: what is answered for is on the disk."""
    cluster = LocalServer(default_home().with_name(default_home().name + "-bench"))
    cluster.start()
    yield cluster
    cluster.stop()


@contextmanager
def database(cluster: LocalServer, devices: int) -> Iterator[Engine]:
    """A database of its own with so many devices in five hundred grids."""
    admin = create_engine(
        cluster.url_of("postgres").replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql("drop database if exists bench with (force)")
        connection.exec_driver_sql("create database bench")
    engine = make_engine(cluster.url_of("bench"), statement_timeout_s=900)
    migrate(engine)
    load_catalogue(engine)
    kinds = [kind for kind, (share, _, _) in MIX.items() for _ in range(share)]
    with engine.begin() as connection:
        connection.execute(
            text("insert into yike.device (external_id, kind, name, path, geom) select 'd-' || n, (cast(:kinds as text[]))[1 + n % 100],"
                 " 'x', 'a/b/c' || n / 100 % 20 || '/g' || n / 100 % 500, st_setsrid(st_makepoint(120 + random() * 0.2, 31 + random() * 0.2), 4326)"
                 " from generate_series(0, :n - 1) as n"),
            {"kinds": kinds, "n": devices},
        )  # fmt: skip
        connection.execute(
            text("insert into yike.area (level, label, path, name, geom) values ('district', 'a', 'a', 'a',"
                 " st_multi(st_makeenvelope(120, 31, 120.2, 31.2, 4326)))")
        )  # fmt: skip
        connection.execute(text("select yike.number_changes()"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        # What other tests wrote is on the disk before this one measures.
        connection.execute(text("checkpoint"))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("drop database bench with (force)")
    admin.dispose()


def run(*arguments: object) -> dict[str, Any]:
    """What a process of `tests.bench.load` measured."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def count(engine: Engine, what: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"select count(*) from {what}")).scalar_one())


def test_readings_a_second(durable: LocalServer, tmp_path: Path, figures: Figures) -> None:
    with database(durable, DEVICES) as engine:
        with serving(durable.url_of("bench"), tmp_path / "api.log") as url:
            # Once round, so that every device has its first reading behind it.
            run("pour", url, DEVICES, BATCH, 15, 2)
            before, fired = count(engine, "yike.telemetry"), count(engine, "yike.incident")
            found = run("pour", url, DEVICES, BATCH, SECONDS, 3)
        stored, fired = count(engine, "yike.telemetry") - before, count(engine, "yike.incident") - fired
        per_s = found["accepted"] / found["seconds"]
        copied = plain_copy(engine, found["accepted"])
    figures.add(
        "readings a second over HTTP, committed before the answer",
        f"**{per_s:,.0f}** for {found['seconds']:.0f} s (wanted: 50,000)",
    )
    figures.add(
        "the same rows by plain COPY into a table of the same shape",
        f"{copied:,.0f} a second; ratio {per_s / copied:.2f}",
    )
    figures.add("incidents opened", f"{fired:,}, {fired / found['accepted']:.2%} of the readings (wanted: 1 %)")
    figures.add(
        "a batch of 10,000, three at once: median, worst",
        f"{found['median_s'] * 1000:.0f} ms, {found['worst_s'] * 1000:.0f} ms",
    )
    figures.add("answered as taken, and in the database", f"{found['accepted']:,}, {stored:,}")
    assert stored == found["accepted"]


def plain_copy(engine: Engine, rows: int) -> float:
    """Rows a second of COPY alone, a batch a transaction, into what `telemetry` is on the disk."""
    rows = min(rows, 2_000_000)
    with engine.begin() as connection:
        connection.execute(
            text(
                "create table plain (device_id bigint, observed_at timestamptz, received_at timestamptz default now(), values jsonb, primary key (device_id, observed_at))"
            )
        )
    lines = [
        '{"fill_pct":40}',
        '{"blocked":0}',
        '{"flow_m3":0.02,"battery_pct":81}',
        '{"open_min":0}',
        '{"smoke":0,"battery_pct":90}',
    ]
    batches = [
        [
            f"{(start + n) % DEVICES}\t2026-01-01 {start // DEVICES // 3600 % 24:02}:{start // DEVICES // 60 % 60:02}:{start // DEVICES % 60:02}+00\t{lines[n % 5]}\n"
            for n in range(BATCH)
        ]
        for start in range(0, rows, BATCH)
    ]
    started = time.monotonic()
    for batch in batches:
        with engine.begin() as connection:
            copy_lines(connection, "copy plain (device_id, observed_at, values) from stdin", batch)
    return rows / (time.monotonic() - started)


def test_from_a_reading_to_the_screen(durable: LocalServer, tmp_path: Path, figures: Figures) -> None:
    with database(durable, DEVICES) as engine:
        with engine.connect() as connection:
            # In grids far apart, so that they stay incidents of their own.
            bins = (
                connection.execute(
                    text(
                        "select min(id) from yike.device where kind = 'waste_camera' group by path order by path limit 400"
                    )
                )
                .scalars()
                .all()
            )
        with serving(durable.url_of("bench"), tmp_path / "api.log") as url:
            # The first change on each connection to the database waits for it to be made and to plan its statements.
            first = run("listen", url, 1, 1, 5, 2, *bins[:20])
            quiet = run("listen", url, 1, 1, 5, 40, *bins[20:])
            crowd = run("listen", url, 1000, 25, 100, 30, *bins)
    for name, found, wanted in (
        ("one listener, idle system, 5 changes/s", quiet, "p99 60 ms"),
        ("1,000 listeners, 100 changes/s", crowd, "p50 150 ms, p99 500 ms"),
    ):
        figures.add(
            f"from POST to the event, {name}",
            f"p50 **{found['p50_ms']:.0f} ms**, p99 **{found['p99_ms']:.0f} ms**, worst {found['worst_ms']:.0f} ms; {found['per_s']:.0f} changes/s, {found['seen']:,} arrivals, {found['lost']} lost (wanted: {wanted})",
        )
        assert found["lost"] == 0
    figures.add("the slowest of the first ten changes after a start", f"{first['worst_ms']:.0f} ms")


_PAN = """async () => {
  const map = window.__yike.map, frames = []
  let last = performance.now()
  const tick = (now) => { frames.push(now - last); last = now; if (!done) requestAnimationFrame(tick) }
  let done = false
  requestAnimationFrame(tick)
  for (let n = 0; n < 6; n += 1) {
    map.panBy([n % 2 ? -400 : 400, 120], { duration: 800 })
    await map.once('moveend')
    map.zoomTo(map.getZoom() + (n % 2 ? -1 : 1), { duration: 800 })
    await map.once('zoomend')
  }
  done = true
  frames.sort((a, b) => a - b)
  return { median: frames[frames.length >> 1], p95: frames[Math.floor(frames.length * 0.95)], worst: frames.at(-1) }
}"""


def test_a_wall_of_a_hundred_thousand(durable: LocalServer, browser: Browser, tmp_path: Path, figures: Figures) -> None:
    require_pages()
    with database(durable, DEVICES) as engine:
        with engine.begin() as connection:
            # A thousand bins that one view shows one by one.
            chosen = connection.execute(
                text(
                    "update yike.device set geom = st_setsrid(st_makepoint(120.09 + random() * 0.02, 31.096 + random() * 0.008), 4326)"
                    " where id in (select id from yike.device where kind = 'waste_camera' order by id limit 1000) returning external_id"
                )
            ).all()
        with serving(durable.url_of("bench"), tmp_path / "api.log") as url:
            context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
            wall = WallPage(context.new_page(), url)
            wall.open()
            wall.page.evaluate("() => window.__yike.map.jumpTo({ center: [120.1, 31.1], zoom: 13 })")
            wall.page.wait_for_timeout(5000)
            moved = wall.page.evaluate(_PAN)
            wall.page.evaluate("() => window.__yike.map.jumpTo({ center: [120.1, 31.1], zoom: 15.3 })")
            wall.page.wait_for_timeout(5000)

            def turn_red(number: int) -> tuple[float, float, float]:
                """Seconds until so many were answered for, known to the page, drawn."""
                readings = [
                    {
                        "device": row.external_id,
                        "observed_at": datetime.now(UTC).isoformat(),
                        "values": {"fill_pct": 97},
                    }
                    for row in chosen[:number]
                ]
                posted = time.monotonic()
                httpx.post(f"{url}/api/v1/telemetry", json=readings, timeout=60).raise_for_status()
                answered_s = time.monotonic() - posted
                wall.page.wait_for_function(f"() => window.__yike.live.board.devices.size >= {number}", timeout=60_000)
                known_s = time.monotonic() - posted
                wall.page.wait_for_function(
                    "() => new Set(window.__yike.map.queryRenderedFeatures({ layers: ['abnormal-marker'] })"
                    f".map((f) => f.id)).size >= {number}",
                    timeout=60_000,
                )
                return answered_s, known_s, time.monotonic() - posted

            # The first red of a page compiles its shaders: a wall has been on for a while.
            first = turn_red(1)
            wall.page.wait_for_timeout(3000)
            answered_s, known_s, drawn_s = turn_red(1000)
            context.close()
    figures.add(
        "100,000 devices on the wall, 1920×1080 in software rendering, panning and zooming: a frame takes",
        f"median {moved['median']:.0f} ms, 95 % {moved['p95']:.0f} ms, worst {moved['worst']:.0f} ms",
    )
    figures.add(
        "1,000 devices red in one batch: answered, known to the page, drawn",
        f"{answered_s:.2f} s, {known_s:.2f} s, **{drawn_s:.2f} s**; drawn {drawn_s - answered_s:.2f} s after the change (wanted: 1 s)",
    )
    figures.add("the first red of a page, drawn", f"{first[2]:.2f} s")


def test_a_million_devices_in_memory(durable: LocalServer, tmp_path: Path, figures: Figures) -> None:
    with database(durable, 1_000_000) as engine:
        with engine.begin() as connection:
            connection.execute(
                text("insert into yike.device_offline (device_id) select id from yike.device where id % 20 = 0")
            )
            connection.execute(text("select yike.number_changes()"))
        with serving(durable.url_of("bench"), tmp_path / "api.log") as url:
            started = time.monotonic()
            tile = run_curl(f"{url}/tiles/device_status/12/3414/1675.mvt")
            took = time.monotonic() - started
            used = memory_mb(url)
    figures.add(
        "memory of the API process with 1,000,000 devices, 50,000 of them offline",
        f"**{used['now']:.0f} MB**, at most {used['peak']:.0f} MB (wanted: 600)",
    )
    figures.add("a clustered tile of them, made from memory", f"{took * 1000:.0f} ms, {tile} bytes")


def run_curl(url: str) -> int:
    return len(httpx.get(url, timeout=60).content)


def memory_mb(url: str) -> dict[str, float]:
    """Resident memory of the process that serves an address, now and at most."""
    port = url.rpartition(":")[2]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if f"YIKE_PORT={port}".encode() in environment and b"serve" in command:
                status = dict(
                    line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line
                )
                return {"now": int(status["VmRSS"].split()[0]) / 1024, "peak": int(status["VmHWM"].split()[0]) / 1024}
    raise AssertionError("the process is gone")
