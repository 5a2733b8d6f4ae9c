"""Closures, isochrones and what does not connect, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service
from tests.world import LAT, LON, STEP


def get(service: Service, path: str, **parameters: Any) -> Any:
    answer = service.http.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def streets(service: Service) -> list[int]:
    from sqlalchemy import text

    with service.engine.connect() as connection:
        return list(connection.execute(text("select id from yike.street order by id")).scalars())


def test_a_closure_counts_at_once_and_what_it_cuts_off_is_not_reached(service: Service) -> None:
    first = streets(service)[0]
    # The canteen stands at corner 0, on the one street that is closed.
    try:
        closed = service.http.post(f"/api/v1/streets/{streets(service)[1]}/close")
        assert closed.json() == {"id": first + 1, "name": "临河路", "closed": True}
        found = get(service, "/api/v1/coverage", category="canteen")
        assert [feature["properties"]["minutes"] for feature in found["features"]] == [None, None]
        assert found["summary"]["covered"] == 0
        body = {"from": {"lon": LON, "lat": LAT}, "to": {"lon": LON + 4 * STEP, "lat": LAT}}
        assert service.http.post("/api/v1/routes", json=body).status_code == 404
    finally:
        service.http.post(f"/api/v1/streets/{first + 1}/open")
    assert service.http.post("/api/v1/routes", json=body).status_code == 200
    minutes = get(service, "/api/v1/coverage", category="canteen")["features"][0]["properties"]["minutes"]
    assert minutes == pytest.approx((2.1 * 95.5 + 11.1 + 5.5) / 60, abs=0.02)


@pytest.mark.parametrize(
    ("path", "status"), [("999999/close", 404), ("1/shut", 400), ("x/close", 400), ("0/open", 400)]
)
def test_what_cannot_be_closed_is_a_problem(service: Service, path: str, status: int) -> None:
    answer = service.http.post(f"/api/v1/streets/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def isochrones(service: Service, **body: Any) -> Any:
    answer = service.http.post("/api/v1/isochrones", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sections_are_cut_where_the_time_runs_out(service: Service) -> None:
    found = isochrones(service, origins=[[LON, LAT]], minutes=[3, 1], **{"as": "sections"})
    assert (found["unjoined"], found["islands"]) == ([], [])
    reached = [(f["properties"]["minutes"], f["geometry"]["coordinates"]) for f in found["features"]]
    # One walks a metre a second east from the street's beginning; corners are 95.5 m apart.
    assert [minutes for minutes, _ in reached] == [1, 3, 3]
    assert reached[0][1][-1] == pytest.approx([LON + STEP * 60 / 95.5, LAT], abs=1e-6)
    assert reached[2][1][-1] == pytest.approx([LON + STEP * 180 / 95.5, LAT], abs=1e-6)
    assert {f["properties"]["name"] for f in found["features"]} == {"临河路"}


def test_areas_of_a_building_and_in_another_datum(service: Service) -> None:
    found = isochrones(service, building_id=service.world.home, minutes=[2, 5])
    small, large = found["features"]
    assert (small["properties"]["minutes"], large["geometry"]["type"]) == (2, "Polygon")
    assert 0 < small["properties"]["area_m2"] < large["properties"]["area_m2"]
    moved = isochrones(service, origins=[[LON + 0.0045, LAT - 0.0023]], minutes=[2], datum="gcj02")
    assert moved["datum"] == "gcj02"


def test_a_place_that_joins_nothing_is_listed(service: Service) -> None:
    found = isochrones(service, origins=[[LON, LAT], [LON, LAT - 0.01]], minutes=[2])
    assert len(found["features"]) == 1
    assert found["unjoined"] == [
        {"origin": 1, "lon": LON, "lat": pytest.approx(LAT - 0.01), "distance_m": pytest.approx(1108.7, abs=1)}
    ]
    lake = isochrones(service, origins=[[LON + 1, LAT]], minutes=[2])
    assert (lake["features"], lake["reason"]) == ([], "No street lies within 250 m of any of the places.")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"minutes": [5]}, ""),
        ({"origins": [[0, 0]], "building_id": 1}, ""),
        ({"origins": []}, "origins"),
        ({"origins": [[LON, LAT]] * 51}, "origins"),
        ({"origins": [[LON, LAT]], "minutes": [0]}, "minutes.0"),
        ({"origins": [[LON, LAT]], "minutes": [10_000]}, "minutes.0"),
        ({"origins": [[LON, LAT]], "minutes": [1, 2, 3, 4, 5, 6, 7]}, "minutes"),
        ({"origins": [[LAT, LON]]}, "lon, lat"),
        ({"origins": [[LON, LAT]], "as": "circles"}, "as"),
    ],
)
def test_what_is_no_isochrone_is_a_problem(service: Service, body: dict[str, Any], where: str) -> None:
    answer = service.http.post("/api/v1/isochrones", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json().get("where", "") == where
    assert service.http.post("/api/v1/isochrones", json={"building_id": 10**9}).status_code == 404


def test_what_does_not_connect_is_listed_with_its_reason(service: Service) -> None:
    from sqlalchemy import text

    whole = get(service, "/api/v1/network/unconnected")
    assert (whole["items"], whole["total"]) == ([], 0)
    walled = ", ".join(f"{LON + x * STEP} {LAT + y * STEP}" for x, y in ((2.03, 0.03), (2.4, 0.03), (2.4, 0.4),
                                                                      (2.03, 0.4), (2.03, 0.03)))  # fmt: skip
    with service.engine.begin() as connection:
        # A yard whose only gate is a long way off; a pharmacy in the fields.
        connection.execute(
            text("insert into yike.compound (name, path, geom) values ('桃园', '320100/s1/c1/g1', :shape)"),
            {"shape": f"SRID=4326;MULTIPOLYGON((({walled})))"},
        )
        connection.execute(
            text("insert into yike.gate (compound_id, geom) select id, :at from yike.compound"),
            {"at": f"SRID=4326;POINT({LON + 2.2 * STEP} {LAT + 3 * STEP})"},
        )
        connection.execute(
            text("insert into yike.facility (category, name, path, geom) values ('pharmacy', '远', :path, :at)"),
            {"path": "320100/s1/c1/g1", "at": f"SRID=4326;POINT({LON} {LAT - 5 * STEP})"},
        )
    try:
        found = get(service, "/api/v1/network/unconnected")
        assert [(i["kind"], i["name"], i["reason"], i["distance_m"]) for i in found["items"]] == [
            ("building", "3幢", "behind a wall", pytest.approx(9.5, abs=0.2)),
            ("facility", "远", "too far", pytest.approx(554.4, abs=1)),
        ]
        first = get(service, "/api/v1/network/unconnected", limit=1)
        assert (len(first["items"]), first["total"]) == (1, 2)
        second = service.http.get(first["next"]).json()
        assert ([i["name"] for i in second["items"]], second["next"]) == (["远"], None)
        assert get(service, "/api/v1/network/unconnected", area="320100/s1/c1/g1")["total"] == 2
        bad = service.http.get("/api/v1/network/unconnected", params={"after": "x:1"})
        assert (bad.status_code, bad.json()["where"]) == (400, "after")
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("delete from yike.compound"))
            connection.execute(text("delete from yike.facility where name = '远'"))
    assert get(service, "/api/v1/network/unconnected")["total"] == 0
