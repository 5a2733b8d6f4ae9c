"""The planner's numbers are the service's numbers, and each of them shows where."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.drivers.desk import PlanPage
from tests.browser.service import Service

pytestmark = pytest.mark.browser(viewport={"width": 1440, "height": 900})


@pytest.fixture
def plan(page: Page, service: Service) -> PlanPage:
    opened = PlanPage(page, service.url)
    opened.open()
    opened.wait_for_answer()
    return opened


def summary(service: Service, **query: Any) -> dict[str, int]:
    answer = service.http.get("/api/v1/coverage", params={**query, "features": False}).raise_for_status().json()
    found: dict[str, int] = answer["summary"]
    return found


@pytest.mark.parametrize("minutes", [1, 3, 15])
@pytest.mark.parametrize("category", ["canteen", "pharmacy"])
def test_numbers_are_those_of_the_service(plan: PlanPage, service: Service, category: str, minutes: int) -> None:
    plan.choose_category(category)
    plan.set_minutes(minutes)
    plan.page.wait_for_load_state("networkidle")
    plan.wait_for_answer()
    told = summary(service, category=category, minutes=minutes)
    assert plan.beyond() == (told["residents"] - told["covered"], told["residents_60"] - told["covered_60"])


def test_the_numbers_differ_where_they_should(service: Service) -> None:
    # Guards the test above: with one number for everything it would prove nothing.
    assert {summary(service, category="canteen", minutes=m)["covered"] for m in (1, 15)} == {0, 2}


def test_a_click_on_the_number_shows_where(plan: PlanPage) -> None:
    plan.set_minutes(1)
    plan.wait_for_answer()
    assert not plan.shows_only_gaps()
    plan.show_gaps()
    assert plan.shows_only_gaps()


def test_a_category_that_is_nowhere_is_called_so(plan: PlanPage) -> None:
    plan.choose_category("hospital")
    plan.page.get_by_text("这里没有“医院”").wait_for()


def test_the_file_is_the_coverage_on_the_screen(plan: PlanPage, service: Service) -> None:
    plan.choose_category("pharmacy")
    plan.set_minutes(7)
    plan.wait_for_answer()
    answer = service.http.get(plan.export_address()).raise_for_status().json()
    assert answer["category"] == "pharmacy"
    assert answer["minutes"] == 7
    assert len(answer["features"]) == 2


def test_the_map_paints_the_coverage(plan: PlanPage) -> None:
    plan.wait_until_drawn("coverage")
