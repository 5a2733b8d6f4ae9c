"""Whole layers as files, read back by geopandas and by GDAL."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from sqlalchemy import text

from geo.datum import convert
from geo.export.columns import TABLES
from tests.api.conftest import Service

FORMATS = ("fgb", "parquet", "geojsonl")


def fetch(service: Service, folder: Path, name: str, **query: Any) -> Path:
    answer = service.http.get(f"/api/v1/layers/{name}", params=query)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    file = folder / name
    file.write_bytes(answer.content)
    return file


def read(file: Path) -> Any:
    if file.suffix == ".parquet":
        return gpd.read_parquet(file)
    return pyogrio.read_dataframe(file)


@pytest.mark.parametrize("layer", TABLES)
def test_a_layer_is_the_same_in_every_format(service: Service, tmp_path: Path, layer: str) -> None:
    with service.engine.begin() as connection:
        connection.execute(
            text("insert into yike.ground (source_key, kind, name, geom) values ('pond', 'water', '小荷塘', st_multi("
                 "st_makeenvelope(120.002, 31.002, 120.003, 31.003, 4326))) on conflict do nothing")
        )  # fmt: skip
        wanted = set(connection.execute(text(f"select id from yike.{layer}")).scalars())
    assert wanted
    columns = [name for name, _ in TABLES[layer].columns]
    frames = {form: read(fetch(service, tmp_path, f"{layer}.{form}")).set_index("id").sort_index() for form in FORMATS}
    for form, frame in frames.items():
        assert set(frame.index) == wanted, form
        assert ["id", *frame.columns] == [*columns, "geometry"], form
        assert frame.crs == "EPSG:4326", form
        assert frame.geometry.geom_equals_exact(frames["parquet"].geometry, 1e-6).all(), form
        assert frame["name"].tolist() == frames["parquet"]["name"].tolist(), form


def test_chinese_and_types_come_back_as_they_were(service: Service, tmp_path: Path) -> None:
    with service.engine.begin() as connection:
        connection.execute(
            text("update yike.building set name = '西山花园3幢', address = '苏州市姑苏区「平江路」\\t1号', floors = 6"
                 " where id = :id"), {"id": service.world.home},
        )  # fmt: skip
    for form in FORMATS:
        row = read(fetch(service, tmp_path, f"building.{form}")).set_index("id").loc[service.world.home]
        assert (row["name"], row["address"]) == ("西山花园3幢", "苏州市姑苏区「平江路」\\t1号")
        assert (row["floors"], row["height_m"]) == (6, 18.0)
    devices = gpd.read_parquet(fetch(service, tmp_path, "device.parquet"))
    assert str(devices["installed_at"].dtype).endswith("UTC]")


def test_debians_gdal_reads_flatgeobuf(service: Service, tmp_path: Path) -> None:
    file = fetch(service, tmp_path, "street.fgb")
    told = subprocess.run(["ogrinfo", "-json", "-so", "-al", str(file)], capture_output=True, text=True, check=False)
    if told.returncode:  # older than 3.7
        told = subprocess.run(["ogrinfo", "-ro", "-so", "-al", str(file)], capture_output=True, text=True, check=True)
    with service.engine.connect() as connection:
        count = connection.execute(text("select count(*) from yike.street where not across")).scalar_one()
    assert f"Feature Count: {count}" in told.stdout or json.loads(told.stdout)["layers"][0]["featureCount"] == count


def test_a_datum_without_a_code_says_so(service: Service, tmp_path: Path) -> None:
    plain = gpd.read_parquet(fetch(service, tmp_path, "facility.parquet"))
    for form in FORMATS:
        moved = read(fetch(service, tmp_path, f"facility.{form}", datum="gcj02")).sort_values("id")
        x, y = convert(plain.geometry.x, plain.geometry.y, source="wgs84", target="gcj02")
        assert np.allclose(moved.geometry.x, x, atol=1e-7)
        assert np.allclose(moved.geometry.y, y, atol=1e-7)
        # GeoJSON knows no other than WGS 84, so GDAL takes it for that.
        assert form == "geojsonl" or moved.crs is None
    assert gpd.read_parquet(fetch(service, tmp_path, "facility.parquet", datum="cgcs2000")).crs == "EPSG:4490"


def test_of_one_area_only_what_lies_in_it(service: Service, tmp_path: Path) -> None:
    path = service.world.path
    for layer in ("building", "street"):
        inside = read(fetch(service, tmp_path, f"{layer}.parquet", area=path))
        assert 0 < len(inside) <= len(read(fetch(service, tmp_path, f"{layer}.parquet")))
    with service.engine.begin() as connection:
        connection.execute(text("update yike.building set path = '' where id = :id"), {"id": service.world.home})
    try:
        ids = read(fetch(service, tmp_path, "building.parquet", area=path))["id"]
        assert service.world.home not in set(ids)
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("update yike.building set path = :path where id = :id"),
                               {"path": path, "id": service.world.home})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "status"), [("resident.fgb", 404), ("coverage.parquet", 404), ("street.shp", 400), ("street", 404)]
)
def test_what_there_is_not_is_said(service: Service, name: str, status: int) -> None:
    assert service.http.get(f"/api/v1/layers/{name}").status_code == status


def test_a_visitor_takes_nothing_away(service: Service) -> None:
    answer = service.http.get("/api/v1/layers/street.fgb", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 401
