"""Layers served from a baked file, as long as what they were made from is as it was; else from where they come from."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from tiles.address import TileAddress
from tiles.pmtiles import Baked
from tiles.sources import TileQuery, TileSource
from tiles.state import behind, read_state

log = logging.getLogger("yike.tiles")
_LOOK_EVERY_S = 1.0


class Guard:
    """Drops a layer from a baked file once its rows were edited since the bake.

    Looks when a tile is asked for, at most once a second: one statement on a table of six rows.
    """

    def __init__(self, engine: Engine, baked: Baked) -> None:
        self._engine = engine
        self._baked = baked
        self._lock = threading.Lock()
        self._next = 0.0

    def look(self) -> None:
        """Drop what is behind.

        Raises
        ------
        DatabaseUnavailable
            When nobody can say; what might be old is not served.
        """
        if time.monotonic() < self._next:
            return
        with self._lock:
            if time.monotonic() < self._next or not self._baked.layers:
                return
            with self._engine.connect() as connection:
                now = read_state(connection, self._baked.layers)
            old = behind(self._baked.content.state, now, self._baked.layers)
            if old:
                log.warning("baked tiles of %s are old and no longer served: bake again", ", ".join(old))
                self._baked.drop_layers(old)
            self._next = time.monotonic() + _LOOK_EVERY_S


@dataclass(frozen=True)
class BakedSource:
    """A layer from the file where it may be, else from `live`: for filters, another scope, other zooms, edited rows."""

    baked: Baked
    guard: Guard
    layer: str
    live: TileSource

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """The layer's part of a tile, the same whichever it comes from."""
        plain = not tile_query.options and not tile_query.edits and tile_query.scope == self.baked.scope
        if plain:
            self.guard.look()
            if self.baked.holds((self.layer,), address):
                return self.baked.tile((self.layer,), address)
        return self.live.tile(address, tile_query)


def from_file(baked: Baked, engine: Engine, live: Mapping[str, TileSource]) -> dict[str, TileSource]:
    """The sources of a file's layers, each with its live one behind it."""
    guard = Guard(engine, baked)
    return {name: BakedSource(baked, guard, name, live[name]) for name in baked.layers}
