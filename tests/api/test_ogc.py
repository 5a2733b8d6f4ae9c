"""OGC API – Features and Tiles as a client meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
import shapely
from pyproj import Transformer
from sqlalchemy import text

from api.ogc.collections import COLLECTIONS
from api.ogc.read import Wanted, Written, page
from geo.scope import AreaScope
from tests.api.conftest import Service
from tests.api.test_tiles import address
from tests.serving import serving
from tests.world import LAT, LON, STEP

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def get(service: Service, path: str, **query: Any) -> dict[str, Any]:
    answer = service.http.get(f"/ogc{path}", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def names(service: Service, collection: str, **query: Any) -> list[str]:
    return [one["properties"]["name"] for one in get(service, f"/collections/{collection}/items", **query)["features"]]


def test_every_link_of_the_documents_leads_somewhere(service: Service) -> None:
    seen: set[str] = set()
    waiting = [f"{service.url}/ogc"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = service.http.get(address)
        assert answer.status_code == 200, address
        if "/items" in address:
            continue
        document = answer.json()
        parts = [document, *document.get("collections", ()), *document.get("tilesets", ()), *document.get("layers", ()),
                 *document.get("tileMatrixSets", ())]  # fmt: skip
        for one in (link for part in parts for link in part.get("links", ()) if not link.get("templated")):
            assert one["href"].startswith(service.url), one
            waiting.append(one["href"])
            linked = service.http.get(one["href"])
            assert linked.headers["content-type"] == one["type"], one
    assert len(seen) > 5 * len(COLLECTIONS)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_feature_is_what_its_schema_says(service: Service, name: str) -> None:
    schema = get(service, f"/collections/{name}/schema")
    roles = {one.get("x-ogc-role"): key for key, one in schema["properties"].items()}
    assert (roles["id"], roles["primary-geometry"]) == ("id", "geometry")
    properties = set(schema["properties"]) - {"geometry"}
    assert set(get(service, f"/collections/{name}/queryables")["properties"]) == set(schema["properties"])
    page = get(service, f"/collections/{name}/items")
    assert page["features"] or name in ("ground", "compound", "gate")
    python: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    for feature in page["features"]:
        assert set(feature["properties"]) == properties
        assert schema["properties"]["geometry"]["format"] == f"geometry-{feature['geometry']['type'].lower()}"
        for key, value in feature["properties"].items():
            declared = schema["properties"][key]
            assert value is None or isinstance(value, python[declared["type"]]), key
            assert value is None or "enum" not in declared or value in declared["enum"], key
        one = get(service, f"/collections/{name}/items/{feature['id']}")
        assert one["properties"] == feature["properties"]
        assert one["geometry"] == feature["geometry"]


def test_no_collection_knows_a_person(service: Service) -> None:
    whole = "".join(service.http.get(f"/ogc/collections/{name}/items").text for name in COLLECTIONS)
    for person in ("张桂芳", "王小明", "张秀英", "14012348000", "网格员"):
        assert person not in whole


def test_pages_follow_each_other_and_hold_everything_once(service: Service) -> None:
    wanted = [one["id"] for one in get(service, "/collections/device/items")["features"]]
    found: list[int] = []
    url: str | None = f"{service.url}/ogc/collections/device/items?limit=4"
    pages = 0
    while url:
        page = service.http.get(url).json()
        assert page["numberReturned"] == len(page["features"]) <= 4
        assert page["timeStamp"].endswith("Z")
        found += [one["id"] for one in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        pages += 1
    assert found == wanted
    assert pages == 2
    assert get(service, "/collections/device/items")["numberMatched"] == len(wanted)


def test_a_large_limit_is_cut_and_an_impossible_one_refused(service: Service) -> None:
    assert get(service, "/collections/device/items", limit=10**30)["numberReturned"] == 6
    for limit in ("0", "-1", "x", ""):
        assert service.http.get("/ogc/collections/device/items", params={"limit": limit}).status_code == 400


@pytest.mark.parametrize("code", [4326, 3857, 4490, 4549])
def test_the_same_place_in_every_crs(service: Service, code: int) -> None:
    """Every CRS as PROJ has it, in and out; `Content-Crs` names it."""
    plain = get(service, "/collections/facility/items")["features"]
    answer = service.http.get("/ogc/collections/facility/items", params={"crs": f"{EPSG}{code}"})
    assert answer.headers["content-crs"] == f"<{EPSG}{code}>"
    # Axes in the order of the authority.
    turned = Transformer.from_crs("OGC:CRS84", code)
    for there, here in zip(answer.json()["features"], plain, strict=True):
        wanted = turned.transform(*here["geometry"]["coordinates"])
        assert there["geometry"]["coordinates"] == pytest.approx(wanted, abs=1e-6 if code in (4326, 4490) else 0.05)
    lon, lat = plain[0]["geometry"]["coordinates"]
    corners = [turned.transform(lon + side, lat + side) for side in (-1e-4, 1e-4)]
    bbox = ",".join(f"{value:.9f}" for corner in corners for value in corner)
    query = {"bbox": bbox, "bbox-crs": f"{EPSG}{code}"}
    assert names(service, "facility", **query) == [plain[0]["properties"]["name"]]
    shape = f"S_INTERSECTS(geometry, BBOX({bbox}))"
    assert names(service, "facility", filter=shape, **{"filter-crs": f"{EPSG}{code}"}) == [
        plain[0]["properties"]["name"]
    ]


def test_a_datum_without_a_code_holds_in_and_out(service: Service) -> None:
    plain = get(service, "/collections/facility/items")["features"][0]
    moved = get(service, "/collections/facility/items", datum="gcj02")
    assert moved["datum"] == "gcj02"
    lon, lat = moved["features"][0]["geometry"]["coordinates"]
    assert abs(lon - plain["geometry"]["coordinates"][0]) > 0.001
    box = f"{lon - 1e-5},{lat - 1e-5},{lon + 1e-5},{lat + 1e-5}"
    assert names(service, "facility", bbox=box, datum="gcj02") == [plain["properties"]["name"]]
    assert names(service, "facility", bbox=box) == []
    answer = service.http.get("/ogc/collections/facility/items", params={"datum": "gcj02"})
    assert "content-crs" not in answer.headers
    both = {"datum": "gcj02", "crs": f"{EPSG}4490"}
    assert service.http.get("/ogc/collections/facility/items", params=both).status_code == 400


def test_a_box_takes_what_meets_it_and_not_what_only_lies_near(service: Service) -> None:
    # A pond of three corners; the box of the first question lies within its box, beside the pond.
    corners = f"{LON} {LAT}, {LON + STEP} {LAT}, {LON} {LAT + STEP}, {LON} {LAT}"
    with service.engine.begin() as connection:
        connection.execute(
            text("insert into yike.ground (kind, name, geom) values ('water', 'pond', "
                 "st_multi(st_geomfromtext(:pond, 4326)))"), {"pond": f"POLYGON(({corners}))"},
        )  # fmt: skip

    def ponds(west: float, east: float, between: str = "", after: str = "") -> list[str]:
        south, north = LAT + west * STEP, LAT + east * STEP
        box = f"{LON + west * STEP},{south}{between},{LON + east * STEP},{north}{after}"
        return names(service, "ground", bbox=box)

    try:
        assert ponds(0.7, 0.9) == []
        assert ponds(0.4, 0.9) == ["pond"]
        # Heights do not count.
        assert ponds(0.4, 0.9, ",0", ",100") == ["pond"]
        assert names(service, "ground", bbox="170,-10,-170,10") == []
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("truncate yike.ground"))


def test_queryables_are_parameters_and_filters(service: Service) -> None:
    assert names(service, "building", floors=5) == ["3幢"]
    assert names(service, "building", floors=5, name="5幢") == []
    assert names(service, "building", filter="floors > 3") == ["3幢"]
    assert names(service, "building", filter="floors > 3 OR name LIKE '5%'") == ["3幢", "5幢"]
    assert names(service, "building", filter="NOT floors IN (5, 6)", use="residential") == ["5幢"]
    tree = {"op": ">", "args": [{"property": "floors"}, 3]}
    assert names(service, "building", filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == ["3幢"]
    where = f"S_WITHIN(geometry, BBOX({LON + 3.9 * STEP},{LAT},{LON + 5 * STEP},{LAT + STEP}))"
    assert names(service, "building", filter=where) == ["5幢"]
    assert names(service, "building", filter=f"NOT {where}") == ["3幢"]
    assert len(names(service, "device", filter="installed_at > DATE('2020-01-01') AND status <> 'abnormal'")) == 6
    assert names(service, "device", filter="CASEI(kind) = CASEI('SMOKE')") == ["smoke 3幢402"]


@pytest.mark.parametrize("name", ["building", "street", "facility"])
def test_spatial_functions_are_those_of_shapely(service: Service, name: str) -> None:
    """Every function, the geometry on either side, by points, lines and polygons, single and several."""
    features = get(service, f"/collections/{name}/items")["features"]
    own = shapely.geometry.shape(features[0]["geometry"])
    shapes = [
        own, own.buffer(STEP / 20), own.representative_point(), shapely.MultiPoint([(LON, LAT), (LON + STEP, LAT)]),
        shapely.box(LON + 1.5 * STEP, LAT - STEP, LON + 2.15 * STEP, LAT + STEP),
        shapely.LineString([(LON + 0.5 * STEP, LAT - STEP), (LON + 0.5 * STEP, LAT + STEP)]),
        shapely.MultiLineString([[(LON, LAT), (LON + STEP, LAT)], [(LON, LAT + STEP), (LON + STEP, LAT + STEP)]]),
        shapely.MultiPolygon([shapely.box(LON, LAT - STEP, LON + STEP, LAT), shapely.box(0, 0, 1, 1)]),
    ]  # fmt: skip
    shapely_name = {"s_equals": "equals", "s_disjoint": "disjoint", "s_touches": "touches", "s_within": "within",
                    "s_overlaps": "overlaps", "s_crosses": "crosses", "s_intersects": "intersects",
                    "s_contains": "contains"}  # fmt: skip
    told = 0
    for shape in shapes:
        written = json.loads(shapely.to_geojson(shape))
        for function, plain in shapely_name.items():
            for turned in (False, True):
                args: list[Any] = [{"property": "geometry"}, written]
                tree = {"op": function, "args": args[::-1] if turned else args}
                found = get(service, f"/collections/{name}/items", filter=json.dumps(tree),
                            **{"filter-lang": "cql2-json"})["features"]  # fmt: skip
                pairs = [(one["id"], shapely.geometry.shape(one["geometry"])) for one in features]
                holds = getattr(shapely, plain)
                wanted = [key for key, own in pairs if (holds(shape, own) if turned else holds(own, shape))]
                assert [one["id"] for one in found] == wanted, (function, turned, shape.wkt)
                told += len(wanted)
    assert told > 10


def test_devices_are_there_from_when_they_were_installed(service: Service) -> None:
    assert names(service, "device", datetime="../2020-01-01T00:00:00Z") == []
    assert len(names(service, "device", datetime="2020-01-01/..")) == 6
    # What knows no time is there at any.
    assert len(names(service, "building", datetime="1990-01-01")) == 2


def test_unchanged_is_304(service: Service) -> None:
    for path in ("/ogc/collections/building/items", f"/ogc/collections/building/items/{service.world.home}"):
        first = service.http.get(path)
        again = service.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code) == (200, 304)
        assert again.headers["cache-control"] == first.headers["cache-control"]


def test_a_tile_is_the_layers_tile_row_before_column(service: Service) -> None:
    z, x, y = address(16)
    for name in ("building", "street", "device"):
        plain = service.http.get(f"/tiles/{name}/{z}/{x}/{y}.mvt")
        ours = service.http.get(f"/ogc/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}")
        assert ours.headers["content-type"] == "application/vnd.mapbox-vector-tile"
        assert ours.content == plain.content
    both = service.http.get(f"/ogc/tiles/WebMercatorQuad/{z}/{y}/{x}", params={"collections": "street,building"})
    assert both.content == service.http.get(f"/tiles/street,building/{z}/{x}/{y}.mvt").content
    whole = service.http.get(f"/ogc/tiles/WebMercatorQuad/{z}/{y}/{x}").content
    assert {"street", "building", "facility", "device", "area"} <= set(mapbox_vector_tile.decode(whole))
    assert service.http.get(f"/ogc/collections/building/tiles/WebMercatorQuad/{z}/0/0").status_code == 204


def test_a_filter_cuts_a_tile(service: Service) -> None:
    z, x, y = address(14)
    for name, query in (("building", "floors > 3"), ("device", "kind = 'smoke'"), ("facility", "category = 'canteen'"),
                        ("street", "name = '井巷'"), ("area", "level = 'grid'")):  # fmt: skip
        path = f"/ogc/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}"
        decoded = mapbox_vector_tile.decode(service.http.get(path, params={"filter": query}).content)
        whole = mapbox_vector_tile.decode(service.http.get(path).content)
        wanted = {one["id"] for one in get(service, f"/collections/{name}/items", filter=query)["features"]}
        shown = {one["id"] for one in decoded[name]["features"]} if decoded else set()
        everything = {one["id"] for one in whole[name]["features"]}
        assert shown == wanted & everything
        assert set() < shown < everything
    nothing = service.http.get(path.replace("area", "building"), params={"filter": "floors > 150"})
    assert nothing.status_code == 204


def test_the_tileset_says_where_tiles_are(service: Service) -> None:
    document = get(service, "/collections/building/tiles/WebMercatorQuad")
    template = next(link["href"] for link in document["links"] if link["rel"] == "item")
    z, x, y = address(16)
    filled = template.replace("{tileMatrix}", str(z)).replace("{tileRow}", str(y)).replace("{tileCol}", str(x))
    assert service.http.get(filled).status_code == 200
    matrices = get(service, "/tileMatrixSets/WebMercatorQuad")["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.0287178)
    assert matrices[16]["matrixWidth"] == 2**16


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc?x=1", 400),
        ("/ogc/collections/nix", 404),
        ("/ogc/collections/resident/items", 404),
        ("/ogc/collections/building/items?colour=red", 400),
        ("/ogc/collections/building/items?limit=3&limit=4", 400),
        ("/ogc/collections/building/items?floors=many", 400),
        ("/ogc/collections/building/items?floors=99999999999999999999", 200),
        ("/ogc/collections/building/items?floors=1e400", 400),
        ("/ogc/collections/building/items?bbox=1,2,3", 400),
        ("/ogc/collections/building/items?bbox=1,2,3,nan", 400),
        ("/ogc/collections/building/items?bbox=0,91,1,92", 400),
        ("/ogc/collections/building/items?bbox=2,2,2,2", 200),
        ("/ogc/collections/building/items?bbox=0,0,1e300,1e300&bbox-crs=EPSG:3857", 400),
        ("/ogc/collections/building/items?crs=EPSG:99999", 400),
        ("/ogc/collections/building/items?datum=mars", 400),
        ("/ogc/collections/building/items?datetime=yesterday", 400),
        ("/ogc/collections/building/items?datetime=2020-01-02/2020-01-01", 400),
        ("/ogc/collections/building/items?filter=floors%20%3E", 400),
        ("/ogc/collections/building/items?filter=colour=1", 400),
        ("/ogc/collections/building/items?filter=1=1%00", 400),
        ("/ogc/collections/building/items?filter-lang=cql2-text", 400),
        ("/ogc/collections/building/items?filter=floors=1&filter-lang=sql", 400),
        ("/ogc/collections/building/items?filter=floors=4611686018427387904", 200),
        ("/ogc/collections/building/items?filter=floors=1e300", 200),
        ("/ogc/collections/building/items?filter=id=0.5", 200),
        ("/ogc/collections/building/items?filter=name=%27%27%27;drop%27", 200),
        ("/ogc/collections/building/items?filter=S_CROSSES(geometry,POINT(120%2031))", 200),
        ("/ogc/collections/building/items?filter=S_INTERSECTS(geometry,POLYGON((0%200,1%201,0%201,1%200,0%200)))", 400),
        ("/ogc/collections/building/items?area=nowhere", 404),
        ("/ogc/collections/building/items/x", 404),
        ("/ogc/collections/building/items/99999999999999999999", 404),
        ("/ogc/collections/gate/tiles", 404),
        ("/ogc/collections/building/tiles/nix", 404),
        ("/ogc/collections/building/tiles/WebMercatorQuad/3/8/0", 400),
        ("/ogc/collections/building/tiles/WebMercatorQuad/30/0/0", 400),
        ("/ogc/tiles/WebMercatorQuad/3/0/0?collections=nix", 404),
        ("/ogc/tiles/WebMercatorQuad/3/0/0?collections=gate", 404),
    ],
)
def test_what_cannot_be_is_a_problem(service: Service, path: str, status: int) -> None:
    answer = service.http.get(path)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


def test_the_openapi_document_is_3_0_and_names_what_each_collection_takes(service: Service) -> None:
    answer = service.http.get("/ogc/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document = answer.json()
    assert document["openapi"] == "3.0.3"
    assert document["servers"] == [{"url": f"{service.url}/ogc"}]
    for name, collection in COLLECTIONS.items():
        parameters = document["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        assert {"$ref": "#/components/parameters/limit"} in parameters
        named = {one.get("name") for one in parameters}
        assert {*collection.properties, "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-crs"} <= named
    words = json.dumps(document)
    # Words of 3.1 that 3.0 has not.
    assert '"null"' not in words
    assert '"examples": [' not in words


def test_a_filter_that_waits_too_long_is_503(service: Service, tmp_path: Path) -> None:
    """A lock stands in for a filter that takes its time."""
    address = service.engine.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    limits = {"YIKE_STATEMENT_TIMEOUT_S": "1"}
    with serving(address, tmp_path / "api.log", limits) as url, service.engine.begin() as connection:
        connection.execute(text("lock table yike.compound in access exclusive mode"))
        answer = httpx.get(f"{url}/ogc/collections/compound/items", params={"filter": "name = 'x'"}, timeout=30)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/summary?area=a%00b", "/ogc/collections/area/items?name=a%00b"])
def test_a_nul_is_refused_wherever_it_stands(service: Service, path: str) -> None:
    answer = service.http.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_time_in_no_zone_of_this_world_is_refused(service: Service) -> None:
    device = service.world.devices["gas"]
    answer = service.http.get(f"/api/v1/devices/{device}/telemetry", params={"since": "1153-09-16T21:21:11+22:58"})
    assert answer.status_code == 400


def test_a_page_far_back_is_read_as_quickly_as_the_first(service: Service) -> None:
    """By the index on ids, and no row before it is touched."""
    with service.engine.begin() as connection:
        connection.execute(
            text("insert into yike.ground (kind, geom) select 'green', st_multi(st_makeenvelope(n * 1e-5, 0, "
                 "n * 1e-5 + 1e-6, 1e-6, 4326)) from generate_series(1, 20000) n")
        )  # fmt: skip
        connection.execute(text("analyze yike.ground"))
        first, last = connection.execute(text("select min(id), max(id) from yike.ground")).one()
    try:
        pages = [buffers(service, after) for after in (first, last - 2000)]
        assert pages[1] <= pages[0] + 8
        assert pages[0] < 150
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("truncate yike.ground"))


def buffers(service: Service, after: int) -> int:
    """Blocks a page of a thousand touches, and by an index scan."""
    statement = page(COLLECTIONS["ground"], Wanted(AreaScope.real(), 1000, after), Written())
    with service.engine.connect() as connection:
        written = statement.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.execute(text(f"explain (analyze, buffers, format json) {written}")).scalar_one()[0]["Plan"]
    scan = plan["Plans"][0] if plan["Node Type"] == "Limit" else plan
    assert scan["Node Type"] == "Index Scan", plan
    assert scan["Actual Rows"] == 1000
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
