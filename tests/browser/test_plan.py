"""The planner's numbers are the service's numbers, and each of them shows where."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.drivers.plan import PlanPage
from tests.browser.service import Service
from tests.world import LAT, LON, STEP

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
    answer = service.http.get(plan.export_address("csv")).raise_for_status()
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert [(row["category"], float(row["threshold_min"])) for row in rows] == [("pharmacy", 7.0)] * 2


def test_the_map_paints_the_coverage(plan: PlanPage) -> None:
    plan.wait_until_drawn("coverage")


CANTEEN = (LON, LAT + 0.05 * STEP)


def corner(n: float) -> tuple[float, float]:
    return LON + n * STEP, LAT


def minutes_of(service: Service, **query: Any) -> dict[int, float]:
    answer = service.http.get("/api/v1/coverage", params={"category": "canteen", **query}).raise_for_status().json()
    return {feature["id"]: feature["properties"]["minutes"] for feature in answer["features"]}


def test_a_canteen_is_dragged_and_numbers_and_colours_follow(plan: PlanPage, service: Service) -> None:
    plan.set_minutes(4)
    plan.paint_by("按楼栋")
    today = minutes_of(service)
    plan.wait_until_minutes_are(today)
    plan.enter_what_if()
    plan.drag(CANTEEN, corner(3))
    plan.expect_covered(1, 2)
    plan.expect_edits("搬动：一号食堂")
    # What is asked while it is being dragged may still be on its way.
    plan.wait_for_comparison()
    kept = int(plan.page.url.split("scenario=")[1].split("#")[0].split("&")[0])
    moved = minutes_of(service, scenario=kept)
    assert max(moved.values()) < max(today.values())
    plan.wait_until_minutes_are(moved)
    # Where it was let go it has the keyboard: three steps of ten metres towards the east, undone as one.
    for _ in range(3):
        plan.press("ArrowRight")
    far = max(today, key=lambda building: today[building])
    plan.wait_until_nearer(far, moved[far] - 0.4)
    plan.press("Control+z")
    plan.wait_until_minutes_are(moved)
    link = plan.save("搬到三号路口")
    plan.press("Control+z")
    plan.wait_for_answer()
    plan.wait_until_minutes_are(today)
    # What was saved is as it was saved, whatever is tried on afterwards.
    plan.page.goto(f"{link}&minutes=4")
    plan.expect_covered(1, 2)
    plan.expect_edits("搬动：一号食堂")
    plan.press("Escape")
    plan.wait_for_answer()
    assert "scenario" not in plan.page.url


def test_a_street_is_closed_and_one_is_added(plan: PlanPage) -> None:
    plan.set_minutes(4)
    plan.enter_what_if()
    plan.take_tool("封路")
    plan.wait_until_drawn("coverage-street")
    plan.click_map(*corner(1.5))
    plan.expect_covered(1, 0)
    plan.expect_edits("封路：临河路")
    plan.wait_until_drawn("closed-street")
    plan.take_tool("加一处")
    plan.click_map(*corner(3))
    plan.expect_covered(1, 2)
    plan.take_tool("封路")
    plan.click_map(*corner(1.5))
    plan.expect_edits("加一处")


def test_the_gap_is_flown_to_and_one_more_is_put_where_it_helps_most(plan: PlanPage) -> None:
    plan.set_minutes(4)
    plan.wait_for_answer()
    plan.fly_to_gap(1)
    plan.page.wait_for_function(f"Math.abs(window.__yike.map.getCenter().lng - {LON + 4.2 * STEP}) < {STEP}")
    assert "2" in plan.find_sites()
    plan.add_site(1)
    plan.expect_covered(1, 2)
    plan.page.get_by_test_id("gap-list").get_by_text("没有缺口").wait_for()


def test_an_edit_of_what_is_gone_is_named_and_taken_out(plan: PlanPage, service: Service) -> None:
    edits = [
        {"op": "add", "category": "canteen", "lon": LON + 3 * STEP, "lat": LAT},
        {"op": "remove", "facility_id": 999},
    ]
    made = service.http.post("/api/v1/scenarios", json={"name": "旧方案", "edits": edits}).raise_for_status().json()
    plan.open(f"?scenario={made['id']}&minutes=4")
    plan.page.get_by_text("第 2 项改动所指的已经不在了").wait_for()
    plan.page.get_by_role("button", name="去掉这一项").click()
    plan.expect_covered(1, 2)
    assert len(service.http.get(f"/api/v1/scenarios/{made['id']}").json()["edits"]) == 2
