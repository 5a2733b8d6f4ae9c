"""The report in one file, opened where there is no network."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Request, expect

from api.leaflet import leaflet_of
from geo.access.out.report import write_report
from geo.access.out.survey import survey
from geo.access.store import CoverageStore
from geo.database.engine import make_engine
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from tests.browsing import DIST, require_pages

BANDS = {"#d2e21b", "#5ec962", "#21918c", "#3b528b", "#472d7b", "#440154"}


@pytest.fixture(scope="module")
def report(village_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_pages()
    engine = make_engine(village_url)
    store = CoverageStore(engine, NetworkStore(engine), 250.0)
    found = survey(store, ["canteen", "museum", "pharmacy"], minutes=[5, 15], scope=AreaScope.everything())
    file = tmp_path_factory.mktemp("report") / "report.html"
    write_report(found, file, leaflet=leaflet_of(DIST.parent), engine=engine, snap_limit_m=250.0)
    engine.dispose()
    return file


@pytest.fixture
def opened(context: BrowserContext, page: Page, report: Path) -> Iterator[Page]:
    """The report without a network; whatever it asks for but itself fails the test."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")) and request.url != report.as_uri():
            asked.append(request.url)

    context.set_offline(True)
    page.on("request", note)
    page.goto(report.as_uri())
    expect(page.locator(".leaflet-container")).to_be_visible()
    yield page
    assert asked == []


def colours(page: Page) -> dict[str, int]:
    """How many pixels of each colour of the legend the map shows, mixed with white as the fill is."""
    with Image.open(io.BytesIO(page.locator(".leaflet-container").screenshot())) as image:
        counted: list[tuple[int, Any]] = image.convert("RGB").getcolors(maxcolors=1 << 24) or []
    found = dict.fromkeys(BANDS, 0)
    for count, seen in counted:
        for band in BANDS:
            wanted = [int(band[start : start + 2], 16) for start in (1, 3, 5)]
            # The fill lets an eighth of the pale ground through.
            if all(abs(part * 0.88 + 242 * 0.12 - value) < 8 for part, value in zip(wanted, seen, strict=True)):
                found[band] += count
    return found


def shown(page: Page) -> set[str]:
    """The bands that more than a house shows."""
    return {band for band, count in colours(page).items() if count > 200}


def test_it_shows_coloured_buildings_and_says_what_nobody_has(opened: Page) -> None:
    assert len(shown(opened)) >= 2
    expect(opened.get_by_text("没有任何一处可以走到：博物馆")).to_be_visible()
    expect(opened.get_by_text("此处含有样例数据")).to_be_visible()
    row = opened.get_by_role("row").filter(has_text="Museum")
    expect(row).to_contain_text("nobody has it")
    # A category that somebody has can be chosen; one that nobody has cannot.
    expect(opened.get_by_role("radio")).to_have_count(2)


def test_another_service_is_another_map(opened: Page) -> None:
    before = shown(opened)
    opened.get_by_role("radio").nth(1).check()
    opened.mouse.move(0, 0)
    # Canteens are further away than pharmacies: other bands, not only other markers.
    assert shown(opened) < before
    markers = opened.locator("path.leaflet-interactive")
    assert markers.count() > 0
    markers.first.hover()
    expect(opened.locator(".leaflet-tooltip")).to_be_visible()
