"""The sample town in the database: written whole, blue, in its areas, and gone without a trace."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import Connection, Engine, text

from data.town import Scale, build_town, furnish_import, remove_town
from geo.errors import Conflict, InvalidInput

_OWNED = (
    "area", "ground", "street_node", "street", "compound", "gate", "building", "entrance", "unit", "resident",
    "contact", "facility", "department", "worker", "device",
)  # fmt: skip
_FOLLOWING = ("worker_position", "device_state", "deadline", "device_offline", "incident")
_PLACED = ("compound", "building", "facility", "device")


def _one(connection: Connection, statement: str) -> int:
    return int(connection.execute(text(statement)).scalar_one())


def _counts(engine: Engine) -> dict[str, int]:
    with engine.begin() as connection:
        return {table: _one(connection, f"select count(*) from yike.{table}") for table in (*_OWNED, *_FOLLOWING)}


def test_a_village_is_written_whole(database: Engine) -> None:
    summary = build_town(database, Scale.VILLAGE)
    counts = _counts(database)
    assert counts["area"] == sum(summary.areas.values()) == 12
    assert counts["building"] == summary.buildings
    assert counts["street"] == summary.streets
    assert counts["unit"] == summary.units
    assert counts["facility"] == summary.facilities
    assert counts["device"] == counts["device_state"] == sum(summary.devices.values())
    assert counts["worker"] == counts["worker_position"] == summary.workers == 8 + 2
    with database.begin() as connection:
        assert _one(connection, "select count(*) from yike.resident where lives_here") == summary.residents
        for table in _OWNED:
            assert _one(connection, f"select count(*) from yike.{table} where origin <> 'sample'") == 0
        awaited = "select count(*) from yike.deadline where purpose = 'heartbeat'"
        assert _one(connection, awaited) == counts["device"]
        alone = """
            select count(*) from yike.device d where d.kind = 'bracelet' and exists (
              select from yike.resident p where p.unit_id = d.unit_id and p.lives_here and 'living_alone' = any (p.tags))"""
        assert _one(connection, "select count(*) from yike.deadline where purpose = 'silence'") == _one(
            connection, alone
        )
        kinds = "select count(distinct kind) from yike.device"
        assert (
            _one(connection, kinds) == _one(connection, "select count(*) from yike.device_kind") == len(summary.devices)
        )
        assert _one(connection, "select count(distinct category) from yike.facility") == summary.categories >= 20
    lines = str(summary).splitlines()
    assert any("8 grids" in line for line in lines)
    assert any(f"{summary.residents:,} residents" in line for line in lines)


def test_everything_is_in_its_area(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    with database.begin() as connection:
        roots = connection.execute(text("select path, name from yike.area where parent_id is null")).all()
        assert [tuple(row) for row in roots] == [("~taihu", "太湖水乡区（样例）")]
        for table in _PLACED:
            astray = f"select count(*) from yike.{table} t where t.path <> yike.path_at(st_pointonsurface(t.geom))"
            assert _one(connection, astray) == 0, table
        astray = "select count(*) from yike.worker where not starts_with(yike.path_at(post), path)"
        assert _one(connection, astray) == 0
        homes = "select count(*) from yike.unit u join yike.building b on b.id = u.building_id where b.path <> u.path"
        people = "select count(*) from yike.resident r join yike.unit u on u.id = r.unit_id where u.path <> r.path"
        assert _one(connection, homes) == _one(connection, people) == 0
        grids = "select count(*) from yike.area a where level = 'grid' and not exists (select from yike.worker w where w.path = a.path and w.on_duty)"
        assert _one(connection, grids) == 0


def test_the_map_is_blue_after_loading(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    with database.begin() as connection:
        assert _one(connection, "select count(*) from yike.device_live where status <> 'normal'") == 0
        broken = """
            select count(*) from yike.device_state s
            join yike.device d on d.id = s.device_id
            join yike.rule r on r.kind = d.kind
            where r.type = 'threshold'
              and yike.breaches(yike.metric(s.values, r.metric), r.comparison, r.threshold, r.threshold_high)"""
        assert _one(connection, broken) == 0
        assert _one(connection, "select yike.mark_silent(100000)") == 0
        assert _one(connection, "select count(*) from yike.change where seq is null") == 0
        wild = "select count(*) from yike.telemetry_hour h join yike.device d on d.id = h.device_id join yike.rule r on r.kind = d.kind and r.metric = h.metric where r.type = 'threshold' and r.comparison <> 'outside' and case r.comparison when '>=' then h.max >= r.threshold else h.min <= r.threshold end"
        assert _one(connection, wild) == 0


def test_only_one_sample_town_stands(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    before = _counts(database)
    with pytest.raises(Conflict, match="--remove"):
        build_town(database, Scale.VILLAGE, seed=2)
    assert _counts(database) == before


def test_what_a_seed_gives_does_not_depend_on_what_was_there(database: Engine) -> None:
    devices = text("select external_id, name, st_astext(geom) from yike.device order by external_id")
    build_town(database, Scale.VILLAGE, seed=3)
    with database.begin() as connection:
        first = connection.execute(devices).all()
    remove_town(database)
    build_town(database, Scale.VILLAGE, seed=3)
    with database.begin() as connection:
        assert connection.execute(devices).all() == first


def test_removing_takes_the_sample_and_nothing_else(database: Engine) -> None:
    before = _counts(database)
    with database.begin() as connection:
        connection.execute(
            text("""
            insert into yike.area (level, label, name, geom) values ('district', 'real', '真区',
              st_multi(st_makeenvelope(120.5, 31.2, 120.6, 31.3, 4326)))""")
        )
        connection.execute(
            text("""
            insert into yike.building (use, path, origin, geom) values ('residential', 'real', 'imported',
              st_multi(st_makeenvelope(120.55, 31.25, 120.5501, 31.2501, 4326)))""")
        )
        connection.execute(
            text("""
            insert into yike.device (external_id, kind, name, path, geom)
            values ('real-1', 'smoke', '烟感', 'real', st_setsrid(st_makepoint(120.55, 31.25), 4326))""")
        )
    real = _counts(database)
    build_town(database, Scale.VILLAGE)
    _raise_an_alarm(database)
    assert remove_town(database) > 1000
    assert _counts(database) == real
    assert real["device"] == before["device"] + 1
    assert remove_town(database) == 0


def _raise_an_alarm(engine: Engine) -> None:
    """An open incident with an order on it, as a day's use leaves behind."""
    with engine.begin() as connection:
        connection.execute(
            text("""
            with found as (
              insert into yike.incident (kind, title, severity, device_id, rule_id, path, geom)
              select 'device_alarm', 'x', 4, d.id, r.id, d.path, d.geom
              from yike.device d join yike.rule r on r.kind = d.kind
              where d.kind = 'gas' and d.origin = 'sample' limit 1
              returning id
            )
            insert into yike.work_order (incident_id, worker_id)
            select found.id, (select min(id) from yike.worker) from found""")
        )


@pytest.mark.long
def test_a_town_is_loaded_in_seconds(database: Engine) -> None:
    began = time.monotonic()
    summary = build_town(database, Scale.TOWN)
    took = time.monotonic() - began
    assert summary.areas == {"district": 1, "subdistrict": 1, "community": 8, "grid": 64}
    assert sum(summary.devices.values()) == 2_000
    assert summary.residents == pytest.approx(30_000, rel=0.02)
    assert took < 30
    with database.begin() as connection:
        # One reset instead of two thousand changes.
        assert _one(connection, "select count(*) from yike.change where entity = 'reset'") == 1
        assert _one(connection, "select count(*) from yike.change where entity = 'device'") == 0


def test_nothing_to_furnish(database: Engine) -> None:
    with pytest.raises(InvalidInput, match="yike import osm"):
        furnish_import(database)


def test_an_import_without_grids_cannot_be_furnished(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(
            text("""
            insert into yike.building (use, origin, geom) values ('residential', 'imported',
              st_multi(st_makeenvelope(120.55, 31.25, 120.5501, 31.2501, 4326)))""")
        )
    with pytest.raises(InvalidInput, match="level grid"):
        furnish_import(database)


def test_removing_keeps_a_real_device_on_a_sample_house_and_drops_reports_from_there(database: Engine) -> None:
    build_town(database, Scale.VILLAGE)
    with database.begin() as connection:
        connection.execute(
            text("insert into yike.device (external_id, kind, name, building_id, geom, path)"
                 " select 'real', 'smoke', 'real', id, st_pointonsurface(geom), path from yike.building limit 1")
        )  # fmt: skip
        connection.execute(
            text("insert into yike.incident (kind, title, severity, geom, path)"
                 " select 'resident_report', 'x', 1, st_pointonsurface(geom), path from yike.building limit 1")
        )  # fmt: skip
    remove_town(database)
    with database.begin() as connection:
        kept = connection.execute(text("select external_id, building_id from yike.device")).all()
        assert [tuple(row) for row in kept] == [("real", None)]
        assert _one(connection, "select count(*) from yike.incident") == 0


@pytest.fixture
def imported(database: Engine) -> Engine:
    """A village that looks as if it had been imported: no people, half of the floors unknown, some doors missing."""
    build_town(database, Scale.VILLAGE)
    with database.begin() as connection:
        for table in ("device", "worker", "department", "facility", "unit"):
            connection.execute(text(f"delete from yike.{table}"))
        for table in ("area", "building", "street", "street_node", "ground", "compound", "gate", "entrance"):
            connection.execute(text(f"update yike.{table} set origin = 'imported'"))
        connection.execute(text("update yike.area set label = 'real' where parent_id is null"))
        for level in ("subdistrict", "community", "grid"):  # paths follow their parents'
            connection.execute(text(f"update yike.area set label = label where level = '{level}'"))
        for table in ("building", "compound"):
            connection.execute(text(f"update yike.{table} set path = replace(path, '~taihu', 'real')"))
        connection.execute(
            text("update yike.building set floors = null, height_m = null, name = null where id % 2 = 0")
        )
        connection.execute(text("delete from yike.entrance where building_id % 5 = 0"))
    return database


def test_an_import_is_furnished_and_cleared_again(imported: Engine) -> None:
    before = _counts(imported)
    summary = furnish_import(imported)
    after = _counts(imported)
    assert after["building"] == before["building"]
    assert after["street"] == before["street"]
    assert after["unit"] == summary.units > 200
    assert after["device"] == after["device_state"] == sum(summary.devices.values()) > 30
    assert summary.residents > 400
    assert after["worker"] == 8 + 2
    with imported.begin() as connection:
        for table in ("unit", "resident", "contact", "device", "worker", "department"):
            assert _one(connection, f"select count(*) from yike.{table} where origin <> 'sample'") == 0
        assert _one(connection, "select count(*) from yike.device where path <> yike.path_at(geom)") == 0
        outside = """
            select count(*) from yike.device d join yike.building b on b.id = d.building_id
            where not st_covers(b.geom, d.geom)"""
        assert _one(connection, outside) == 0
        assert _one(connection, "select count(*) from yike.device_live where status <> 'normal'") == 0
        homeless = "select count(*) from yike.unit where entrance_id is null"
        assert _one(connection, homeless) == 0
    with pytest.raises(Conflict, match="--remove"):
        furnish_import(imported)
    remove_town(imported)
    assert _counts(imported) == before


def test_an_import_beside_a_town(imported: Engine) -> None:
    """Both kinds of sample data stand at once, and do not get in each other's way."""
    furnish_import(imported)
    build_town(imported, Scale.VILLAGE)
    with imported.begin() as connection:
        assert _one(connection, "select count(*) from yike.device where external_id like 'SI-%'") > 0
        assert _one(connection, "select count(*) from yike.device where external_id like 'S-%'") > 0
        people = "select count(*) - count(distinct phone) from yike.resident where phone is not null"
        assert _one(connection, people) == 0
