"""Loading many rows at once: COPY, and blocks of ids known before the rows are written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
import psycopg2
from psycopg2 import sql
from shapely import Geometry, to_wkb
from sqlalchemy import Connection

from geo.database.engine import unavailable
from geo.database.sql import query

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def reserve_ids(connection: Connection, table: str, count: int) -> int:
    """The first of `count` consecutive ids of a table (``yike.building``), nobody else's until the transaction ends.

    The table is locked against other writers (not readers), as a bulk load wants anyway.
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 — for the type checker; an open connection has its driver
    with driver.cursor() as cursor:
        cursor.execute(sql.SQL("lock table {} in share row exclusive mode").format(sql.Identifier(*table.split("."))))
    return int(connection.execute(query("bulk/reserve_ids"), {"table": table, "count": count}).scalar_one())


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY within the connection's transaction.

    Parameters
    ----------
    table : str
        ``yike.building`` for instance, or the bare name of a temporary table.
    columns : sequence of str
    rows : iterable of sequences
        One value a column: None, bool, numbers, text, datetimes, lists of text, dicts (JSON), or shapely
        geometries (written with the SRID they carry, see `shapely.set_srid`; 4326 when they carry none).
    """
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    reader = _Reader(rows)
    with driver.cursor() as cursor:
        try:
            cursor.copy_expert(statement, reader, size=1 << 16)
        except psycopg2.Error as error:
            # The driver wraps whatever went wrong in making the rows; that is what the caller wants to see.
            raise (reader.error or unavailable(error) or error) from error


def copy_lines(connection: Connection, statement: str, lines: Sequence[str]) -> None:
    """Write what stands in COPY's text format already, each line ended, within the connection's transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    with driver.cursor() as cursor:
        try:
            cursor.copy_expert(statement, io.StringIO("".join(lines)))
        except psycopg2.Error as error:
            raise (unavailable(error) or error) from error


class _Reader(io.TextIOBase):
    """A file of COPY's text format over an iterable, a few thousand rows at a time."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._lines = (("\t".join(map(_field, row)) + "\n") for row in rows)
        self._rest = ""
        self.error: BaseException | None = None

    def read(self, size: int | None = -1) -> str:
        wanted = size if size is not None and size >= 0 else None
        parts, length = [self._rest], len(self._rest)
        for line in self._take(wanted, length):
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        if wanted is None:
            self._rest = ""
            return text
        self._rest = text[wanted:]
        return text[:wanted]

    def _take(self, wanted: int | None, length: int) -> Iterator[str]:
        while wanted is None or length < wanted:
            try:
                line = next(self._lines, None)
            except BaseException as error:
                self.error = error
                raise
            if line is None:
                return
            length += len(line)
            yield line


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, Geometry):
        return str(to_wkb(value, hex=True, include_srid=True))
    if isinstance(value, list):
        quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return ("{" + ",".join(quoted) + "}").translate(_ESCAPES)
    if isinstance(value, dict):
        return orjson.dumps(value).decode().translate(_ESCAPES)
    return str(value)
