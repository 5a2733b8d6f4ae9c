"""The resident's phone: three steps, a code, and how far it is; nothing typed is lost."""

from __future__ import annotations

from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.conftest import PHONE
from tests.browser.drivers.phone import ReportPage
from tests.browser.service import Service

pytestmark = pytest.mark.browser(**PHONE)

LAMP = "三单元门口的路灯不亮"
HERE = (120.002, 31.0)


@pytest.fixture
def phone(page: Page, service: Service) -> ReportPage:
    opened = ReportPage(page, service.url)
    opened.open()
    return opened


def picture(width: int, height: int) -> FilePayload:
    """What a phone's camera gives."""
    body = BytesIO()
    Image.new("RGB", (width, height), "#446688").save(body, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": body.getvalue()}


def test_from_what_is_wrong_to_a_rating(phone: ReportPage, service: Service, context: BrowserContext) -> None:
    page = phone.page
    phone.begin("property")
    phone.tap_map(*HERE)
    phone.tell(LAMP)
    page.get_by_test_id("photo").set_input_files(picture(4000, 3000))
    image = page.get_by_test_id("shown").locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("(image) => [image.naturalWidth, image.naturalHeight]") == [1600, 1200]
    context.set_offline(True)
    phone.send()
    assert "还没有发出去" in phone.refusal()
    context.set_offline(False)
    # The phone was put away and the browser closed the page: all of it is still there.
    page.reload()
    page.get_by_test_id("resume").click()
    assert page.locator("textarea").input_value() == LAMP
    with page.expect_response("**/photos") as sent:
        phone.send()
    shown = phone.code()
    assert sent.value.status == 204
    found = next(i for i in service.open_incidents() if i["kind"] == "resident_report")
    order = service.send(found["id"], service.world.workers[0])
    for step in ("accept", "arrive", "handle"):
        service.http.post(f"/api/v1/orders/{order['id']}/{step}", json={}).raise_for_status()
    # Who kept the code finds it again, typed by hand and in small letters.
    page.evaluate("localStorage.clear()")
    page.reload()
    page.locator("#code").fill(shown.lower())
    page.get_by_test_id("look").click()
    phone.wait_for_stage("done")
    page.get_by_role("radio", name="4 星").check(force=True)
    page.get_by_test_id("rate-send").click()
    expect(page.get_by_test_id("rate")).to_contain_text("谢谢")
    assert service.http.get(f"/api/v1/reports/{shown}").json()["rating"] == 4


def test_by_keyboard_alone_and_back_from_outside(phone: ReportPage, service: Service) -> None:
    page = phone.page
    for target in (page.get_by_test_id("begin"), page.locator("[data-category=waste]")):
        target.focus()
        page.keyboard.press("Enter")
    phone.wait_for_map()
    page.get_by_test_id("centre").press("Enter")
    pin = page.get_by_test_id("pin")
    expect(pin).to_be_focused()
    before = pin.bounding_box()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    after = pin.bounding_box()
    assert before
    assert after
    assert after["x"] > before["x"] + 5
    # Far out: the service says that it is not looked after, and the words wait.
    page.evaluate("window.__yike.map.jumpTo({ center: [121.5, 31.9], zoom: 12 })")
    page.get_by_test_id("centre").press("Enter")
    page.get_by_test_id("here").press("Enter")
    page.locator("textarea").fill("垃圾桶满了")
    page.get_by_test_id("send").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不在我们的服务范围内")
    page.wait_for_function("window.__yike.map.getContainer().isConnected")
    page.evaluate(f"window.__yike.map.jumpTo({{ center: [{HERE[0]}, {HERE[1]}], zoom: 16 }})")
    page.get_by_test_id("centre").press("Enter")
    page.get_by_test_id("here").press("Enter")
    assert page.locator("textarea").input_value() == "垃圾桶满了"
    page.get_by_test_id("send").press("Enter")
    assert len(phone.code()) == 11


def test_too_many_reports_are_told_plainly(phone: ReportPage, service: Service) -> None:
    """The last one here: the service counts by address, and this is the tests' own."""
    body = {"category": "other", "text": "路面积水", "lon": HERE[0], "lat": HERE[1]}
    with httpx.Client(base_url=service.url) as client:
        while client.post("/api/v1/reports", json=body).status_code == 201:
            pass
    phone.begin("other")
    phone.tap_map(*HERE)
    phone.tell("路面积水，走不过去")
    phone.send()
    assert "上报得太多" in phone.refusal()
    assert phone.page.locator("textarea").input_value() == "路面积水，走不过去"
