"""Importing OpenStreetMap: real extracts add up, the same file twice changes nothing, broken ones store nothing."""

from __future__ import annotations

import bz2
import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data.osm import import_osm
from geo.errors import ImportFailed

NANJING = "nanjing/nanjing-xinjiekou-2021-06.osm"
MONACO = "monaco/monaco-2023-11.osm.pbf"
TABLES = ("area", "street_node", "street", "ground", "compound", "gate", "building", "entrance", "facility")


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def one(engine: Engine, statement: str) -> Any:
    return rows(engine, statement)[0][0]


def digest(engine: Engine) -> dict[str, str]:
    """What every table holds, the rows' versions (xmin) included: an update that changes nothing would show."""
    return {
        table: hashlib.sha256(
            str(rows(engine, f"select t.xmin, t.* from yike.{table} t order by id")).encode()
        ).hexdigest()
        for table in TABLES
    }


def test_nanjing_adds_up(database: Engine, real_data: Path) -> None:
    summary = import_osm(database, real_data / NANJING)
    assert (summary["building"].read, summary["street"].read) == (1278, 384)
    assert (summary["facility"].read, summary["facility"].named) == (376, 259)
    for tally in summary.tallies.values():
        assert tally.unexplained == 0
    stored = {table: one(database, f"select count(*) from yike.{table} where origin = 'imported'") for table in TABLES}
    assert stored["building"] == summary["building"].stored == 1277
    assert stored["facility"] == summary["facility"].stored + summary["stop"].stored
    ways = one(database, "select count(distinct split_part(source_key, ':', 2)) from yike.street")
    assert ways == summary["street"].stored == 384
    assert one(database, "select sum(length_m) from yike.street where not across") == pytest.approx(87_203, abs=1)
    # 正洪街 is an area: three walks across it, which no map shows.
    crossed = rows(
        database, "select name, street_class, walk, round(length_m) from yike.street where across order by 4"
    )
    assert [row[:3] for row in crossed] == [("正洪街", "pedestrian", True)] * 3


def test_the_same_file_twice_changes_nothing(database: Engine, real_data: Path) -> None:
    import_osm(database, real_data / NANJING)
    before = digest(database), rows(database, "select * from yike.revision order by 1")
    again = import_osm(database, real_data / NANJING)
    assert (digest(database), rows(database, "select * from yike.revision order by 1")) == before
    assert again.changed == 0
    assert "nothing changed" in str(again)


def test_everything_lies_in_a_grid_and_grids_partition_their_community(database: Engine, real_data: Path) -> None:
    import_osm(database, real_data / NANJING)
    assert (
        one(database, "select count(*) from yike.building where path !~ '^d[0-9a-z_]+/s1/c[0-9a-z_]+/g[0-9a-z_]+$'")
        == 0
    )
    assert one(database, "select count(*) from yike.area where level = 'grid' and origin <> 'derived'") == 0
    overlap = one(
        database,
        "select coalesce(sum(st_area(st_intersection(a.geom_3857, b.geom_3857))), 0) from yike.area a"
        " join yike.area b on a.level = 'grid' and b.level = 'grid' and a.id < b.id"
        " and st_intersects(a.geom_3857, b.geom_3857)",
    )
    assert overlap < 1.0
    assert one(database, "select count(*) from yike.building b where not exists"
               " (select from yike.entrance e where e.building_id = b.id)") == 0  # fmt: skip


def test_monaco_brings_nested_areas(database: Engine, real_data: Path) -> None:
    import_osm(database, real_data / MONACO)
    nested = rows(
        database,
        "select p.level, p.name, c.level, c.name, c.origin from yike.area c join yike.area p on p.id = c.parent_id"
        " where c.source_key like 'osm:%' order by c.name",
    )
    assert len(nested) == 8
    assert {row[:3] for row in nested} == {("subdistrict", "摩纳哥", "community")}
    origins = {name: origin for _, _, _, name, origin in nested}
    assert origins["Monte-Carlo"] == "imported"
    # Its western edge is missing in the file and was closed straight.
    assert origins["Jardin Exotique"] == "derived"
    assert one(database, "select count(*) from yike.area g join yike.area c on c.id = g.parent_id"
               " where g.level = 'grid' and c.name = 'Monte-Carlo' and g.path like c.path || '/%'") > 0  # fmt: skip
    assert one(database, "select count(*) from yike.street where steps") > 100
    assert one(database, "select count(*) from yike.street where tunnel") > 50


@pytest.mark.parametrize("packed", [gzip, bz2])
def test_packed_files_are_read(database: Engine, real_data: Path, tmp_path: Path, packed: Any) -> None:
    file = tmp_path / f"n.osm.{'gz' if packed is gzip else 'bz2'}"
    file.write_bytes(packed.compress((real_data / NANJING).read_bytes()))
    assert import_osm(database, file)["building"].stored == 1277


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_off_pbf_stores_nothing(database: Engine, real_data: Path, tmp_path: Path, share: float) -> None:
    whole = (real_data / MONACO).read_bytes()
    file = tmp_path / "cut.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ImportFailed, match="damaged or cut off"):
        import_osm(database, file)
    assert one(database, "select count(*) from yike.building") == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.osm", b"<osm version='0.6'><node id='1'", "damaged or cut off"),
        ("a.osm", b"no xml at all", "damaged or cut off"),
        ("a.osm.pbf", b"", "damaged or cut off"),
        ("a.osm.gz", b"not packed", "damaged or cut off"),
        ("a.shp", b"", "not an OpenStreetMap file"),
    ],
)
def test_what_is_no_osm_file_is_said(database: Engine, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ImportFailed, match=message):
        import_osm(database, file)


def test_a_file_that_is_not_there_is_said(database: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="no such file"):
        import_osm(database, tmp_path / "none.osm")


def test_a_file_without_streets_is_taken_with_a_warning(database: Engine, tmp_path: Path) -> None:
    file = tmp_path / "house.osm"
    corners = [(120.0, 31.0), (120.0002, 31.0), (120.0002, 31.0002), (120.0, 31.0002)]
    nodes = "".join(f"<node id='{i}' lon='{x}' lat='{y}'/>" for i, (x, y) in enumerate(corners, 1))
    refs = "".join(f"<nd ref='{i}'/>" for i in (1, 2, 3, 4, 1))
    file.write_text(f"<osm version='0.6'>{nodes}<way id='9'>{refs}<tag k='building' v='yes'/></way></osm>")
    summary = import_osm(database, file)
    assert summary["building"].stored == 1
    assert "no streets" in str(summary)
    assert one(database, "select count(*) from yike.entrance") == 1


def test_a_box_leaves_out_the_rest_with_a_reason(database: Engine, real_data: Path) -> None:
    summary = import_osm(database, real_data / NANJING, bbox=(118.78, 32.04, 118.79, 32.05))
    assert 0 < summary["building"].stored < 1277
    assert summary["building"].left_out["outside the box asked for"] > 0
    for tally in summary.tallies.values():
        assert tally.unexplained == 0


def test_a_way_that_is_split_differently_loses_its_old_pieces(database: Engine, tmp_path: Path) -> None:
    nodes = "".join(f"<node id='{i}' lon='{120 + i / 1000}' lat='31.0'/>" for i in range(1, 5))
    nodes += "<node id='9' lon='120.002' lat='31.001'/>"
    street = "<way id='5'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><tag k='highway' v='residential'/></way>"
    lane = "<way id='6'><nd ref='2'/><nd ref='9'/><tag k='highway' v='residential'/></way>"
    file = tmp_path / "s.osm"
    file.write_text(f"<osm version='0.6'>{nodes}{street}{lane}</osm>")
    import_osm(database, file)
    assert one(database, "select count(*) from yike.street") == 3
    file.write_text(f"<osm version='0.6'>{nodes}{street}</osm>")
    import_osm(database, file)
    keys = rows(database, "select source_key from yike.street order by 1")
    # The lane is not in the file any more, which says nothing about the world; the street is one piece again.
    assert keys == [("osm:w5:0",), ("osm:w6:0",)]
