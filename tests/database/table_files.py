"""Files of tables as people have them, and what a database holds."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from openpyxl import Workbook
from sqlalchemy import Engine, text

from data.tables import Report, import_table, plan_table

TABLES = ("area", "compound", "building", "entrance", "unit", "resident", "device", "facility", "department", "worker")
CENTRE = 118.782, 32.041


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def digest(engine: Engine) -> str:
    """What all tables hold, the rows' versions (xmin) included: an update that changes nothing would show."""
    held = [rows(engine, f"select t.xmin, t.* from yike.{table} t order by id") for table in TABLES]
    return hashlib.sha256(str([held, rows(engine, "select * from yike.revision order by 1")]).encode()).hexdigest()


def take(engine: Engine, layer: str, path: Path, *, dry_run: bool = False, **options: Any) -> Report:
    return import_table(engine, plan_table(engine, layer, path, **options), dry_run=dry_run)


def write(path: Path, table: Sequence[Sequence[Any]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(table)
    return path


def lines(path: Path, *told: str) -> Path:
    path.write_text("\n".join(told), encoding="utf-8")
    return path


def book(path: Path, table: Sequence[Sequence[Any]], *merged: str) -> Path:
    made = Workbook()
    page = made.active
    assert page is not None
    for line in table:
        page.append(list(line))
    for cells in merged:
        page.merge_cells(cells)
    made.save(path)
    return path


def outlines(
    folder: Path, name: str, columns: dict[str, list[Any]], size: float = 0.0002, step: float = 0.001, crs: Any = 4326
) -> Path:
    """Squares in a row, somewhat east of the centre where no building of the extract stands."""
    count = len(next(iter(columns.values())))
    boxes = [shapely.box(west, 32.05, west + size, 32.05 + size) for west in 118.80 + np.arange(count) * step]
    frame = geopandas.GeoDataFrame(columns, geometry=boxes, crs=4326).to_crs(crs)
    frame.to_file(folder / name, engine="pyogrio")
    return folder / name


def devices(count: int = 30, at: Any = CENTRE) -> list[list[Any]]:
    step = np.arange(count) * 1e-5
    return [["设备编号", "设备类型", "经度", "纬度", "备注"],
            *([f"D{i:04}", "烟感", f"{at[0] + step[i]:.6f}", f"{at[1] + step[i]:.6f}", "x"] for i in range(count))]  # fmt: skip


def community(folder: Path) -> list[tuple[str, Path, dict[str, Any]]]:
    """A compound with two buildings, three homes, their people, devices, a canteen and two workers."""
    return [
        ("areas", outlines(folder, "areas.geojson", {"级别": ["街道", "社区", "网格"], "名称": ["东街道", "东社区", "东一网格"],
            "代码": ["320102009", "320102009001", "320102009001-01"], "上级": ["", "东街道", "东社区"]}, size=0.02, step=0), {}),
        ("compounds", outlines(folder, "compounds.gpkg", {"小区名称": ["东方花园"], "fid": [9]}, size=0.005), {}),
        ("buildings", outlines(folder, "buildings.shp", {"小区": ["东方花园"] * 2, "楼号": ["1幢", "2幢"],
            "层数": [6, 18], "用途": ["住宅"] * 2}, crs=4547), {}),
        ("units", write(folder / "units.csv", [["小区", "楼栋", "单元", "室号", "产权"], ["东方花园", "1号楼", "1单元", "501室", "自有"],
            ["东方花园", "1号楼", "2单元", "302", "出租"], ["东方花园", "2", "", "1203", ""]], "gb18030"), {}),
        ("residents", book(folder / "residents.xlsx", [["东社区居民台账"], ["小区", "楼栋", "单元", "房号", "姓名", "性别", "出生日期", "手机号", "标签"],
            ["东方花园", "1幢", 1, 501, "张小芳", "女", "1941-05-02", "14012345678", "独居,高龄"], [None, None, 1, 501, "李大海", "男", "1939年3月1日", "", ""],
            ["东方花园", "2栋", "", 1203, "王五", "男", "1990/1/1", "14012345679", ""]], "A1:I1", "A3:A4", "B3:B4"), {}),
        ("devices", write(folder / "devices.csv", [["设备编号", "类型", "名称", "小区", "楼栋", "单元", "房号", "经度", "纬度"],
            ["W1", "智能水表", "水表", "东方花园", "1幢", "1", "501", "", ""], ["M1", "井盖", "", "", "", "", "", "118.8003", "32.0503"]], "utf-8-sig"), {}),
        ("facilities", lines(folder / "shops.tsv", "名称\t类别\t坐标\t座位数\t营业时间", "东社区食堂\t食堂\t118.8005,32.0505\t80\tMo-Su 07:00-19:00"), {}),
        ("workers", write(folder / "workers.csv", [["姓名", "电话", "所属网格", "部门", "在岗", "lon", "lat"],
            ["赵一", "14000000001", "东一网格", "东街道办", "是", "118.8001", "32.0501"], ["钱二", "14000000002", "东社区", "", "否", "", ""]]), {}),
    ]  # fmt: skip


def without_prj(folder: Path) -> Path:
    path = outlines(folder, "bare.shp", {"id": [1, 2]})
    path.with_suffix(".prj").unlink()
    return path
