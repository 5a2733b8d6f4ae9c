"""Clients that others wrote: GDAL's MVT and GeoJSON drivers read every layer."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyogrio
import pytest
from sqlalchemy import make_url

from geo.database.engine import make_engine
from geo.live.changes import number_changes
from tests.serving import serving
from tests.verify.conftest import Figures
from tests.world import build_world
from tiles.layers import LAYERS

TITLE = "Clients"
ZOOM = 16


@pytest.fixture(scope="module")
def url(nanjing_url: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service over Nanjing, with the hamlet's devices and workers beside it."""
    address = clone(str(make_url(nanjing_url).database))
    engine = make_engine(address)
    build_world(engine)
    number_changes(engine)
    engine.dispose()
    with serving(address, tmp_path_factory.mktemp("clients") / "api.log") as running:
        yield running


def fetch_tiles(url: str, layer: str, folder: Path, bounds: tuple[float, float, float, float]) -> int:
    """All tiles of a box at one zoom, laid out as GDAL's MVT driver wants them; returns how many hold anything."""
    n = 2**ZOOM

    def row(lat: float) -> int:
        return int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)

    west, south, east, north = bounds
    held = 0
    with httpx.Client(base_url=url, timeout=60) as http:
        document = http.get(f"/tiles/{layer}.json").json()
        for x in range(int((west + 180) / 360 * n), int((east + 180) / 360 * n) + 1):
            for y in range(row(north), row(south) + 1):
                answer = http.get(f"/tiles/{layer}/{ZOOM}/{x}/{y}.mvt")
                answer.raise_for_status()
                if answer.content:
                    file = folder / str(ZOOM) / str(x) / f"{y}.mvt"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(answer.content)
                    held += 1
    metadata = {
        "name": layer,
        "minzoom": ZOOM,
        "maxzoom": ZOOM,
        "json": json.dumps({"vector_layers": document["vector_layers"]}),
    }
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return held


# Xinjiekou itself, and the hamlet for what Nanjing's file does not have.
BOXES = {"device": (119.99, 30.99, 120.01, 31.01), "device_status": (119.99, 30.99, 120.01, 31.01)}
CENTRE = (118.775, 32.038, 118.79, 32.048)


@pytest.mark.parametrize("layer", LAYERS)
def test_gdal_reads_the_tiles_of_every_layer(url: str, layer: str, tmp_path: Path, figures: Figures) -> None:
    assert fetch_tiles(url, layer, tmp_path, BOXES.get(layer, CENTRE)) > 0
    read = subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"MVT:{tmp_path / str(ZOOM)}", layer, "-oo", "TILE_EXTENSION=mvt",
         "-oo", f"METADATA_FILE={tmp_path / 'metadata.json'}", "-t_srs", "EPSG:4326", "-lco", "RFC7946=YES"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    features = json.loads(read.stdout)["features"]
    assert features
    west, south, east, north = BOXES.get(layer, CENTRE)
    fields = set(LAYERS[layer].fields)
    for feature in features:
        assert set(feature["properties"]) - {"mvt_id"} <= fields
        x, y = first_point(feature["geometry"]["coordinates"])
        # A tile reaches a little beyond the box.
        assert west - 0.02 < x < east + 0.02
        assert south - 0.02 < y < north + 0.02
    figures.add(f"GDAL {gdal_version()} MVT driver, layer {layer}", f"{len(features)} features")


def first_point(coordinates: Any) -> tuple[float, float]:
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates[0], coordinates[1]


def gdal_version() -> str:
    return (
        subprocess.run(["gdalinfo", "--version"], capture_output=True, text=True, check=True)
        .stdout.split()[1]
        .rstrip(",")
    )


@pytest.mark.parametrize("name", ["areas", "buildings", "devices", "facilities", "workers"])
def test_gdal_reads_every_collection_as_geojson(url: str, name: str, tmp_path: Path, figures: Figures) -> None:
    answer = httpx.get(f"{url}/api/v1/{name}", params={"limit": 10000}, timeout=60)
    file = tmp_path / f"{name}.geojson"
    file.write_bytes(answer.content)
    wanted = len(answer.json()["features"])
    old = subprocess.run(["ogrinfo", "-ro", "-so", "-al", str(file)], capture_output=True, text=True, check=True).stdout
    assert f"Feature Count: {wanted}\n" in old
    frame = pyogrio.read_dataframe(file)
    assert len(frame) == wanted > 0
    assert frame.crs == "EPSG:4326"
    figures.add(
        f"GDAL {gdal_version()} and {pyogrio.__gdal_version_string__} GeoJSON driver, {name}", f"{wanted} features"
    )


def test_gdal_reads_coverage_as_geojson(url: str, tmp_path: Path, figures: Figures) -> None:
    for by in ("building", "hex"):
        answer = httpx.get(f"{url}/api/v1/coverage", params={"category": "restaurant", "by": by}, timeout=60)
        file = tmp_path / f"{by}.geojson"
        file.write_bytes(answer.content)
        frame = pyogrio.read_dataframe(file)
        assert frame.geometry.is_valid.all()
        assert (frame["minutes"].dropna() >= 0).all()
        figures.add(
            f"coverage by {by} as a GeoDataFrame", f"{len(frame)} rows, {frame['minutes'].notna().sum()} reached"
        )
