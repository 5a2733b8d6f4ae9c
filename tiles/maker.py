"""Tiles as they are asked for: from the cache, else made from the database and from memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from tiles.address import TileAddress
from tiles.baked import BakedTiles
from tiles.cache import TileCache, TileKey
from tiles.database import TileDatabase
from tiles.layers import LAYERS, Layer
from tiles.packing import Coding, Form, Packed
from tiles.sources import TileQuery, TileSource

Version = Callable[[TileQuery], Awaitable[Hashable]]
"""What a layer's tiles stand on now: of equal versions the tiles are equal."""

_AT_ONCE = 2_000
"""Bytes that are packed quicker than a thread is woken."""


@dataclass(frozen=True)
class Living:
    """A layer made from memory. Its version is asked before its tile: what changes in between makes it one too old,
    and never one too new."""

    source: TileSource
    version: Version


@dataclass
class TileMaker:
    """All tiles of one API process. Belongs to one event loop.

    Attributes
    ----------
    ids : callable
        The features that the filter of a key (CQL2 in its normal form) lets through in its tile.
    baked : BakedTiles, optional
        Asked before the database.
    """

    database: TileDatabase
    living: Mapping[str, Living]
    cache: TileCache
    ids: Callable[[TileKey], Awaitable[Sequence[int]]]
    baked: BakedTiles | None = None
    _packing: dict[tuple[Packed, Coding], asyncio.Task[Form]] = field(default_factory=dict)

    def key(self, layers: Sequence[Layer], address: TileAddress, tile_query: TileQuery) -> TileKey:
        """What names a tile: layers in drawing order, and of the options those that some layer heeds.

        Layers that begin at a higher zoom stay out. None ends: the layers of a composite have one zoom range, that of
        its TileJSON, so the one with the deepest zooms decides for all.
        """
        wanted = {layer.name for layer in layers if layer.minzoom <= address.z}
        names = tuple(name for name in LAYERS if name in wanted)
        heeded = {option for name in names for option in LAYERS[name].filters}
        options = tuple(sorted((name, value) for name, value in tile_query.options.items() if name in heeded))
        return TileKey(names, address, tile_query.scope, options, tile_query.edits if "coverage" in wanted else ())

    def is_stored(self, key: TileKey) -> bool:
        """Whether a tile comes from the database alone, so that it is good until news names it."""
        return not any(name in self.living for name in key.layers) and not _lives(key)

    def find(self, key: TileKey) -> Packed | None:
        """A stored tile that is at hand."""
        return self.cache.find(key) if self.is_stored(key) else None

    async def tile(self, key: TileKey) -> Packed:
        """The tile.

        Raises
        ------
        YikeError
            What the layers' sources raise: the database is down, no such category, …
        """
        if self.is_stored(key):
            return await self.cache.get(key, partial(self._stored, key))
        tile_query = _query_of(key)
        alive = [name for name in key.layers if name in self.living]
        # A filter on devices may ask for their status, which `device_status` stands on.
        standing = [*alive, "device_status"] if _lives(key) else alive
        versions = await asyncio.gather(*(self.living[name].version(tile_query) for name in standing))
        return await self.cache.get(key, partial(self._mixed, key, alive), tuple(versions))

    async def form(self, key: TileKey, packed: Packed, coding: Coding) -> Form:
        """A tile in a coding; packed once, however many ask for it first, and not on the event loop."""
        if (found := packed.forms.get(coding)) is not None:
            return found
        if packed.size <= _AT_ONCE:
            form = packed.form(coding)
        else:
            task = self._packing.get((packed, coding))
            if task is None:
                task = asyncio.ensure_future(asyncio.to_thread(packed.form, coding))
                self._packing[packed, coding] = task
                task.add_done_callback(lambda _: self._packing.pop((packed, coding), None))
            form = await asyncio.shield(task)
        self.cache.resize(key, packed)
        return form

    async def _stored(self, key: TileKey) -> bytes:
        if not key.layers:
            return b""
        if self.baked is not None and not key.options:
            content, rest = await asyncio.to_thread(self.baked.part, key.layers, key.address, key.scope)
            made = await self.database.tile(rest, key.address, _query_of(key)) if rest else b""
            return made + content
        tile_query = _query_of(key)
        if "filter" in tile_query.options:
            tile_query = replace(tile_query, ids=await self.ids(key))
        return await self.database.tile(key.layers, key.address, tile_query)

    async def _mixed(self, key: TileKey, alive: Sequence[str]) -> bytes:
        if not alive:
            return await self._stored(key)
        # The stored part is a tile of its own: it outlives the changes of what it is joined with.
        stored = key._replace(layers=tuple(name for name in key.layers if name not in self.living))
        parts = [self._living(name, key) for name in alive]
        if stored.layers:
            parts.insert(0, self._plain(stored))
        return b"".join(await asyncio.gather(*parts))

    async def _plain(self, key: TileKey) -> bytes:
        return (await self.tile(key)).plain()

    async def _living(self, name: str, key: TileKey) -> bytes:
        return await asyncio.to_thread(self.living[name].source.tile, key.address, _query_of(key))


def _lives(key: TileKey) -> bool:
    return "device" in key.layers and any(name == "filter" for name, _ in key.options)


def _query_of(key: TileKey) -> TileQuery:
    return TileQuery(key.scope, dict(key.options), key.edits)
