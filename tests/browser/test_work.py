"""The grid worker's phone: from the order to handled, also without signal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.browser.drivers.base import wait_until_kept
from tests.browser.drivers.phone import WorkPage
from tests.browser.service import Service

pytestmark = pytest.mark.browser(**PHONE)


_LISTEN = """
window.__rings = { vibrated: 0, tones: 0 }
navigator.vibrate = () => (window.__rings.vibrated += 1) > 0
const start = OscillatorNode.prototype.start
OscillatorNode.prototype.start = function (...at) { window.__rings.tones += 1; return start.apply(this, at) }
"""


@pytest.fixture
def work(page: Page, service: Service) -> WorkPage:
    page.add_init_script(_LISTEN)
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
    # The page is ahead of the service by what it still sends.
    work.wait_until_all_is_sent()
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
    work.wait_until_all_is_sent()
    found = service.order(order["id"])
    assert found["state"] == "returned"
    assert found["steps"][-1]["note"] == "离得太远"


def test_the_phone_remembers_who_holds_it(work: WorkPage, order: dict[str, Any]) -> None:
    work.wait_for_orders(1)
    work.page.reload()
    work.wait_for_orders(1)


def test_a_new_order_rings_until_it_is_looked_at(work: WorkPage, service: Service) -> None:
    service.report("gas", {"gas_lel_pct": 30})
    service.send(service.open_incidents()[0]["id"], service.world.workers[1])
    words = work.new_order()
    assert "3幢" in words
    assert "分钟内接单" in words
    # Choosing one's name was a touch, so the phone has a voice.
    rings = work.page.evaluate("window.__rings")
    assert rings["vibrated"] >= 1
    assert rings["tones"] >= 1
    work.look_at_new_order()
    work.back()
    work.wait_for_orders(1)
    assert not work.has_new_order()


def test_a_photo_without_signal_is_kept_and_sent_once(
    work: WorkPage, service: Service, order: dict[str, Any], context: BrowserContext
) -> None:
    work.open_order()
    work.next_step()
    work.wait_for_state("accepted")
    context.set_offline(True)
    work.next_step()
    work.take_photo(_picture(3000, 2000))
    work.wait_for_photos(1)
    assert "2 步还没有发出去" in work.unsent()
    assert service.order(order["id"])["photos"] == []
    context.set_offline(False)
    work.wait_until_all_is_sent()
    work.wait_for_photos(1)
    found = service.order(order["id"])
    assert found["state"] == "arrived"
    assert [max(photo["width"], photo["height"]) for photo in found["photos"]] == [1600]


def test_a_step_for_an_order_that_went_to_another_is_told_and_blocks_nothing(
    work: WorkPage, service: Service, order: dict[str, Any], context: BrowserContext
) -> None:
    second = service.send(service.find("井盖松动"), service.world.workers[1])
    work.wait_for_orders(2)
    context.set_offline(True)
    for n in range(2):
        work.open_order(n)
        work.next_step()
        work.wait_for_state("accepted")
        work.back()
    service.hand_over(order["id"], service.world.workers[0])
    service.move(order["id"], "accept")
    service.move(order["id"], "arrive")
    context.set_offline(False)
    words = work.refused()
    assert "接单" in words
    assert "网格员0" in words
    work.wait_until_all_is_sent()
    assert service.order(order["id"])["state"] == "arrived"
    assert service.order(second["id"])["state"] == "accepted"


def test_an_order_goes_to_a_colleague_and_comes_back(work: WorkPage, service: Service, order: dict[str, Any]) -> None:
    work.wait_for_orders(1)
    work.open_order()
    work.give_to("网格员0")
    work.page.get_by_test_id("no-orders").wait_for()
    work.wait_until_all_is_sent()
    assert service.order(order["id"])["worker"] == "网格员0"
    service.hand_over(order["id"], service.world.workers[1])
    work.wait_for_orders(1)
    assert work.has_new_order()
    service.hand_over(order["id"], service.world.workers[0])
    assert "已转给 网格员0" in work.gone()


def test_going_off_duty_and_coming_back(work: WorkPage, service: Service) -> None:
    def on_duty() -> bool:
        found = service.http.get(f"/api/v1/workers/{service.world.workers[1]}").json()
        return bool(found["properties"]["on_duty"])

    work.wait_for_duty(on=True)
    for on in (False, True):
        work.switch_duty()
        work.wait_for_duty(on=on)
        # The page is ahead of the service by what it still sends.
        for _ in range(100):
            if on_duty() is on:
                break
            work.page.wait_for_timeout(100)
        assert on_duty() is on


def test_a_shared_position_reaches_the_service(work: WorkPage, service: Service, context: BrowserContext) -> None:
    # Granted any earlier, the page would never have been without a position.
    work.wait_for_lost_position()
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 120.0012, "latitude": 31.0002, "accuracy": 8})
    with work.page.expect_response("**/position") as told:
        work.try_position_again()
    assert told.value.ok
    worker = service.http.get(f"/api/v1/workers/{service.world.workers[1]}").json()
    assert worker["geometry"]["coordinates"] == pytest.approx([120.0012, 31.0002], abs=1e-6)
    assert worker["properties"]["position_age_s"] < 30


def test_without_permission_the_page_says_what_to_do(work: WorkPage) -> None:
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


def _picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def test_the_round_shows_streets_passed_and_missed(work: WorkPage, service: Service) -> None:
    worker = service.world.workers[1]
    for step in range(4):
        body = {"lon": 120.0035 - step * 0.0002, "lat": 31.0}
        service.http.put(f"/api/v1/workers/{worker}/position", json=body).raise_for_status()
    text = work.look_at_round()
    assert "共 490 米" in text
    assert "共 6" in text
    work.wait_until_drawn("patrol-missed")
