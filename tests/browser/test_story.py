"""Dongfang's story, from a silent water meter to a blue marker, as those in it see it. With real background jobs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine, text

from geo.database.engine import make_engine
from tests.browser.conftest import PHONE
from tests.browser.drivers.phone import WorkPage
from tests.browser.drivers.wall import WallPage
from tests.browser.service import Service
from tests.browsing import require_pages
from tests.serving import serving
from tests.world import World, build_world

HOUR = timedelta(hours=1)


@dataclass
class Town:
    """A service with its jobs, its database, and the file that stands for telling people."""

    service: Service
    engine: Engine
    world: World
    told: Path

    def water(self, total_m3: float, ago: timedelta = timedelta(0)) -> None:
        """A reading of the elder's meter."""
        reading = {"device": "x-water_meter", "observed_at": (datetime.now(UTC) - ago).isoformat(),
                   "values": {"total_m3": total_m3}}  # fmt: skip
        self.service.http.post("/api/v1/telemetry", json=[reading]).raise_for_status()

    def run(self, statement: str) -> None:
        """Something only time would do."""
        with self.engine.begin() as connection:
            connection.execute(text(statement))

    def one(self, statement: str) -> Any:
        """A value from the table."""
        with self.engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()

    def messages(self, audience: str) -> list[dict[str, Any]]:
        """What was told to whom, as it stands in the trial file."""
        lines = self.told.read_bytes().splitlines() if self.told.exists() else []
        return [found for line in lines if (found := orjson.loads(line))["audience"] == audience]

    def wait_for_messages(self, audience: str, count: int) -> list[dict[str, Any]]:
        """Wait until so many were told."""
        deadline = time.monotonic() + 30
        while len(self.messages(audience)) < count and time.monotonic() < deadline:
            time.sleep(0.2)
        found = self.messages(audience)
        assert len(found) == count, found
        return found


@pytest.fixture
def town(template: str, clone: Callable[[str], str], tmp_path: Path) -> Iterator[Town]:
    require_pages()
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    environment = {**os.environ, "YIKE_DATABASE_URL": address, "YIKE_HOME": str(tmp_path)}
    with (
        serving(address, tmp_path / "api.log") as url,
        httpx.Client(base_url=url, timeout=30) as http,
        (tmp_path / "work.log").open("ab") as log,
    ):
        jobs = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], env=environment, stdout=log, stderr=log)
        yield Town(Service(url, http, world), engine, world, tmp_path / "notifications.jsonl")
        jobs.terminate()
        jobs.wait(20)
    engine.dispose()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    with contextlib.ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
            stack.callback(context.close)
            return context

        yield make


def wall_of(town: Town, open_context: Callable[..., BrowserContext]) -> WallPage:
    wall = WallPage(open_context(viewport={"width": 1280, "height": 720}).new_page(), town.service.url)
    wall.open()
    return wall


def phone_of(town: Town, open_context: Callable[..., BrowserContext], name: str) -> WorkPage:
    phone = WorkPage(open_context(**PHONE).new_page(), town.service.url)
    phone.open()
    phone.choose_me(name)
    return phone


def test_she_is_at_her_relatives(town: Town, open_context: Callable[..., BrowserContext]) -> None:
    meter = town.world.devices["water_meter"]
    wall = wall_of(town, open_context)
    phone = phone_of(town, open_context, "网格员1")
    wall.wait_until_all_is_well()
    # Who lives alone has a stricter rule by default; this is the story of the two days.
    town.run("update yike.rule_override set enabled = false")

    # Two days without water, readings present: red.
    town.water(12.30, 49 * HOUR)
    town.water(12.30, 25 * HOUR)
    assert not wall.knows_red(meter)
    town.water(12.30)
    wall.wait_for_red(meter)
    wall.wait_for_rows(1)
    assert "两天没有用水" in wall.rows()[0]

    # Two clicks send the nearest, and tell elder and daughter; nobody's name is in it.
    wall.open_incident(0)
    assert "网格员1" in wall.best_worker()
    wall.dispatch()
    wall.wait_for_order("dispatched")
    assert "两天没有用水" in phone.new_order()
    told = [*town.wait_for_messages("relative", 1), *town.wait_for_messages("elder", 1)]
    assert not any(word in message["text"] for message in told for word in ("张", "402", "140"))

    phone.look_at_new_order()
    for state in ("accepted", "arrived"):
        phone.next_step()
        phone.wait_for_state(state)
        wall.wait_for_order(state)
    phone.next_step()
    phone.confirm("邻居说老人在女儿家，电话确认平安", away="tomorrow")
    wall.wait_for_order("handled")
    wall.wait_for_history("在女儿家")
    wall.rate(5)
    wall.verify()

    wall.wait_until_not_red(meter)
    wall.wait_until_all_is_well()
    assert town.one("select rating from yike.work_order") == 5
    assert town.one("select closing from yike.incident") == "verified"
    away_h = town.one("select extract(epoch from until - now()) / 3600 from yike.absence where kind = 'away'")
    assert 1 < away_h < 49
    assert [message["event"] for message in town.wait_for_messages("relative", 2)] == ["dispatched", "closed"]
    # Still no water, as is to be expected: nobody is alarmed.
    town.water(12.30)
    assert town.one("select count(*) from yike.incident where closed_at is null") == 0


def test_who_does_not_answer_is_passed_over(town: Town, open_context: Callable[..., BrowserContext]) -> None:
    wall = wall_of(town, open_context)
    near, next_ = phone_of(town, open_context, "网格员1"), phone_of(town, open_context, "网格员0")
    town.service.report("call_button", {"pressed": 1})
    wall.wait_for_rows(1)
    wall.open_incident(0)
    wall.best_worker()
    wall.dispatch()
    assert "一键呼叫" in near.new_order()
    assert not next_.has_new_order()
    town.wait_for_messages("worker", 1)
    town.run("update yike.deadline set due_at = now() where purpose = 'acceptance'")
    assert "一键呼叫" in next_.new_order()
    assert "已转给 网格员0" in near.gone()
    next_.look_at_new_order()
    next_.next_step()
    next_.wait_for_state("accepted")
    wall.wait_for_order("accepted")
    wall.wait_for_history("网格员0")
    assert town.one("select count(*) from yike.work_order") == 1
    assert [message["event"] for message in town.wait_for_messages("worker", 2)] == ["dispatched", "dispatched"]


def test_the_water_runs_again(town: Town, open_context: Callable[..., BrowserContext]) -> None:
    meter = town.world.devices["water_meter"]
    wall = wall_of(town, open_context)
    phone = phone_of(town, open_context, "网格员1")
    for ago, total in ((50, 8.0), (1, 8.0)):
        town.water(total, ago * HOUR)
    wall.wait_for_rows(1)
    wall.open_incident(0)
    wall.best_worker()
    wall.dispatch()
    assert "两天没有用水" in phone.new_order()
    town.water(8.2)
    # It stays red, since only a person closes it; but whoever looks is told, and telephones.
    wall.wait_for_recovered()
    assert wall.knows_red(meter)
    wall.check("电话里说刚从医院回来，一切都好")
    wall.wait_until_not_red(meter)
    wall.wait_until_all_is_well()
    phone.page.get_by_test_id("no-orders").wait_for()
    assert town.one("select state from yike.work_order") == "cancelled"
    town.water(8.2)
    assert town.one("select count(*) from yike.incident where closed_at is null") == 0
