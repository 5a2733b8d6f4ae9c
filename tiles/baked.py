"""Tiles from a baked file, as long as what they were made from is as it was."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import Engine

from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.news import TileNews
from tiles.pmtiles import Baked
from tiles.state import behind, read_state

log = logging.getLogger("yike.tiles")


class BakedTiles:
    """A baked file that is told what changed.

    It answers for nothing before `compare`, which drops the layers that were edited between the bake and then; after it
    news drops tiles one by one.
    """

    def __init__(self, engine: Engine, baked: Baked) -> None:
        self._engine = engine
        self._baked = baked
        self.is_compared = False

    def compare(self) -> None:
        """Drop the layers whose data are not those of the bake. News must be taken in from before this on.

        May run in any thread.

        Raises
        ------
        DatabaseUnavailable
            When nobody can say; what might be old is not served.
        """
        with self._engine.connect() as connection:
            now = read_state(connection, self._baked.layers)
        old = behind(self._baked.content.state, now, self._baked.layers)
        if old:
            log.warning("baked tiles of %s are old and not served: bake again", ", ".join(old))
            self._baked.drop_layers(old)
        self.is_compared = True

    def take_in(self, news: TileNews) -> bool:
        """Drop what news names; whether `compare` is due, because nobody can tell which tiles changed."""
        if all(news.get(name, ()) is None for name in self._baked.content.layers):
            self.is_compared = False
            return True
        self._baked.drop_news(news)
        return False

    def part(self, layers: Sequence[str], address: TileAddress, scope: AreaScope) -> tuple[bytes, tuple[str, ...]]:
        """What it knows of these layers of a tile without any filter, and the layers that it does not know."""
        if not self.is_compared or scope != self._baked.scope:
            return b"", tuple(layers)
        known = [name for name in layers if self._baked.holds((name,), address)]
        content = self._baked.tile(known, address) if known else b""
        return content, tuple(name for name in layers if name not in known)
