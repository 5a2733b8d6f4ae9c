"""A composite tile taken apart by layer, without decoding a feature.

Source: Mapbox Vector Tile specification 2.1, section 4: a tile is a sequence of layers (field 3), each with its name in
field 1; so layers can be copied whole.
"""

from __future__ import annotations

from geo.errors import InvalidInput

_LAYER = 3 << 3 | 2
_NAME = 1 << 3 | 2


def by_layer(tile: bytes) -> dict[str, bytes]:
    """The layers of a tile by name, each as bytes that are a tile of their own; joined they are the whole again.

    Raises
    ------
    InvalidInput
        When the bytes are no vector tile.
    """
    found: dict[str, bytes] = {}
    at = 0
    try:
        while at < len(tile):
            tag, body = _varint(tile, at)
            if tag != _LAYER:
                raise InvalidInput("These bytes are no vector tile.")
            length, body = _varint(tile, body)
            end = body + length
            if end > len(tile):
                raise InvalidInput("A vector tile that ends in the middle.")
            name = _name(tile, body, end)
            found[name] = found.get(name, b"") + tile[at:end]
            at = end
    except IndexError:
        raise InvalidInput("A vector tile that ends in the middle.") from None
    return found


def _name(tile: bytes, at: int, end: int) -> str:
    while at < end:
        tag, at = _varint(tile, at)
        if tag & 7 == 0:
            _, at = _varint(tile, at)
            continue
        length, at = _varint(tile, at)
        if tag == _NAME:
            return tile[at : at + length].decode()
        at += length
    raise InvalidInput("A layer of a vector tile without a name.")


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where what follows begins."""
    number = shift = 0
    while True:
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
