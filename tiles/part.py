"""The work of an unfinished bake, beside its file: what is done is not done again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple, Self


class Done(NamedTuple):
    """One tile: its id in the archive, its bytes as the archive keeps them (none when empty), whether to look below."""

    id: int
    packed: bytes
    goes_on: bool


class Part:
    """A SQLite file ``<out>.part``. Batches are transactions: killed at any moment, it holds whole ones.

    Used by one thread.
    """

    def __init__(self, file: Path, spec: str, seq: int) -> None:
        """Open what was begun by the same `spec`, or begin anew; `is_resumed` says which.

        `seq` is the change log's number now; the attribute is that of the beginning.
        """
        self._file = file
        self.is_resumed = False
        self.seq = seq
        connection = _opened(file)
        if connection is not None:
            found = connection.execute(_sql("task")).fetchone()
            self.is_resumed = found is not None and found[0] == spec
            if self.is_resumed:
                self.seq = int(found[1])
            else:
                connection.close()
                connection = None
        if connection is None:
            self.remove()
            connection = sqlite3.connect(file)
            connection.executescript(_sql("begin"))
            with connection:
                connection.execute(_sql("begun"), {"spec": spec, "seq": seq})
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def keep(self, zoom: int, tiles: Iterable[Done]) -> None:
        """Store a batch; equal tiles are stored once."""
        with self._connection as connection:
            for tile in tiles:
                digest = hashlib.blake2b(tile.packed, digest_size=16).digest() if tile.packed else None
                if digest is not None:
                    connection.execute(_sql("keep_content"), {"digest": digest, "bytes": tile.packed})
                values = {"id": tile.id, "zoom": zoom, "digest": digest, "goes_on": tile.goes_on}
                connection.execute(_sql("keep_tile"), values)

    def done(self, zoom: int) -> dict[int, bool]:
        """Tiles of a zoom that were looked at, and whether to look below each."""
        return {key: bool(goes_on) for key, goes_on in self._connection.execute(_sql("done"), {"zoom": zoom})}

    def finished(self) -> Iterator[tuple[int, bytes]]:
        """What is not empty, in the order of ids."""
        yield from self._connection.execute(_sql("finished"))

    def remove(self) -> None:
        """Delete the file and what SQLite keeps beside it."""
        for ending in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection | None:
    """What is there, if it can be read."""
    if not file.exists():
        return None
    connection = sqlite3.connect(file)
    try:
        connection.executescript(_sql("begin"))
        connection.execute(_sql("task")).fetchone()
    except sqlite3.DatabaseError:
        connection.close()
        return None
    return connection


@cache
def _sql(name: str) -> str:
    return (resources.files("geo") / "sql" / "bake" / f"{name}.sql").read_text(encoding="utf-8")
