"""Cells of a sheet as values of a layer's fields, and what is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from data.tables.faults import Faults, Refused
from data.tables.headings import Columns
from data.tables.layers import Field, Layer
from data.tables.sheet import Shapes, Sheet
from data.tables.values import allowed, floor_of_room, house, parse, plain
from geo.errors import InvalidInput

Values = dict[str, list[Any]]
"""One list of values a field, as long as the sheet."""

_MAY_LACK = ("compound", "entrance", "parent", "area", "address", "@place")
"""Parts of a key that one row may lack and be known by the others."""


def check_cells(layer: Layer, sheet: Sheet, columns: Columns, faults: Faults) -> Values:
    """Parse every cell that stands for a field; rows that fail are noted in `faults`.

    Raises
    ------
    InvalidInput
        When no column stands for a field that every row must have, or a constant cannot be its field's value.
    """
    lacking = [field.name for field in layer.fields.values() if field.required and not columns.has(field.name)]
    if lacking:
        raise InvalidInput(
            f"No column stands for {', '.join(lacking)}.",
            where=str(sheet.path),
            hint=f"The headings are: {', '.join(sheet.columns)}. Say which: --map HEADING={lacking[0]}",
        )
    for row, cells in sheet.uneven.items():
        faults.add(row, "", "", "fields", found=cells, wanted=len(sheet.columns))
    values: Values = {}
    for name, text in columns.constants.items():
        values[name] = [_constant(layer.fields[name], text)] * len(sheet)
    for name, index in columns.of.items():
        values[name] = _column(layer.fields[name], [row[index] for row in sheet.rows], faults, set(sheet.uneven))
    _complete(layer, values, len(sheet), faults)
    return values


def _constant(field: Field, text: str) -> Any:
    try:
        return parse(field, text)
    except Refused as wrong:
        hint = f"One of: {allowed(field.type)[0]}." if wrong.code == "choice" else None
        raise InvalidInput(f"{text!r} cannot be {field.name}.", where="--set", hint=hint) from None


def _column(field: Field, texts: list[str], faults: Faults, uneven: set[int]) -> list[Any]:
    known: dict[str, Any] = {}
    values: list[Any] = []
    for row, text in enumerate(texts):
        if text not in known:
            try:
                known[text] = parse(field, text)
            except Refused as wrong:
                known[text] = wrong
        value = known[text]
        if isinstance(value, Refused):
            if row not in uneven:
                faults.add(row, field.name, text, value.code, **value.values)
            value = None
        values.append(value)
    return values


def _complete(layer: Layer, values: Values, count: int, faults: Faults) -> None:
    """What follows from other fields, and what two fields say together."""
    if layer.code == "units":
        floors = values.setdefault("floor", [None] * count)
        for row, room in enumerate(values["room"]):
            if floors[row] is None and room is not None and row not in faults.rows:
                floors[row] = floor_of_room(room)
                if floors[row] is None:
                    faults.add(row, "floor", room, "no_floor")
    if "floor" in values:
        for row, floor in enumerate(values["floor"]):
            if floor == 0:
                faults.add(row, "floor", "0", "zero_floor")
    if layer.code == "residents":
        registered = values.get("is_registered", [None] * count)
        living = values.get("lives_here", [None] * count)
        for row in range(count):
            if registered[row] is False and living[row] is False:
                faults.add(row, "lives_here", "", "belongs")


def choose_key(layer: Layer, columns: Columns, *, has_place: bool) -> tuple[str, ...]:
    """The fields by which rows are known again.

    Raises
    ------
    InvalidInput
        When the file has none that would do.
    """
    for key in layer.keys:
        if all((name == "@place" and has_place) or columns.has(name) for name in key):
            return key
    wanted = " | ".join(" + ".join(key) for key in layer.keys)
    raise InvalidInput(
        "By nothing in it could a row be known again when the file comes once more.",
        hint=f"One of these is needed: {wanted}.",
    )


def key_of_each(
    layer: Layer, key: tuple[str, ...], values: Values, shapes: Shapes | None, source: str, faults: Faults
) -> list[str | None]:
    """The `source_key` of each row; equal rows get the same, and faults where a key says two things.

    What tells of people is a digest, so that no key names anybody.
    """
    names = list(key)
    for finer, of in (("compound", "building"), ("entrance", "room")):
        if of in key and finer in values:
            names.insert(names.index(of), finer)
    keys: list[str | None] = []
    for row in range(len(faults.numbers)):
        parts = [_place_key(shapes, row) if name == "@place" else _part(name, values[name][row]) for name in names]
        empty = [name for name, part in zip(names, parts, strict=True) if not part and name not in _MAY_LACK]
        if row not in faults.rows and empty:
            faults.add(row, empty[0], "", "missing")
        text = "/".join(part.replace("/", "%2F") for part in parts)
        if layer.is_personal:
            text = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        keys.append(f"table:{source + ':' if source else ''}{layer.table}:{text}")
    return keys


def _part(name: str, value: Any) -> str:
    if value is None:
        return ""
    return house(str(value)) if name in ("building", "entrance", "room") else plain(str(value))


def _place_key(shapes: Shapes | None, row: int) -> str:
    shape = None if shapes is None else shapes[row]
    if shape is None:
        return ""
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    return f"{point.x:.5f},{point.y:.5f}"


def drop_twice(
    keys: list[str | None], is_same: Callable[[int, int], bool], faults: Faults, shown: list[str], name: str
) -> int:
    """Mark rows whose key stands earlier in the file; how many say the same and are simply left out.

    `is_same` tells whether two rows would be written alike.
    """
    first: dict[str, int] = {}
    same = 0
    for row, key in enumerate(keys):
        if key is None or row in faults.rows:
            continue
        earlier = first.setdefault(key, row)
        if earlier == row:
            continue
        if is_same(earlier, row):
            same += 1
            keys[row] = None
        else:
            faults.add(row, name, shown[row], "twice", first=faults.numbers[earlier], key=name)
    return same


def no_shapes(count: int) -> Shapes:
    """As many missing geometries."""
    return np.full(count, None, object)


def as_points(lon: list[float | None], lat: list[float | None]) -> Shapes:
    """Points where both are there."""
    shapes = no_shapes(len(lon))
    both = [(row, x, y) for row, (x, y) in enumerate(zip(lon, lat, strict=True)) if x is not None and y is not None]
    if both:
        shapes[[row for row, _, _ in both]] = shapely.points([(x, y) for _, x, y in both])
    return shapes
