"""What each role sees, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE
from tests.browser.drivers.phone import WorkPage
from tests.browser.drivers.wall import WallPage
from tests.browser.guarded import Guarded


@pytest.fixture
def order(guarded: Guarded) -> dict[str, Any]:
    """An order for the worker who has an account."""
    return guarded.order_for_the_worker()


@pytest.mark.browser(**PHONE)
def test_a_worker_finds_their_own_orders(page: Page, guarded: Guarded, order: dict[str, Any]) -> None:
    guarded.enter(page, "worker", "/work")
    work = WorkPage(page, guarded.url)
    work.wait_for_orders(1)
    assert page.get_by_test_id("workers").count() == 0
    expect(page.get_by_role("heading", name="网格员1")).to_be_visible()
    assert page.get_by_text("换人").count() == 0
    work.open_order()
    work.next_step()
    work.wait_for_state("accepted")
    page.wait_for_timeout(500)
    assert guarded.order(order["id"])["state"] == "accepted"


@pytest.mark.browser(**PHONE)
def test_whoever_is_no_worker_chooses_and_looks(page: Page, guarded: Guarded, order: dict[str, Any]) -> None:
    guarded.enter(page, "viewer", "/work")
    work = WorkPage(page, guarded.url)
    work.choose_me("网格员1")
    work.wait_for_orders(1)
    assert page.get_by_role("switch").count() == 0
    work.open_order()
    expect(page.get_by_test_id("not-yours")).to_contain_text("网格员1")
    assert page.get_by_test_id("next-step").count() == 0


@pytest.mark.parametrize(("name", "may_send"), [("viewer", False), ("worker", False), ("dispatcher", True)])
def test_only_who_may_send_sees_how_to(page: Page, guarded: Guarded, name: str, may_send: bool) -> None:
    guarded.report("gas", {"gas_lel_pct": 30})
    guarded.enter(page, name, "/wall")
    wall = WallPage(page, guarded.url)
    wall.wait_for_rows(1)
    wall.open_incident(0)
    expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_attached()
    assert page.get_by_test_id("dispatch").count() == int(may_send)
    assert page.get_by_test_id("check").count() == int(may_send)
    assert page.get_by_test_id("not-yours").count() == int(not may_send)
    # With an order on it the other two buttons take their turn.
    guarded.send(guarded.open_incidents()[0]["id"], guarded.world.workers[0])
    wall.wait_for_order("dispatched")
    assert page.get_by_role("button", name="撤回派单").count() == int(may_send)


def test_an_account_of_one_area_begins_there_and_stays_below(page: Page, guarded: Guarded) -> None:
    root = guarded.http.get("/api/v1/areas", params={"level": "district"}).json()["features"][0]["id"]
    # A link of somebody who sees more leads to what this account sees.
    guarded.enter(page, "local", f"/?area={root}")
    trail = page.get_by_test_id("trail")
    expect(trail.get_by_role("button").first).to_have_text("community c1")
    assert "全域" not in trail.inner_text()
    assert "area=" not in page.url
    trail.get_by_role("button", name="选择区域").click()
    trail.get_by_role("button", name="grid g1").click()
    expect(trail.get_by_role("listitem")).to_have_count(2)
    trail.get_by_role("button", name="community c1").click()
    expect(trail.get_by_role("button", name="grid g1")).to_have_count(0)
    assert "area=" not in page.url


def test_what_is_refused_is_said_in_the_pages_language(page: Page, guarded: Guarded) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=403, content_type="application/problem+json", body='{"status":403,"detail":"No."}')

    guarded.report("gas", {"gas_lel_pct": 30})
    guarded.enter(page, "dispatcher", "/wall")
    wall = WallPage(page, guarded.url)
    wall.wait_for_rows(1)
    wall.open_incident(0)
    wall.best_worker()
    page.route("**/api/v1/incidents/*/orders", refuse)
    wall.dispatch()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("您的账号没有这项权限")
