"""The resident's phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from geo.datum import convert
from tests.browser.conftest import PHONE
from tests.browser.drivers.phone import NearbyPage
from tests.browser.service import Service

pytestmark = pytest.mark.browser(**PHONE)


@pytest.fixture
def nearby(page: Page, service: Service) -> NearbyPage:
    opened = NearbyPage(page, service.url)
    opened.open()
    return opened


def test_a_tap_on_the_map_lists_what_is_near(nearby: NearbyPage, service: Service) -> None:
    nearby.tap_map(120.001, 31.0)
    names = [text.splitlines()[1] for text in nearby.places()]
    answer = service.http.get("/api/v1/nearby", params={"lon": 120.001, "lat": 31.0, "minutes": 10}).json()
    assert names == [feature["properties"]["name"] for feature in answer["features"]]


def test_the_phones_position_is_enough(nearby: NearbyPage, context: BrowserContext) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"longitude": 120.0035, "latitude": 31.0001})
    nearby.use_my_position()
    assert "百草堂" in nearby.places()[0]


def test_one_category_and_the_way_there(nearby: NearbyPage) -> None:
    nearby.tap_map(120.001, 31.0)
    assert len(nearby.places()) == 2
    nearby.choose_category("canteen")
    nearby.page.wait_for_function("document.querySelectorAll('[data-testid=places] li').length === 1")
    text = nearby.open_place(0)
    assert "一号食堂" in text
    assert "走 1.5 分钟" in text
    nearby.wait_until_drawn("way")


def test_an_open_pharmacy_from_a_wechat_link_and_the_way_there(page: Page, service: Service) -> None:
    lon, lat = convert(120.0035, 31.0001, source="wgs84", target="gcj02")
    nearby = NearbyPage(page, service.url)
    nearby.open(f"?datum=gcj02&at={lon:.6f},{lat:.6f}&minutes=10")
    nearby.only_open()
    assert "百草堂" in nearby.places()[0]
    assert "营业中" in nearby.places()[0]
    assert len(nearby.places()) == 1, "the canteen's hours are unknown, and unknown is not open"
    nearby.share()
    assert nearby.code_is_drawn()
    nearby.stop_sharing()
    assert "走" in nearby.open_place(0)
    nearby.wait_until_drawn("way")
    # The address alone opens the same place again.
    page.reload()
    assert "百草堂" in page.get_by_test_id("place").inner_text()
