"""Tiles in memory: the least recently asked for goes first, and each missing one is made once, however many wait.

Not thread-safe: everything here happens on the event loop.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.access.scenario import Edits
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.layers import LAYERS
from tiles.packing import Packed

_OVERHEAD = 1000
"""Bytes an entry takes beside its content, roughly: key, headers, places in the indexes."""


class TileKey(NamedTuple):
    """All that a tile's content depends on, besides what is stored. The reader's scope is in every key."""

    layers: tuple[str, ...]
    address: TileAddress
    scope: AreaScope
    options: tuple[tuple[str, str], ...] = ()
    edits: Edits = ()


@dataclass(eq=False, slots=True)
class _Entry:
    version: Hashable
    packed: Packed
    size: int


@dataclass(eq=False, slots=True)
class _Flight:
    """One tile being made. It is cancelled when nobody waits for it any more."""

    task: asyncio.Task[Packed]
    waiters: int = 0


@dataclass
class TileCache:
    """At most so many bytes of tiles.

    A tile is good for one `version`: whatever its content stands on, as told by who asks. Versions replace lifetimes:
    a tile of another version is made anew.
    """

    most_bytes: int
    size: int = 0
    _entries: OrderedDict[TileKey, _Entry] = field(default_factory=OrderedDict)
    _flights: dict[TileKey, dict[Hashable, _Flight]] = field(default_factory=dict)
    # Where to look when tiles are dropped: keys kept or under way, by the addresses that news names them by.
    _at: defaultdict[tuple[str, TileAddress], set[TileKey]] = field(default_factory=lambda: defaultdict(set))

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: TileKey, version: Hashable = None) -> Packed | None:
        """The tile, when it is here and of this version."""
        entry = self._entries.get(key)
        if entry is None or entry.version != version:
            return None
        self._entries.move_to_end(key)
        return entry.packed

    async def get(self, key: TileKey, make: Callable[[], Awaitable[bytes]], version: Hashable = None) -> Packed:
        """The tile; when it is missing, what `make` makes of it, once for all who ask meanwhile.

        Whoever is cancelled while waiting leaves the others theirs; the last to leave cancels the making.
        """
        if (found := self.find(key, version)) is not None:
            return found
        flights = self._flights.setdefault(key, {})
        flight = flights.get(version)
        if flight is None:
            flight = flights[version] = _Flight(asyncio.ensure_future(self._make(key, make, version)))
            self._list(key)
        flight.waiters += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiters -= 1
            if not flight.waiters and not flight.task.done():
                self._land(key, version, flight.task)
                flight.task.cancel()

    def resize(self, key: TileKey, packed: Packed) -> None:
        """Count an entry anew that was packed in a further way; others leave when it is too much now."""
        entry = self._entries.get(key)
        if entry is not None and entry.packed is packed:
            self.size += packed.size + _OVERHEAD - entry.size
            entry.size = packed.size + _OVERHEAD
            self._make_room()

    def drop(self, layer: str, addresses: Iterable[TileAddress]) -> None:
        """Forget the tiles of a layer at these addresses: every scope and filter, and composites that hold it.

        What is being made meanwhile may be of before the change, so it is given to who waits for it and not kept, and
        who asks from now on does not join it.
        """
        for address in addresses:
            for key in tuple(self._at.get((layer, address), ())):
                self._drop_key(key)

    def drop_layers(self, names: Iterable[str]) -> None:
        """Forget whole layers, and the composites that hold one of them."""
        gone = frozenset(names)
        for key in [*self._entries, *self._flights]:
            if not gone.isdisjoint(key.layers):
                self._drop_key(key)

    async def _make(self, key: TileKey, make: Callable[[], Awaitable[bytes]], version: Hashable) -> Packed:
        task = asyncio.current_task()
        try:
            packed = Packed(await make())
            flight = self._flights.get(key, {}).get(version)
            if flight is not None and flight.task is task:
                self._keep(key, version, packed)
            return packed
        finally:
            self._land(key, version, task)

    def _keep(self, key: TileKey, version: Hashable, packed: Packed) -> None:
        self._remove(key)
        size = packed.size + _OVERHEAD
        if size > self.most_bytes:
            return
        self._entries[key] = _Entry(version, packed, size)
        self._list(key)
        self.size += size
        self._make_room()

    def _make_room(self) -> None:
        while self.size > self.most_bytes:
            self._remove(next(iter(self._entries)))

    def _remove(self, key: TileKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size
            self._unlist(key)

    def _drop_key(self, key: TileKey) -> None:
        self._flights.pop(key, None)
        self._remove(key)
        self._unlist(key)

    def _land(self, key: TileKey, version: Hashable, task: asyncio.Task[Packed] | None) -> None:
        """Nobody joins this making any more."""
        flights = self._flights.get(key, {})
        if version in flights and flights[version].task is task:
            del flights[version]
            if not flights:
                del self._flights[key]
            self._unlist(key)

    def _list(self, key: TileKey) -> None:
        for name in _named_by(key):
            self._at[name].add(key)

    def _unlist(self, key: TileKey) -> None:
        """Take a key out of the index when it is neither kept nor being made."""
        if key in self._entries or key in self._flights:
            return
        for name in _named_by(key):
            self._at[name].discard(key)
            if not self._at[name]:
                del self._at[name]


def _named_by(key: TileKey) -> list[tuple[str, TileAddress]]:
    """What drops a tile, layer by layer. News goes down to the deepest zoom a layer is drawn at; a tile below that lies
    in one of that zoom and is named with it."""
    z, x, y = key.address.z, key.address.x, key.address.y
    names = []
    for layer in key.layers:
        above = max(0, z - LAYERS[layer].maxzoom)
        names.append((layer, TileAddress(z - above, x >> above, y >> above) if above else key.address))
    return names
