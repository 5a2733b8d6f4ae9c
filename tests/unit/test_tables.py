"""Reading tables: encodings told apart, headings understood, cells as values."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue import names_of
from data.tables.faults import Refused
from data.tables.fit import Fit, likeliest
from data.tables.headings import find_columns
from data.tables.layers import Field, layers, read_toml
from data.tables.text import decode, find_delimiter, read_text
from data.tables.values import floor_of_room, house, parse, words
from geo.errors import ImportFailed, InvalidInput

HERE = Path("list.csv")
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4, max_size=30)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@given(words=st.lists(CHINESE, min_size=3, max_size=6))
def test_an_encoding_is_told(encoding: str, words: list[str]) -> None:
    text = "名称,地址\n" + "\n".join(f"{word},1" for word in words)
    content = text.encode(encoding)
    if encoding == "utf-16":
        assert content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    assert decode(content, HERE, None)[0] == text


def test_a_mixture_is_told_with_its_rows() -> None:
    content = "名称,地址\n东方花园,东街".encode() + b"\n" + "西方花园,西街".encode("gbk")
    with pytest.raises(ImportFailed, match="row 1 is UTF-8, row 3 is not"):
        decode(content, HERE, None)
    with pytest.raises(ImportFailed, match="Row 2 is neither"):
        decode(b"name\n\xff\xff\xff", HERE, None)
    with pytest.raises(InvalidInput, match="no encoding"):
        decode(b"name", HERE, "utf-9")


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("a,b,c\n1,2,3", ","),
        ("a\tb\n1,5\t2,5\n2,5\t3", "\t"),
        ("a;b\n1,5;2", ";"),
        ('a|"b,c,d"|e\n1|2|3', "|"),
        ("a", ","),
    ],
)
def test_a_delimiter_is_found(content: str, delimiter: str) -> None:
    assert find_delimiter(content) == delimiter


def test_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('东社区设备台账\n\n编号,名称,\nA,"两\n行"\n\nB,b,,x\nC\n', encoding="utf-8")
    sheet = read_text(path)
    assert sheet.columns == ("编号", "名称")
    assert sheet.rows == [["A", "两\n行"], ["B", "b"], ["C", ""]]
    assert sheet.numbers == [4, 7, 8]
    assert sheet.uneven == {1: 4, 2: 1}
    assert "row 3" in sheet.notes[1]


HEADINGS: list[tuple[str, dict[str, str | None]]] = [
    (
        "devices",
        {
            "设备编号（必填）": "external_id",
            "设备类型": "kind",
            "经度(高德)": "lon",
            "纬度(高德)": "lat",
            "设备名称": "name",
            "所在楼层": "floor",
            "所属小区": "compound",
            "序号": None,
            "负责人": None,
        },
    ),
    ("devices", {"Device ID": "external_id", "TYPE": "kind", "lng": "lon", "Lat.": "lat", "external_i": None}),
    (
        "buildings",
        {
            "小区名称": "compound",
            "楼栋号": "name",
            "总层数": "floors",
            "建筑高度（米）": "height_m",
            "building_use": None,
            "用途": "use",
            "有无电梯": "has_lift",
        },
    ),
    ("compounds", {"小区": "name", "所属社区": "area"}),
    (
        "residents",
        {
            "小区": "compound",
            "幢": "building",
            "单元": "entrance",
            "室": "room",
            "姓名": "name",
            "出生年月日": "born",
            "手机号码": "phone",
            "人员类别": "tags",
            "身份证号": None,
        },
    ),
    ("workers", {"网格员姓名": "name", "联系电话": "phone", "所属网格": "area", "lon_bd09": "lon", "lat_bd09": "lat"}),
    ("facilities", {"店铺名称": "name", "业态": "category", "坐标": "lonlat", "POI_ID": "id", "address": "address"}),
    ("areas", {"网格编码": "official_code", "网格名称": "name", "层级": "level", "所属社区": "parent"}),
]


@pytest.mark.parametrize(("layer", "wanted"), HEADINGS)
def test_headings_are_understood(layer: str, wanted: dict[str, str | None]) -> None:
    found = find_columns(layers()[layer], wanted)
    names = {index: name for name, index in found.of.items()}
    assert {heading: names.get(index) for index, heading in enumerate(wanted)} == wanted
    left = [heading for heading, name in wanted.items() if name is None]
    assert sorted(left) == sorted([*found.unknown, *found.counted, *(text.split(" (")[0] for text in found.doubled)])


def test_headings_tell_a_datum_and_a_person_has_the_last_word() -> None:
    devices = layers()["devices"]
    assert find_columns(devices, HEADINGS[0][1]).datum == "gcj02"
    assert find_columns(layers()["workers"], HEADINGS[5][1]).datum == "bd09"
    found = find_columns(devices, ["编号", "甲", "类型"], mapped={"甲": "类型", "类型": "-"}, constants={"楼层": "3"})
    assert (found.of, found.constants, found.unknown) == ({"kind": 1, "external_id": 0}, {"floor": "3"}, [])
    for wrong in ({"乙": "kind"}, {"甲": "颜色"}):
        with pytest.raises(InvalidInput):
            find_columns(devices, ["编号", "甲"], mapped=wrong)


def test_every_heading_and_word_means_one_thing() -> None:
    listed = read_toml("headings.toml")
    fields = {name for layer in layers().values() for name in layer.fields}
    assert set(listed["any"]) <= fields
    for code, layer in layers().items():
        assert set(listed.get(code, {})) <= set(layer.fields), code
        for name, headings in listed.get(code, {}).items():
            for heading in headings:
                assert list(find_columns(layer, [heading]).of) == [name], (code, heading)
        found_elsewhere = {"compound_id", "building_id", "unit_id", "entrance_id", "parent_id", "label", "path"}
        assert set(layer.stores) <= {*layer.fields, *found_elsewhere}
    assert set(read_toml("choices.toml")["kind"]) <= set(names_of("kind"))
    assert set(read_toml("choices.toml")["category"]) <= set(names_of("category"))
    for kind, choices in read_toml("choices.toml").items():
        for code, spoken in choices.items():
            assert {words(kind)[word.lower()] for word in (*spoken, code)} == {code}, (kind, code)


def value(kind: str, text: str, *bounds: float) -> Any:
    return parse(Field("x", kind, (bounds[0], bounds[1]) if bounds else None, False), text)


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("integer", "６层", 6),
        ("integer", "B1", -1),
        ("number", "1,234.5米", 1234.5),
        ("degrees", "118°46′55.2″E", 118.782),
        ("degrees", "32.5°", 32.5),
        ("lonlat", "118.7，32.0", (118.7, 32.0)),
        ("date", "1949年10月1日", date(1949, 10, 1)),
        ("date", "2025-03-01 00:00:00", date(2025, 3, 1)),
        ("date", "19410502", date(1941, 5, 2)),
        ("flag", "√", True),
        ("phone", "（025）8665-1234", "025-8665-1234"),
        ("tags", "独居、高龄", ["独居", "高龄"]),
        ("kind", "烟雾报警器", "smoke"),
        ("category", "Fresh Market", "market"),
        ("text", "  a\u3000b\x00c ", "a b c"),
        ("text", "", None),
    ],
)
def test_cells_are_understood(kind: str, text: str, wanted: Any) -> None:
    bounds = (-9, 1e6) if kind in ("integer", "number") else ()
    assert value(kind, text, *bounds) == (pytest.approx(wanted) if kind == "degrees" else wanted)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("integer", "6.5", "integer"),
        ("integer", "nan", "integer"),
        ("integer", "201", "integer"),
        ("number", "inf", "number"),
        ("degrees", "nan", "degrees"),
        ("degrees", "400", "degrees"),
        ("lonlat", "118.7", "lonlat"),
        ("date", "1941-13-01", "date"),
        ("date", "2999-01-01", "date_range"),
        ("flag", "也许", "flag"),
        ("phone", "1.4E+10", "digits"),
        ("phone", "小张", "phone"),
        ("external", "8.60012E+14", "digits"),
        ("external", "设备 1", "external"),
        ("key", "8.6e+17", "digits"),
        ("hours", "天天", "hours"),
        ("wkt", "POLYGON((0 0,1", "wkt"),
        ("use", "宫殿", "choice"),
        ("text", "x" * 201, "long"),
        ("text", "#N/A", "error"),
    ],
)
def test_cells_that_cannot_be_are_refused(kind: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as raised:
        value(kind, text, 0, 200)
    assert raised.value.code == code
    assert read_toml("reasons.toml")[code].keys() == {"zh", "en"}


def test_numbers_of_houses_and_rooms() -> None:
    assert {house(text) for text in ("3幢", "3号楼", "03#", "３栋", "三号楼", " 3 ")} == {"3"}
    assert (house("A座"), house("2单元"), house("501室"), house("幢")) == ("a", "2", "501", "幢")
    assert [floor_of_room(room) for room in ("501", "1203室", "12", "后门")] == [5, 12, None, None]


def test_a_datum_is_believed_when_the_difference_is_no_chance() -> None:
    def told(plain: float, gcj: float, count: int, *, street: tuple[float, float] = (20.0, 20.0)) -> str | None:
        fits = [Fit("wgs84", street[0], plain), Fit("gcj02", street[1], gcj), Fit("bd09", 90.0, 0.0)]
        return likeliest(fits, count)

    assert told(0.3, 0.9, 100) == "gcj02"
    assert told(0.3, 0.5, 20) is None
    assert told(0.9, 0.3, 100) is None
    assert told(0.3, 1.0, 3) is None
    assert told(0.1, 0.1, 100, street=(90.0, 10.0)) == "gcj02"
    assert likeliest([], 100) is None
