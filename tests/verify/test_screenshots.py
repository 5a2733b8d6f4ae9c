"""Pictures of the running product for `docs/screenshots`, taken over the sample town."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from data.town import Scale, build_town
from geo.database.engine import make_engine
from tests.browser.drivers.desk import ExplorePage
from tests.browser.drivers.phone import NearbyPage, WorkPage
from tests.browser.drivers.plan import PlanPage
from tests.browser.drivers.wall import WallPage
from tests.browsing import require_pages
from tests.serving import serving

SHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def url(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    require_pages()
    address = clone(template)
    engine = make_engine(address)
    build_town(engine, Scale.TOWN)
    with engine.begin() as connection:
        # A shift that has been on for a while: phones have told where they are.
        connection.execute(text("update yike.worker_position set observed_at = now() - interval '1 minute'"))
    engine.dispose()
    with serving(address, tmp_path_factory.mktemp("shots") / "api.log") as running:
        yield running


@contextmanager
def window(browser: Browser, width: int, height: int, **more: Any) -> Iterator[Page]:
    """A page of that size."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **more
    )
    yield context.new_page()
    context.close()


def keep(page: Page, name: str) -> None:
    """Save what is seen, once the map is drawn and has come to rest; in 256 colours, to stay small."""
    page.wait_for_function("window.__yike?.map?.loaded()", timeout=60_000)
    page.wait_for_timeout(2500)
    picture = Image.open(io.BytesIO(page.screenshot(type="png"))).convert("RGB")
    SHOTS.mkdir(parents=True, exist_ok=True)
    # Of the three ways to choose colours this one keeps rare ones: the one red among the blue stays red.
    few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(SHOTS / f"{name}.png", optimize=True)


def first(url: str, kind: str) -> dict[str, Any]:
    """A device of a kind in somebody's home."""
    devices = httpx.get(f"{url}/api/v1/devices", params={"kind": kind, "limit": 60}).json()["features"]
    found: dict[str, Any] = devices[len(devices) // 2]
    return found


def report(url: str, device: dict[str, Any], values: dict[str, float]) -> None:
    name, now = device["properties"]["external_id"], datetime.now(UTC).isoformat()
    body = [{"device": name, "observed_at": now, "values": values}]
    assert httpx.post(f"{url}/api/v1/telemetry", json=body).json()["accepted"] == 1


def test_one_red_among_two_thousand_blue(url: str, browser: Browser) -> None:
    button = first(url, "call_button")
    report(url, button, {"pressed": 1})
    for width, height in ((1920, 1080), (3840, 2160)):
        with window(browser, width, height) as page:
            wall = WallPage(page, url)
            wall.open()
            wall.wait_for_red(button["id"])
            assert wall.reds() == [button["id"]]
            keep(page, f"wall-{width}x{height}")
    with window(browser, 1920, 1080) as page:
        wall = WallPage(page, url)
        wall.open()
        wall.wait_for_rows(1)
        wall.open_incident(0)
        assert wall.best_worker()
        keep(page, "wall-card-1920x1080")


def test_the_way_to_an_order(url: str, browser: Browser) -> None:
    smoke = first(url, "smoke")
    report(url, smoke, {"smoke": 1})
    incidents = httpx.get(f"{url}/api/v1/incidents", params={"state": "open"}).json()["features"]
    incident = next(f["properties"] for f in incidents if f["properties"]["device_id"] == smoke["id"])
    nearest = httpx.get(f"{url}/api/v1/nearest-workers", params={"incident": incident["id"]}).json()["features"]
    worker = nearest[1]["properties"]
    made = httpx.post(f"{url}/api/v1/incidents/{incident['id']}/orders", json={"worker_id": worker["worker_id"]})
    assert made.status_code == 201
    with window(browser, 390, 844, is_mobile=True, has_touch=True, device_scale_factor=2) as page:
        work = WorkPage(page, url)
        work.open()
        work.choose_me(worker["name"])
        work.wait_for_orders(1)
        work.open_order()
        keep(page, "work-390x844")


def test_the_circle(url: str, browser: Browser) -> None:
    with window(browser, 1920, 1080) as page:
        plan = PlanPage(page, url)
        plan.open()
        plan.choose_category("canteen")
        plan.wait_for_answer()
        keep(page, "plan-1920x1080")


def test_what_is_near(url: str, browser: Browser) -> None:
    with window(browser, 390, 844, is_mobile=True, has_touch=True, device_scale_factor=2) as page:
        nearby = NearbyPage(page, url)
        nearby.open()
        west, south, east, north = httpx.get(f"{url}/tiles.json").json()["bounds"]
        nearby.tap_map((west + east) / 2, (south + north) / 2)
        assert nearby.places()
        keep(page, "nearby-390x844")


def test_the_map_one_begins_with(url: str, browser: Browser) -> None:
    with window(browser, 1600, 1000) as page:
        ExplorePage(page, url).open()
        keep(page, "explore-1600x1000")
