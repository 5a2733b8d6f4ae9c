"""The finder against a small town of its own: names, numbers, dwellings, pinyin, typos, and that it never goes stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from geo.database.engine import make_engine
from geo.finder.find import Found, find
from geo.scope import AreaScope

_TOWN = """
insert into yike.area (level, label, name, path, geom) values ('community', 'a', '山塘社区', 'a', st_multi(st_makeenvelope(120, 31, 120.1, 31.1, 4326)));
insert into yike.compound (name, path, geom) values
  ('虎丘花园', 'a', st_multi(st_makeenvelope(120.01, 31.01, 120.02, 31.02, 4326))),
  ('桂花公寓', 'a', st_multi(st_makeenvelope(120.03, 31.03, 120.04, 31.04, 4326)));
insert into yike.gate (compound_id, geom) select id, st_startpoint(st_exteriorring(st_geometryn(geom, 1))) from yike.compound;
insert into yike.building (compound_id, name, address, path, geom)
select c.id, n || case c.name when '虎丘花园' then '幢' else '号楼' end, '山塘街' || n || '弄', 'a',
  st_multi(st_expand(st_setsrid(st_makepoint(st_xmin(c.geom) + n * 0.001, st_ymin(c.geom) + 0.005), 4326), 0.0002))
from yike.compound c, generate_series(1, 13) as n;
insert into yike.entrance (building_id, label, geom)
select b.id, e, st_setsrid(st_makepoint(st_xmin(b.geom) + e * 0.0001, st_ymin(b.geom)), 4326) from yike.building b, generate_series(1, 3) as e;
insert into yike.unit (building_id, entrance_id, floor, room, path)
select e.building_id, e.id, f, f || '01', 'a' from yike.entrance e, generate_series(1, 6) as f;
insert into yike.street_node (geom) values (st_setsrid(st_makepoint(120.01, 31.0), 4326)), (st_setsrid(st_makepoint(120.02, 31.0), 4326));
insert into yike.street (from_node_id, to_node_id, name, street_class, length_m, walk, cycle, drive, geom)
select min(id), max(id), '白塔东路', 'residential', 955, true, true, true, st_makeline(geom order by id) from yike.street_node, generate_series(1, 2) group by generate_series;
insert into yike.facility (category, name, path, geom) values ('pharmacy', '雷允上药店', 'a', st_setsrid(st_makepoint(120.05, 31.05), 4326));
insert into yike.device (external_id, kind, name, building_id, path, geom)
select 'GS-SMK-00123', 'smoke', '烟感', b.id, 'a', st_pointonsurface(b.geom) from yike.building b where b.name = '7幢';
"""


@pytest.fixture(scope="module")
def town(template: str, clone: Callable[[str], str]) -> Iterator[Engine]:
    engine = make_engine(clone(template))
    with engine.begin() as connection:
        connection.execute(text(_TOWN))
    yield engine
    engine.dispose()


def found(engine: Engine, words: str, area: str = "a") -> list[Found]:
    with engine.begin() as connection:
        return find(connection, words, AreaScope.below(area))


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("虎丘花园", "compound", "虎丘花园"),
        ("虎 丘", "compound", "虎丘花园"),
        ("huqiu", "compound", "虎丘花园"),
        ("HQHY", "compound", "虎丘花园"),
        ("huqiuhy", "compound", "虎丘花园"),
        ("hu丘花园", "compound", "虎丘花园"),
        ("虎邱花圆", "compound", "虎丘花园"),  # the same sound
        ("虎丘公园", "compound", "虎丘花园"),  # another word
        ("huqiuhauyuan", "compound", "虎丘花园"),  # two letters swapped
        ("虎丘花园3幢2单元501", "unit", "虎丘花园 3幢 2单元 501"),
        ("hqhy 3-2-501", "unit", "虎丘花园 3幢 2单元 501"),
        ("虎丘花园三栋二单元", "entrance", "虎丘花园 3幢 2单元"),
        ("虎丘花园13", "building", "虎丘花园 13幢"),
        ("桂花公寓3幢", "building", "桂花公寓 3号楼"),
        ("虎丘花园3幢2单元9901", "entrance", "虎丘花园 3幢 2单元"),  # no such room: as near as there is
        ("3-2-501", "unit", "桂花公寓 3号楼 2单元 501"),
        ("山塘街5弄", "building", "虎丘花园 5幢"),
        ("虎丘公园3幢2单元501", "unit", "虎丘花园 3幢 2单元 501"),
        ("smk-00123", "device", "烟感"),
        ("00123", "device", "烟感"),
        ("雷允上", "facility", "雷允上药店"),
        ("btdl", "street", "白塔东路"),
        ("山塘社", "area", "山塘社区"),
    ],
)
def test_what_people_type_finds_what_they_mean(town: Engine, words: str, kind: str, name: str) -> None:
    hits = found(town, words)
    assert (kind, name) in [(hit.kind, hit.name) for hit in hits[:2]]


def test_the_best_comes_first_and_says_how_it_was_met(town: Engine) -> None:
    assert found(town, "虎丘花园")[0].match == "exact"
    assert found(town, "虎邱花圆")[0].match == "pinyin"
    assert found(town, "hqhy")[0].match == "initials"
    assert found(town, "虎丘公园")[0].match == "similar"
    assert [hit.name for hit in found(town, "白塔东路")] == ["白塔东路"], "two pieces are one street"


def test_the_answer_is_where_one_goes_in(town: Engine) -> None:
    door = "select st_x(e.geom), st_y(e.geom) from yike.entrance e join yike.building b on b.id = e.building_id where b.name = :b and e.label = :e"
    with town.connect() as connection:
        two = tuple(connection.execute(text(door), {"b": "3幢", "e": "2"}).one())
    home = found(town, "虎丘花园3幢2单元501")[0]
    assert (home.at, (home.lon, home.lat)) == ("entrance", two)
    assert found(town, "虎丘花园")[0].at == "gate"
    assert found(town, "GS-SMK-00123")[0].at == "entrance"
    assert found(town, "山塘社区")[0].at == "place"


def test_outside_the_area_nothing_is_found(town: Engine) -> None:
    for words in ("虎丘花园", "虎丘花园3幢2单元501", "3-2-501", "00123", "白塔东路"):
        assert found(town, words, "b") == [], words


@pytest.mark.parametrize(
    "words", ["", " ", "%", "__", "\\", "'", "\x00", "🏠", "🏠🏠🏠🏠🏠", "没有这个地方啊", "9" * 100, "-"]
)
def test_what_means_nothing_finds_nothing(town: Engine, words: str) -> None:
    assert found(town, words) == []


def test_whoever_writes_it_is_found_at_once_and_no_longer_when_it_is_gone(town: Engine) -> None:
    connection = town.connect()
    scope = AreaScope.below("a")

    def names(words: str) -> list[str]:
        return [hit.name for hit in find(connection, words, scope)]

    def run(statement: str) -> None:
        connection.execute(text(statement))

    run("update yike.compound set name = '新虎苑' where name = '虎丘花园'")
    assert names("虎丘花园") == []
    assert names("新虎苑3幢2单元501")[:1] == ["新虎苑 3幢 2单元 501"]
    run(
        "insert into yike.alias (kind, ref_id, name) select 'compound', id, '虎丘花园' from yike.compound where name = '新虎苑'"
    )
    assert names("虎丘花园") == ["新虎苑"]
    assert names("hqhy 3-2-501")[:1] == ["新虎苑 3幢 2单元 501"]
    run("update yike.street set name = '白塔西路' where id = (select min(id) from yike.street)")
    assert names("白塔东路")[:1] == ["白塔东路"]
    assert names("白塔西路")[:1] == ["白塔西路"]
    run("delete from yike.street where name = '白塔西路'")
    assert "白塔西路" not in names("白塔西路")
    run("update yike.facility set path = 'b'")
    assert names("雷允上") == []
    run("delete from yike.compound where name = '新虎苑'")
    assert names("虎丘花园") == []
    assert connection.execute(text("select count(*) from yike.alias")).scalar_one() == 0
    kept = "select kind, ref_id, phrase, path from yike.finder order by 1, 2, 3"
    by_triggers = connection.execute(text(kept)).all()
    run("select yike.fill_finder()")
    assert by_triggers == connection.execute(text(kept)).all()
    connection.rollback()
    connection.close()
