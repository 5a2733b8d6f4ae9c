"""Areas of a table: parents before children, found by name, by code, or by the ground they lie on."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection

from data.tables.check import Values
from data.tables.faults import Faults
from data.tables.references import bare_name as bare
from data.tables.sheet import Shapes
from geo.database.sql import query
from geo.model.area import LEVELS

_CODES = {
    "city": r"\d{4}(\d{2})?", "district": r"\d{6}", "subdistrict": r"\d{9}", "community": r"\d{12}", "grid": r".+",
}  # fmt: skip


@dataclass
class Parents:
    """The areas that stand now."""

    rows: list[Any]

    @classmethod
    def read(cls, connection: Connection) -> Parents:
        """Those of the database that are no sample."""
        return cls([row for row in connection.execute(query("tables/areas")) if not row.is_sample])

    def named(self, text: str, level: str) -> list[int]:
        """Areas above a level that go by a path, a code or a name."""
        above = LEVELS[: LEVELS.index(level)]
        wanted = bare(text)
        return [
            row.id
            for row in self.rows
            if row.level in above
            and wanted in {bare(known) for known in (row.path, row.official_code, row.name) if known}
        ]

    def by_code(self, code: str, level: str) -> list[int]:
        """The area whose code a code begins with, nearest above."""
        above = LEVELS[: LEVELS.index(level)]
        holders = [
            (len(row.official_code), row.id)
            for row in self.rows
            if row.level in above and row.official_code and row.level != "grid" and code.startswith(row.official_code)
        ]
        return [max(holders)[1]] if holders else []


def check_codes(values: Values, faults: Faults) -> None:
    """Codes have as many digits as their level's scheme says."""
    for row, code in enumerate(values.get("official_code", [])):
        level = values["level"][row]
        if code is not None and level is not None and not re.fullmatch(_CODES[level], code):
            faults.add(row, "official_code", code, "official_code")


def label_of(code: str | None, key: str) -> str:
    """What stands in the path: the official code where it can, else a digest of the key."""
    if code is not None and re.fullmatch(r"[0-9a-z_]+", code.lower()):
        return code.lower()
    return "t" + hashlib.blake2b(key.encode(), digest_size=5).hexdigest()


def find_parents(
    connection: Connection, level: str, values: Values, shapes: Shapes, keys: list[str | None], faults: Faults
) -> None:
    """Fill `parent_id` of the rows of one level, whose parents are all stored by now."""
    parents = Parents.read(connection)
    names = values.get("parent", [None] * len(faults.numbers))
    codes = values.get("official_code", [None] * len(faults.numbers))
    for row, its_level in enumerate(values["level"]):
        if its_level != level or row in faults.rows or shapes[row] is None:
            continue
        if names[row] is not None:
            found = parents.named(names[row], level)
            if len(found) != 1:
                faults.add(row, "parent", names[row], "many_areas" if found else "no_parent")
                continue
        else:
            found = parents.by_code(codes[row], level) if codes[row] else []
        values["parent_id"][row] = found[0] if found else _around(connection, level, shapes[row])
    _check_places(parents, level, values, keys, faults)


def _around(connection: Connection, level: str, shape: Any) -> int | None:
    point = shapely.point_on_surface(shape)
    found = connection.execute(query("tables/area_around"), {"lon": point.x, "lat": point.y, "level": level})
    return found.scalar_one_or_none()


def _check_places(parents: Parents, level: str, values: Values, keys: list[str | None], faults: Faults) -> None:
    """A label stands once below its parent, unless it is the same area: by its key, or by the code of its level."""
    paths = {row.id: row.path for row in parents.rows}
    used = {row.path: (row.source_key, row.official_code if row.level == level else None) for row in parents.rows}
    codes = values.get("official_code", [None] * len(faults.numbers))
    here: set[str] = set()
    for row, its_level in enumerate(values["level"]):
        if its_level != level or row in faults.rows:
            continue
        above = paths.get(values["parent_id"][row])
        path = f"{above}/{values['label'][row]}" if above else values["label"][row]
        key, code = used.get(path, (keys[row], None))
        if key != keys[row] and (code is None or code != codes[row] or path in here):
            faults.add(row, "official_code", values["label"][row], "label")
            continue
        used[path] = keys[row], codes[row]
        here.add(path)
