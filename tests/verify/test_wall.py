"""The wall over imported streets: red within a second of the reading, two clicks to help, blue again."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import make_url, text

from data.town import furnish_import
from geo.database.engine import make_engine
from geo.live.changes import number_changes
from tests.browser.drivers.wall import WallPage
from tests.browsing import require_pages
from tests.serving import serving
from tests.verify.conftest import Figures

TITLE = "Red on the wall (central Nanjing, imported)"


@pytest.fixture(scope="module")
def address(nanjing_url: str, clone: Callable[[str], str]) -> str:
    """Nanjing with sample homes, people, devices and workers on its buildings."""
    found = clone(str(make_url(nanjing_url).database))
    engine = make_engine(found)
    summary = furnish_import(engine)
    assert sum(summary.devices.values()) > 500
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def url(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service over it."""
    require_pages()
    with serving(address, tmp_path_factory.mktemp("wall") / "api.log") as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_init_script(
        "window.__clicks = 0; addEventListener('click', (e) => { if (e.isTrusted) window.__clicks += 1 }, true);"
        "window.__loads = (window.__loads ?? 0) + 1"
    )
    yield context.new_page()
    context.close()


def device(url: str, kind: str, n: int) -> dict[str, Any]:
    """The n-th device of a kind, as a feature."""
    found: dict[str, Any] = httpx.get(f"{url}/api/v1/devices", params={"kind": kind}).json()["features"][n]
    return found


def report(url: str, found: dict[str, Any], values: dict[str, float]) -> None:
    body = [
        {"device": found["properties"]["external_id"], "observed_at": datetime.now(UTC).isoformat(), "values": values}
    ]
    assert httpx.post(f"{url}/api/v1/telemetry", json=body).json()["accepted"] == 1


def test_a_marker_turns_red_and_blue_without_a_reload(url: str, page: Page, figures: Figures) -> None:
    wall = WallPage(page, url)
    wall.open()
    page.evaluate("window.__stayed = true")
    in_list_s, on_map_s = [], []
    for n in range(5):
        bin_ = device(url, "waste_camera", n)
        posted = time.monotonic()
        report(url, bin_, {"fill_pct": 97})
        wall.wait_for_rows(1)
        in_list_s.append(time.monotonic() - posted)
        wall.wait_for_red(bin_["id"])
        on_map_s.append(time.monotonic() - posted)
        report(url, bin_, {"fill_pct": 5})
        wall.wait_until_not_red(bin_["id"])
        wall.wait_until_all_is_well()
    assert page.evaluate("window.__stayed") is True
    figures.add(
        "from POST to the row in the list, median and worst of 5",
        f"{statistics.median(in_list_s) * 1000:.0f} ms, {max(in_list_s) * 1000:.0f} ms (allowed: 1000)",
    )
    figures.add(
        "from POST to the red marker drawn (software rendering), median and worst of 5",
        f"{statistics.median(on_map_s) * 1000:.0f} ms, {max(on_map_s) * 1000:.0f} ms (allowed: 1000)",
    )
    # Beside other tests, what is slow is not wrong.
    if os.environ.get("YIKE_VERIFY"):
        assert statistics.median(in_list_s) < 1.0
        assert statistics.median(on_map_s) < 1.0


def test_an_edit_is_on_an_open_map_within_a_second(address: str, url: str, page: Page, figures: Figures) -> None:
    engine = make_engine(address)
    wall = WallPage(page, url)
    wall.open()
    with engine.connect() as connection:
        building, lon, lat = connection.execute(
            text("select id, st_x(place), st_y(place) from (select id, st_pointonsurface(geom) as place"
                 " from yike.building order by st_area(geom) desc limit 1) as largest")
        ).one()  # fmt: skip
    page.evaluate("(at) => window.__yike.map.jumpTo({ center: at, zoom: 16.5 })", [lon, lat])
    page.wait_for_timeout(3000)
    taken_s = []
    for use in ("school", "hospital", "school", "hospital", "school"):
        with engine.begin() as connection:
            connection.execute(
                text("update yike.building set use = :use where id = :id"), {"use": use, "id": building}
            )  # fmt: skip
        committed = time.monotonic()
        number_changes(engine)  # as whoever commits what changes the map does
        page.wait_for_function(
            "([id, use]) => window.__yike.map.queryRenderedFeatures().some("
            "(f) => f.sourceLayer === 'building' && f.id === id && f.properties.use === use)",
            arg=[building, use],
            timeout=15_000,
        )
        taken_s.append(time.monotonic() - committed)
        page.wait_for_timeout(1000)
    engine.dispose()
    figures.add(
        "from the commit of an edit to a building to the open map drawing it, median and worst of 5",
        f"{statistics.median(taken_s) * 1000:.0f} ms, {max(taken_s) * 1000:.0f} ms (allowed: 1000)",
    )
    # Beside other tests, what is slow is not wrong.
    if os.environ.get("YIKE_VERIFY"):
        assert statistics.median(taken_s) < 1.0


def test_a_latched_one_stays_red_until_it_is_checked(url: str, page: Page) -> None:
    wall = WallPage(page, url)
    wall.open()
    button = device(url, "call_button", 0)
    report(url, button, {"pressed": 1})
    wall.wait_for_red(button["id"])
    report(url, button, {"pressed": 0})
    # Something that comes later is shown: by then the normal reading was taken in.
    bin_ = device(url, "waste_camera", 0)
    report(url, bin_, {"fill_pct": 97})
    wall.wait_for_rows(2)
    assert wall.knows_red(button["id"])
    wall.open_incident(0)
    wall.check("电话联系，平安")
    wall.wait_until_not_red(button["id"])
    report(url, bin_, {"fill_pct": 5})
    wall.wait_until_all_is_well()


def test_from_red_to_order_are_two_clicks(url: str, page: Page, figures: Figures) -> None:
    wall = WallPage(page, url)
    wall.open()
    smoke = device(url, "smoke", 3)
    report(url, smoke, {"smoke": 1})
    wall.wait_for_red(smoke["id"])
    wall.click_map(*smoke["geometry"]["coordinates"])
    best = wall.best_worker()
    wall.dispatch()
    wall.wait_for_order("dispatched")
    clicks = int(page.evaluate("window.__clicks"))
    figures.add("clicks from the red marker to the order", f"{clicks} (allowed: 2); the button said “{best}”")
    assert clicks == 2
    order = httpx.get(f"{url}/api/v1/orders", params={"open": True}).json()["items"][0]
    assert order["device_id"] == smoke["id"]
