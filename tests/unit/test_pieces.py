"""Tiles put together from shapes and attributes, read by a decoder that is not ours."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely

from tiles.address import TileAddress
from tiles.encode import encode_shapes
from tiles.pieces import Pieces

ADDRESS = TileAddress(15, 27307, 13380)
WEST, SOUTH, EAST, NORTH = ADDRESS.bounds()
STEP_M = (EAST - WEST) / 10


def boxes() -> Any:
    """Squares across the tile; the second lies outside of it."""
    x = np.array([WEST + STEP_M, WEST - 9 * STEP_M, WEST + 5 * STEP_M, EAST - STEP_M / 2])
    bottom = np.full(4, NORTH - 3 * STEP_M)
    return np.asarray(shapely.box(x, bottom, x + STEP_M, bottom + STEP_M), object)


def decoded(tile: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mapbox_vector_tile.decode(tile)["layer"]["features"]
    return found


COLUMNS: dict[str, list[Any]] = {
    "minutes": [1.25, 2.0, None, -999.0],
    "count": [0, 1, -7, 2**40],
    "name": ["食堂", "", None, "x" * 200],
    "open": [True, False, None, True],
}


def test_a_tile_says_what_was_put_in() -> None:
    pieces = Pieces.of(encode_shapes("s", ADDRESS, boxes(), range(4), [{}] * 4), np.arange(4))
    assert pieces.row.tolist() == [0, 2, 3]
    columns = {name: [values[row] for row in pieces.row] for name, values in COLUMNS.items()}
    features = decoded(pieces.tile("layer", [11, 2**53 - 1, 300], columns))
    assert [f["id"] for f in features] == [11, 2**53 - 1, 300]
    for place, row in enumerate(pieces.row.tolist()):
        assert features[place]["properties"] == {
            name: values[row] for name, values in COLUMNS.items() if values[row] is not None
        }
        for name, value in features[place]["properties"].items():
            assert type(value) is type(COLUMNS[name][row]), name


def test_shapes_are_those_of_a_tile_made_whole() -> None:
    plain = encode_shapes("layer", ADDRESS, boxes(), [1, 2, 3, 4], [{"minutes": 1.5}] * 4)
    pieces = Pieces.of(encode_shapes("s", ADDRESS, boxes(), range(4), [{}] * 4), np.arange(4))
    again = pieces.tile("layer", [1, 3, 4], {"minutes": [1.5] * 3})
    assert decoded(again) == decoded(plain)


def test_what_is_not_shown_is_not_in_the_tile() -> None:
    pieces = Pieces.of(encode_shapes("s", ADDRESS, boxes(), range(4), [{}] * 4), np.arange(4))
    some = pieces.tile("layer", [1, 3, 4], {"minutes": [1.0, 2.0, 3.0]}, np.array([False, True, False]))
    assert [(f["id"], f["properties"]) for f in decoded(some)] == [(3, {"minutes": 2.0})]
    assert pieces.tile("layer", [1, 3, 4], {}, np.zeros(3, bool)) == b""
    assert Pieces.of(b"", np.arange(0)).tile("layer", [], {}) == b""
