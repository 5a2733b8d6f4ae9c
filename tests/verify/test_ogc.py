"""OGC API clients that others wrote, and another server over the same tile functions."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import geopandas
import httpx
import mapbox_vector_tile
import pyogrio
import pytest
from sqlalchemy import make_url, text

from api.ogc.collections import COLLECTIONS
from api.ogc.read import Wanted, Written, page
from geo.database.engine import make_engine
from geo.live.changes import number_changes
from geo.scope import AreaScope
from tests.api.test_tiles import address
from tests.serving import serving
from tests.verify.conftest import Figures
from tests.verify.test_clients import CENTRE, gdal_version
from tests.world import build_world
from tiles.layers import LAYERS

TITLE = "OGC API"
MILLION = 1_000_000
PAGE = 1000


@pytest.fixture(scope="module")
def database_url(nanjing_url: str, clone: Callable[[str], str]) -> str:
    """Central Nanjing, with the hamlet's devices beside it."""
    address = clone(str(make_url(nanjing_url).database))
    engine = make_engine(address)
    build_world(engine)
    number_changes(engine)
    engine.dispose()
    return address


@pytest.fixture(scope="module")
def url(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(database_url, tmp_path_factory.mktemp("ogc") / "api.log") as running:
        yield running


def items(url: str, collection: str, **query: Any) -> list[dict[str, Any]]:
    """All features, page by page."""
    found: list[dict[str, Any]] = []
    address: str | None = f"{url}/ogc/collections/{collection}/items"
    asked: dict[str, Any] | None = {"limit": PAGE, **query}
    while address:
        document = httpx.get(address, params=asked, timeout=60).json()
        found += document["features"]
        address = next((one["href"] for one in document["links"] if one["rel"] == "next"), None)
        asked = None
    return found


def ogr2ogr(url: str, collection: str, *options: str) -> tuple[list[dict[str, Any]], str]:
    """What Debian's GDAL reads, and which addresses it asked for."""
    done = subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{url}/ogc", collection, "-oo", "PAGE_SIZE=500",
         "-lco", "RFC7946=YES", *options],
        capture_output=True, text=True, check=True, env={**os.environ, "CPL_DEBUG": "HTTP"},
    )  # fmt: skip
    return json.loads(done.stdout)["features"], done.stderr


@pytest.mark.parametrize("name", ["area", "ground", "street", "building", "facility", "device"])
def test_gdal_reads_every_page_of_a_collection(url: str, name: str, figures: Figures) -> None:
    wanted = items(url, name)
    read, asked = ogr2ogr(url, name)
    assert [one["properties"]["id"] for one in read] == [one["id"] for one in wanted]
    figures.add(
        f"GDAL {gdal_version()} OAPIF driver, {name}", f"{len(read)} features, {asked.count('limit=500')} requests"
    )


def test_gdal_takes_types_from_the_schema(url: str) -> None:
    told = subprocess.run(
        ["ogrinfo", "-ro", "-so", f"OAPIF:{url}/ogc", "building"], capture_output=True, text=True, check=True
    ).stdout
    for line in ("floors: Integer", "height_m: Real", "has_lift: Integer(Boolean)", "name: String",
                 "Geometry: Multi Polygon"):  # fmt: skip
        assert line in told


def test_gdal_asks_the_server_for_a_box_and_for_a_value(url: str, figures: Figures) -> None:
    box = [str(side) for side in CENTRE]
    read, asked = ogr2ogr(url, "facility", "-spat", *box)
    assert {one["properties"]["id"] for one in read} == {
        one["id"] for one in items(url, "facility", bbox=",".join(box))
    }
    assert "bbox=118.7" in asked
    pharmacies, asked = ogr2ogr(url, "facility", "-where", "category = 'pharmacy'")
    assert "category=pharmacy" in asked
    assert {one["properties"]["id"] for one in pharmacies} == {
        one["id"] for one in items(url, "facility", category="pharmacy")
    }
    figures.add(
        f"GDAL {gdal_version()} OAPIF driver, a box; a category, found by the server",
        f"{len(read)} facilities; {len(pharmacies)}",
    )


def test_geopandas_reads_items(url: str, figures: Figures) -> None:
    wanted = items(url, "building", filter="floors > 5")
    address = f"{url}/ogc/collections/building/items?limit=10000&filter=floors%20%3E%205"
    frame = geopandas.read_file(httpx.get(address, timeout=60).content)
    assert len(frame) == len(wanted) > 0
    assert frame.crs == "EPSG:4326"
    assert (frame["floors"] > 5).all()
    assert frame.geometry.is_valid.all()
    straight = geopandas.read_file(address)
    assert straight.geometry.equals(frame.geometry)
    figures.add("geopandas, buildings above five floors by a CQL2 filter", f"{len(frame)} rows")


def test_pyogrio_reads_by_the_protocol_and_pages_by_the_api(url: str, figures: Figures) -> None:
    frame = pyogrio.read_dataframe(f"OAPIF:{url}/ogc", layer="street")
    wanted = items(url, "street")
    assert sorted(frame["id"]) == [one["id"] for one in wanted]
    assert frame["length_m"].sum() == pytest.approx(sum(one["properties"]["length_m"] for one in wanted))
    boxed = pyogrio.read_dataframe(f"OAPIF:{url}/ogc", layer="facility", bbox=CENTRE, where="category = 'restaurant'")
    box = ",".join(str(side) for side in CENTRE)
    assert set(boxed["id"]) == {one["id"] for one in items(url, "facility", bbox=box, category="restaurant")}
    figures.add(f"GDAL {pyogrio.__gdal_version_string__} OAPIF driver, streets", f"{len(frame)} features")


def centre_tile(z: int) -> tuple[int, int, int]:

    return address(z, (CENTRE[0] + CENTRE[2]) / 2, (CENTRE[1] + CENTRE[3]) / 2)


def decoded(content: bytes) -> dict[str, Any]:
    return dict(mapbox_vector_tile.decode(content)) if content else {}


@pytest.mark.parametrize("z", [14, 16])
def test_the_same_functions_called_by_another_program_give_the_same_features(
    url: str, database_url: str, z: int, figures: Figures
) -> None:
    """psql in place of a tile server: the signature is that of pg_tileserv and Martin."""
    z, x, y = centre_tile(z)
    count = 0
    for name in (layer.name for layer in LAYERS.values() if not layer.lives and layer.minzoom <= z):
        done = subprocess.run(
            ["psql", database_url, "-XAtc", f"select encode(yike.tile_{name}({z}, {x}, {y}, '{{}}'), 'hex')"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        ours = httpx.get(f"{url}/ogc/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}", timeout=60)
        theirs = decoded(bytes.fromhex(done.stdout.strip()))
        assert decoded(ours.content) == theirs, name
        count += sum(len(layer["features"]) for layer in theirs.values())
    assert count > 100
    figures.add(
        f"zoom {z}, all layers made by functions: /ogc tiles against psql calling them", f"{count} features, equal"
    )


@pytest.mark.timeout(900)
def test_a_page_at_the_end_of_a_million_costs_what_the_first_does(
    template: str, clone: Callable[[str], str], figures: Figures
) -> None:
    engine = make_engine(clone(template))
    collection = COLLECTIONS["ground"]
    with engine.begin() as connection:
        connection.execute(
            text("insert into yike.ground (kind, name, geom) select 'green', 'green ' || n, st_multi(st_makeenvelope("
                 "100 + n % 1000 * 1e-3, 30 + n / 1000 * 1e-3, 100.0005 + n % 1000 * 1e-3, 30.0005 + n / 1000 * 1e-3, "
                 "4326)) from generate_series(1, :rows) n"), {"rows": MILLION},
        )  # fmt: skip
        connection.execute(text("analyze yike.ground"))
        first = connection.execute(text("select min(id) from yike.ground")).scalar_one() - 1
    cost = []
    for after in (first, first + MILLION // 2, first + MILLION - PAGE):
        statement = page(collection, Wanted(AreaScope.real(), PAGE, after), Written())
        with engine.connect() as connection:
            written = statement.compile(connection, compile_kwargs={"literal_binds": True})
            connection.execute(text(str(written)))
            plan = connection.execute(text(f"explain (analyze, buffers, format json) {written}")).scalar_one()[0]
        scan = plan["Plan"]["Plans"][0]
        assert (scan["Node Type"], scan["Actual Rows"]) == ("Index Scan", PAGE)
        cost.append((plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"], plan["Execution Time"]))
    assert max(blocks for blocks, _ in cost) <= cost[0][0] + 10
    told = "; ".join(f"{blocks} blocks, {took:.1f} ms" for blocks, took in cost)
    figures.add(f"a page of {PAGE} of {MILLION:,} features by keyset: the first, in the middle, the last", told)
    engine.dispose()
