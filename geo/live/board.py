"""The live state in memory: what stands on the devices that are not blue, open incidents, workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import orjson
from sqlalchemy import Connection, Engine

from geo.database.sql import query
from geo.live.changes import Change, Clock, read_clock

Status = Literal["normal", "abnormal", "offline"]


class Item(NamedTuple):
    """A row of the live stream as it is sent, and the area path that decides who may see it."""

    path: str
    payload: str


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
        # A change of tiles is nobody's state.
        if key is None:
            return
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


def _items(connection: Connection, name: str) -> dict[int, Item]:
    return {row.id: Item(row.path, row.payload) for row in connection.execute(query(name))}
