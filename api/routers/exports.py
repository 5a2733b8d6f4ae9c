"""Coverage as a file to take away."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from api.circle import edits_of, local_time
from api.leaflet import leaflet_of
from api.parameters import Bundle, Scope, Who
from api.schemas.access import Level
from geo.access.out.survey import By, survey
from geo.access.out.write import MEDIA_TYPES, Format, Writer, file_name
from geo.network.profiles import Profile

router = APIRouter(prefix="/api/v1", tags=["coverage"])

_CONTENT: dict[str, Any] = {media.split(";")[0]: {} for media in MEDIA_TYPES.values()}
_PART = 1 << 18
_MOST_CELLS = 1_000_000
"""More take longer than a request should; the command makes them."""


@router.get("/coverage/export", response_class=Response, responses={200: {"content": _CONTENT}})
def export(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    form: Annotated[Format, Query(alias="format", description="What kind of file")],
    category: Annotated[list[str], Query(description="Codes of /api/v1/facility-categories, repeated for several")],
    minutes: Annotated[list[float] | None, Query(description="Thresholds, repeated for several; 15 without")] = None,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    by: Annotated[By, Query(description="A row a building, H3 cell or area (gpkg, geojson, csv)")] = "building",
    level: Annotated[Level, Query(description="`by=area`: areas of which level")] = "community",
    at: Annotated[str | None, Query(description="Only what is open then, local time: 2026-11-22T19:00")] = None,
    scenario: Annotated[int | None, Query(description="As a scenario would have it", ge=1, lt=2**63)] = None,
    cell_m: Annotated[float | None, Query(ge=1, le=5000, description="Side of a GeoTIFF's cells in metres")] = None,
) -> StreamingResponse:
    """A file of the coverage of one or several categories: GeoPackage, GeoJSON, CSV, GeoTIFF or a report. WGS 84."""
    found = survey(
        bundle.coverages,
        category,
        minutes=minutes or [15.0],
        profile=profile,
        scope=scope,
        level=level,
        at=local_time(at),
        edits=edits_of(bundle, who, scenario),
    )
    with tempfile.TemporaryDirectory(prefix="yike-export-") as folder:
        file = Path(folder) / f"coverage.{form}"
        Writer(bundle.coverages, lambda: leaflet_of(bundle.settings.web_dir)).write(
            found, file, form, by, cell_m=cell_m
        )
        # The folder goes now, and what was opened lives until it is sent: a client that hangs up leaves nothing.
        opened = file.open("rb")
    name = file_name(found, form)
    return StreamingResponse(
        _parts(opened),
        media_type=MEDIA_TYPES[form],
        headers={
            "Content-Disposition": f"attachment; filename=\"coverage.{form}\"; filename*=UTF-8''{quote(name)}",
            "Content-Length": str(os.fstat(opened.fileno()).st_size),
            "Cache-Control": "no-store",
        },
    )


def _parts(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while part := opened.read(_PART):
            yield part
