"""Bodies that are a picture, and nothing around it: what a phone's camera gives."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from geo.errors import InvalidInput
from geo.live.photos import MAX_BYTES

PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""How OpenAPI is told of it."""


async def picture(request: Request) -> bytes:
    """The body, read no further than a picture may be long.

    Raises
    ------
    InvalidInput
        When there is none, or too much of it.
    """
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > MAX_BYTES:
            raise InvalidInput(f"The picture has more than {MAX_BYTES // 1_000_000} MB.")
        parts.append(part)
    if length == 0:
        raise InvalidInput("There is no picture.", hint="The body of the request is the picture itself.")
    return b"".join(parts)
