"""How a tile is answered, whichever address asked for it: who may keep it, and whether the client holds it already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from api.codings import coding_for, is_named
from tiles.packing import Coding, Form

MVT = "application/vnd.mapbox-vector-tile"
_CONTENT_TYPE = (b"content-type", MVT.encode())
_STORED_S, _LIVING_S = 60, 5

HeaderList = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class TileAnswer:
    """Status, headers and body, as ASGI has them."""

    status: int
    headers: HeaderList
    body: bytes = b""


@lru_cache
def keeping(*, is_public: bool, lives: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Who may keep a tile, and for how long.

    `is_public` says that everyone gets the same: what differs by account is kept by no proxy, and by no browser beyond
    the session. `lives` says that it changes with every reading.
    """
    whose, age_s = "public" if is_public else "private", _LIVING_S if lives else _STORED_S
    return (
        (b"cache-control", f"{whose}, max-age={age_s}".encode()),
        (b"vary", b"Accept-Encoding" if is_public else b"Accept-Encoding, Cookie, Authorization, Origin"),
    )


def wanted_coding(accept_encoding: bytes | None) -> Coding:
    """The coding to send, by the request's Accept-Encoding."""
    return coding_for(accept_encoding.decode("latin-1") if accept_encoding else None)


def nothing_there(*, is_public: bool, lives: bool) -> TileAnswer:
    """204: no feature lies there."""
    return TileAnswer(204, [*keeping(is_public=is_public, lives=lives)])


def answer_with(form: Form, coding: Coding, if_none_match: bytes | None, *, is_public: bool, lives: bool) -> TileAnswer:
    """200 with the tile in a coding, or 304 where If-None-Match names it."""
    headers = [*keeping(is_public=is_public, lives=lives), (b"etag", form.tag.encode())]
    if if_none_match is not None and is_named(if_none_match.decode("latin-1"), form.tag):
        return TileAnswer(304, headers)
    headers += [_CONTENT_TYPE, (b"content-length", str(len(form.content)).encode())]
    if coding != "identity":
        headers.append((b"content-encoding", coding.encode()))
    return TileAnswer(200, headers, form.content)
