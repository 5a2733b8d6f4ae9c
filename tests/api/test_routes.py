"""Ways with their turns over HTTP, as GeoJSON, an encoded polyline and GPX."""

from __future__ import annotations

from typing import Any

import gpxpy
import polyline
import pytest

from geo.datum import convert
from tests.api.conftest import Service
from tests.world import LAT, LON, STEP


def corner(column: float, row: float = 0.0) -> dict[str, float]:
    return {"lon": LON + column * STEP, "lat": LAT + row * STEP}


def ask(service: Service, body: dict[str, Any], status: int = 200, form: str = "geojson") -> Any:
    answer = service.http.post("/api/v1/routes", params={"format": form}, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_way_in_words(service: Service) -> None:
    way = ask(service, {"from": corner(0), "to": corner(2, 1)})
    assert [step["text_zh"] for step in way["properties"]["steps"]] == [
        "沿临河路向东直行 190 米,在井巷左转", "沿井巷直行 110 米,到达目的地",
    ]  # fmt: skip
    assert way["properties"]["steps"][0]["text_en"] == "Go 190 m east along 临河路, then turn left onto 井巷"
    assert way["alternatives"] == []
    assert "datum_hint" not in way["properties"]


def test_a_way_by_another_place(service: Service) -> None:
    way = ask(service, {"from": corner(0), "via": [corner(2, 1)], "to": corner(3)})
    steps = way["properties"]["steps"]
    assert [(step["maneuver"], step["via"]) for step in steps] == [
        ("left", None), ("arrive", 1), ("left", None), ("arrive", None),
    ]  # fmt: skip
    assert steps[1]["text_zh"] == "沿井巷直行 110 米,到达途经点 1"
    assert way["properties"]["length_m"] == pytest.approx(3 * 95.5 + 2 * 110.9, abs=0.3)
    assert sum(step["length_m"] for step in steps) == pytest.approx(way["properties"]["length_m"], abs=0.3)


def test_the_line_of_a_polyline_and_of_gpx_is_that_of_geojson(service: Service) -> None:
    body: dict[str, Any] = {"from": corner(0.2, 0.05), "to": corner(2, 1), "profile": "walk"}
    line = ask(service, body)["geometry"]["coordinates"]
    encoded = ask(service, body, form="polyline")
    assert encoded["geometry"] is None
    decoded = polyline.decode(encoded["properties"]["polyline"], 5, geojson=True)
    assert [value for point in decoded for value in point] == pytest.approx(
        [value for point in line for value in point], abs=1e-5
    )
    answer = service.http.post("/api/v1/routes?format=gpx", json=body)
    assert answer.headers["content-type"].startswith("application/gpx+xml")
    read = gpxpy.parse(answer.text)
    assert [[p.longitude, p.latitude] for p in read.tracks[0].segments[0].points] == line
    assert [p.name for p in read.routes[0].points][-1] == "沿井巷直行 110 米,到达目的地"


def test_a_closed_bridge_is_told_from_no_way_at_all(service: Service) -> None:
    with service.engine.connect() as connection:
        bridge = connection.exec_driver_sql(
            "select id from yike.street where name = '临河路' order by id offset 1 limit 1"
        ).scalar_one()
    body: dict[str, Any] = {"from": corner(0), "to": corner(3)}
    refused = ask(service, {**body, "closed": [bridge]}, 404)
    assert refused["reason"] == "closed"
    assert ask(service, {**body, "closed": [10**15]})["properties"]["length_m"] > 0


def test_what_cannot_be_asked(service: Service) -> None:
    body: dict[str, Any] = {"from": corner(0), "to": corner(1)}
    assert ask(service, {**body, "via": [corner(1)], "alternatives": 2}, 400)["where"] == "alternatives"
    assert ask(service, {**body, "via": [corner(1)] * 10_001}, 400)["where"] == "via"
    assert ask(service, {**body, "avoid": ["rain"]}, 400)["where"] == "avoid.0"
    assert ask(service, {**body, "to": {"lon": 200, "lat": 0}}, 400)["where"] == "lon, lat"
    assert ask(service, {**body, "via": [corner(1000)]}, 400)["where"] == "via.0"


def test_the_same_place_twice_is_no_way_to_go(service: Service) -> None:
    way = ask(service, {"from": corner(1), "to": corner(1)})["properties"]
    assert (way["length_m"], [step["text_zh"] for step in way["steps"]]) == (0.0, ["您已在目的地"])


def test_places_in_another_datum_are_noticed(service: Service) -> None:
    def as_amap(column: float) -> dict[str, float]:
        lon, lat = convert(LON + column * STEP, LAT, source="wgs84", target="gcj02")
        return {"lon": float(lon), "lat": float(lat)}

    body: dict[str, Any] = {"from": as_amap(0), "to": as_amap(3)}
    refused = ask(service, body, 400)
    assert "datum=gcj02" in refused["hint"]
    way = ask(service, {**body, "datum": "gcj02"})
    assert way["properties"]["length_m"] == pytest.approx(3 * 95.5, abs=0.3)
    assert way["geometry"]["coordinates"][0] == pytest.approx([as_amap(0)["lon"], as_amap(0)["lat"]], abs=1e-6)
