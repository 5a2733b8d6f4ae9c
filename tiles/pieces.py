"""Tiles whose shapes stay while their numbers change: shapes encoded once, attributes written beside them.

A feature of the vector tile is shape bytes followed by attribute bytes (protocol buffers do not mind the order), so
that a changed coverage costs the attributes alone. Source: Mapbox Vector Tile specification 2.1, section 4.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from tiles.address import EXTENT

Value = str | int | float | bool | None


@dataclass(frozen=True, eq=False)
class Pieces:
    """Encoded shapes of one tile.

    Attributes
    ----------
    row : ndarray, shape (k,)
        Which row of what was drawn each shape is.
    shape : tuple of bytes, length k
        Id, type and geometry of each feature.
    """

    row: NDArray[np.intp]
    shape: tuple[bytes, ...]

    @classmethod
    def of(cls, tile: bytes, rows: NDArray[np.intp]) -> Pieces:
        """The features of a tile of one layer, whose ids are positions in `rows`."""
        read = vector_tile_pb2.tile()
        read.ParseFromString(tile)
        features = read.layers[0].features if read.layers else ()
        order = np.array([feature.id for feature in features], np.intp)
        shapes = []
        for feature in features:
            feature.ClearField("id")
            feature.ClearField("tags")
            shapes.append(feature.SerializePartialToString())
        return cls(rows[order], tuple(shapes))

    def tile(
        self,
        layer: str,
        ids: Sequence[int],
        columns: Mapping[str, Sequence[Value]],
        shown: NDArray[np.bool_] | None = None,
    ) -> bytes:
        """The tile with these attributes; a value that is None is left out of its feature.

        Parameters
        ----------
        ids, columns : of length k
            In the order of `row`.
        shown : ndarray of bool, shape (k,), optional
            Features that are in the tile at all.
        """
        which = range(len(self.shape)) if shown is None else np.flatnonzero(shown).tolist()
        values: dict[tuple[type, Value], int] = {}
        body = bytearray()
        named = list(enumerate(columns.values()))
        for place in which:
            tags = bytearray()
            for key, column in named:
                value = column[place]
                if value is not None:
                    tags += _varint(key)
                    tags += _varint(values.setdefault((type(value), value), len(values)))
            feature = b"\x08" + _varint(ids[place]) + b"\x12" + _varint(len(tags)) + tags + self.shape[place]
            body += b"\x12" + _varint(len(feature)) + feature
        if not body:
            return b""
        head = b"\x78\x02" + _field(1, layer.encode())
        keys = b"".join(_field(3, name.encode()) for name in columns)
        written = b"".join(_field(4, _value(value)) for _, value in values)
        return _field(3, head + bytes(body) + keys + written + b"\x28" + _varint(EXTENT))


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes with its length before it."""
    return bytes((number << 3 | 2,)) + _varint(len(content)) + content


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + _varint(int(value))
    if isinstance(value, int):
        return b"\x28" + _varint(value) if value >= 0 else b"\x30" + _varint(-2 * value - 1)
    if isinstance(value, float):
        return b"\x19" + struct.pack("<d", value)
    return _field(1, str(value).encode())


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    if number < 0x80:
        return bytes((number,))
    made = bytearray()
    while number >= 0x80:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    made.append(number)
    return bytes(made)
