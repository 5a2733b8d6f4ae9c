"""What a tile is asked for beyond its address, and what makes tiles from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from geo.access.scenario import Edits
from geo.scope import AreaScope
from tiles.address import TileAddress


@dataclass(frozen=True)
class TileQuery:
    """What a reader asked for beyond the address.

    `scope` is who may see what; `options` the filters of the URL (``kind``, ``category``, ``minutes`` …); `edits` those
    of the scenario it names; `ids`, where a CQL2 filter was given, the features it lets through.
    """

    scope: AreaScope
    options: Mapping[str, str] = field(default_factory=dict)
    edits: Edits = ()
    ids: Sequence[int] | None = None

    def as_json(self) -> str:
        """The one argument the SQL functions take besides the address."""
        asked: dict[str, object] = {**self.options, "area_lower": self.scope.lower, "area_upper": self.scope.upper}
        if self.ids is not None:
            asked["ids"] = self.ids
        return orjson.dumps(asked).decode()


class TileSource(Protocol):
    """Makes tiles of one layer."""

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """The layer's part of a tile as MVT bytes; empty when nothing lies there."""
        ...
