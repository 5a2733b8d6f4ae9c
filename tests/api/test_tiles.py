"""Tiles, TileJSON and styles as clients ask for them."""

from __future__ import annotations

import gzip
import math
import time
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from tests.api.conftest import Service
from tests.world import LAT, LON, STEP, reading
from tiles.layers import LAYERS

MIDDLE = (LON + 2.1 * STEP, LAT + 0.1 * STEP)
PYTHON_TYPES: dict[str, Any] = {"Number": (int, float), "String": str, "Boolean": bool}


def address(z: int, lon: float = MIDDLE[0], lat: float = MIDDLE[1]) -> tuple[int, int, int]:
    """The tile a place lies in (the well-known formula, written again so that it can disagree)."""
    n = 2**z
    phi = math.radians(lat)
    y = (1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi) / 2
    return z, int((lon + 180) / 360 * n), int(y * n)


def tile(service: Service, layers: str, z: int, **query: str) -> dict[str, Any]:
    z, x, y = address(z)
    answer = service.http.get(f"/tiles/{layers}/{z}/{x}/{y}.mvt", params=query)
    assert answer.status_code in (200, 204), answer.text
    decoded: dict[str, Any] = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    return decoded


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_holds_what_its_tilejson_says(service: Service, name: str) -> None:
    document = service.http.get(f"/tiles/{name}.json").json()
    declared = {layer["id"]: layer["fields"] for layer in document["vector_layers"]}
    z = max(LAYERS[name].minzoom, 15)
    decoded = tile(service, name, z)
    assert decoded or name == "ground", "the hamlet has something in every layer but ground"
    for layer, content in decoded.items():
        assert content["features"]
        ids = [feature["id"] for feature in content["features"]]
        assert len(set(ids)) == len(ids)
        for feature in content["features"]:
            for key, value in feature["properties"].items():
                assert isinstance(value, PYTHON_TYPES[declared[layer][key]]), (layer, key, value)


def test_ids_are_the_same_at_every_zoom(service: Service) -> None:
    for layer, mark in (("building", "use"), ("device", "kind"), ("facility", "category")):
        wide, near = (
            {f["id"]: f["properties"][mark] for f in tile(service, layer, z)[layer]["features"]} for z in (14, 16)
        )
        assert near
        assert near.items() <= wide.items()
    assert {f["id"] for f in tile(service, "device", 16)["device"]["features"]} == set(service.world.devices.values())


def test_a_composite_holds_all_its_layers(service: Service) -> None:
    decoded = tile(service, "street,building,device,device_status,coverage,area", 16)
    assert set(decoded) == {"street", "building", "device", "device_status", "coverage", "area"}


def test_a_symbol_beyond_the_edge_is_in_the_tile(service: Service) -> None:
    # A facility within 1/16 of a tile of an edge belongs to the neighbour's tile too.
    z, x, y = address(16)
    lon = (x + 1 / 50) / 2**z * 360 - 180
    with service.engine.begin() as connection:
        connection.execute(
            text("insert into yike.facility (category, name, geom) values ('bank', 'at the edge', st_setsrid("
                 "st_makepoint(:lon, :lat), 4326))"), {"lon": lon, "lat": MIDDLE[1]},
        )  # fmt: skip
    for column in (x, x - 1):
        deadline = time.monotonic() + 5
        # Kept tiles follow an edit within a second.
        while "at the edge" not in _names(service, f"/tiles/facility/{z}/{column}/{y}.mvt"):
            assert time.monotonic() < deadline, column
            time.sleep(0.05)


def _names(service: Service, path: str) -> list[str]:
    content = service.http.get(path).content
    found = mapbox_vector_tile.decode(content)["facility"]["features"] if content else ()
    return [feature["properties"]["name"] for feature in found]


def test_clusters_sum_to_all_and_points_carry_status(service: Service) -> None:
    service.http.post("/api/v1/telemetry", json=[reading("gas", {"gas_lel_pct": 50})])
    try:
        # From memory, which follows the commit by an instant; never by more than a second.
        deadline = time.monotonic() + 1.0
        while not _abnormal(service, 9) and time.monotonic() < deadline:
            time.sleep(0.02)
        for z in (4, 9, 14):
            clusters = tile(service, "device_status", z)["device_status"]["features"]
            assert sum(c["properties"]["total"] for c in clusters) == 6
            assert _abnormal(service, z) == 1
        points = tile(service, "device_status", 16)["device_status"]["features"]
        status = {p["id"]: p["properties"]["status"] for p in points}
        assert status[service.world.devices["gas"]] == "abnormal"
        assert sorted(status.values()) == ["abnormal"] + ["normal"] * 5
        only = tile(service, "device_status", 9, kind="gas")["device_status"]["features"]
        assert [c["properties"]["total"] for c in only] == [1]
    finally:
        service.http.post(f"/api/v1/devices/{service.world.devices['gas']}/manual-check", json={})


def _abnormal(service: Service, z: int) -> int:
    clusters = tile(service, "device_status", z)["device_status"]["features"]
    return sum(cluster["properties"]["abnormal"] for cluster in clusters)


def test_a_filter_of_kind_and_of_area(service: Service) -> None:
    kinds = {f["properties"]["kind"] for f in tile(service, "device", 16, kind="smoke")["device"]["features"]}
    assert kinds == {"smoke"}
    assert tile(service, "device", 16, area=service.world.path)["device"]["features"]
    answer = service.http.get("/tiles/device/16/1/1.mvt", params={"area": "nowhere"})
    assert answer.status_code == 404


def test_headers_of_a_full_an_empty_and_an_unchanged_tile(service: Service) -> None:
    z, x, y = address(15)
    path = f"/tiles/street/{z}/{x}/{y}.mvt"
    full = service.http.get(path, headers={"Accept-Encoding": "identity"})
    assert full.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    known = {"If-None-Match": full.headers["etag"], "Accept-Encoding": "identity"}
    again = service.http.get(path, headers={**known, "Origin": "http://elsewhere"})
    empty = service.http.get(f"/tiles/street/{z}/0/0.mvt", headers={"Origin": "http://elsewhere"})
    assert (full.status_code, again.status_code, empty.status_code) == (200, 304, 204)
    assert "max-age" in full.headers["cache-control"]
    for answer in (again, empty):
        assert answer.headers["cache-control"] == full.headers["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert not answer.content
    with service.http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed.iter_raw())) == full.content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/street/23/0/0.mvt", 400),
        ("/tiles/street/-1/0/0.mvt", 400),
        ("/tiles/street/3/8/0.mvt", 400),
        ("/tiles/street/3/0/99999999999999999999.mvt", 400),
        ("/tiles/street/x/0/0.mvt", 400),
        ("/tiles/nix/3/0/0.mvt", 404),
        ("/tiles/" + ",".join(["nix"] * 50) + "/3/0/0.mvt", 404),
        ("/tiles/nix.json", 404),
        ("/styles/nix.json", 404),
        ("/tiles/coverage/15/27307/13400.mvt?category=nix", 404),
        ("/tiles/coverage/15/27307/13400.mvt?minutes=0", 400),
    ],
)
def test_what_cannot_be_is_a_problem(service: Service, path: str, status: int) -> None:
    answer = service.http.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_tilejson_gives_absolute_addresses_as_the_client_sees_them(service: Service) -> None:
    plain = service.http.get("/tiles.json").json()
    assert plain["tilejson"] == "3.0.0"
    assert plain["tiles"][0].startswith(service.url + "/tiles/")
    west, south, east, north = plain["bounds"]
    assert west < MIDDLE[0] < east
    assert south < MIDDLE[1] < north
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "map.example.cn", "X-Forwarded-Port": "8443"}
    proxied = service.http.get("/tiles/street.json", headers=headers).json()
    assert proxied["tiles"] == ["https://map.example.cn:8443/tiles/street/{z}/{x}/{y}.mvt"]


def test_tilejson_carries_filters_into_the_tiles(service: Service) -> None:
    document = service.http.get("/tiles/device.json?kind=smoke").json()
    assert document["tiles"][0].endswith(".mvt?kind=smoke")


@pytest.mark.parametrize("name", ["day", "night", "wall", "print"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_style_draws_only_layers_and_fields_that_exist(service: Service, name: str, lang: str) -> None:
    style = service.http.get(f"/styles/{name}.json", params={"lang": lang}).json()
    assert style["version"] == 8
    source = service.http.get(style["sources"]["yike"]["url"]).json()
    fields = {layer["id"]: layer["fields"] for layer in source["vector_layers"]}
    ids = [layer["id"] for layer in style["layers"]]
    assert len(set(ids)) == len(ids)
    for layer in style["layers"]:
        if "source-layer" not in layer:
            continue
        for field in _fields_read(layer):
            assert field in fields[layer["source-layer"]], (layer["id"], field)


def _fields_read(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set().union(*(_fields_read(value) for value in part.values())) if part else set()
    if isinstance(part, list):
        if len(part) == 2 and part[0] == "get":
            return {part[1]}
        return set().union(*(_fields_read(value) for value in part)) if part else set()
    return set()


def test_openstreetmap_is_named_where_it_is_drawn_and_only_there(service: Service) -> None:
    assert "attribution" not in service.http.get("/tiles/street.json").json()
    with service.engine.begin() as connection:
        connection.execute(
            text("update yike.street set source_key = 'osm:w1:0' where id = (select min(id) from yike.street)")
        )
    try:
        assert "OpenStreetMap" in service.http.get("/tiles/street.json").json()["attribution"]
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("update yike.street set source_key = null"))
