"""SQL tested as SQL: functions by plpgsql_check, statements by the planner, wrong states by the constraints."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from geo.database.sql import query, query_names
from tests.world import World, build_world


def test_plpgsql_check_finds_nothing(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("create extension plpgsql_check"))
        connection.execute(text("select yike.prepare_intake()"))
        plain = connection.execute(
            text("select p.oid::regprocedure::text as name, c.* from pg_proc p join pg_language l on l.oid = p.prolang"
                 " cross join lateral plpgsql_check_function_tb(p.oid, fatal_errors => false) as c"
                 " where p.pronamespace = 'yike'::regnamespace and l.lanname = 'plpgsql' and p.prorettype <> 'trigger'::regtype")
        ).all()  # fmt: skip
        triggers = connection.execute(
            text("select t.tgname, c.* from pg_trigger t"
                 " cross join lateral plpgsql_check_function_tb(t.tgfoid, t.tgrelid, fatal_errors => false,"
                 "   newtable => t.tgnewtable, oldtable => t.tgoldtable) as c"
                 " where not t.tgisinternal and t.tgrelid in (select oid from pg_class where relnamespace = 'yike'::regnamespace)")
        ).all()  # fmt: skip
    # EXECUTE of a made-up statement is what the partition and removal functions are for.
    serious = [row for row in (*plain, *triggers) if row.level == "error" or "never" in row.message]
    assert serious == []


# Statements that are not queries, or change the whole database; the migration tests run them.
UNPLANNED = {"live/listen", "live/copy_readings", "schema/drop", "schema/drop_stateless", "schema/create_schema", "schema/create_extension", "schema/create_trigrams",
             "schema/remember_digest", "schema/analyze", "town/analyze"}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in query_names() if n not in UNPLANNED and "/stage_" not in n])
def test_a_statement_can_be_planned(database: Engine, name: str) -> None:
    statement = str(query(name))
    with database.begin() as connection:
        connection.execute(text("select yike.prepare_intake()"))
        for staging in [n for n in query_names() if "/stage_" in n and n.startswith(("osm/", "tables/"))]:
            connection.execute(query(staging))
        parameters = dict.fromkeys(re.findall(r"(?<![:\w]):([a-z_]\w*)", _without_strings(statement)))
        connection.execute(text(f"explain {statement}"), parameters)


def _without_strings(statement: str) -> str:
    return re.sub(r"'[^']*'|--[^\n]*", "", statement)


@pytest.fixture
def world(database: Engine) -> World:
    return build_world(database)


POINT = "st_setsrid(st_makepoint(120, 31), 4326)"


@pytest.mark.parametrize(
    "wrong",
    [
        # An area's path that is not its parent's; a label that would fall into a sibling's range; a wrong code.
        "insert into yike.area (level, label, path, name, geom) select 'grid', 'a-b', '', 'x', geom from yike.area limit 1",
        "insert into yike.area (level, label, path, name, geom) select 'village', 'v', '', 'x', geom from yike.area limit 1",
        "update yike.area set official_code = '12' where level = 'community'",
        # Two units of one name; an entrance of another building; a floor between the floors.
        "insert into yike.unit (building_id, entrance_id, floor, room) select building_id, entrance_id, 1, room from yike.unit",
        "update yike.unit set entrance_id = (select max(id) from yike.entrance) where id = (select min(id) from yike.unit)",
        "update yike.unit set floor = 0",
        # A device in a flat of another building; in a flat but in no building; without an id.
        "update yike.device set building_id = (select max(id) from yike.building)",
        "update yike.device set building_id = null",
        "update yike.device set external_id = ''",
        "insert into yike.device (external_id, kind, name, geom) values ('y', 'toaster', 'y', " + POINT + ")",
        # A row of another datum without what was delivered.
        "update yike.device set datum = 'gcj02'",
        # Streets nobody may use, one-way for those who may not use it, of negative length.
        "update yike.street set walk = false, cycle = false, drive = false",
        "update yike.street set walk = false, oneway_walk = true",
        "update yike.street set length_m = -1",
        # An incident that is closed without saying how; that closed before it opened; an alarm without a rule.
        "insert into yike.incident (kind, title, severity, geom, closed_at) values ('patrol_finding', 'x', 1, " + POINT + ", now())",
        "insert into yike.incident (kind, title, severity, geom, closed_at, closing) values ('patrol_finding', 'x', 1, " + POINT
        + ", now() - interval '1 day', 'verified')",
        "insert into yike.incident (kind, title, severity, geom) values ('device_alarm', 'x', 1, " + POINT + ")",
        "insert into yike.incident (kind, title, severity, geom) values ('patrol_finding', 'x', 9, " + POINT + ")",
        # An order to nobody, or to two at once.
        "insert into yike.work_order (incident_id) values (1)",
        "insert into yike.work_order (incident_id, worker_id, department_id) values (1, 1, 1)",
        # People: neither registered nor living here, born before anyone alive, a phone that is none.
        "update yike.resident set is_registered = false, lives_here = false",
        "update yike.resident set born = date '1815-06-18'",
        "update yike.contact set phone = 'call me'",
        "update yike.resident set gender = 'x'",
        # A second clock.
        "insert into yike.live_clock (single) values (true)",
        "insert into yike.live_clock (single) values (false)",
        "insert into yike.change (entity) values ('device')",
        "update yike.worker set profile = 'helicopter'",
        "update yike.facility set capacity = 0",
        "update yike.building set floors = 0",
    ],
)  # fmt: skip
def test_a_wrong_state_cannot_be_written(database: Engine, world: World, wrong: str) -> None:
    before = counts(database)
    with pytest.raises(DBAPIError, match=r"violates|invalid"), database.begin() as connection:
        connection.execute(text(wrong))
    assert counts(database) == before


def counts(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text("select (select count(*) from yike.device), (select count(*) from yike.unit)")
        ).one()


def test_a_second_open_incident_of_a_rule_or_order_of_an_incident_cannot_be(database: Engine, world: World) -> None:
    insert = (
        "insert into yike.incident (kind, title, severity, geom, device_id, rule_id) select 'device_alarm', 'x', 1, d.geom,"
        " d.id, r.id from yike.device d join yike.rule r on r.kind = d.kind where d.kind = 'gas'"
    )
    order = "insert into yike.work_order (incident_id, worker_id) select id, (select min(id) from yike.worker) from yike.incident"
    for statement in (insert, order):
        with database.begin() as connection:
            connection.execute(text(statement))
        with pytest.raises(DBAPIError, match="unique"), database.begin() as connection:
            connection.execute(text(statement))


def test_everything_below_an_area_is_a_range_on_the_index(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(
            text("insert into yike.device (external_id, kind, name, path, geom) select 'p' || n, 'manhole', 'x',"
                 " 'a' || n % 500 || '/b/c', " + POINT + " from generate_series(1, 20000) as n")
        )  # fmt: skip
        connection.execute(text("analyze yike.device"))
        plan = connection.execute(
            text("explain select count(*) from yike.device where path >= :lower and path < :upper"),
            {"lower": "a77", "upper": "a770"},
        ).scalars()
        assert "ix_device_path" in "\n".join(plan)


def test_readings_are_hot_updates(database: Engine, world: World) -> None:
    from geo.live.telemetry import take_readings
    from tests.world import reading

    for n in range(200):
        take_readings(database, [reading("water_meter", {"total_m3": n})])
    with database.connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
        updated, hot = connection.execute(
            text("select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'device_state'")
        ).one()
        deadlines = connection.execute(
            text("select n_tup_upd from pg_stat_user_tables where relname = 'deadline'")
        ).scalar_one()
    assert hot >= updated * 0.9
    assert deadlines == 0


def test_a_tile_query_uses_the_index_on_the_stored_mercator_column(database: Engine, world: World) -> None:
    with database.begin() as connection:
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(
            connection.execute(
                text("explain select id from yike.device where geom_3857 && st_tileenvelope(14, 13653, 6700)")
            ).scalars()
        )
    assert "ix_device_geom_3857" in plan
    assert "st_transform" not in plan
