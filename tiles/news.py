"""Which tiles changed: what the numbered log says of them, put together, and asked whether it names a tile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import orjson

from geo.live.changes import Change
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.layers import LAYERS

TileNews = Mapping[str, Collection[TileAddress] | None]
"""By layer, the tiles whose content is another one now; None for all of the layer's."""

Named = dict[str, frozenset[str] | None]
"""The same as ``z/x/y``, as the log and the live stream write it."""

MOST = 1000
"""Of more tiles news names the whole layer."""

WHOLE: Named = {name: None for name, layer in LAYERS.items() if not layer.lives}
"""All tiles of all layers that are made by SQL functions: what is said when nobody can tell."""


def tiles_named(changes: Iterable[Change], scope: AreaScope) -> Named:
    """The tiles that changes name and a reader of `scope` may hear of.

    Public layers are everyone's news, and so is a whole layer, which says of no place.
    """
    named: Named = {}
    for change in changes:
        if change.entity == "tiles":
            layer, *tiles = orjson.loads(change.payload)
            of_one: Named = {layer: None if "*" in tiles else frozenset(tiles)}
            if LAYERS[layer].is_public or of_one[layer] is None or change.path in scope:
                named = both(named, of_one)
    return named


def both(one: Named, other: Named) -> Named:
    """What either names."""
    merged = dict(one)
    for layer, tiles in other.items():
        known = merged.get(layer, frozenset())
        together = None if known is None or tiles is None else known | tiles
        merged[layer] = together if together is not None and len(together) <= MOST else None
    return merged


def to_news(named: Named) -> TileNews:
    """With addresses, for whoever keeps tiles."""
    return {
        layer: None if tiles is None else [TileAddress(*map(int, tile.split("/"))) for tile in tiles]
        for layer, tiles in named.items()
    }


def names(news: TileNews, layer: str, address: TileAddress) -> bool:
    """Whether news is about a tile.

    News goes down to the deepest zoom a layer is drawn at. A tile below that lies, with its buffer, in one of that
    zoom with its buffer, and is named with it.
    """
    tiles = news.get(layer, ())
    if tiles is None:
        return True
    above = max(0, address.z - LAYERS[layer].maxzoom)
    return TileAddress(address.z - above, address.x >> above, address.y >> above) in tiles
