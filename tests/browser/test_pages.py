"""What holds for every page: the entry, accessibility, no word of a foreign host."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.drivers.base import YikePage
from tests.browser.drivers.desk import ExplorePage
from tests.browser.drivers.wall import WallPage
from tests.browser.service import Service

DESKS = ["/", "/plan", "/visits", "/admin", "/admin?section=rules", "/admin?section=skills"]
PHONES = ["/work", "/nearby", "/report"]


def test_the_entry_leads_to_the_four_jobs(page: Page, service: Service) -> None:
    explore = ExplorePage(page, service.url)
    explore.open()
    assert explore.jobs() == ["/wall", "/plan", "/work", "/nearby"]


@pytest.mark.parametrize("path", ["/", "/wall", "/plan", "/work"])
def test_at_the_machine_itself_there_is_no_account(page: Page, service: Service, path: str) -> None:
    with page.expect_response("**/api/v1/session") as asked:
        page.goto(f"{service.url}{path}")
    assert asked.value.json()["account"] is None
    expect(page.locator("main")).to_be_visible()
    assert page.get_by_test_id("account").count() == 0


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("path", DESKS)
def test_axe_finds_nothing_on_the_desk(page: Page, service: Service, path: str, theme: str) -> None:
    _axe(page, service, path, theme)


@pytest.mark.browser(**PHONE)
@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("path", PHONES)
def test_axe_finds_nothing_on_the_phone(page: Page, service: Service, path: str, theme: str) -> None:
    _axe(page, service, path, theme)


def test_axe_finds_nothing_on_the_wall_with_a_case_open(page: Page, service: Service) -> None:
    service.report("smoke", {"smoke": 1})
    wall = WallPage(page, service.url)
    wall.open()
    wall.wait_for_rows(1)
    wall.open_incident(0)
    wall.best_worker()
    page.wait_for_timeout(500)  # axe reads colours in the middle of a fade as they are at that moment
    assert wall.faults() == []


@pytest.mark.parametrize("path", ["/", "/wall", "/plan", "/visits", "/work", "/nearby", "/report", "/admin", "/docs"])
def test_no_page_asks_a_foreign_host(page: Page, service: Service, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{service.url}{path}")
    page.wait_for_timeout(2_500)
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((service.url, "data:", "blob:"))] == []


def test_the_interface_is_documented_by_its_own_document(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/docs")
    # Of so many operations only those in sight are drawn: the first, and after scrolling the last.
    page.get_by_text("/api/v1/accounts", exact=True).first.wait_for()
    page.get_by_text("Yike 一刻").hover()
    page.mouse.wheel(0, 100_000)
    page.get_by_text("/ogc/tiles", exact=True).first.wait_for()


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_no_text_of_the_wall_is_smaller_than_a_75th_of_its_height(
    page: Page, service: Service, size: tuple[int, int]
) -> None:
    service.report("smoke", {"smoke": 1})
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wall = WallPage(page, service.url)
    wall.open()
    wall.wait_for_rows(1)
    wall.open_incident(0)
    wall.best_worker()
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('body *')]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
          .filter((e) => !e.closest('.sr-only, .maplibregl-map') && e.checkVisibility())
          .map((e) => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? e.getScreenCTM().a : 1)))"""
    )
    assert smallest >= size[1] / 75


@pytest.mark.browser(**PHONE)
@pytest.mark.parametrize("path", PHONES)
def test_phone_text_and_targets_are_large(page: Page, service: Service, path: str) -> None:
    YikePage(page, service.url).page.goto(f"{service.url}{path}")
    page.wait_for_timeout(2_000)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main *')]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
          .filter((e) => !e.closest('.sr-only, .maplibregl-map') && e.checkVisibility())
          .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 17).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []
    narrow = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a, main input, main select')]
          .filter((e) => !e.closest('.sr-only, .maplibregl-map') && e.checkVisibility())
          .filter((e) => e.getBoundingClientRect().height < 48).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert narrow == []


def _axe(page: Page, service: Service, path: str, theme: str) -> None:
    page.add_init_script(f"localStorage.setItem('yike.theme', '{theme}')")
    shown = YikePage(page, service.url)
    shown.path = path
    shown.open()
    page.wait_for_load_state("networkidle") if path in ("/plan", "/nearby") else page.wait_for_timeout(2_000)
    assert shown.faults() == []
