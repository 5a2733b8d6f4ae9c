"""What is no table of ours, and imports that are broken off: a clear answer, and nothing of it stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import Engine

from data.tables import import_table, plan_table
from geo.errors import ImportFailed, InvalidInput
from geo.progress import Advance, Silent
from tests.database.table_files import book, devices, digest, outlines, take, without_prj, write


class Interrupting(Silent):
    """Ctrl-C in the middle of writing."""

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Advance]:  # noqa: ARG002
        def stop(_: int) -> None:
            raise KeyboardInterrupt

        yield stop


def test_an_interrupted_import_leaves_nothing(shared: Engine, tmp_path: Path) -> None:
    table = devices(1500)
    table[1][1] = "飞碟"
    plan = plan_table(shared, "devices", write(tmp_path / "long.csv", table))
    before = digest(shared)
    with pytest.raises(KeyboardInterrupt):
        import_table(shared, plan, progress=Interrupting())
    assert digest(shared) == before
    assert [file.name for file in tmp_path.iterdir()] == ["long.csv"]


def wrong_crs(folder: Path) -> Path:
    frame = geopandas.GeoDataFrame({"id": [1]}, geometry=[shapely.box(668000, 3547000, 668100, 3547100)], crs=4326)
    frame.to_file(folder / "wrong.gpkg")
    return folder / "wrong.gpkg"


def degrees_as_metres(folder: Path) -> Path:
    frame = geopandas.GeoDataFrame({"id": [1]}, geometry=[shapely.box(118.7, 32.0, 118.8, 32.1)], crs=3857)
    frame.to_file(folder / "metres.gpkg")
    return folder / "metres.gpkg"


def without_dbf(folder: Path) -> Path:
    path = outlines(folder, "alone.shp", {"id": [1, 2]})
    path.with_suffix(".shx").unlink()
    return path


def mixed(folder: Path) -> Path:
    table = [",".join(map(str, line)) for line in devices(5)]
    lines = [line.encode("gb18030" if number == 3 else "utf-8") for number, line in enumerate(table)]
    (folder / "mixed.csv").write_bytes(b"\n".join(lines))
    return folder / "mixed.csv"


def two_layers(folder: Path) -> Path:
    path = outlines(folder, "two.gpkg", {"id": [1]})
    geopandas.read_file(path).to_file(path, layer="other")
    return path


BAD: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "a GeoPackage with a wrong CRS": ("buildings", wrong_crs, r"EPSG:4326.*degrees.*3547100"),
    "degrees that are said to be metres": ("buildings", degrees_as_metres, "3857.*look like degrees"),
    "a Shapefile without .prj": ("buildings", without_prj, r"no \.prj.*--datum"),
    "a Shapefile without .shx": ("buildings", without_dbf, r"\.shx"),
    "an XLSX merged across columns": ("devices", lambda f: book(f / "m.xlsx", devices(), "B3:C3"), "B3:C3.*merged across"),
    "a CSV of mixed encodings": ("devices", mixed, "row 1 is UTF-8, row 4 is not"),
    "points where polygons are wanted": ("buildings", lambda f: write(f / "p.csv", [["id", "lon", "lat"], [1, 118.7, 32]]), "polygons.*no geometries"),
    "no column for what is needed": ("devices", lambda f: write(f / "n.csv", [["a", "b"], [1, 2]]), "external_id, kind.*--map"),
    "nothing to know rows by": ("areas", lambda f: outlines(f, "k.gpkg", {"名称": ["a"]}), "level"),
    "two layers": ("buildings", two_layers, "--sheet"),
    "no file": ("devices", lambda f: f / "none.csv", "no such file"),
    "an empty file": ("devices", lambda f: write(f / "e.csv", []), "empty"),
    "headings alone": ("devices", lambda f: write(f / "h.csv", devices(0)), "no rows"),
    "another format": ("devices", lambda f: write(f / "a.xls", devices()), r"\.xlsx"),
    "no workbook": ("devices", lambda f: write(f / "a.xlsx", devices()), "no .xlsx workbook"),
    "no GeoPackage": ("devices", lambda f: write(f / "a.gpkg", devices()), "cannot be read"),
    "no such layer": ("streets", lambda f: write(f / "a.csv", devices()), "areas, compounds"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_answered_clearly_and_stores_nothing(shared: Engine, tmp_path: Path, case: str) -> None:
    layer, make, told = BAD[case]
    before = digest(shared)
    with pytest.raises((ImportFailed, InvalidInput)) as raised:
        take(shared, layer, make(tmp_path))
    assert re.search(told, str(raised.value)), str(raised.value)
    assert digest(shared) == before
