"""From what is due to done: the supervisor's plan, the worker's day."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from geo.tours.hours import CHINA, today
from tests.browser.service import Service

pytestmark = pytest.mark.browser(viewport={"width": 1440, "height": 900})


def test_proposed_accepted_and_done(page: Page, service: Service) -> None:
    service.http.post("/api/v1/visit-rules", json={"tag": "living_alone", "every_days": 7}).raise_for_status()
    # Tomorrow morning, whatever hour the test runs at.
    page.clock.set_fixed_time(datetime.combine(today() + timedelta(1), time(9), CHINA))
    page.goto(f"{service.url}/visits")
    expect(page.get_by_test_id("due")).to_contain_text("张**")
    page.get_by_test_id("edit-wish").first.click()
    wish = page.get_by_test_id("wish")
    wish.get_by_label("从").fill("15:00")
    wish.get_by_label("到").fill("17:00")
    wish.get_by_label("说明").fill("午睡后")
    wish.get_by_test_id("save-wish").click()
    expect(page.get_by_test_id("due")).to_contain_text("15:00–17:00 · 午睡后")
    page.get_by_test_id("propose").click()
    expect(page.get_by_test_id("tour")).to_contain_text("15:00")
    expect(page.get_by_test_id("result")).to_contain_text("还没有生效")
    expect(page.get_by_test_id("tour")).to_contain_text("3幢")
    page.get_by_test_id("accept").click()
    expect(page.get_by_test_id("xlsx")).to_be_visible()
    worker = service.http.get("/api/v1/tours", params={"first_day": str(today() + timedelta(1))}).json()["items"][0]
    expect(page.get_by_test_id("due")).to_contain_text(worker["worker"])

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{service.url}/work")
    page.get_by_test_id("workers").get_by_text(worker["worker"]).click()
    visit = page.get_by_test_id("next-visit")
    expect(visit).to_contain_text("402")
    for step in ("visit-done", "visit-missed", "visit-skip"):
        box = page.get_by_test_id(step).bounding_box()
        assert box is not None
        assert box["height"] >= 48
    page.context.set_offline(True)
    page.get_by_test_id("visit-done").click()
    page.get_by_text("一切都好").click()
    page.get_by_test_id("confirm-visit").click()
    # Said without signal it counts here at once, and reaches the service later.
    expect(page.get_by_test_id("day-progress")).to_have_text("1 / 1")
    expect(page.get_by_test_id("outbox")).to_contain_text("走访完成")
    page.context.set_offline(False)
    expect(page.get_by_test_id("outbox")).to_have_count(0)
    told = service.http.get(f"/api/v1/tours/{worker['id']}").json()["visits"][0]
    assert (told["state"], told["note"]) == ("done", "一切都好")
