"""The live state in memory: every device's place, and what stands on those that are not blue."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.live.changes import Change, Clock, read_clock
from geo.mercator import to_mercator
from geo.scope import AreaScope

Status = Literal["normal", "abnormal", "offline"]


PART = 10_000
"""Rows of a long result that are held at a time."""


class Item(NamedTuple):
    """A row of the live stream as it is sent, and the area path that decides who may see it."""

    path: str
    payload: str


@dataclass(frozen=True)
class Places:
    """Where all devices are, as columns in the order of `id`.

    `x` and `y` are Web Mercator metres (EPSG:3857); `kind` indexes `kinds`, `path` indexes `paths`.
    """

    id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    kind: NDArray[np.int16]
    kinds: tuple[str, ...]
    path: NDArray[np.int32]
    paths: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.id)


@dataclass
class Board:
    """What the map shows at `clock`. Read from one snapshot, moved on by numbered changes.

    `devices` holds the exceptions only: what is not in it is blue.
    """

    clock: Clock
    devices: dict[int, Item] = field(default_factory=dict)
    incidents: dict[int, Item] = field(default_factory=dict)
    workers: dict[int, Item] = field(default_factory=dict)
    status: dict[int, Status] = field(default_factory=dict)

    @classmethod
    def load(cls, engine: Engine) -> Board:
        """The present state, all of it from one instant."""
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            board = cls(read_clock(connection))
            board.devices = _items(connection, "live/exceptions")
            board.incidents = _items(connection, "live/open_incidents")
            board.workers = _items(connection, "live/worker_positions")
        for key, item in board.devices.items():
            board.status[key] = orjson.loads(item.payload)[1]
        return board

    def apply(self, changes: Sequence[Change]) -> None:
        """Move on by numbered changes, which must follow on `clock` without a gap."""
        for change in changes:
            self._apply(change)
        if changes:
            self.clock = Clock(self.clock.epoch, changes[-1].seq)

    def _apply(self, change: Change) -> None:
        key, item = change.entity_id, Item(change.path, change.payload)
        state = orjson.loads(change.payload)[1]
        if change.entity == "device":
            if state in ("abnormal", "offline"):
                self.devices[key], self.status[key] = item, state
            else:
                self.devices.pop(key, None)
                self.status.pop(key, None)
        elif change.entity == "incident":
            if state == "open":
                self.incidents[key] = item
            else:
                self.incidents.pop(key, None)
        elif state == "removed":
            self.workers.pop(key, None)
        else:
            self.workers[key] = item


def load_places(engine: Engine) -> Places:
    """Where every device is now."""
    # Row by row into arrays: a million rows as Python objects would be most of the memory this process ever takes.
    ids, lon, lat = array("q"), array("d"), array("d")
    kind, path = array("h"), array("i")
    kinds: dict[str, int] = {}
    paths: dict[str, int] = {}
    with engine.connect().execution_options(stream_results=True, max_row_buffer=PART) as connection:
        # Said again: `partitions()` alone would be all rows in one part.
        for part in connection.execute(query("live/devices")).partitions(PART):
            for number, kind_code, path_text, x_deg, y_deg in part:
                ids.append(number)
                kind.append(kinds.setdefault(kind_code, len(kinds)))
                path.append(paths.setdefault(path_text, len(paths)))
                lon.append(x_deg)
                lat.append(y_deg)
    x, y = to_mercator(np.frombuffer(lon, float), np.frombuffer(lat, float))
    return Places(
        id=np.frombuffer(ids, np.int64),
        x=x,
        y=y,
        kind=np.frombuffer(kind, np.int16),
        kinds=tuple(kinds),
        path=np.frombuffer(path, np.int32),
        paths=tuple(paths),
    )


def in_scope(places: Places, scope: AreaScope) -> NDArray[np.bool_]:
    """Which devices lie in a scope, shape (n,)."""
    inside = np.array([path in scope for path in places.paths], bool)
    return inside[places.path] if len(places) else np.zeros(0, bool)


def _items(connection: Connection, name: str) -> dict[int, Item]:
    return {row.id: Item(row.path, row.payload) for row in connection.execute(query(name))}
