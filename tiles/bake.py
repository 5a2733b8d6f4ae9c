"""Bakes the tiles of a scope into one PMTiles file, on several connections, going on where it was stopped.

The walk goes down from the service area zoom by zoom. An empty tile is left out; what lies below it is left out only
when no row lies there: the tile functions drop small things at low zooms, so rows decide and not bytes.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from pmtiles.tile import tileid_to_zxy, zxy_to_tileid
from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import InvalidInput
from geo.progress import Progress, Silent
from geo.scope import AreaScope
from tiles.address import MAX_ZOOM, TileAddress
from tiles.layers import LAYERS, Layer, pick
from tiles.part import Done, Part
from tiles.pmtiles import Content, write_pmtiles
from tiles.region import Region, bounds_of
from tiles.sources import TileQuery
from tiles.state import behind, read_state
from tiles.tilejson import ATTRIBUTION, tilejson

DEFAULT_LAYERS = tuple(layer.name for layer in LAYERS.values() if layer.is_public and not layer.lives)
"""What everybody may have: a file is easily passed on."""
_BATCH = 32
"""Tiles a statement: the functions are planned once for all of them."""
_FEW = 64
"""The walk begins at a zoom where the service area is no more tiles than this."""


@dataclass(frozen=True)
class Bake:
    """What became of it.

    Attributes
    ----------
    tiles : int
        Not empty ones, in the file.
    made : int
        Tiles made by this run; what an earlier one had made is not among them.
    is_resumed : bool
    behind : list of str
        Layers edited while it ran: their tiles are partly of before and partly of after.
    """

    tiles: int
    made: int
    is_resumed: bool
    behind: list[str]


def bakeable(names: str | Iterable[str]) -> list[Layer]:
    """The layers of ``"a,b"`` or a list of names.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such layer, or it is made from memory and changes with every reading.
    """
    layers = pick(names)
    if living := [layer.name for layer in layers if layer.lives]:
        stored = ", ".join(layer.name for layer in LAYERS.values() if not layer.lives)
        raise InvalidInput(f"{living[0]} changes with every reading.", where="layers", hint=f"Bake any of {stored}.")
    return layers


def bake(
    engine: Engine,
    out: Path,
    *,
    layers: Sequence[Layer],
    zooms: tuple[int, int],
    scope: AreaScope,
    connections: int = 2,
    progress: Progress | None = None,
) -> Bake:
    """Make all tiles of `layers` within a scope and put them into `out`.

    Parameters
    ----------
    engine : Engine
        With a pool of at least `connections`.
    zooms : (int, int)
        First and last.
    scope : AreaScope
        Whose view; the service serves the file to exactly this one.

    Raises
    ------
    InvalidInput
        When there is nothing to bake. What was finished stays in ``<out>.part`` whatever ends this; the same call
        goes on, unless the data were edited meanwhile: then it begins anew, so that a file is of one state.
    """
    if not 0 <= zooms[0] <= zooms[1] <= MAX_ZOOM:
        raise InvalidInput(f"There are no zooms {zooms[0]}-{zooms[1]}.", where="zooms", hint=f"0 to {MAX_ZOOM}.")
    progress = progress or Silent()
    names = tuple(layer.name for layer in layers)
    with engine.connect() as connection:
        state = read_state(connection, names)
        bounds = bounds_of(connection, scope)
        from_openstreetmap = connection.execute(query("places/has_openstreetmap")).scalar_one()
    if bounds is None:
        raise InvalidInput("There is nothing to bake: no areas and no streets.", hint="Import something first.")
    content = Content(names, *zooms, scope, bounds, state)
    with Part(out.with_name(f"{out.name}.part"), _spec(content), state.clock.seq) as part:
        begun = replace(state, clock=replace(state.clock, seq=part.seq))
        made = _Walk(engine, part, layers, content, connections).run(progress)
        with engine.connect() as connection:
            changed = behind(state, read_state(connection, names), names)
        metadata = _metadata(replace(content, state=begun), layers, ATTRIBUTION if from_openstreetmap else None)
        centre_zoom = min(zooms[1], max(zooms[0], 14))
        with progress.step("Writing"):
            count = write_pmtiles(out, part.finished(), bounds=bounds, centre_zoom=centre_zoom, metadata=metadata)
    part.remove()
    return Bake(count, made, part.is_resumed, changed)


@dataclass(frozen=True)
class _Walk:
    """From the service area down to the last zoom."""

    engine: Engine
    part: Part
    layers: Sequence[Layer]
    content: Content
    connections: int

    def run(self, progress: Progress) -> int:
        """Look at every tile that may hold something; how many this run looked at."""
        looked = 0
        first, last = self.content.minzoom, self.content.maxzoom
        region = Region(self.content.bounds)
        begin = max((z for z in range(first + 1) if region.count(z) <= _FEW), default=0)
        wanted = sorted(map(_id, region.tiles(begin)))
        for zoom in range(begin, last + 1):
            done = self.part.done(zoom)
            missing = [key for key in wanted if key not in done]
            with progress.step(f"Zoom {zoom}", len(wanted)) as advance:
                advance(len(wanted) - len(missing))
                for tiles in self._made(zoom, missing):
                    self.part.keep(zoom, tiles)
                    done |= {tile.id: tile.goes_on for tile in tiles}
                    advance(len(tiles))
                    looked += len(tiles)
            wanted = sorted(
                _id(child) for key in wanted if done[key] for child in _children(_address(key)) if child in region
            )
        return looked

    def _made(self, zoom: int, keys: Sequence[int]) -> Iterator[list[Done]]:
        """Batches as they are finished; no more are under way than there is work for, so memory is bounded."""
        size = max(1, min(_BATCH, len(keys) // (4 * self.connections)))
        batches = iter([keys[at : at + size] for at in range(0, len(keys), size)])
        pool = ThreadPoolExecutor(self.connections, thread_name_prefix="yike-bake")
        under_way: set[Future[list[Done]]] = set()
        try:
            while True:
                for batch in islice(batches, 3 * self.connections - len(under_way)):
                    under_way.add(pool.submit(self._batch, zoom, batch))
                if not under_way:
                    return
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _batch(self, zoom: int, keys: Sequence[int]) -> list[Done]:
        addresses = [_address(key) for key in keys]
        first, last, scope = self.content.minzoom, self.content.maxzoom, self.content.scope
        drawn = [layer.name for layer in self.layers if layer.minzoom <= zoom] if zoom >= first else []
        with self.engine.connect() as connection:
            rows = connection.execute(
                query("bake/tiles"),
                {
                    "z": zoom, "xs": [tile.x for tile in addresses], "ys": [tile.y for tile in addresses],
                    "drawn": drawn, "layers": list(self.content.layers), "deeper": zoom < last,
                    "query": TileQuery(scope).as_json(), "lower": scope.lower, "upper": scope.upper,
                },
            ).all()  # fmt: skip
        return [
            Done(key, gzip.compress(row.tile, 6, mtime=0) if row.tile else b"", row.goes_on)
            for key, row in zip(keys, rows, strict=True)
        ]


def _id(address: TileAddress) -> int:
    return zxy_to_tileid(address.z, address.x, address.y)


def _address(key: int) -> TileAddress:
    return TileAddress(*tileid_to_zxy(key))


def _children(tile: TileAddress) -> Iterator[TileAddress]:
    for x in (2 * tile.x, 2 * tile.x + 1):
        for y in (2 * tile.y, 2 * tile.y + 1):
            yield TileAddress(tile.z + 1, x, y)


def _spec(content: Content) -> str:
    """What is to be made, as text: the same text, the same tiles. The log's number runs on without changing any."""
    values = content.as_json()
    del values["state"]["clock"]["seq"]
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()


def _metadata(content: Content, layers: Sequence[Layer], attribution: str | None) -> dict[str, Any]:
    """TileJSON without addresses, the clock at which the bake began, and under ``yike`` what the service needs."""
    document = tilejson(layers, base_url="", bounds=content.bounds, attribution=attribution)
    del document["tiles"]
    for layer in document["vector_layers"]:
        layer["minzoom"] = max(layer["minzoom"], content.minzoom)
        layer["maxzoom"] = content.maxzoom
    clock = content.state.clock
    return {
        **document,
        "type": "baselayer",
        "format": "pbf",
        "minzoom": content.minzoom,
        "maxzoom": content.maxzoom,
        "clock": f"{clock.epoch}:{clock.seq}",
        "yike": content.as_json(),
    }
