"""A service that demands signing in: the page that asks, and the one that needs nobody."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.conftest import PHONE
from tests.browser.drivers.phone import NearbyPage
from tests.browser.drivers.plan import PlanPage
from tests.browser.drivers.sign_in import Account, SignInPage
from tests.browser.guarded import PASSWORD, Guarded


def test_a_page_leads_to_signing_in_and_back(page: Page, guarded: Guarded) -> None:
    guarded.enter(page, "planner", "/plan?category=pharmacy&minutes=5")
    assert page.url.split("#")[0] == f"{guarded.url}/plan?category=pharmacy&minutes=5"
    PlanPage(page, guarded.url).wait_for_answer()
    words = Account(page).words()
    assert "planner 甲" in words
    assert "规划员" in words
    page.go_back()
    assert "/sign-in" not in page.url


def test_a_wrong_password_is_said_in_words_of_the_pages_language(door: SignInPage) -> None:
    door.open()
    top = door.button_top()
    door.sign_in("viewer", "not the password")
    assert "用户名或密码不对" in door.refusal()
    assert door.button_top() == top
    door.switch_language()
    door.wait_for_words("Wrong name or password")
    assert door.button_top() == top
    door.sign_in("viewer", PASSWORD)
    door.wait_until_in()


def test_what_is_missing_and_what_is_too_much_is_said(door: SignInPage, context: BrowserContext) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=429, content_type="application/problem+json", body='{"status":429,"detail":"Too many."}')

    door.open()
    door.sign_in("viewer", "")
    door.wait_for_words("请填写用户名和密码")
    door.page.route("**/api/v1/session", refuse)
    door.sign_in("viewer", "whatever it is")
    door.wait_for_words("五分钟")
    door.page.unroute("**/api/v1/session")
    context.set_offline(True)
    door.sign_in("viewer", PASSWORD)
    door.wait_for_words("暂时连不上服务")


def test_a_browser_that_keeps_no_cookie_is_told_so(door: SignInPage) -> None:
    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        # Before the page hears of it: the cookie came to the test's own request.
        door.page.context.clear_cookies()
        route.fulfill(status=answer.status, content_type="application/json", body=answer.text())

    door.open()
    door.page.route("**/api/v1/session", without_cookie)
    door.sign_in("viewer", PASSWORD)
    door.wait_for_words("Cookie")


def test_the_password_can_be_shown(door: SignInPage) -> None:
    door.open()
    assert not door.password_is_readable()
    door.toggle_password()
    assert door.password_is_readable()
    door.toggle_password()
    assert not door.password_is_readable()


ELSEWHERE = [
    "//evil.example/",
    "/\\evil.example",
    "https://evil.example/",
    "/%09/evil.example",
    "/.//evil.example",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_led_to_another_host(page: Page, door: SignInPage, wanted: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(re.compile(r"^https?://evil\.example/"), lambda route: route.abort())
    door.open(f"?next={wanted}")
    door.sign_in("viewer", PASSWORD)
    door.wait_until_in()
    page.wait_for_timeout(300)
    assert [url for url in asked if not url.startswith((f"{door.url}/", "data:", "blob:"))] == []


@pytest.mark.browser(**PHONE)
def test_nearby_is_complete_with_nobody_signed_in(page: Page, guarded: Guarded) -> None:
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status in (401, 403) else None)
    nearby = NearbyPage(page, guarded.url)
    nearby.open()
    nearby.tap_map(120.001, 31.0)
    assert len(nearby.places()) == 2
    nearby.wait_until_drawn("place")
    nearby.wait_until_drawn("building")
    nearby.choose_category("canteen")
    page.wait_for_function("document.querySelectorAll('[data-testid=places] li').length === 1")
    assert "走 1.5 分钟" in nearby.open_place(0)
    nearby.wait_until_drawn("way")
    nearby.switch_language()
    nearby.wait_until_map_names_are_in("name_en")
    page.get_by_role("button", name="Night").click()
    nearby.wait_for_map()
    page.wait_for_timeout(1_000)
    assert refused == []
    assert not Account(page).is_shown()


@pytest.mark.parametrize("theme", ["day", "night"])
def test_axe_finds_nothing_at_the_desk(page: Page, door: SignInPage, theme: str) -> None:
    _axe(page, door, theme)


@pytest.mark.browser(**PHONE)
@pytest.mark.parametrize("theme", ["day", "night"])
def test_axe_finds_nothing_on_the_phone(page: Page, door: SignInPage, theme: str) -> None:
    _axe(page, door, theme)


@pytest.mark.browser(**PHONE)
def test_text_and_targets_are_large(page: Page, door: SignInPage) -> None:
    door.open()
    door.sign_in("viewer", "")
    door.refusal()
    small = page.evaluate(
        """() => [...document.querySelectorAll('main *')]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.checkVisibility())
          .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 17).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []
    narrow = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a, main input')]
          .filter((e) => e.getBoundingClientRect().height < 48).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert narrow == []


def _axe(page: Page, door: SignInPage, theme: str) -> None:
    page.add_init_script(f"localStorage.setItem('yike.theme', '{theme}')")
    door.open()
    assert page.locator("html").get_attribute("data-theme") == theme
    door.sign_in("viewer", "")
    door.refusal()
    assert door.faults() == []
