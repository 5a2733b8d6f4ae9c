"""Baked tiles: a PMTiles archive (version 3) that the service serves from, and how one is written.

Source: PMTiles specification 3, https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md. The `pmtiles` library
reads and writes its header and directories.
"""

from __future__ import annotations

import gzip
import mmap
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from pmtiles.reader import Reader
from pmtiles.tile import Compression, TileType, deserialize_directory, zxy_to_tileid
from pmtiles.writer import Writer

from geo.errors import SettingsError
from geo.live.changes import Clock
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.layers import LAYERS
from tiles.region import Region
from tiles.split import by_layer
from tiles.tilejson import Bounds

_TILES_KEPT = 256
"""Split tiles at hand: one that is asked for layer by layer is unpacked once."""


@dataclass(frozen=True)
class State:
    """What the data were when a bake began.

    `clock` is the change log's, `revisions` of the topics that edits raise, `functions` a digest of the SQL that makes
    tiles.
    """

    clock: Clock
    revisions: Mapping[str, int]
    functions: str


@dataclass(frozen=True)
class Content:
    """What an archive of ours holds, as it stands in its metadata under ``yike``."""

    layers: tuple[str, ...]
    minzoom: int
    maxzoom: int
    scope: AreaScope
    bounds: Bounds
    state: State

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold; `from_json` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Content:
        """The content that `as_json` wrote."""
        state = values["state"]
        west, south, east, north = values["bounds"]
        return cls(
            tuple(values["layers"]),
            int(values["minzoom"]),
            int(values["maxzoom"]),
            AreaScope(**values["scope"]),
            (west, south, east, north),
            State(Clock(**state["clock"]), dict(state["revisions"]), state["functions"]),
        )


class Baked:
    """An archive of ours, mapped into memory; threads may read it at once.

    It answers for its layers, zooms and bounds: a tile of these that is not in the file is known to be empty. What was
    dropped it does not answer for. A file put in its place is taken up by whoever opens it next.
    """

    def __init__(self, path: Path) -> None:
        """Open an archive.

        Raises
        ------
        SettingsError
            When it is none, or none that `yike tiles bake` wrote.
        """
        self._bytes = _mapped(path)
        reader = Reader(self._read)
        try:
            header = reader.header()
            metadata = reader.metadata()
            self._offset = int(header["tile_data_offset"])
            self._id, self._run, self._at, self._length = _entries(self._read, header)
        except Exception as error:
            raise _wrong(path, "is no PMTiles archive (version 3), or a damaged one.") from error
        if self._offset + header["tile_data_length"] > len(self._bytes):
            raise _wrong(path, "ends before its tiles do: was it copied whole?")
        is_ours = header["tile_type"] == TileType.MVT and header["tile_compression"] == Compression.GZIP
        try:
            self.content = Content.from_json(metadata["yike"])
        except (KeyError, TypeError, ValueError) as error:
            raise _wrong(path, "was not made by `yike tiles bake`: nobody knows when it was.") from error
        if not is_ours or not set(self.content.layers) <= set(LAYERS):
            raise _wrong(path, "holds other tiles than `yike tiles bake` makes.")
        self._region = Region(self.content.bounds)
        self._dropped: dict[str, set[TileAddress]] = {name: set() for name in self.content.layers}
        # The file never changes, so what was split stays true.
        self._split = lru_cache(_TILES_KEPT)(self._unpacked)

    @property
    def clock(self) -> Clock:
        """The change log's clock at which it was begun."""
        return self.content.state.clock

    @property
    def scope(self) -> AreaScope:
        """Whose view it holds; for any other it must not be asked."""
        return self.content.scope

    def holds(self, layers: Iterable[str], address: TileAddress) -> bool:
        """Whether it knows these layers of a tile."""
        content = self.content
        if not content.minzoom <= address.z <= content.maxzoom or address not in self._region:
            return False
        return all(name in self._dropped and address not in self._dropped[name] for name in layers)

    def tile(self, layers: Iterable[str], address: TileAddress) -> bytes:
        """These layers of a tile it holds, uncompressed, in the order asked for; empty when nothing lies there."""
        split = self._split(address)
        names = (part for name in layers for part in (name, *LAYERS[name].also))
        return b"".join(split.get(name, b"") for name in names)

    def drop(self, layer: str, addresses: Iterable[TileAddress]) -> None:
        """Answer no more for a layer of these tiles."""
        if layer in self._dropped:
            self._dropped[layer].update(addresses)

    def drop_layers(self, names: Iterable[str]) -> None:
        """Answer no more for whole layers."""
        for name in names:
            self._dropped.pop(name, None)

    def drop_news(self, news: Mapping[str, Collection[TileAddress] | None]) -> None:
        """Take in what changed: tiles by layer, None for a whole layer."""
        for name, addresses in news.items():
            if addresses is None:
                self.drop_layers([name])
            else:
                self.drop(name, addresses)

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers it still answers for."""
        return tuple(self._dropped)

    def _read(self, offset: int, length: int) -> bytes:
        return self._bytes[offset : offset + length]

    def _unpacked(self, address: TileAddress) -> dict[str, bytes]:
        wanted = zxy_to_tileid(address.z, address.x, address.y)
        row = int(np.searchsorted(self._id, wanted, side="right")) - 1
        if row < 0 or wanted >= self._id[row] + self._run[row]:
            return {}
        return by_layer(gzip.decompress(self._read(self._offset + int(self._at[row]), int(self._length[row]))))


def write_pmtiles(
    out: Path, tiles: Iterable[tuple[int, bytes]], *, bounds: Bounds, centre_zoom: int, metadata: Mapping[str, Any]
) -> int:
    """Write an archive; it stands in its place whole or not at all.

    Parameters
    ----------
    tiles : iterable of (tile id, gzip bytes)
        At least one, in the order of ids.

    Returns
    -------
    int
        How many tiles it holds.
    """
    west, south, east, north = bounds
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * 1e7), "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7), "max_lat_e7": round(north * 1e7),
        "center_zoom": centre_zoom,
        "center_lon_e7": round((west + east) / 2 * 1e7), "center_lat_e7": round((south + north) / 2 * 1e7),
    }  # fmt: skip
    count = 0
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
        unfinished = Path(file.name)
        try:
            writer = Writer(file)
            # Gigabytes belong beside the file, not into a /tmp that may be memory.
            writer.tile_f.close()
            with tempfile.TemporaryFile(dir=out.parent) as writer.tile_f:
                for key, packed in tiles:
                    writer.write_tile(key, packed)
                    count += 1
                writer.finalize(header, dict(metadata))
            file.flush()
            os.fsync(file.fileno())
            unfinished.chmod(0o644)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    return count


def _mapped(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise _wrong(path, "cannot be read.") from error


def _entries(read: Any, header: Mapping[str, Any]) -> tuple[Any, Any, Any, Any]:
    """All entries of all directories as columns: first id, how many in a row, offset, length."""
    rows: list[tuple[int, int, int, int]] = []
    waiting = [(int(header["root_offset"]), int(header["root_length"]))]
    while waiting:
        for entry in deserialize_directory(read(*waiting.pop(0))):
            if entry.run_length:
                rows.append((entry.tile_id, entry.run_length, entry.offset, entry.length))
            else:
                waiting.append((int(header["leaf_directory_offset"]) + entry.offset, entry.length))
    if any(first[0] >= second[0] for first, second in pairwise(rows)):
        raise ValueError("entries out of order")
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return tuple(np.ascontiguousarray(column) for column in columns)  # type: ignore[return-value]


def _wrong(path: Path, what: str) -> SettingsError:
    return SettingsError(f"{path} {what}", where="YIKE_BAKED", hint="Make one: yike tiles bake OUT.pmtiles")
