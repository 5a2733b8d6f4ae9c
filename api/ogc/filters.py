"""CQL2 filters (OGC 21-065r2): text or JSON to a normal form and a condition on a collection's view.

The `cql2` library reads both encodings; SQLAlchemy composes the condition (`api.ogc.compose`), every value bound and
every column one of the collection's own. What could cost more than a filter is worth is refused before either sees it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import cql2
import orjson
import shapely
from sqlalchemy import ColumnElement

from api.ogc.collections import Collection
from api.ogc.compose import condition
from api.ogc.crs import Frame, shape_of
from geo.errors import InvalidInput

Language = Literal["cql2-text", "cql2-json"]

MAX_LENGTH = 8_000
MAX_NODES = 1_000
MAX_VERTICES = 2_000
# The parser reads a wrong text again at every bracket it stands in, so each level may double the work.
MAX_WORK = 200_000
MAX_DEPTH_JSON = 40

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
# Each costs the parser a level of its stack.
_SIGNS = re.compile(r"(?:(?:[-+]|\bnot\b)\s*){4}", re.IGNORECASE)
_GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of one collection.

    `text` is its normal form (CQL2 JSON, WGS 84): filters that say the same in another order, spelling or CRS mostly
    have the same one, so it can stand in the key of a cache. `condition` is about the columns of ``collection.view``.
    """

    collection: str
    text: str
    condition: ColumnElement[bool] = field(compare=False)


def parse(text: str, lang: Language, collection: Collection, frame: Frame | None = None) -> Filter:
    """A filter as it was sent.

    Parameters
    ----------
    text : str
        CQL2.
    lang : {"cql2-text", "cql2-json"}
    frame : Frame, optional
        How coordinates in it are meant; CRS84 otherwise.

    Raises
    ------
    InvalidInput
        When it cannot be read, names what the collection has not, compares what cannot be compared, or is too much.
    """
    return _made(_read(text, lang), collection, frame or Frame())


def restored(text: str, collection: Collection) -> Filter:
    """A filter again from its normal form, out of a cache's key for instance."""
    return Filter(collection.id, text, condition(orjson.loads(text), collection))


def equal_to(given: Mapping[str, str], collection: Collection) -> Filter | None:
    """The filter of ``?name=value`` parameters: all of them hold; None without any.

    Raises
    ------
    InvalidInput
        When a value is none of its property's type.
    """
    parts = []
    for name, value in given.items():
        literal = _literal(value, name, collection.properties[name].type)
        parts.append({"op": "=", "args": [{"property": name}, literal]})
    return _made({"op": "and", "args": parts}, collection, Frame()) if parts else None


def both(*filters: Filter | None) -> Filter | None:
    """All of the filters at once; None where there is none."""
    given = [one for one in filters if one is not None]
    if len(given) < 2:
        return given[0] if given else None
    text = _dumped(_normal({"op": "and", "args": [orjson.loads(one.text) for one in given]}, Frame()))
    together = given[0].condition
    for one in given[1:]:
        together = together & one.condition
    return Filter(given[0].collection, text, together)


def _made(tree: Any, collection: Collection, frame: Frame) -> Filter:
    normal = _normal(tree, frame)
    return Filter(collection.id, _dumped(normal), condition(normal, collection))


def _read(text: str, lang: Language) -> Any:
    if len(text) > MAX_LENGTH:
        raise _too_much(f"At most {MAX_LENGTH} characters.")
    if "\0" in text:
        raise InvalidInput("The filter holds a character that no value can.", where="filter")
    bare = _QUOTED.sub("''", text) if lang == "cql2-text" else re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    depths = _depths(bare)
    is_deep = sum(1 << min(n, 60) for n in depths) > MAX_WORK if lang == "cql2-text" else max(depths) > MAX_DEPTH_JSON
    if is_deep:
        raise _too_much("It is nested too deeply.")
    if lang == "cql2-text" and _SIGNS.search(bare):
        raise _too_much("Too many signs or NOTs in a row.")
    try:
        tree = (cql2.parse_text if lang == "cql2-text" else cql2.parse_json)(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise InvalidInput(f"The filter is no {lang}.", where="filter", hint=_told(error)) from None
    count = _count(tree, MAX_NODES)
    if count > MAX_NODES:
        raise _too_much(f"At most {MAX_NODES} names, values and operators.")
    return tree


def _depths(text: str) -> list[int]:
    """In how many brackets of any kind each character stands; those that never close count as well."""
    depths, depth = [0], 0
    for character in text:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        depths.append(max(depth, 0))
    return depths


def _count(tree: Any, enough: int) -> int:
    """Nodes of a tree, without the vertices of its shapes; stops where there are enough."""
    found, waiting = 0, [tree]
    while waiting and found <= enough:
        node = waiting.pop()
        found += 1
        if isinstance(node, dict):
            waiting += node.get("args", ()) if isinstance(node.get("args"), list) else ()
        elif isinstance(node, list):
            waiting += node
    return found


def _normal(node: Any, frame: Frame) -> Any:
    """A tree with its shapes in WGS 84, whole numbers whole, and what may stand in any order in one order."""
    if isinstance(node, float):
        if not math.isfinite(node):
            raise InvalidInput("A number in the filter is larger than any here.", where="filter")
        return int(node) if node.is_integer() and abs(node) < 2**53 else node
    if isinstance(node, str) and "\0" in node:
        raise InvalidInput("The filter holds a character that no value can.", where="filter")
    if not isinstance(node, dict):
        return [_normal(one, frame) for one in node] if isinstance(node, list) else node
    if node.get("type") in _GEOMETRIES or "bbox" in node:
        placed = shape_of(node, frame)
        if shapely.get_num_coordinates(placed) > MAX_VERTICES:
            raise _too_much(f"At most {MAX_VERTICES} vertices a shape.")
        return orjson.loads(shapely.to_geojson(placed))
    if "op" not in node:
        return node
    op = str(node["op"]).lower()
    args = [_normal(one, frame) for one in node["args"]]
    if op in ("and", "or"):
        flat = [part for one in args for part in (one["args"] if _is_op(one, op) else [one])]
        args = _sorted(flat)
        if len(args) == 1:
            return args[0]
    elif op == "in" and len(args) == 2 and isinstance(args[1], list):
        args[1] = _sorted(args[1])
    return {"op": op, "args": args}


def _is_op(node: Any, op: str) -> bool:
    return isinstance(node, dict) and node.get("op") == op


def _sorted(nodes: Iterable[Any]) -> list[Any]:
    """Each once, in the order of their text."""
    by_text = {_dumped(node): node for node in nodes}
    return [by_text[text] for text in sorted(by_text)]


def _dumped(node: Any) -> str:
    try:
        return orjson.dumps(node, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        raise _too_much("It is nested too deeply.") from None


def _literal(text: str, name: str, kind: str) -> Any:
    """A value of an address in the type of its property."""
    wrong = InvalidInput(f"{text[:80]!r} is no {kind}.", where=name)
    if kind == "boolean":
        if text not in ("true", "false"):
            raise wrong
        return text == "true"
    if kind == "timestamp":
        return {"timestamp": text}
    if kind == "string":
        return text
    try:
        number = int(text) if kind == "integer" else float(text)
        # Beyond all integers of the database, and of JSON here.
        return number if abs(number) < 2**63 else float(number)
    except (ValueError, OverflowError):
        raise wrong from None


def _told(error: Exception) -> str | None:
    """What the parser said, without the drawing around it."""
    line = next((part for part in str(error).splitlines()[::-1] if part.strip(" |=^-")), "")
    return line.strip(" |=").strip()[:200] or None


def _too_much(hint: str) -> InvalidInput:
    return InvalidInput("The filter is too large.", where="filter", hint=hint)
