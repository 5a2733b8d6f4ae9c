"""Photographs of orders and reports: re-encoded, so that neither place nor camera stands in the file."""

from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.scope import AreaScope

MAX_BYTES = 12_000_000
_LONGEST_SIDE = 1600
_MOST_PIXELS = 60_000_000
_MOST_PHOTOS = 12


def add_photo(
    connection: Connection, content: bytes, *, incident_id: int, order_id: int | None = None, who: str
) -> int:
    """Keep a photograph (JPEG, PNG, WebP); returns its id. The same bytes again are the same photograph.

    Raises
    ------
    InvalidInput
        When it is no picture, or too large.
    Conflict
        When the incident has enough of them.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The picture has more than {MAX_BYTES // 1_000_000} MB.")
    small, width, height = _reencode(content)
    if connection.execute(query("photos/count"), {"incident": incident_id}).scalar_one() >= _MOST_PHOTOS:
        raise Conflict(f"There are {_MOST_PHOTOS} pictures already.")
    return int(
        connection.execute(
            query("photos/add"),
            {
                "incident": incident_id,
                "order": order_id,
                "who": who,
                "width": width,
                "height": height,
                "sent": hashlib.sha256(content).digest(),
                "content": small,
            },
        ).scalar_one()
    )


def read_photo(connection: Connection, photo_id: int, *, scope: AreaScope) -> bytes:
    """A photograph as JPEG.

    Raises
    ------
    NotFound
        When there is none in the scope.
    """
    found = connection.execute(
        query("photos/one"), {"photo": photo_id, "lower": scope.lower, "upper": scope.upper}
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no photo {photo_id}.")
    return bytes(found.content)


def _reencode(content: bytes) -> tuple[bytes, int, int]:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise InvalidInput("The picture has more than 60 million pixels.")
            # Phones write how they were held into the metadata, which goes.
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InvalidInput("This is no picture.", hint="JPEG, PNG or WebP.") from None
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue(), upright.width, upright.height
