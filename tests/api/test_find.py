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


def test_a_round_tells_what_was_passed_and_what_not(service: Service) -> None:
    worker = service.world.workers[0]
    with service.engine.begin() as connection:
        connection.execute(text("delete from yike.worker_track"))
        # From corner 0 to corner 1 and a half, 19 m a quarter of a minute: past the canteen, not to the devices.
        connection.execute(
            text(
                "insert into yike.worker_track (worker_id, at, observed_at, geom) select :worker, t, t,"
                " st_setsrid(st_makepoint(:lon + n * 0.0002, :lat), 4326)"
                " from generate_series(0, 7) as n, lateral (select now() - (20 - n) * interval '15 s' as t) as at"
            ),
            {"worker": worker, "lon": LON, "lat": LAT},
        )
    answer = service.http.get(f"/api/v1/workers/{worker}/patrol", params={"within_m": 20})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    summary = body["summary"]
    assert (summary["positions"], summary["joined"]) == (8, 8)
    assert summary["streets_m"] == pytest.approx(4 * 95.5 + 110.9, abs=0.5)
    assert summary["passed_m"] == pytest.approx(1.4 * 95.5, abs=0.5)
    assert (summary["devices"], summary["devices_passed"]) == (6, 0)
    assert len(body["missed_devices"]) == 6
    assert {f["properties"]["name"] for f in body["features"] if f["properties"]["passed"]} == {"临河路"}
    wide = service.http.get(f"/api/v1/workers/{worker}/patrol", params={"within_m": 100}).json()
    assert wide["summary"]["devices_passed"] == 6
    long_ago = {"from": "2026-01-01T08:00:00+08:00", "to": "2026-01-01T17:00:00+08:00"}
    assert service.http.get(f"/api/v1/workers/{worker}/patrol", params=long_ago).json()["summary"]["passed_m"] == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/workers/999999/patrol", 404),
        ("/api/v1/workers/1/patrol?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400),
        ("/api/v1/workers/1/patrol?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", 400),
        ("/api/v1/workers/1/patrol?from=yesterday", 400),
        ("/api/v1/workers/1/patrol?within_m=5000", 400),
    ],
)
def test_no_such_round_is_a_problem(service: Service, path: str, status: int) -> None:
    answer = service.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_an_old_name_is_given_found_and_taken_away(service: Service) -> None:
    body = {"kind": "building", "ref_id": service.world.home, "name": "老粮站"}
    given = service.http.post("/api/v1/aliases", json=body)
    assert given.status_code == 201, given.text
    assert service.http.post("/api/v1/aliases", json=body).json() == given.json(), "the same twice is one"
    hit = service.http.get("/api/v1/search", params={"q": "laoliangzhan"}).json()["items"][0]
    assert (hit["kind"], hit["id"], hit["matched"], hit["at"]) == ("building", service.world.home, "老粮站", "entrance")
    listed = service.http.get("/api/v1/aliases", params={"kind": "building"}).json()["items"]
    assert listed == [given.json()]
    assert service.http.delete(f"/api/v1/aliases/{given.json()['id']}").status_code == 204
    assert service.http.get("/api/v1/search", params={"q": "老粮站"}).json()["items"] == []
    assert service.http.delete(f"/api/v1/aliases/{given.json()['id']}").status_code == 404
    assert service.http.post("/api/v1/aliases", json={**body, "ref_id": 10**30}).status_code in (400, 404)
    assert service.http.post("/api/v1/aliases", json={**body, "name": "\x00 "}).status_code == 400
    assert service.http.get("/api/v1/search", params={"q": "虎" * 101}).status_code == 400
