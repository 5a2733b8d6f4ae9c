"""What is taken away, opened by others: GDAL, pandas, QGIS's engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from geo.access.out.geojson import write_geojson
from geo.access.out.geopackage import write_geopackage
from geo.access.out.raster import write_geotiff
from geo.access.out.survey import Survey, survey
from geo.access.out.table import write_csv
from geo.access.store import CoverageStore
from geo.errors import InvalidInput
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from tests.verify.conftest import Figures

TITLE = "Coverage taken away"
LIMIT_M = 250.0


def told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


def test_gdal_opens_the_geopackage_with_styles_and_units(found: Survey, geopackage: Path, figures: Figures) -> None:
    layers = told("ogrinfo", "-ro", "-so", "-al", str(geopackage))
    assert f"Geometry: Multi Polygon\nFeature Count: {len(found.rows)}\n" in layers
    assert "Layer name: coverage\nMetadata:\n  DESCRIPTION=" in layers
    assert "Layer name: facilities\nGeometry: Point\n" in layers
    assert "Layer name: gaps\nGeometry: Point\n" in layers
    assert 'ID["EPSG",4326]' in layers
    styles = told(
        "ogrinfo", "-ro", "-q", str(geopackage), "-sql", "select styleName, useAsDefault from layer_styles order by id"
    )
    assert [line.split(" = ")[1] for line in styles.splitlines() if " = " in line] == [
        "社区食堂 Community canteen", "1", "药店 Pharmacy", "0", "设施 Facility", "1", "缺口 Gap", "1",
    ]  # fmt: skip
    units = told("ogrinfo", "-ro", "-q", str(geopackage), "-sql",
                 "select description from gpkg_data_columns where column_name in ('minutes_canteen', 'residents')"
                 " and table_name = 'coverage'")  # fmt: skip
    assert "到最近设施（分钟） / Community canteen: to the nearest, minutes" in units
    assert "居民（人） / residents, persons" in units
    figures.add("GDAL opens the GeoPackage: buildings, layers, styles", f"{len(found.rows)}, 3, 4")


def test_an_area_without_gaps_has_an_empty_layer_of_them(village: Engine, tmp_path: Path) -> None:
    store = CoverageStore(village, NetworkStore(village), LIMIT_M)
    near = survey(store, ["canteen"], minutes=[120], scope=AreaScope.everything())
    write_geopackage(near, tmp_path / "near.gpkg", by="area")
    layers = told("ogrinfo", "-ro", "-so", "-al", str(tmp_path / "near.gpkg"))
    assert "Layer name: gaps\nGeometry: Point\nFeature Count: 0\n" in layers


def test_pandas_reads_the_table(found: Survey, tmp_path: Path, figures: Figures) -> None:
    file = tmp_path / "coverage.csv"
    write_csv(found, file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfbuilding_id,")
    table = pd.read_csv(file)
    assert len(table) == len(found.rows) * 3 * 2
    assert set(table["category_name"]) == {"社区食堂", "博物馆", "药店"}
    canteen = table[(table["category"] == "canteen") & (table["threshold_min"] == 15)]
    coverage = found.services[0].coverage
    assert coverage is not None
    np.testing.assert_allclose(canteen["minutes"], coverage.minutes[found.rows], atol=5e-4)
    assert (canteen["within"] == (coverage.minutes[found.rows] <= 15)).all()
    # Nobody has a museum here: in the table all the same, and never as zero minutes.
    museum = table[table["category"] == "museum"]
    assert museum["minutes"].isna().all()
    assert not museum["within"].any()
    figures.add("pandas reads the CSV: rows of building × category × threshold", f"{len(table)}")


def test_geojson_is_what_gdal_takes_it_for(found: Survey, tmp_path: Path) -> None:
    file = tmp_path / "coverage.geojson"
    write_geojson(found, file, by="hex")
    read = told("ogrinfo", "-ro", "-so", "-al", str(file))
    assert "minutes_canteen: Real" in read
    assert len(json.loads(file.read_text())["features"]) == int(read.split("Feature Count: ")[1].split("\n")[0])


def test_the_grid_agrees_with_the_buildings(found: Survey, tmp_path: Path, figures: Figures) -> None:
    file = tmp_path / "minutes.tif"
    write_geotiff(found, file, snap_limit_m=LIMIT_M, cell_m=5)
    described = json.loads(told("gdalinfo", "-json", str(file)))
    assert [band["description"] for band in described["bands"]] == ["minutes_canteen", "minutes_pharmacy"]
    assert {(band["unit"], band["noDataValue"]) for band in described["bands"]} == {("min", -1.0)}
    assert described["geoTransform"][1] == 5.0
    assert "UTM zone" in described["coordinateSystem"]["wkt"]
    lon, lat = found.homes.entrance_lon, found.homes.entrance_lat
    sample = subprocess.run(["gdallocationinfo", "-valonly", "-wgs84", "-b", "1", str(file)], text=True, check=True,
                            input="\n".join(f"{x} {y}" for x, y in zip(lon, lat, strict=True)),
                            capture_output=True).stdout.split()  # fmt: skip
    coverage = found.services[0].coverage
    assert coverage is not None
    off = np.abs(np.array(sample, float) - coverage.entrance_s / 60)
    # A cell's middle is at most 3.6 m from a door in it, and may lie nearer to another street.
    assert np.median(off) < 0.1
    assert (off < 1).mean() > 0.9
    figures.add("GeoTIFF of 5 m against the doors: median difference", f"{np.median(off):.3f} min")


def test_a_grid_beyond_measure_is_refused(found: Survey, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at most 1,000 are made"):
        write_geotiff(found, tmp_path / "minutes.tif", snap_limit_m=LIMIT_M, cell_m=1, most_cells=1000)
