"""Request bodies, packed by gzip (RFC 1952) or not, and never more of them than is allowed."""

from __future__ import annotations

import zlib

from fastapi import Request

from geo.errors import InvalidInput


async def body_of(request: Request, limit: int) -> bytes:
    """The body, unpacked. What is too large is refused before it is all here, or all unpacked.

    Raises
    ------
    InvalidInput
        When it holds more than `limit` bytes, or is not packed as its header says.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise InvalidInput(f"The body is packed as {encoding[:40]!r}.", where="Content-Encoding", hint="gzip, or none.")
    gunzip = _Gunzip() if encoding == "gzip" else None
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        plain = gunzip.unpack(part, limit + 1 - size) if gunzip else part
        size += len(plain)
        if size > limit:
            raise InvalidInput(f"More than {limit} bytes in one body.", hint="Send smaller batches.")
        parts.append(plain)
    if gunzip and not gunzip.is_whole:
        raise InvalidInput("The body ends in the middle.", where="Content-Encoding", hint="Send it again, whole.")
    return b"".join(parts)


class _Gunzip:
    """Unpacks gzip as it comes in; several members behind one another are one body."""

    def __init__(self) -> None:
        self._member = _member()
        self.is_whole = False

    def unpack(self, part: bytes, most: int) -> bytes:
        """What this part holds, or the first `most` bytes of it."""
        plain = b""
        while part and len(plain) < most:
            if self._member.eof:
                self._member = _member()
            try:
                plain += self._member.decompress(part, most - len(plain))
            except zlib.error:
                raise InvalidInput("The body is not gzip.", where="Content-Encoding") from None
            part = self._member.unused_data
            self.is_whole = self._member.eof
        return plain


def _member() -> zlib._Decompress:
    # 16 beyond the window's bits: with gzip's header and checksum (zlib's inflateInit2).
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
