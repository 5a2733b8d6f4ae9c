"""Taking files in, beside osm2pgsql and ogr2ogr with the same file on the same server.

They do less: osm2pgsql and ogr2ogr copy every object as it is. Yike checks each row, keeps what it left out with the
reason, cuts streets at junctions into a network, joins shapes to areas and entrances to streets, keeps the finder's
phrases, and could be run again without doubling anything. All are whole processes, their start included.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Engine, text

from data.town import Scale, build_town
from geo.database.engine import make_engine
from geo.export.columns import TABLES
from geo.export.read import parts
from geo.scope import AreaScope
from tests.verify.conftest import Figures

TITLE = "Taking files in"
SCALE = Scale(os.environ.get("YIKE_BENCH_SCALE", "district"))
MONACO = "monaco/monaco-2023-11.osm.pbf"
KEPT = {
    "areas": ("area", {"id": "id", "level": "level", "name": "name", "parent": "parent"}),
    "buildings": ("building", {"id": "id", "name": "name", "address": "address", "use": "use", "floors": "floors",
                               "height_m": "height_m"}),
}  # fmt: skip

pytestmark = pytest.mark.timeout(3600)


def timed(*command: str, **environment: str) -> float:
    """Seconds a process takes; what went wrong is shown."""
    began = time.monotonic()
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return time.monotonic() - began


def yike(url: str, *arguments: str) -> float:
    return timed(sys.executable, "-m", "api.cli", "import", *arguments, YIKE_DATABASE_URL=url)


@pytest.fixture
def empty(clone: Callable[[str], str]) -> Callable[[], str]:
    """Makes databases with nothing but PostGIS."""

    def make() -> str:
        url = clone("template1")
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.execute(text("create extension if not exists postgis"))
        engine.dispose()
        return url

    return make


def count(url: str, table: str) -> int:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text(f"select count(*) from {table}")).scalar_one())
    engine.dispose()
    return found


def test_monaco(
    template: str, clone: Callable[[str], str], empty: Callable[[], str], real_data: Path, figures: Figures
) -> None:
    file = str(real_data / MONACO)
    url = clone(template)
    took = yike(url, "osm", file)
    held = {name: count(url, f"yike.{name}") for name in ("street", "building", "facility", "ground", "entrance")}
    told = ", ".join(f"{number} {name}" for name, number in held.items())
    figures.add(f"**Yike**, Monaco ({Path(file).stat().st_size / 1e6:.1f} MB pbf): {told}", f"**{took:.1f} s**")
    figures.add("the same once more: nothing changes", f"{yike(url, 'osm', file):.1f} s")
    if shutil.which("osm2pgsql") is None:
        figures.add("osm2pgsql", "not here")
        return
    peer = empty()
    took = timed("osm2pgsql", "--create", "-d", peer, file)
    told = ", ".join(f"{count(peer, f'planet_osm_{kind}')} {kind}s" for kind in ("point", "line", "polygon"))
    figures.add(f"osm2pgsql (default style): {told}, as they are", f"{took:.1f} s")


def test_a_towns_buildings_as_a_geopackage(
    database: Engine, template: str, clone: Callable[[str], str], empty: Callable[[], str], tmp_path: Path,
    figures: Figures,
) -> None:  # fmt: skip
    build_town(database, SCALE)
    files = {name: geopackage(database, name, tmp_path) for name in KEPT}
    url = clone(template)
    areas_s = yike(url, "table", "areas", str(files["areas"]), "--yes")
    took = yike(url, "table", "buildings", str(files["buildings"]), "--yes")
    rows = count(url, "yike.building")
    placed = count(url, "yike.building where path <> ''")
    size_mb = files["buildings"].stat().st_size / 1e6
    figures.add(
        f"**Yike**, {rows} buildings of `{SCALE.value}` ({size_mb:.0f} MB gpkg), {placed} of them placed in areas",
        f"**{took:.1f} s** (the areas before them {areas_s:.1f} s)",
    )
    again_s = yike(url, "table", "buildings", str(files["buildings"]), "--yes")
    figures.add("the same once more: nothing changes", f"{again_s:.1f} s")
    peer = empty()
    took = timed(
        "ogr2ogr", "-f", "PostgreSQL", f"PG:{peer}", str(files["buildings"]), "-nln", "building", PG_USE_COPY="YES"
    )
    figures.add(f"ogr2ogr by COPY: {count(peer, 'building')} rows with an index on their shapes, as they are",
                f"{took:.1f} s")  # fmt: skip
    with database.connect() as connection:
        assert rows == connection.execute(text("select count(*) from yike.building")).scalar_one()


def geopackage(engine: Engine, layer: str, folder: Path) -> Path:
    """A layer of the town as somebody would deliver it."""
    table, headings = KEPT[layer]
    names = [name for name, _ in TABLES[table].columns]
    frames = []
    for columns, shapes in parts(engine, table, AreaScope.everything()):
        frame = pa.Table.from_arrays(columns, names=names).to_pandas()
        if layer == "areas":
            frame["parent"] = frame["parent_id"].map(lambda key: "" if pd.isna(key) else str(int(key)))
        frames.append(gpd.GeoDataFrame(frame[list(headings)].rename(columns=headings), geometry=shapes, crs=4326))
    file = folder / f"{layer}.gpkg"
    pd.concat(frames).to_file(file, driver="GPKG", engine="pyogrio")
    return file
