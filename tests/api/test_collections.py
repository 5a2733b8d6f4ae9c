"""Collections, paging, datums, masking, problems."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from geo.datum import convert
from tests.api.conftest import Service
from tests.world import LAT, LON, STEP


def get(service: Service, path: str, **query: Any) -> Any:
    answer = service.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


COLLECTIONS = ("areas", "buildings", "devices", "facilities", "incidents", "workers")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_is_geojson(service: Service, name: str) -> None:
    if name == "incidents":
        body = {"kind": "patrol_finding", "title": "井盖松动", "lon": LON, "lat": LAT}
        assert service.http.post("/api/v1/incidents", json=body).status_code == 201
    answer = service.http.get(f"/api/v1/{name}")
    assert answer.headers["content-type"] == "application/geo+json"
    found = answer.json()
    assert found["type"] == "FeatureCollection"
    assert {"bbox", "datum", "area", "limit", "next"} <= set(found)
    for feature in found["features"]:
        assert feature["id"] == feature["properties"]["id"]
        assert feature["geometry"]["coordinates"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_pages_by_key_hold_everything_once(service: Service, name: str) -> None:
    whole = [feature["id"] for feature in get(service, f"/api/v1/{name}")["features"]]
    url: str | None = f"{service.url}/api/v1/{name}?limit=2"
    paged: list[int] = []
    while url:
        page = httpx.get(url).json()
        paged += [feature["id"] for feature in page["features"]]
        assert len(page["features"]) <= 2
        url = page["next"]
    assert paged == whole


def test_a_limit_beyond_the_largest_is_cut(service: Service) -> None:
    assert get(service, "/api/v1/devices", limit=10**9)["limit"] == 10_000


def test_a_box_holds_what_touches_it(service: Service) -> None:
    box = f"{LON + 3.5 * STEP},{LAT - STEP},{LON + 5 * STEP},{LAT + STEP}"
    names = [feature["properties"]["name"] for feature in get(service, "/api/v1/buildings", bbox=box)["features"]]
    assert names == ["5幢"]


def test_coordinates_come_and_go_in_the_datum_asked_for(service: Service) -> None:
    device = service.world.devices["gas"]
    wgs = get(service, f"/api/v1/devices/{device}")["geometry"]["coordinates"]
    gcj = get(service, f"/api/v1/devices/{device}", datum="gcj02")["geometry"]["coordinates"]
    x, y = convert(*wgs, source="wgs84", target="gcj02")
    assert gcj == pytest.approx([float(x), float(y)], abs=1e-6)
    assert abs(gcj[0] - wgs[0]) > 0.003
    listed = get(service, "/api/v1/devices", datum="gcj02")
    assert listed["features"][0]["geometry"]["coordinates"] == pytest.approx(gcj, abs=1e-6)
    assert listed["bbox"][0] == pytest.approx(gcj[0], abs=1e-6)
    # A box given in GCJ-02 holds the same devices.
    d = 0.0001
    box = f"{gcj[0] - d},{gcj[1] - d},{gcj[0] + d},{gcj[1] + d}"
    assert len(get(service, "/api/v1/devices", bbox=box, datum="gcj02")["features"]) == 6
    assert get(service, "/api/v1/devices", bbox=box)["features"] == []


def test_people_leave_masked_and_by_one_door_only(service: Service) -> None:
    home = get(service, f"/api/v1/buildings/{service.world.home}")
    resident = home["properties"]["units"][0]["residents"][0]
    assert (resident["name"], resident["phone"]) == ("张**", "140****8000")
    assert resident["contacts"] == [{"name": "张**", "relation": "女儿", "phone": "140****7777"}]
    everything = [home, get(service, f"/api/v1/devices/{service.world.devices['gas']}")]
    everything += [get(service, f"/api/v1/{name}") for name in COLLECTIONS]
    for answer in everything:
        text = str(answer)
        for secret in ("桂芳", "秀英", "14012348000", "14088887777", "小明"):
            assert secret not in text


def test_a_device_tells_its_home_and_its_place(service: Service) -> None:
    details = get(service, f"/api/v1/devices/{service.world.devices['call_button']}")["properties"]
    assert details["status"] == "normal"
    assert (details["building"], details["home"]["room"], details["floor"]) == ("3幢", "402", 4)
    assert details["area_names"] == ["district 320100", "subdistrict s1", "community c1", "grid g1"]


def test_numbers_of_an_area(service: Service) -> None:
    numbers = get(service, f"/api/v1/areas/{service.world.grid}/summary")
    assert (numbers["buildings"], numbers["homes"], numbers["residents"], numbers["residents_60"]) == (2, 2, 2, 1)
    assert (numbers["devices"], numbers["living_alone"], numbers["workers_on_duty"]) == (6, 1, 2)
    assert numbers["sample_residents"] == 0
    assert {kind["kind"]: kind["total"] for kind in numbers["kinds"]}["smoke"] == 1
    assert get(service, "/api/v1/summary")["residents"] == 2


def test_areas_side_by_side(service: Service) -> None:
    [grid] = get(service, "/api/v1/area-numbers", level="grid")["items"]
    assert (grid["path"], grid["residents"], grid["devices"], grid["open_orders"]) == (service.world.path, 2, 6, 0)
    assert LON - 1 < grid["lon"] < LON + 1
    names = [area["level"] for area in get(service, "/api/v1/area-numbers", area="320100")["items"]]
    assert names == ["district", "subdistrict", "community", "grid"]
    assert get(service, "/api/v1/area-numbers", parent=service.world.grid)["items"] == []


def test_a_breadcrumb(service: Service) -> None:
    items = get(service, f"/api/v1/areas/{service.world.grid}/ancestors")["items"]
    assert [item["level"] for item in items] == ["district", "subdistrict", "community", "grid"]


@pytest.mark.parametrize(("words", "kind"), [("临河", "street"), ("3幢", "building"), ("x-smoke", "device"),
                                             ("百草", "facility"), ("grid g", "area")])  # fmt: skip
def test_search_finds_by_part_of_a_name(service: Service, words: str, kind: str) -> None:
    hits = get(service, "/api/v1/search", q=words)["items"]
    assert kind in [hit["kind"] for hit in hits]
    assert all(LON - 1 < hit["lon"] < LON + 1 for hit in hits)


@pytest.mark.parametrize("words", ["%", "a_b", "\\", "'; drop table yike.device; --", "\x00%"])
def test_search_takes_words_as_words(service: Service, words: str) -> None:
    assert get(service, "/api/v1/search", q=words)["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/api/v1/devices?bbox=1,2,3", 400, "bbox"),
        ("/api/v1/devices?bbox=a,b,c,d", 400, "bbox"),
        ("/api/v1/devices?bbox=nan,0,1,1", 400, "bbox"),
        ("/api/v1/devices?bbox=10,0,5,1", 400, "bbox"),
        ("/api/v1/devices?bbox=120,31,121,200", 400, "bbox"),
        ("/api/v1/devices?datum=mars", 400, "datum"),
        ("/api/v1/devices?limit=-1", 400, "limit"),
        ("/api/v1/devices?limit=x", 400, "limit"),
        ("/api/v1/devices?status=purple", 400, "status"),
        ("/api/v1/devices?area=nowhere", 404, "area"),
        ("/api/v1/devices/999999", 404, None),
        ("/api/v1/devices/99999999999999999999999", 404, None),
        ("/api/v1/devices/0/telemetry?since=2026-01-01T00:00:00", 400, "since, until"),
        ("/api/v1/buildings/0", 404, None),
        ("/api/v1/areas/0/summary", 404, None),
        ("/api/v1/nothing", 404, None),
        ("/api/v1/nearest-workers", 400, "device, incident, lon and lat"),
        ("/api/v1/nearest-workers?lon=500&lat=0", 400, "lon, lat"),
        ("/api/v1/nearest-workers?device=0", 404, None),
        ("/api/v1/coverage?category=nix", 404, "category"),
        ("/api/v1/coverage?category=canteen&minutes=0", 400, "minutes"),
        ("/api/v1/coverage?category=canteen&minutes=10000", 400, "minutes"),
        ("/api/v1/coverage?category=hospital", 404, "category"),
    ],
)
def test_a_bad_request_is_a_problem_that_says_where(
    service: Service, path: str, status: int, where: str | None
) -> None:
    answer = service.http.get(path, headers={"Origin": "http://localhost:5173"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    problem = answer.json()
    assert problem["status"] == status
    assert problem.get("where") == where
    assert not re.search(r"select |Traceback|psycopg", answer.text, re.IGNORECASE)


def test_a_wrong_method_is_a_problem(service: Service) -> None:
    answer = service.http.delete("/api/v1/devices")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_health_and_metrics(service: Service) -> None:
    assert get(service, "/healthz")["status"] == "ok"
    assert get(service, "/readyz")["current"] is True
    assert "process_cpu_seconds_total" in service.http.get("/metrics").text
