"""A session from beginning to end: signing out, ending elsewhere, and the time without signal."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import PHONE
from tests.browser.drivers.base import wait_until_kept
from tests.browser.drivers.phone import WorkPage
from tests.browser.drivers.sign_in import Account, SignInPage
from tests.browser.drivers.wall import WallPage
from tests.browser.guarded import PASSWORD, Guarded


@pytest.fixture
def order(guarded: Guarded) -> dict[str, Any]:
    """An order for the worker who has an account."""
    return guarded.order_for_the_worker()


def test_signing_out_leaves_nothing_behind(page: Page, guarded: Guarded) -> None:
    guarded.enter(page, "dispatcher", "/wall")
    before = guarded.sessions()
    account = Account(page)
    assert "调度员" in account.words()
    account.sign_out()
    SignInPage(page, guarded.url).wait_for()
    assert guarded.sessions() == before - 1
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key not in ("yike.theme", "yike.language", "yike.sound")] == []
    page.goto(f"{guarded.url}/wall")
    SignInPage(page, guarded.url).wait_for()


def test_signing_out_in_one_tab_closes_the_others(page: Page, guarded: Guarded, context: BrowserContext) -> None:
    guarded.enter(page, "dispatcher", "/plan")
    other = context.new_page()
    other.goto(f"{guarded.url}/wall")
    account = Account(other)
    account.words()
    account.sign_out()
    SignInPage(other, guarded.url).wait_for()
    SignInPage(page, guarded.url).wait_for(within_s=5)


@pytest.mark.timeout(120)
def test_a_wall_whose_session_ends_elsewhere_leads_to_signing_in(
    page: Page, guarded: Guarded, door: SignInPage
) -> None:
    guarded.enter(page, "dispatcher", "/wall?kind=smoke")
    WallPage(page, guarded.url).wait_until_live_state_is("live")
    guarded.end_sessions()
    door.wait_for(within_s=45)
    door.sign_in("dispatcher", PASSWORD)
    door.wait_until_in()
    assert page.url.startswith(f"{guarded.url}/wall?kind=smoke")
    WallPage(page, guarded.url).wait_until_live_state_is("live")


@pytest.mark.browser(**PHONE)
def test_unsent_steps_outlive_a_session_that_ends(
    page: Page, guarded: Guarded, door: SignInPage, order: dict[str, Any]
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=401, content_type="application/problem+json", body='{"status":401,"detail":"Sign in."}')

    guarded.enter(page, "worker", "/work")
    work = WorkPage(page, guarded.url)
    work.wait_for_orders(1)
    work.open_order()
    page.route("**/api/v1/orders/*/accept", refuse)
    work.next_step()
    door.wait_for()
    page.unroute("**/api/v1/orders/*/accept")
    # Somebody else does not send it.
    door.sign_in("dispatcher", PASSWORD)
    door.wait_until_in()
    work.choose_me("网格员1")
    work.wait_for_orders(1)
    page.wait_for_timeout(500)
    assert page.get_by_test_id("outbox").count() == 0
    assert guarded.order(order["id"])["state"] == "dispatched"
    account = Account(page)
    account.words()
    account.sign_out()
    door.wait_for()
    page.goto(f"{guarded.url}/work")
    door.sign_in("worker", PASSWORD)
    door.wait_until_in()
    work.wait_for_orders(1)
    work.wait_until_all_is_sent()
    page.wait_for_timeout(500)
    assert guarded.order(order["id"])["state"] == "accepted"


@pytest.mark.browser(**PHONE)
def test_signing_out_asks_before_unsent_steps_are_lost(
    page: Page, guarded: Guarded, door: SignInPage, order: dict[str, Any]
) -> None:
    guarded.enter(page, "worker", "/work")
    work = WorkPage(page, guarded.url)
    work.wait_for_orders(1)
    work.open_order()
    page.route("**/api/v1/orders/*/accept", lambda route: route.abort())
    work.next_step()
    work.unsent()
    page.get_by_role("button", name="全部工单").click()
    account = Account(page)
    account.sign_out()
    assert "1 步" in account.is_asked()
    account.answer("先不退出")
    assert "还没有发出去" in work.unsent()
    account.sign_out()
    account.answer("丢弃并退出")
    door.wait_for()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('outbox'))") == []
    assert guarded.order(order["id"])["state"] == "dispatched"


@pytest.mark.timeout(90)
@pytest.mark.browser(**PHONE, service_workers="allow")
def test_a_signed_in_phone_opens_without_signal(
    page: Page, guarded: Guarded, order: dict[str, Any], context: BrowserContext
) -> None:
    guarded.enter(page, "worker", "/work")
    work = WorkPage(page, guarded.url)
    work.wait_for_orders(1)
    wait_until_kept(page)
    context.set_offline(True)
    page.reload()
    work.wait_for_orders(1)
    expect(page.get_by_role("heading", name="网格员1")).to_be_visible()
    work.open_order()
    work.next_step()
    assert "还没有发出去" in work.unsent()
    # Without signal nobody is signed out: the service would not know of it.
    page.get_by_role("button", name="全部工单").click()
    account = Account(page)
    account.sign_out()
    account.answer("丢弃并退出")
    expect(account.trouble()).to_contain_text("暂时连不上服务")
    work.wait_for_orders(1)
    context.set_offline(False)
    work.wait_until_all_is_sent()
    assert guarded.order(order["id"])["state"] == "accepted"


@pytest.mark.browser(**PHONE, service_workers="allow")
def test_the_worker_of_the_browser_lets_the_way_to_signing_in_through(
    page: Page, guarded: Guarded, door: SignInPage, context: BrowserContext
) -> None:
    door.open()
    wait_until_kept(page)
    # What it fetched for itself is no page that a browser would refuse as come by a detour.
    context.set_offline(True)
    page.reload()
    door.wait_for()
    context.set_offline(False)
    page.goto(f"{guarded.url}/work")
    door.wait_for()
    assert page.url == f"{guarded.url}/sign-in?next=/work"
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.goto(f"{guarded.url}/work")
    # Nobody is remembered here: the page says what is the matter, and nothing of anyone.
    page.get_by_text("暂时连不上服务").wait_for()
    context.set_offline(False)
    door.wait_for()
