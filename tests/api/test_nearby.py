"""What is near, for residents: open or not, to share, and no more often than a person asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from geo.datum import convert
from tests.api.conftest import Service
from tests.world import LAT, LON, STEP

HERE: dict[str, float] = {"lon": LON + 3.9 * STEP, "lat": LAT, "minutes": 15}
VISITOR = {"X-Forwarded-For": "203.0.113.9"}


def near(service: Service, **query: Any) -> Any:
    answer = service.http.get("/api/v1/nearby", params={**HERE, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(answer: Any) -> list[str]:
    return [feature["properties"]["name"] for feature in answer["features"]]


@pytest.fixture(scope="module", autouse=True)
def hours(service: Service) -> None:
    with service.engine.begin() as connection:
        connection.execute(text("update yike.facility set opening_hours = 'Mo-Su 08:00-20:00' where name = '百草堂'"))


def test_open_is_told_in_beijing_time_and_unknown_is_not_open(service: Service) -> None:
    both = near(service, at="2026-11-21T11:59:00Z")
    assert {f["properties"]["name"]: f["properties"]["open"] for f in both["features"]} == {
        "百草堂": True,
        "一号食堂": None,
    }
    at_eight = near(service, at="2026-11-21T20:00:00+08:00")
    assert at_eight["features"][0]["properties"]["open"] is False
    only = near(service, open_now=True, at="2026-11-21T11:59:00Z")
    assert (names(only), only["unknown_hours"]) == (["百草堂"], 1)
    assert names(near(service, open_now=True, at="2026-11-21T12:00:00Z")) == []


def test_a_position_from_wechat_is_the_same_place(service: Service) -> None:
    lon, lat = convert(HERE["lon"], HERE["lat"], source="wgs84", target="gcj02")
    shifted = near(service, lon=float(lon), lat=float(lat), datum="gcj02")
    assert names(shifted) == names(near(service))
    assert shifted["features"][0]["geometry"] != near(service)["features"][0]["geometry"]


def test_far_from_every_street_says_so(service: Service) -> None:
    answer = near(service, lat=LAT + 0.05)
    assert answer["features"] == []
    assert "250 m" in answer["reason"]


@pytest.mark.parametrize("query", [{"category": "'; --"}, {"at": "2026-11-21T12:00:00"}, {"lon": 500}, {"minutes": 0}])
def test_bad_questions_are_problems(service: Service, query: dict[str, Any]) -> None:
    answer = service.http.get("/api/v1/nearby", params={**HERE, **query})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_a_code_to_share_leads_here_and_holds_the_filters(service: Service) -> None:
    answer = service.http.get("/api/v1/nearby/qr.svg", params={**HERE, "category": "pharmacy", "open_now": True})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg")
    elsewhere: dict[str, Any] = {**HERE, "url": "https://elsewhere.example/"}
    plain = service.http.get("/api/v1/nearby/qr.svg", params=elsewhere).text
    assert plain == service.http.get("/api/v1/nearby/qr.svg", params=HERE).text


def test_a_visitor_asks_so_often_and_is_told_when_again(service: Service) -> None:
    answers = [service.http.get("/api/v1/nearby", params=HERE, headers=VISITOR) for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {200}
    last = answers[-1]
    assert last.status_code == 429
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert near(service)["features"], "who signs in is not counted"
