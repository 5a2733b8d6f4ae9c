"""The grid worker's phone: from the order to handled, also without signal."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.browser.drivers.base import wait_until_kept
from tests.browser.drivers.phone import WorkPage
from tests.browser.service import Service

pytestmark = pytest.mark.browser(**PHONE)


@pytest.fixture
def work(page: Page, service: Service) -> WorkPage:
    opened = WorkPage(page, service.url)
    opened.open()
    opened.choose_me("网格员1")
    return opened


@pytest.fixture
def order(service: Service) -> dict[str, Any]:
    """An order for the second worker."""
    service.report("smoke", {"smoke": 1})
    return service.send(service.open_incidents()[0]["id"], service.world.workers[1])


def test_accept_arrive_handle(work: WorkPage, service: Service, order: dict[str, Any]) -> None:
    work.wait_for_orders(1)
    work.open_order()
    text = work.order_text()
    assert "3幢" in text
    assert "402" in text
    assert work.main_button_height() >= 48
    work.next_step()
    work.wait_for_state("accepted")
    work.next_step()
    work.wait_for_state("arrived")
    work.next_step()
    work.confirm("人平安")
    work.wait_for_orders(1)
    found = service.order(order["id"])
    assert found["state"] == "handled"
    assert [step["state"] for step in found["steps"]] == ["dispatched", "accepted", "arrived", "handled"]
    assert found["steps"][-1]["note"] == "人平安"


def test_a_new_order_appears_without_reload(work: WorkPage, service: Service) -> None:
    work.page.get_by_test_id("no-orders").wait_for()
    service.report("gas", {"gas_lel_pct": 30})
    service.send(service.open_incidents()[0]["id"], service.world.workers[1])
    work.wait_for_orders(1)
    assert "燃气泄漏" in work.orders()[0]


def test_a_step_without_signal_is_kept_and_sent_later(
    work: WorkPage, service: Service, order: dict[str, Any], context: BrowserContext
) -> None:
    work.wait_for_orders(1)
    work.open_order()
    context.set_offline(True)
    work.next_step()
    assert "还没有发出去" in work.unsent()
    work.wait_for_state("accepted")
    assert service.order(order["id"])["state"] == "dispatched"
    context.set_offline(False)
    work.wait_until_all_is_sent()
    assert service.order(order["id"])["state"] == "accepted"


def test_an_order_is_handed_back_with_a_reason(work: WorkPage, service: Service, order: dict[str, Any]) -> None:
    work.wait_for_orders(1)
    work.open_order()
    work.hand_back("离得太远")
    work.page.get_by_test_id("no-orders").wait_for()
    found = service.order(order["id"])
    assert found["state"] == "returned"
    assert found["steps"][-1]["note"] == "离得太远"


def test_the_phone_remembers_who_holds_it(work: WorkPage, order: dict[str, Any]) -> None:
    work.wait_for_orders(1)
    work.page.reload()
    work.wait_for_orders(1)


def test_a_shared_position_reaches_the_service(work: WorkPage, service: Service, context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 120.0012, "latitude": 31.0002, "accuracy": 8})
    with work.page.expect_response("**/position") as told:
        work.share_position()
    assert told.value.ok
    worker = service.http.get(f"/api/v1/workers/{service.world.workers[1]}").json()
    assert worker["geometry"]["coordinates"] == pytest.approx([120.0012, 31.0002], abs=1e-6)
    assert worker["properties"]["position_age_s"] < 30


def test_without_permission_the_page_says_what_to_do(work: WorkPage) -> None:
    work.share_position()
    work.page.get_by_text("浏览器没有得到定位许可").wait_for()


@pytest.mark.browser(**PHONE, service_workers="allow")
def test_the_page_opens_without_signal(work: WorkPage, order: dict[str, Any], context: BrowserContext) -> None:
    work.wait_for_orders(1)
    work.open_order()
    work.wait_until_drawn("way")
    wait_until_kept(work.page)
    context.set_offline(True)
    work.page.reload()
    work.wait_for_orders(1)
    assert "3幢" in work.orders()[0]
    work.open_order()
    work.next_step()
    assert "还没有发出去" in work.unsent()
    context.set_offline(False)
    work.wait_until_all_is_sent()
