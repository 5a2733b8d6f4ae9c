"""Importing tables: a community comes in from files of all formats, twice changes nothing, bad rows come back."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.cli.imports import commands
from data.tables import import_table, plan_table
from geo.datum import convert
from geo.errors import InvalidInput, YikeError
from tests.database.table_files import (
    CENTRE,
    book,
    community,
    devices,
    digest,
    outlines,
    rows,
    take,
    without_prj,
    write,
)


def test_a_community_comes_in_and_the_same_files_again_change_nothing(nanjing: Engine, tmp_path: Path) -> None:
    files = community(tmp_path)
    for layer, path, options in files:
        report = take(nanjing, layer, path, **options)
        assert (report.bad, report.new) == (0, report.read), f"{layer}: {report}"
    grid = "320102009/320102009001/" + rows(nanjing, "select label from yike.area where name = '东一网格'")[0][0]
    assert rows(nanjing, "select path, parent_id is null from yike.area where name = '东一网格'") == [(grid, False)]
    assert rows(nanjing, "select b.name, b.floors, b.datum, c.name, b.path, st_srid(b.geom_delivered),"
                " abs(st_x(st_centroid(b.geom)) - 118.8001) < 1e-6 from yike.building b"
                " join yike.compound c on c.id = b.compound_id where b.source_key like 'table:%' order by 1") == [
        ("1幢", 6, "cgcs2000", "东方花园", grid, 0, True), ("2幢", 18, "cgcs2000", "东方花园", grid, 0, False)]  # fmt: skip
    assert rows(nanjing, "select b.name, e.label, u.floor, u.room, u.tenure, u.path = b.path from yike.unit u join yike.building b"
                " on b.id = u.building_id left join yike.entrance e on e.id = u.entrance_id order by u.id") == [
        ("1幢", "1", 5, "501", "owned", True), ("1幢", "2", 3, "302", "rented", True), ("2幢", None, 12, "1203", "owned", True)]  # fmt: skip
    assert rows(nanjing, "select r.name, u.room, r.gender, r.born::text, r.tags, r.path = u.path from yike.resident r"
                " join yike.unit u on u.id = r.unit_id order by r.id") == [
        ("张小芳", "501", "female", "1941-05-02", ["独居", "高龄"], True), ("李大海", "501", "male", "1939-03-01", [], True),
        ("王五", "1203", "male", "1990-01-01", [], True)]  # fmt: skip
    assert "张" not in "".join(key for (key,) in rows(nanjing, "select source_key from yike.resident"))
    assert rows(nanjing, "select d.external_id, d.kind, d.name, u.room, st_covers(b.geom, d.geom) from yike.device d"
                " left join yike.unit u on u.id = d.unit_id left join yike.building b on b.id = d.building_id order by 1") == [
        ("M1", "manhole", "智能井盖", None, None), ("W1", "water_meter", "水表", "501", True)]  # fmt: skip
    assert rows(nanjing, "select category, name, capacity from yike.facility where name = '东社区食堂'") == [
        ("canteen", "东社区食堂", 80)]  # fmt: skip
    assert rows(nanjing, "select w.name, d.name, w.on_duty, w.path from yike.worker w left join yike.department d"
                " on d.id = w.department_id order by w.id") == [
        ("赵一", "东街道办", True, grid), ("钱二", None, False, "320102009/320102009001")]  # fmt: skip
    before = digest(nanjing)
    for layer, path, options in files:
        again = take(nanjing, layer, path, **options)
        assert (again.unchanged, again.changed) == (again.read, 0), f"{layer}: {again}"
    assert digest(nanjing) == before


def test_a_file_updates_what_it_says_and_leaves_the_rest(shared: Engine, tmp_path: Path) -> None:
    table = devices(6)
    table[0] += ["楼层"]
    for line in table[1:]:
        line.append("3")
    take(shared, "devices", write(tmp_path / "a.csv", table))
    shorter = [line[:4] for line in devices(7)]
    shorter[1][1] = "水表"
    report = take(shared, "devices", write(tmp_path / "b.csv", shorter))
    assert (report.new, report.updated, report.unchanged) == (1, 1, 5)
    assert rows(shared, "select kind, floor from yike.device where external_id in ('D0000', 'D0006') order by external_id") == [
        ("water_meter", 3), ("smoke", None)]  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_bad_rows_come_back_and_land_once_they_are_right(nanjing: Engine, tmp_path: Path, ending: str) -> None:
    table = devices(12)
    table[2][1], table[3][2], table[4][0], table[5][2:4] = "飞碟", "东经", "", ["32.04", "118.78"]
    table[6][2:4], table[7][3], table[8][0] = ["0", "0"], "35.9", table[9][0]
    file = (write if ending == "csv" else book)(tmp_path / f"list.{ending}", table)
    report = take(nanjing, "devices", file)
    told = str(report)
    assert (report.new, report.bad, report.read) == (5, 7, 12), told
    for part in ("row 3, 设备类型 “飞碟”", "row 4, 经度 “东经”", "row 5, 设备编号", "row 6", "颠倒", "swapped", "row 7", "0,0",
                 "row 8", "km from", "row 10", "same key as row 9"):  # fmt: skip
        assert part in told, told
    assert report.to_correct == tmp_path / f"list-to-correct.{ending}"
    if ending == "csv":
        with report.to_correct.open(encoding="utf-8-sig", newline="") as stream:
            back = list(csv.reader(stream))
    else:
        back = [[str(cell or "") for cell in line] for line in load_workbook(report.to_correct).worksheets[0].values]
    assert back[0][:5] == table[0]
    assert [line[:5] for line in back[1:]] == [table[i] for i in (2, 3, 4, 5, 6, 7, 9)]
    assert "不认识" in back[1][-1]
    good = devices(12)
    (write if ending == "csv" else book)(
        report.to_correct, [back[0], *([*good[i], *back[n][5:]] for n, i in enumerate((2, 3, 4, 5, 6, 7, 8), 1))]
    )
    assert take(nanjing, "devices", report.to_correct).new == 7
    assert rows(nanjing, "select count(*) from yike.device") == [(12,)]


def test_people_are_named_in_no_report_and_their_file_is_their_owners(nanjing: Engine, tmp_path: Path) -> None:
    files = {layer: path for layer, path, _ in community(tmp_path)}
    for layer in ("compounds", "buildings", "units"):
        take(nanjing, layer, files[layer])
    table = [["小区", "楼栋", "房号", "姓名", "手机", "生日"], ["东方花园", "1幢", "501", "欧阳娜娜", "不详", "1941"],
             ["东方花园", "7幢", "501", "司马相如", "14012345678", ""], ["东方花园", "1幢", "901", "诸葛孔明", "", ""]]  # fmt: skip
    report = take(nanjing, "residents", write(tmp_path / "people.csv", table))
    told = str(report)
    assert report.bad == 3
    assert "“***”" in told
    assert "no such building" in told
    assert "no such unit" in told
    assert not re.search("欧阳|司马|诸葛|14012345678|1941", told)
    assert report.to_correct is not None
    assert report.to_correct.stat().st_mode & 0o077 == 0
    assert "欧阳娜娜" in report.to_correct.read_text(encoding="utf-8-sig")


def on_streets(engine: Engine, count: int = 60) -> np.ndarray[Any, Any]:
    found = rows(engine, "select st_x(p), st_y(p) from (select st_lineinterpolatepoint(geom, 0.5) as p from yike.street"
                 f" where not across order by id limit {count}) as s")  # fmt: skip
    return np.array(found, float)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_foreign_datum_is_found_by_the_streets(nanjing: Engine, tmp_path: Path, datum: Any) -> None:
    true = on_streets(nanjing)
    x, y = convert(true[:, 0], true[:, 1], source="wgs84", target=datum)
    table = [["设备编号", "类型", "lng", "lat"], *([f"S{i}", "井盖", x[i], y[i]] for i in range(len(x)))]
    plan = plan_table(nanjing, "devices", write(tmp_path / "s.csv", table))
    assert plan.datum == datum
    assert len(plan.doubts) == 1
    assert import_table(nanjing, plan).new == len(true)
    stored = rows(
        nanjing,
        "select datum, st_x(geom), st_y(geom), st_x(geom_delivered), st_y(geom_delivered) from yike.device order by id",
    )
    assert {row[0] for row in stored} == {datum}
    np.testing.assert_allclose(sorted(row[1] for row in stored), sorted(true[:, 0]), atol=1e-7)
    np.testing.assert_allclose(sorted(row[3] for row in stored), sorted(x), atol=1e-12)
    # What fits is not doubted, nor what a person says.
    right = [["设备编号", "类型", "lng", "lat"], *([f"R{i}", "井盖", *true[i]] for i in range(len(true)))]
    told = plan_table(nanjing, "devices", write(tmp_path / "r.csv", right))
    assert (told.datum, told.doubts, [note for note in told.notes if "datum" in note]) == ("wgs84", [], [])
    assert plan_table(nanjing, "devices", tmp_path / "s.csv", datum="wgs84").doubts == []


def test_swapped_columns_are_noticed(shared: Engine, tmp_path: Path) -> None:
    table = devices()
    table[0][2:4] = ["纬度", "经度"]
    # Of many devices at one place the place counts once: that they hit nothing there is no evidence.
    here = [table[0], *([f"X{i}", "烟感", 32.05 + 1e-7 * i, 118.8] for i in range(50))]
    assert plan_table(shared, "devices", write(tmp_path / "one.csv", here)).datum == "wgs84"
    plan = plan_table(shared, "devices", write(tmp_path / "swapped.csv", table))
    assert "swapped" in plan.doubts[0]
    point = plan.places.shapes[0]
    assert (point.x, point.y) == pytest.approx(CENTRE)


def test_the_command_asks_before_it_takes_a_guess(
    nanjing: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "YIKE_DATABASE_URL", nanjing.url.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    table = devices()
    table[0][2:4] = ["纬度", "经度"]
    path = str(write(tmp_path / "swapped.csv", table))
    refused = CliRunner().invoke(commands, ["table", "devices", path])
    assert isinstance(refused.exception, InvalidInput)
    assert rows(nanjing, "select count(*) from yike.device") == [(0,)]
    for arguments, count in ((["--dry-run"], 0), (["--yes", "--map", "备注=名称"], 30)):
        done = CliRunner().invoke(commands, ["table", "devices", path, *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        assert rows(nanjing, "select count(*) from yike.device") == [(count,)]
    assert rows(nanjing, "select distinct name from yike.device") == [("x",)]


def test_a_dry_run_counts_and_writes_nothing(shared: Engine, tmp_path: Path) -> None:
    table = devices(9)
    table[1][1] = "飞碟"
    path = write(tmp_path / "dry.csv", [[*line[:1], *line[1:]] for line in table])
    before = digest(shared)
    report = take(shared, "devices", path, dry_run=True)
    assert (report.read, report.bad, report.dry_run) == (9, 1, True)
    assert digest(shared) == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_would_stand_twice_is_told(shared: Engine, tmp_path: Path) -> None:
    known = rows(
        shared,
        "select name, category, st_x(geom), st_y(geom) from yike.facility where name is not null order by id limit 9",
    )
    path = write(tmp_path / "known.csv", [["名称", "类别", "lon", "lat"], *known])
    assert "9 services are here from elsewhere" in str(take(shared, "facilities", path, dry_run=True))


def test_what_the_person_says_makes_up_for_what_lacks(nanjing: Engine, tmp_path: Path) -> None:
    assert take(nanjing, "buildings", without_prj(tmp_path), datum="gcj02").new == 2
    assert rows(nanjing, "select distinct datum from yike.building where source_key like 'table:%'") == [("gcj02",)]
    plain = write(tmp_path / "plain.csv", [["编号", "x", "y", "楼"], ["K1", *CENTRE, "a"]])
    report = take(nanjing, "devices", plain, constants={"类型": "垃圾满溢"}, mapped={"楼": "-"}, source="甲")
    assert report.new == 1
    assert rows(nanjing, "select kind, source_key from yike.device") == [("waste_camera", "table:甲:device:K1")]


def test_areas_know_their_parents_and_what_lies_in_them_follows(nanjing: Engine, tmp_path: Path) -> None:
    table = {
        "level": ["community", "community", "grid", "grid", "grid", "subdistrict"], "name": ["甲", "乙", "丙", "丁", "戊", "己"],
        "code": ["320102009001", "320102009002", "g1", "g1", "g2", "320102009"], "id": ["1", "2", "3", "4", "5", "6"],
        "parent": ["", "", "甲", "甲", "无", ""],
    }  # fmt: skip
    report = take(nanjing, "areas", outlines(tmp_path, "first.gpkg", table, size=0.01, step=0))
    assert (report.new, report.bad) == (4, 2), str(report)
    assert "row 4, code “g1”: 同一上级下已有此编码" in str(report)
    assert "row 5, parent “无”" in str(report)
    take(nanjing, "buildings", outlines(tmp_path, "houses.gpkg", {"id": ["h"]}))
    place = "select a.path = b.path, b.path like '%320102009/320102009001/g1' from yike.building b, yike.area a where b.source_key like 'table:%' and a.name = '丙'"
    assert rows(nanjing, place) == [(True, True)]
    moved = {name: [values[2]] for name, values in table.items()} | {"parent": ["乙"]}
    assert take(nanjing, "areas", outlines(tmp_path, "second.gpkg", moved, size=0.01)).updated == 1
    assert rows(nanjing, "select path like '%320102009/320102009002/g1' from yike.area where name = '丙'") == [(True,)]
    nested = "select count(*) from yike.area a join yike.area p on p.id = a.parent_id where a.path <> p.path || '/' || a.label"
    assert rows(nanjing, nested) == [(0,)]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
ROW = st.tuples(st.sampled_from(["A", "B", "c-1", "", "设备", " A "]) | CELL, st.sampled_from(["烟感", "smoke", "水表", ""]) | CELL,
                st.sampled_from(["118.78", "118.79", "0", "", "32.04", "1e99"]) | CELL, st.sampled_from(["32.04", "32.05", "0", ""]) | CELL, CELL)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(ROW, min_size=1, max_size=8))
def test_whatever_is_in_a_table_adds_up_and_twice_changes_nothing(
    shared: Engine, tmp_path: Path, table: list[tuple[str, ...]]
) -> None:
    path = write(tmp_path / "any.csv", [["设备编号", "类型", "经度", "纬度", "名称"], *table])
    try:
        first = take(shared, "devices", path, datum="wgs84")
    except YikeError:
        return
    assert first.read == first.new + first.updated + first.unchanged + first.repeated + first.bad
    before = digest(shared)
    again = take(shared, "devices", path, datum="wgs84")
    assert (again.changed, again.bad) == (0, first.bad)
    assert digest(shared) == before
