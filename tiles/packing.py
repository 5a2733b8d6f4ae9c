"""A tile's content and its compressed forms, each made when it is first asked for and then kept."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Coding = Literal["identity", "gzip", "br", "zstd"]

# Strengths at which a tile of 50 kB takes a millisecond or two: sent many times, but packed while somebody waits.
_COMPRESS: dict[Coding, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, 5, mtime=0),
    "br": lambda content: bytes(brotli.compress(content, quality=5, lgwin=18)),
    "zstd": lambda content: bytes(zstd.compress(content, 6)),
}
_EXPAND: dict[Coding, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": lambda content: bytes(brotli.decompress(content)),
    "zstd": lambda content: bytes(zstd.decompress(content)),
}
CODINGS: tuple[Coding, ...] = ("zstd", "br", "gzip", "identity")
"""In the order in which a tile is best sent: the quickest to unpack first among equals."""


@dataclass(frozen=True, slots=True)
class Form:
    """One representation: its bytes, and a tag that no other content and no other coding has."""

    content: bytes
    tag: str


@dataclass(eq=False, slots=True)
class Packed:
    """A tile's content, in the codings asked for.

    Uncompressed bytes are kept only where somebody takes them so, or nobody has asked for another form yet.
    """

    _plain: bytes | None
    digest: str = ""
    forms: dict[Coding, Form] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digest = hashlib.blake2b(self._plain or b"", digest_size=12).hexdigest() if self._plain else ""

    def __bool__(self) -> bool:
        return bool(self.digest)

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        # Read at one stroke: another thread may be packing a further form.
        return len(self._plain or b"") + sum(len(form.content) for form in tuple(self.forms.values()))

    def plain(self) -> bytes:
        """The content, uncompressed."""
        # Kept until there is a form, so one of the two is always there, whatever another thread does meanwhile.
        plain = self._plain
        if plain is not None:
            return plain
        coding, form = next(iter(self.forms.items()))
        return form.content if coding == "identity" else _EXPAND[coding](form.content)

    def form(self, coding: Coding) -> Form:
        """The content in a coding, made when it is not here yet. Takes a millisecond or two then."""
        found = self.forms.get(coding)
        if found is None:
            content = self.plain()
            if coding == "identity":
                found = Form(content, f'"{self.digest}"')
            else:
                found = Form(_COMPRESS[coding](content), f'"{self.digest}-{coding}"')
            self.forms[coding] = found
            self._plain = None
        return found
