"""Cells to values, one function a type of `layers.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import shapely
from opening_hours import validate

from data.catalogue import names_of
from data.tables.faults import Refused
from data.tables.layers import Field, read_toml

_LONGEST = 200
_LISTED = 24
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_CUT_OFF = re.compile(r"^\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_DMS = re.compile(
    r"^([NSEW])?\s*(\d{1,3})[°度d:]\s*(\d{1,2})[′'分m:]\s*(\d{1,2}(?:\.\d+)?)(?:[″\"秒s]|[′']{2})?\s*([NSEW])?$",
    re.IGNORECASE,
)
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_CHINESE = {digit: str(number) for number, digit in enumerate("零一二三四五六七八九")} | {"十": "10", "两": "2"}


def parse(field: Field, text: str) -> Any:
    """The value of a cell; None when it is empty.

    Raises
    ------
    Refused
        When it cannot be the field's value.
    """
    text = plain(text)
    if not text:
        if field.required:
            raise Refused("missing")
        return None
    if text in _ERRORS:
        raise Refused("error")
    return _TYPES[field.type](text, field)


def plain(text: str) -> str:
    """Full-width letters and digits as ASCII, control characters gone, blanks joined."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    normal = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in normal).split())


@cache
def words(kind: str) -> dict[str, str]:
    """Every word that stands for a value of a choice: codes, names, and those of `choices.toml`."""
    known = {word.lower(): code for code, listed in read_toml("choices.toml")[kind].items() for word in (*listed, code)}
    if kind in ("kind", "category"):
        catalogue = names_of("kind" if kind == "kind" else "category")
        known |= {word.lower(): code for code, names in catalogue.items() for word in (*names, code)}
    return known


@cache
def allowed(kind: str) -> tuple[str, str]:
    """What a choice may be, for people: its codes, and a Chinese word for each."""
    first: dict[str, str] = {}
    for word, code in words(kind).items():
        first.setdefault(code, word)
    if kind in ("kind", "category"):
        first |= {code: names[0] for code, names in names_of("kind" if kind == "kind" else "category").items()}
    more = " …" if len(first) > _LISTED else ""
    return ", ".join(list(first)[:_LISTED]) + more, "、".join(list(first.values())[:_LISTED]) + more


def house(text: str) -> str:
    """A building's or entrance's number without what is written around it: 3幢, 3号楼 and 03# are 3."""
    bare = re.sub(r"(号楼|单元|幢|栋|楼|座|号|室|户|#)+$", "", plain(text).lower().replace(" ", ""))
    bare = re.sub(r"^(第|no\.?)", "", bare)
    bare = _CHINESE.get(bare, bare)
    return bare.lstrip("0") or bare or text.strip().lower()


def floor_of_room(room: str) -> int | None:
    """The floor that a room's number tells: 501 is on the 5th, 1203 on the 12th."""
    number = re.search(r"(\d{1,2})\d{2}$", house(room))
    return int(number[1]) if number and int(number[1]) else None


def _text(text: str, _: Field) -> str:
    if len(text) > _LONGEST:
        raise Refused("long", most=_LONGEST)
    return text


def _key(text: str, field: Field) -> str:
    if _CUT_OFF.match(text):
        raise Refused("digits")
    return _text(text, field)


def _external(text: str, field: Field) -> str:
    if not re.fullmatch(r"[!-~]{1,100}", text):
        raise Refused("external")
    return _key(text, field)


def _number(text: str, field: Field) -> float:
    low, high = field.bounds or (float("-inf"), float("inf"))
    bare = re.sub(r"(米|m|平方米|人|张|个|层|楼|f)$", "", text.replace(",", ""), flags=re.IGNORECASE).strip()
    try:
        value = float(bare)
    except ValueError:
        raise Refused("number", low=f"{low:g}", high=f"{high:g}") from None
    if not low <= value <= high:
        raise Refused("number", low=f"{low:g}", high=f"{high:g}")
    return value


def _integer(text: str, field: Field) -> int:
    low, high = field.bounds or (float("-inf"), float("inf"))
    wrong = Refused("integer", low=f"{low:.0f}", high=f"{high:.0f}")
    try:
        value = _number(re.sub(r"^[Bb](?=\d)", "-", text), field)
    except Refused:
        raise wrong from None
    if not value.is_integer():
        raise wrong
    return int(value)


def _degrees(text: str, _: Field) -> float:
    if found := _DMS.match(text):
        before, degrees, minutes, seconds, after = found.groups()
        value = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
        return -value if (before or after or "").upper() in ("S", "W") else value
    try:
        value = float(text.rstrip("°度"))
    except ValueError:
        raise Refused("degrees") from None
    if not abs(value) <= 360:
        raise Refused("degrees")
    return value


def _lonlat(text: str, field: Field) -> tuple[float, float]:
    parts = re.split(r"[,;\s]+", text.strip("()[]"))
    if len(parts) != 2:
        raise Refused("lonlat")
    return _degrees(parts[0], field), _degrees(parts[1], field)


def _date(text: str, _: Field) -> date:
    bare = re.split(r"[ T]", text)[0] if len(text) > 10 else text
    for form in _DAYS:
        try:
            found = datetime.strptime(bare, form).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
        if not date(1890, 1, 2) <= found <= date.today():  # noqa: DTZ011
            raise Refused("date_range")
        return found
    raise Refused("date")


def _flag(text: str, _: Field) -> bool:
    value = words("flag").get(text.lower())
    if value is None:
        raise Refused("flag")
    return value == "true"


def _choice(text: str, field: Field) -> str:
    value = words(field.type).get(text.lower())
    if value is None:
        codes, names = allowed(field.type)
        raise Refused("choice", zh=names, en=codes)
    return value


def _phone(text: str, _: Field) -> str:
    bare = text.replace("(", "").replace(")", "-").replace("/", " ")
    if _CUT_OFF.match(bare):
        raise Refused("digits")
    if not re.fullmatch(r"[+0-9 -]{5,20}", bare):
        raise Refused("phone")
    return bare


def _tags(text: str, field: Field) -> list[str]:
    return [_text(tag, field) for tag in dict.fromkeys(re.split(r"[,;、|\s]+", text)) if tag]


def _hours(text: str, _: Field) -> str:
    if not validate(text):
        raise Refused("hours")
    return text


def _wkt(text: str, _: Field) -> Any:
    try:
        shape = shapely.force_2d(shapely.from_wkt(re.sub(r"^SRID=\d+;", "", text)))
    except shapely.errors.GEOSException:
        raise Refused("wkt") from None
    if shape is None or shape.is_empty:
        raise Refused("wkt")
    return shape


_TYPES: dict[str, Callable[[str, Field], Any]] = {
    "text": _text, "key": _key, "external": _external, "number": _number, "integer": _integer, "degrees": _degrees,
    "lonlat": _lonlat, "date": _date, "flag": _flag, "phone": _phone, "tags": _tags, "hours": _hours, "wkt": _wkt,
    "level": _choice, "use": _choice, "tenure": _choice, "gender": _choice, "profile": _choice, "kind": _choice,
    "category": _choice,
}  # fmt: skip
