"""CQL2: what it comes to, what its normal form is, and what is refused before a database sees it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import psycopg2

from api.ogc.collections import COLLECTIONS
from api.ogc.crs import Frame, crs_of
from api.ogc.filters import MAX_LENGTH, Filter, Language, both, equal_to, parse, restored
from geo.errors import InvalidInput
from tiles.layers import LAYERS

BUILDING, DEVICE = COLLECTIONS["building"], COLLECTIONS["device"]


def text_filter(text: str) -> Filter:
    return parse(text, "cql2-text", BUILDING)


def sql(made: Filter) -> tuple[str, dict[str, Any]]:
    compiled = made.condition.compile(dialect=psycopg2.dialect())  # type: ignore[no-untyped-call]
    statement = re.sub(r"\s+", " ", str(compiled).replace("yike.feature_building.", ""))
    return re.sub(r"::[A-Z]+", "", statement), dict(compiled.params)


@pytest.mark.parametrize(
    ("text", "composed"),
    [
        ("floors > 3", "floors > %(param_1)s"),
        ("NOT floors > 3", "floors <= %(param_1)s"),
        ("floors BETWEEN 3 AND 5", "floors >= %(param_1)s AND floors <= %(param_2)s"),
        ("name LIKE '3%'", r"name LIKE %(param_1)s ESCAPE '\\'"),
        ("use IN ('school', 'hospital')", "use IN (%(param_1)s, %(param_2)s)"),
        ("name IS NOT NULL", "name IS NOT NULL"),
        ("CASEI(name_en) = CASEI('Hall')", "lower(name_en) = lower(%(param_1)s)"),
        ("floors > 3 AND (has_lift = TRUE OR use = 'office')",
         "(has_lift = %(param_1)s OR use = %(param_2)s) AND floors > %(param_3)s"),
        ("floors = height_m", "floors = height_m"),
        ("has_lift", "has_lift"),
        ("TRUE", "true"),
    ],
)  # fmt: skip
def test_what_a_filter_comes_to(text: str, composed: str) -> None:
    statement, _ = sql(text_filter(text))
    assert statement == composed.replace(r"\\", "\\")


def test_a_shape_is_looked_for_by_the_index_and_then_exactly() -> None:
    statement, bound = sql(text_filter("S_INTERSECTS(geometry, POINT(120 31))"))
    assert "geom_3857 && ST_MakeEnvelope(" in statement
    assert "ST_Intersects(geom, ST_GeomFromWKB(" in statement
    assert bound["param_1"] == pytest.approx(13358338.9 - 1, abs=0.1)


@given(value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_value_ends_up_in_the_text_of_a_statement(value: str) -> None:
    quoted = value.replace("'", "''")
    statement, bound = sql(text_filter(f"name = '{quoted}' OR address = 'x'"))
    assert statement == "address = %(param_1)s OR name = %(param_2)s"
    assert bound == {"param_1": "x", "param_2": value}


@pytest.mark.parametrize(
    "alike",
    [
        "use='office' and floors>3",
        "(floors > 3) AND use = 'office'",
        "floors > 3.0 AND (use = 'office' AND floors > 3)",
        '{"op":"and","args":[{"op":">","args":[{"property":"floors"},3]},{"op":"=","args":[{"property":"use"},"office"]}]}',
    ],
)
def test_filters_that_say_the_same_have_one_normal_form(alike: str) -> None:
    made = parse(alike, "cql2-json" if alike.startswith("{") else "cql2-text", BUILDING)
    assert made == text_filter("floors > 3 AND use = 'office'")
    assert parse(made.text, "cql2-json", BUILDING) == made
    assert sql(restored(made.text, BUILDING)) == sql(made)


def test_a_shape_of_another_crs_has_the_normal_form_of_the_place() -> None:
    turned = Frame(crs_of("http://www.opengis.net/def/crs/EPSG/0/4326", "filter-crs"))
    there = parse("S_INTERSECTS(geometry, POINT(31 120))", "cql2-text", BUILDING, turned)
    assert there == text_filter("S_INTERSECTS(geometry, POINT(120 31))")


def test_filters_and_parameters_together() -> None:
    one = equal_to({"use": "office", "has_lift": "true", "floors": "3"}, BUILDING)
    assert one == text_filter("use = 'office' AND has_lift = TRUE AND floors = 3")
    assert both(one, None) is one
    assert both(None) is None
    joined = both(one, text_filter("height_m > 2.5"))
    assert joined == text_filter("use = 'office' AND has_lift = TRUE AND floors = 3 AND height_m > 2.5")
    for name, value in (("floors", "3,5"), ("has_lift", "yes"), ("height_m", "nan"), ("floors", "9" * 400)):
        with pytest.raises(InvalidInput):
            equal_to({name: value}, BUILDING)


def op(name: str, *args: Any) -> str:
    return orjson.dumps({"op": name, "args": args}).decode()


BOMBS = {
    "long": "floors = 1 OR " * 2000 + "floors = 1",
    "brackets": "(" * 40 + "floors = 1" + ")" * 40,
    "brackets that never close": "(" * 60 + "floors = 1",
    "a wrong text in brackets": "(" * 30 + "floors = 1 OR" + ")" * 30,
    "a long wrong text in brackets": "(" * 10 + " OR ".join(["floors = 1"] * 500) + " OR" + ")" * 10,
    "minus": "floors = " + "-" * 7000 + "1",
    "nots": "NOT " * 1900 + "floors = 1",
    "powers": "floors = " + "^".join("2" * 3900),
    "sums": "floors = " + "+".join("1" * 3900),
    "many": " OR ".join(["floors = 1", "floors = 2"] * 300),
    "a list": f"floors IN ({','.join(str(n) for n in range(600))})",
    "wildcards": "name LIKE '" + "%a" * 20 + "'",
    "a pattern": "name LIKE '" + "a" * 300 + "'",
    "functions": "CASEI(" * 30 + "name" + ")" * 30 + " = 'a'",
}
JSON_BOMBS = {
    "deep": '{"op":"not","args":[' * 300 + "true" + "]}" * 300,
    "lists": "[" * 3000,
    "vertices": op("s_intersects", {"property": "geometry"},
                   {"type": "LineString", "coordinates": [[n % 90, n % 80] for n in range(4000)]}),
    "arguments": op("and", *[True] * 1500),
}  # fmt: skip


@pytest.mark.parametrize("name", [*BOMBS, *JSON_BOMBS])
def test_a_bomb_is_refused(name: str) -> None:
    bomb, lang = (BOMBS[name], "cql2-text") if name in BOMBS else (JSON_BOMBS[name], "cql2-json")
    with pytest.raises(InvalidInput):
        parse(bomb, cast("Language", lang), BUILDING)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "floors",
        "floors >",
        "3",
        "floors = 'three'",
        "name > 3",
        "has_lift > FALSE",
        "name = NULL",
        "colour = 'red'",
        "geom_3857 IS NULL",
        "scope_path = ''",
        '"name"" or 1=1 --" = \'x\'',
        "geometry = 3",
        "pg_sleep(10) = 1",
        "name LIKE name_en",
        "name LIKE 'x\\'",
        "floors IN (1, 'x')",
        "floors = 1e400",
        "name = 'a\0b'",
        "S_INTERSECTS(geometry, POINT(200 0))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(POINT(1 1), POINT(1 1))",
        "S_INTERSECTS(name, POINT(1 1))",
        "S_INTERSECTS(geometry, BBOX(1, 2, 3))",
        "T_AFTER(name, DATE('2020-01-01'))",
        "floors = TIMESTAMP('2020-13-01T00:00:00Z')",
    ],
)
def test_what_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        text_filter(text)
    assert raised.value.where == "filter"


def test_times() -> None:
    made = parse("since > TIMESTAMP('2026-05-01T08:00:00+08:00')", "cql2-text", DEVICE)
    value = next(iter(made.condition.compile().params.values()))
    assert value == datetime(2026, 5, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        parse("since > '2026-05-01'", "cql2-text", DEVICE)


@given(text=st.text(st.sampled_from("()'\"=<> %aflors123.,-+*/^\\{}[]:ANDORT"), max_size=60))
@settings(max_examples=150, deadline=None)
def test_rubbish_is_refused_or_understood_and_nothing_else(text: str) -> None:
    for lang in get_args(Language):
        with suppress(InvalidInput):
            parse(text, lang, BUILDING)


def test_a_long_value_is_none_of_the_bombs() -> None:
    assert text_filter(f"name = '{'(' * 100}{'-' * 100}{'x' * (MAX_LENGTH - 300)}'")


def test_only_layers_made_by_functions_have_tiles_under_ogc() -> None:
    drawn = {name for name, layer in LAYERS.items() if not layer.lives}
    assert {one.id for one in COLLECTIONS.values() if one.has_tiles} == drawn
