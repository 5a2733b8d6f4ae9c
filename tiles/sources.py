"""Where the bytes of a layer's tile come from: a SQL function, or the state in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import orjson
from sqlalchemy import Engine

from geo.access.scenario import Edits
from geo.database.sql import query
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.layers import Layer


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


@dataclass(frozen=True)
class SqlSource:
    """A layer made by the SQL function ``yike.tile_<layer>``."""

    engine: Engine
    layer: Layer

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """One call of the function; the address and the query are bound, never formatted."""
        with self.engine.connect() as connection:
            made = connection.execute(
                query(f"tiles/{self.layer.name}"),
                {"z": address.z, "x": address.x, "y": address.y, "query": tile_query.as_json()},
            ).scalar_one()
        return bytes(made) if made else b""


def composite(
    sources: Mapping[str, TileSource], layers: Iterable[Layer], address: TileAddress, tile_query: TileQuery
) -> bytes:
    """A tile of several layers: MVT bytes of each, joined.

    Layers that begin at a higher zoom stay out. None ends: the layers of a composite have one zoom range,
    that of its TileJSON, so the one with the deepest zooms decides for all.
    """
    return b"".join(sources[layer.name].tile(address, tile_query) for layer in layers if layer.minzoom <= address.z)
