"""Orders, nearest workers, coverage, routes and what is nearby, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service
from tests.world import LAT, LON, STEP, reading


def get(service: Service, path: str, **query: Any) -> Any:
    answer = service.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_from_alarm_to_order_to_blue(service: Service) -> None:
    button = service.world.devices["call_button"]
    service.http.post("/api/v1/telemetry", json=[reading("call_button", {"pressed": 1})])
    incidents = get(service, "/api/v1/incidents", state="open")["features"]
    incident = next(f["properties"] for f in incidents if f["properties"]["device_id"] == button)
    assert (incident["title"], incident["title_en"], incident["severity"]) == ("一键呼叫", "Call button pressed", 4)
    nearest = get(service, "/api/v1/nearest-workers", incident=incident["id"])["features"]
    made = service.http.post(
        f"/api/v1/incidents/{incident['id']}/orders", json={"worker_id": nearest[0]["properties"]["worker_id"]}
    )
    assert made.status_code == 201
    order = made.json()
    assert (order["state"], order["room"], order["floor"]) == ("dispatched", "402", 4)
    again = service.http.post(
        f"/api/v1/incidents/{incident['id']}/orders", json={"worker_id": service.world.workers[0]}
    )
    assert (again.status_code, again.json()["order_id"]) == (409, order["id"])
    mine = get(service, "/api/v1/orders", worker=order["worker_id"], open=True)["items"]
    assert [item["id"] for item in mine] == [order["id"]]
    assert service.http.post(f"/api/v1/orders/{order['id']}/handle", json={}).status_code == 409
    for step in ("accept", "arrive", "handle", "verify", "close"):
        answer = service.http.post(f"/api/v1/orders/{order['id']}/{step}", json={"note": "好", "lon": LON, "lat": LAT})
        assert answer.status_code == 200
    assert [s["who"] for s in answer.json()["steps"]] == [
        "dispatcher", *[f"worker {order['worker_id']}"] * 3, "dispatcher", "dispatcher",
    ]  # fmt: skip
    assert get(service, f"/api/v1/devices/{button}")["properties"]["status"] == "normal"
    assert get(service, "/api/v1/orders", worker=order["worker_id"], open=True)["items"] == []


@pytest.mark.parametrize("body", [{}, {"worker_id": 1, "department_id": 1}, {"worker_id": 999}, {"worker_id": "x"}])
def test_an_order_to_nobody_is_a_problem(service: Service, body: dict[str, Any]) -> None:
    report = {"kind": "resident_report", "title": "灯坏", "lon": LON, "lat": LAT}
    incident = service.http.post("/api/v1/incidents", json=report).json()["id"]
    answer = service.http.post(f"/api/v1/incidents/{incident}/orders", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (
        service.http.post(f"/api/v1/incidents/{incident}/false-alarm", json={}).json()["properties"]["state"]
        == "closed"
    )


def test_nearest_workers_by_the_streets_with_the_way(service: Service) -> None:
    found = get(service, "/api/v1/nearest-workers", device=service.world.devices["gas"], k=5)
    first, second = found["features"]
    # Worker 1 was last seen at corner 3.5. The door at (2.1, 0.1) joins the lane, 9.5 m west of it: down the lane
    # to corner 2 and one and a half corners along the street. Worker 0 keeps the post at corner 0.
    assert first["properties"]["worker_id"] == service.world.workers[1]
    assert first["properties"]["length_m"] == pytest.approx(9.5 + 11.1 + 1.5 * 95.5, abs=0.3)
    # The flat is on the fourth floor, three above the ground, and there is no lift.
    assert first["properties"]["climb_s"] == 48
    assert first["properties"]["seconds"] - 48 == pytest.approx(first["properties"]["length_m"], abs=0.2)
    assert (first["properties"]["stands"], second["properties"]["stands"]) == ("position", "post")
    assert first["properties"]["position_age_s"] is not None
    assert second["properties"]["position_age_s"] is None
    assert second["properties"]["rank"] == 2
    line = first["geometry"]["coordinates"]
    assert line[0] == pytest.approx([LON + 3.5 * STEP, LAT], abs=1e-5)
    assert line[-1] == pytest.approx([LON + 2.1 * STEP, LAT + 0.1 * STEP], abs=1e-5)
    assert "reason" not in found


def test_when_nobody_can_come_there_is_a_reason(service: Service) -> None:
    lake = get(service, "/api/v1/nearest-workers", lon=LON + 1, lat=LAT)
    assert (lake["features"], lake["reason"]) == ([], "No street lies within 250 m of the place.")


def test_a_position_given_in_gcj02_is_kept_in_wgs84(service: Service) -> None:
    worker = service.world.workers[1]
    try:
        body = {"lon": LON + 0.0045, "lat": LAT - 0.0023, "datum": "gcj02"}
        answer = service.http.put(f"/api/v1/workers/{worker}/position", json=body).json()
        assert answer["geometry"]["coordinates"] == pytest.approx([body["lon"], body["lat"]], abs=1e-6)
        stored = get(service, f"/api/v1/workers/{worker}")["geometry"]["coordinates"]
        assert abs(stored[0] - body["lon"]) > 0.003
    finally:
        service.http.put(f"/api/v1/workers/{worker}/position", json={"lon": LON + 3.5 * STEP, "lat": LAT})
    assert service.http.put("/api/v1/workers/999/position", json={"lon": LON, "lat": LAT}).status_code == 404


def test_coverage_by_building(service: Service) -> None:
    found = get(service, "/api/v1/coverage", category="canteen", minutes=4)
    minutes = [feature["properties"]["minutes"] for feature in found["features"]]
    # From the doors at corners 2.1 and 4.1 to the canteen at 0, both some metres off the street.
    assert minutes[0] == pytest.approx((2.1 * 95.5 + 11.1 + 5.5) / 60, abs=0.02)
    assert minutes[1] == pytest.approx((4.0 * 95.5 + 14.7 + 5.5) / 60, abs=0.02)
    assert found["summary"] == {
        "residents": 2, "covered": 1, "residents_60": 1, "covered_60": 1, "buildings": 2, "unconnected_buildings": 0,
        "residents_alone": 1,
        "covered_alone": 1,
    }  # fmt: skip
    assert found["features"][0]["properties"]["facility_id"] is not None
    slow = get(service, "/api/v1/coverage", category="canteen", profile="elder")
    assert slow["features"][0]["properties"]["minutes"] == pytest.approx(minutes[0] / 0.8, rel=1e-3)


def test_coverage_by_hexagon_counts_the_same_people(service: Service) -> None:
    by_building = get(service, "/api/v1/coverage", category="pharmacy")
    by_hex = get(service, "/api/v1/coverage", category="pharmacy", by="hex")
    assert by_hex["summary"] == by_building["summary"]
    assert sum(f["properties"]["residents"] for f in by_hex["features"]) == 2
    assert all(isinstance(f["id"], str) and f["geometry"]["type"] == "Polygon" for f in by_hex["features"])
    assert get(service, "/api/v1/coverage", category="pharmacy", features=False)["features"] == []


def test_coverage_follows_an_edit(service: Service) -> None:
    from sqlalchemy import text

    before = get(service, "/api/v1/coverage", category="canteen")["features"][0]["properties"]["minutes"]
    with service.engine.begin() as connection:
        moved = "update yike.facility set geom = st_setsrid(st_makepoint(120.002, 31), 4326) where category = 'canteen'"
        connection.execute(text(moved))
    after = get(service, "/api/v1/coverage", category="canteen")["features"][0]["properties"]["minutes"]
    assert after < before / 4
    with service.engine.begin() as connection:
        connection.execute(
            text("update yike.street set walk = false, drive = true where id = (select min(id) from yike.street)")
        )
        connection.execute(
            text("update yike.facility set geom = st_setsrid(st_makepoint(120.0, 31), 4326) where category = 'canteen'")
        )
    cut = get(service, "/api/v1/coverage", category="canteen")
    # The first piece of the street is closed: the canteen joins the next corner, 95 m off.
    assert cut["features"][0]["properties"]["minutes"] > before * 0.9
    with service.engine.begin() as connection:
        connection.execute(text("update yike.street set walk = true"))
    assert get(service, "/api/v1/coverage", category="canteen")["features"][0]["properties"]["minutes"] < before * 1.1


def test_a_route_and_what_is_nearby(service: Service) -> None:
    body = {"from": {"lon": LON, "lat": LAT}, "to": {"lon": LON + 2 * STEP, "lat": LAT + STEP}}
    way = service.http.post("/api/v1/routes", json=body).json()
    assert way["properties"]["length_m"] == pytest.approx(2 * 95.5 + 110.9, abs=0.1)
    lake = service.http.post("/api/v1/routes", json={**body, "to": {"lon": LON + 1, "lat": LAT}})
    assert (lake.status_code, lake.json()["where"]) == (400, "to")
    near = get(service, "/api/v1/nearby", lon=LON, lat=LAT, minutes=15)["features"]
    assert [feature["properties"]["category"] for feature in near] == ["canteen", "pharmacy"]
    assert near[1]["properties"]["minutes"] == pytest.approx((4 * 95.5 + 5.5) / 60, abs=0.02)
    assert len(get(service, "/api/v1/nearby", lon=LON, lat=LAT, minutes=2)["features"]) == 1


def test_matrix(service: Service) -> None:
    here, there, lake = [LON, LAT], [LON + 2 * STEP, LAT + STEP], [LON + 1, LAT]
    body = {"sources": [here, there], "targets": [here, lake, there], "lengths": True}
    found = service.http.post("/api/v1/matrix", json=body).json()
    way_m = pytest.approx(2 * 95.5 + 110.9, abs=0.1)
    assert found["length_m"] == [[0.0, None, way_m], [way_m, None, 0.0]]
    assert found["seconds"] == found["length_m"]
    (apart,) = found["unjoined"]["targets"]
    assert (apart["index"], apart["reason"], found["unjoined"]["sources"]) == (1, "too far", [])
    assert apart["distance_m"] == pytest.approx(95_300, rel=0.01)
    many = service.http.post("/api/v1/matrix", json={"sources": [[LON + i * 1e-6, LAT] for i in range(1000)]})
    assert many.headers["content-encoding"] == "gzip"
    assert len(many.json()["seconds"]) == len(many.json()["seconds"][0]) == 1000
    assert "length_m" not in many.json()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"sources": [[LON, LAT]] * 10_001}, "1000 items"),
        ({"sources": [[LON, LAT]], "targets": []}, "at least 1"),
        ({"sources": [[LAT, LON]]}, "90"),
        ({"sources": [[LON, LAT]] * 100_000}, "bytes"),
        ({"sources": [["x", LAT]]}, "number"),
        ({}, "required"),
    ],
)
def test_a_matrix_of_too_much_or_nothing_is_a_problem(service: Service, body: dict[str, Any], says: str) -> None:
    answer = service.http.post("/api/v1/matrix", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert says in answer.json()["detail"]
