"""Nearest workers with skills, preferences and shortfall; an order's ETA; what lies around; over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.api.conftest import Service
from tests.world import LAT, LON, STEP

HERE: dict[str, Any] = {"lon": LON + 4 * STEP, "lat": LAT}


def ask(service: Service, path: str = "nearest-workers", /, **query: Any) -> Any:
    answer = service.http.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(found: Any) -> list[int]:
    return [feature["properties"]["worker_id"] for feature in found["features"]]


def out(found: Any) -> dict[str, list[int]]:
    return {one["code"]: one["worker_ids"] for one in found["left_out"]}


def run(service: Service, statement: str, **values: Any) -> None:
    with service.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_whoever_has_the_skill_and_who_was_left_out(service: Service) -> None:
    far, near = service.world.workers
    assert ids(ask(service, **HERE)) == [near, far]
    assert service.http.put(f"/api/v1/workers/{far}/skills", json={"skills": ["gas", "fire"]}).json()["properties"][
        "skills"
    ] == ["fire", "gas"]
    found = ask(service, **HERE, skill="gas")
    assert (ids(found), out(found)) == ([far], {"no_skill": [near]})
    assert found["features"][0]["properties"]["why"] == ["skill", "at_post", "free"]
    nobody = ask(service, **HERE, skill="lift")
    assert (nobody["features"], nobody["reason_code"]) == ([], "nobody_suitable")
    unknown = service.http.get("/api/v1/nearest-workers", params={**HERE, "skill": "flying"})
    assert (unknown.status_code, unknown.json()["where"]) == (400, "skill")
    assert service.http.put(f"/api/v1/workers/{far}/skills", json={"skills": ["flying"]}).status_code == 400
    assert "gas" in [one["code"] for one in ask(service, "skills")["items"]]


def test_duty_and_positions_count_from_the_next_question_on(service: Service) -> None:
    far, near = service.world.workers
    service.http.put(f"/api/v1/workers/{near}/duty", json={"on_duty": False})
    found = ask(service, **HERE)
    assert (ids(found), out(found)) == ([far], {"off_duty": [near]})
    run(service, "update yike.worker set on_duty = true where id = :w", w=near)
    assert ids(ask(service, **HERE))[0] == near
    # Too old a position, and no post: the grid's middle stands in, then nothing.
    run(
        service, "update yike.worker_position set observed_at = now() - interval '2 hours' where worker_id = :w", w=near
    )
    run(service, "update yike.worker set post = null where id = :w", w=near)
    told = {f["id"]: f["properties"] for f in ask(service, **HERE)["features"]}
    assert (told[near]["stands"], told[near]["position_age_s"]) == ("grid_post", None)
    assert told[near]["last_seen_s"] == pytest.approx(7200, abs=60)
    run(service, "delete from yike.worker_position where worker_id = :w", w=near)
    run(service, "update yike.worker set path = '' where id = :w", w=near)
    assert out(ask(service, **HERE)) == {"position_unknown": [near]}
    run(service, "update yike.worker set path = :p, post = st_setsrid(st_makepoint(:x, :y), 4326) where id = :w",
        w=near, p=service.world.path, x=LON + 4 * STEP, y=LAT)  # fmt: skip
    service.http.put(f"/api/v1/workers/{near}/position", json={"lon": LON + 3.5 * STEP, "lat": LAT})
    assert ask(service, **HERE)["features"][0]["properties"]["stands"] == "position"


def test_one_rides_and_one_walks_and_preferences_rank_but_do_not_delay(service: Service) -> None:
    far, near = service.world.workers
    run(service, "update yike.worker set profile = 'ebike' where id = :w", w=far)
    try:
        at = {"lon": LON + 1.9 * STEP, "lat": LAT}
        first, second = ask(service, **at)["features"]
        assert (first["id"], first["properties"]["profile"], second["id"]) == (far, "ebike", near)
        assert first["properties"]["seconds"] == pytest.approx(1.9 * 95.5 / 4, abs=0.5)
        assert [f["properties"]["profile"] for f in ask(service, **at, profile="walk")["features"]] == ["walk"] * 2
        run(service, "update yike.worker set path = 's/elsewhere' where id = :w", w=far)
        preferred = ask(service, **at, own_grid_s=3600)["features"]
        assert [f["id"] for f in preferred] == [near, far]
        told = preferred[1]["properties"]
        assert told["score_s"] - told["seconds"] == pytest.approx(3600, abs=0.2)
        assert told["seconds"] == first["properties"]["seconds"]
    finally:
        run(service, "update yike.worker set profile = 'walk', path = :p where id = :w", w=far, p=service.world.path)


def test_an_orders_eta_follows_its_worker(service: Service) -> None:
    near = service.world.workers[1]
    report = {"kind": "resident_report", "title": "灯坏", "lon": LON + 2 * STEP, "lat": LAT}
    incident = service.http.post("/api/v1/incidents", json=report).json()["id"]
    order = service.http.post(f"/api/v1/incidents/{incident}/orders", json={"worker_id": near}).json()["id"]
    for corner in (3.5, 2.5):
        service.http.put(f"/api/v1/workers/{near}/position", json={"lon": LON + corner * STEP, "lat": LAT})
        told = ask(service, f"orders/{order}/eta")
        assert told["seconds"] == pytest.approx((corner - 2) * 95.5, abs=0.5)
        assert told["way"]["type"] == "LineString"
    busy = ask(service, **HERE)["features"]
    assert {f["id"]: f["properties"]["open_orders"] for f in busy}[near] == 1
    service.http.post(f"/api/v1/orders/{order}/arrive", json={})
    assert ask(service, f"orders/{order}/eta")["code"] == "nobody_on_the_way"
    service.http.post(f"/api/v1/incidents/{incident}/false-alarm", json={})
    service.http.put(f"/api/v1/workers/{near}/position", json={"lon": LON + 3.5 * STEP, "lat": LAT})
    assert {f["id"]: f["properties"]["open_orders"] for f in ask(service, **HERE)["features"]}[near] == 0


def test_a_closed_street_counts_from_the_next_question_on(service: Service) -> None:
    far, near = service.world.workers
    run(service, "update yike.street set closed = true where id = (select min(id) + 1 from yike.street)")
    try:
        found = ask(service, lon=LON + 2.5 * STEP, lat=LAT)
        assert (ids(found), out(found)) == ([near], {"no_way": [far]})
    finally:
        run(service, "update yike.street set closed = false")
    assert len(ids(ask(service, lon=LON + 2.5 * STEP, lat=LAT))) == 2


def test_what_lies_around(service: Service) -> None:
    found = ask(service, "around", lon=LON, lat=LAT)
    assert found["counts"] == {"worker": 2, "facility": 2, "camera": 1, "care_home": 0, "fire_point": 0}
    groups = [feature["properties"]["group"] for feature in found["features"]]
    assert groups == ["worker", "worker", "facility", "facility", "camera"]
    assert found["features"][0]["properties"]["id"] == service.world.workers[0]
    assert ask(service, "around", lon=LON, lat=LAT, metres=50)["counts"]["worker"] == 1
    assert ask(service, "around", lon=LON, lat=LAT, minutes=5)["counts"]["facility"] == 1
    device = service.world.devices["gas"]
    assert ask(service, "around", device=device, limit=1)["counts"]["worker"] == 2
    assert "reason" in ask(service, "around", lon=LON + 1, lat=LAT)
    assert service.http.get("/api/v1/around").status_code == 400
