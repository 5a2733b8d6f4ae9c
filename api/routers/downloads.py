"""A whole layer as a file: FlatGeobuf, GeoParquet, GeoJSON lines."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path as File
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse

from api.parameters import Bundle, InDatum, Scope
from geo.errors import NotFound, TooMany
from geo.export.columns import TABLES
from geo.export.formats import MEDIA_TYPES, Format

router = APIRouter(prefix="/api/v1", tags=["downloads"])

_CONTENT: dict[str, Any] = {media: {} for media in MEDIA_TYPES.values()}
_PART = 1 << 18
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each is a long statement on a connection of its own, and others want the database too."""
_RETRY_S = 10


@router.get("/layers/{layer}.{form}", response_class=Response, responses={200: {"content": _CONTENT}})
def download(
    bundle: Bundle,
    scope: Scope,
    layer: Annotated[str, Path(description=", ".join(TABLES))],
    form: Annotated[Format, Path(description="What kind of file")],
    datum: InDatum = "wgs84",
) -> StreamingResponse:
    """A layer with all its columns, of the area asked for. Nobody is named in any.

    It is written to disk by parts and sent by parts; what is asked for does not fit into memory, and need not.
    """
    if layer not in TABLES:
        raise NotFound(
            f"There is no layer {layer[:40]!r} to take away.", where="layer", hint=f"There are {', '.join(TABLES)}."
        )
    # With it come Arrow and GDAL, which no other request needs.
    from geo.export.write import write_layer

    if not _AT_ONCE.acquire(timeout=_RETRY_S):
        raise TooMany("Other downloads are being made.", hint="Try again in a moment.", retry_after_s=_RETRY_S)
    try:
        with tempfile.TemporaryDirectory(prefix="yike-layer-") as folder:
            file = File(folder) / f"{layer}.{form}"
            write_layer(bundle.engine, layer, file, form, scope, datum)
            # The folder goes now, and what was opened lives until it is sent.
            opened = file.open("rb")
    finally:
        _AT_ONCE.release()
    name = layer if datum == "wgs84" else f"{layer}.{datum}"
    return StreamingResponse(
        _sent(opened),
        media_type=MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form}"',
            "Content-Length": str(os.fstat(opened.fileno()).st_size),
            # Packing hundreds of megabytes would keep the live streams waiting.
            "Content-Encoding": "identity",
            "Cache-Control": "no-store",
        },
    )


def _sent(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while part := opened.read(_PART):
            yield part
