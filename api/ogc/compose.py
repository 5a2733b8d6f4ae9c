"""A CQL2 tree as a condition on a collection's view: typed, every value bound, names only those of the collection.

What is understood is what the conformance classes say: comparisons, LIKE, BETWEEN, IN, IS NULL, CASEI, dates and
timestamps, spatial functions between the geometry and shapes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely
from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, true

from api.ogc.collections import GEOMETRY, Collection
from geo.errors import InvalidInput
from geo.mercator import to_mercator

MAX_IN = 500
MAX_PATTERN = 200
MAX_WILDCARDS = 10

_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_SPATIAL: Mapping[str, Any] = {
    "s_intersects": func.st_intersects, "s_within": func.st_within, "s_contains": func.st_contains,
    "s_touches": func.st_touches, "s_crosses": func.st_crosses, "s_overlaps": func.st_overlaps,
    "s_equals": func.st_equals,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scalar:
    """A side of a comparison: `kind` is text, number, boolean or timestamp; `value` that of a text that was written."""

    sql: ColumnElement[Any]
    kind: str
    is_property: bool = False
    value: Any = None


def condition(node: Any, collection: Collection) -> ColumnElement[bool]:
    """The condition of a tree in normal form (`api.ogc.filters`).

    Raises
    ------
    InvalidInput
        When it names what the collection has not, or compares what cannot be compared.
    """
    if isinstance(node, bool):
        return true() if node else false()
    if isinstance(node, dict) and "property" in node:
        found = _scalar(node, collection)
        if found.kind == "boolean":
            return found.sql
    if not isinstance(node, dict) or "op" not in node:
        raise _wrong("The filter is no condition.")
    op, args = node["op"], node["args"]
    if op in ("and", "or"):
        if not args:
            raise _wrong(f"There is nothing to join by {op.upper()}.")
        return (and_ if op == "and" else or_)(*(condition(one, collection) for one in args))
    if op == "not":
        return not_(condition(_several(op, args, 1)[0], collection))
    if op in _COMPARISONS:
        return _compared(op, *(_scalar(one, collection) for one in _several(op, args, 2)))
    if op == "isnull":
        return _column(_several(op, args, 1)[0], collection).is_(None)
    if op == "between":
        value, low, high = (_scalar(one, collection) for one in _several(op, args, 3))
        return and_(_compared(">=", value, low), _compared("<=", value, high))
    if op == "in":
        return _among(_several(op, args, 2), collection)
    if op == "like":
        return _alike(_several(op, args, 2), collection)
    if op in _SPATIAL:
        return _located(op, _several(op, args, 2), collection)
    if op == "s_disjoint":
        return not_(_located("s_intersects", _several(op, args, 2), collection))
    raise _wrong(f"{str(op)[:40]!r} is not understood here.")


def _several(op: str, args: Sequence[Any], count: int) -> Sequence[Any]:
    if len(args) != count:
        raise _wrong(f"{op.upper()} takes {count}, not {len(args)}.")
    return args


def _column(node: Any, collection: Collection) -> ColumnElement[Any]:
    name = node.get("property") if isinstance(node, dict) else None
    if name == GEOMETRY:
        return collection.view.c.geom
    if name not in collection.properties:
        raise InvalidInput(
            f"{str(name)[:40]!r} is no property of {collection.id}." if name else "A property must stand here.",
            where="filter",
            hint=f"Those are {', '.join((*collection.properties, GEOMETRY))}.",
        )
    return collection.view.c[name]


def _scalar(node: Any, collection: Collection) -> _Scalar:
    if isinstance(node, bool):
        return _Scalar(literal(node), "boolean")
    if isinstance(node, int | float):
        # A number beyond all integers of the database is compared as what it is, never cut.
        return _Scalar(literal(node if abs(node) < 2**63 else float(node)), "number")
    if isinstance(node, str):
        return _Scalar(literal(node), "text", value=node)
    if not isinstance(node, dict):
        raise _wrong("A value must stand here.")
    if "property" in node:
        column = _column(node, collection)
        if node["property"] == GEOMETRY:
            raise _wrong("A geometry is compared by spatial functions.")
        kind = collection.properties[node["property"]].type
        known = {"string": "text", "integer": "number"}.get(kind, kind)
        return _Scalar(column, known, is_property=True)
    if "timestamp" in node or "date" in node:
        return _Scalar(literal(moment(node)), "timestamp")
    if node.get("op") == "casei":
        inner = _scalar(_several("casei", node["args"], 1)[0], collection)
        if inner.kind != "text":
            raise _wrong("CASEI takes text.")
        value = inner.value.lower() if inner.value is not None else None
        return _Scalar(func.lower(inner.sql), "text", inner.is_property, value)
    raise _wrong(f"{str(node.get('op', 'This'))[:40]!r} is no value here.")


def moment(node: Mapping[str, Any]) -> datetime:
    """The moment of ``{"timestamp": …}`` or, its day's beginning in UTC, ``{"date": …}``.

    Raises
    ------
    InvalidInput
        When it is none.
    """
    text = str(node.get("timestamp", node.get("date")))
    try:
        if "date" in node:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(f"{text[:40]!r} is no time.", "As 2026-05-01T08:00:00Z, or 2026-05-01.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _compared(op: str, left: _Scalar, right: _Scalar) -> ColumnElement[bool]:
    if left.kind != right.kind:
        raise _wrong(f"{left.kind.capitalize()} and {right.kind} cannot be compared.")
    if left.kind == "boolean" and op not in ("=", "<>"):
        raise _wrong("Of truth values there is no larger one.")
    made: ColumnElement[bool] = _COMPARISONS[op](left.sql, right.sql)
    return made


def _among(args: Sequence[Any], collection: Collection) -> ColumnElement[bool]:
    value, options = args
    if not isinstance(options, list) or not options:
        raise _wrong("IN takes a list.")
    if len(options) > MAX_IN:
        raise _wrong("The list of IN is too long.", f"At most {MAX_IN}.")
    left = _scalar(value, collection)
    rights = [_scalar(one, collection) for one in options]
    if any(one.kind != left.kind for one in rights):
        raise _wrong(f"The list of IN holds more than {left.kind}.")
    return left.sql.in_([one.sql for one in rights])


def _alike(args: Sequence[Any], collection: Collection) -> ColumnElement[bool]:
    left, right = (_scalar(one, collection) for one in args)
    if left.kind != "text" or right.kind != "text" or right.is_property:
        raise _wrong("LIKE takes text and a pattern.")
    if len(right.value) > MAX_PATTERN or right.value.count("%") + right.value.count("_") > MAX_WILDCARDS:
        raise _wrong("The pattern is too much.", f"{MAX_PATTERN} characters, {MAX_WILDCARDS} of them % or _, at most.")
    if (len(right.value) - len(right.value.rstrip("\\"))) % 2:
        raise _wrong("The pattern ends within an escape.")
    return left.sql.like(right.sql, escape="\\")


def _located(op: str, args: Sequence[Any], collection: Collection) -> ColumnElement[bool]:
    shapes = [_shape(one) for one in args]
    if all(shape is not None for shape in shapes):
        raise _wrong("A spatial function takes the geometry and a shape.")
    view = collection.view
    sides = [
        _bound(shape, 4326) if shape is not None else _geometry(one, collection)
        for one, shape in zip(args, shapes, strict=True)
    ]
    holds: ColumnElement[bool] = _SPATIAL[op](*sides)
    shape = next((one for one in shapes if one is not None), None)
    return holds if shape is None else and_(near(view, shape), holds)


def near(view: Any, shape: shapely.Geometry) -> ColumnElement[bool]:
    """Whether boxes meet, by the index on Web Mercator, whose axes are those of degrees."""
    west, south, east, north = shapely.bounds(shape).tolist()
    x, y = to_mercator([west, east], [south, north])
    # The projection ends before the poles do: what lies there counts as being at its edge.
    box = func.st_makeenvelope(*(literal(float(one)) for one in (x[0] - 1, y[0] - 1, x[1] + 1, y[1] + 1)), 3857)
    return view.c.geom_3857.op("&&")(box)  # type: ignore[no-any-return]


def _bound(shape: shapely.Geometry, srid: int) -> ColumnElement[Any]:
    return func.st_geomfromwkb(shapely.to_wkb(shape), srid)


def meets(view: Any, shape: shapely.Geometry) -> ColumnElement[bool]:
    """Whether a feature and a WGS 84 shape meet."""
    return and_(near(view, shape), func.st_intersects(view.c.geom, _bound(shape, 4326)))


def _geometry(node: Any, collection: Collection) -> ColumnElement[Any]:
    if not isinstance(node, dict) or node.get("property") != GEOMETRY:
        raise _wrong("A spatial function takes the geometry and a shape.", f"The geometry is called {GEOMETRY}.")
    return collection.view.c.geom


def _shape(node: Any) -> shapely.Geometry | None:
    if isinstance(node, dict) and "coordinates" in node:
        return shapely.geometry.shape(node)
    return None


def _wrong(message: str, hint: str | None = None) -> InvalidInput:
    return InvalidInput(message, where="filter", hint=hint)
