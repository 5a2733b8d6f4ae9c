"""Standards of provision, and how far homes meet them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Query, Request, Response
from numpy.typing import NDArray

from api.circle import edits_of, local_time
from api.features import GEOJSON, geometries
from api.parameters import Bundle, InDatum, Scope, Who
from api.schemas.geojson import Items
from api.schemas.standards import CompletenessCollection, StandardLine, StandardOut
from geo.access.cells import HEX_RESOLUTION, hexagons
from geo.access.completeness import Completeness, by_cell, complete, totals
from geo.datum import Datum
from geo.errors import NotFound
from geo.network.profiles import Profile

router = APIRouter(prefix="/api/v1", tags=["coverage"])


@router.get("/standards")
def standards(bundle: Bundle) -> Items[StandardOut]:
    """Standards with their lines, each with its source and whether it was compared with it."""
    return Items(
        items=[
            StandardOut(
                code=one.code,
                name=one.name,
                name_en=one.name_en,
                source=one.source,
                note=one.note,
                lines=[
                    StandardLine.model_validate({**asdict(line), "limit_minutes": round(line.limit_minutes(), 2)})
                    for line in one.lines
                ],
            )
            for one in bundle.standards.values()
        ]
    )


@router.get("/coverage/completeness", responses={200: {"model": CompletenessCollection}}, response_class=Response)
def completeness(
    request: Request,
    bundle: Bundle,
    who: Who,
    scope: Scope,
    standard: Annotated[str, Query(description="A code of /api/v1/standards")],
    profile: Annotated[Profile | None, Query(description="Who walks; without it each line says")] = None,
    by: Annotated[Literal["building", "hex"], Query(description="One feature a building, or one an H3 cell")] = (
        "building"
    ),
    at: Annotated[str | None, Query(description="Only what is open then, local time: 2026-11-22T19:00")] = None,
    scenario: Annotated[int | None, Query(description="As a scenario would have it", ge=1, lt=2**63)] = None,
    features: Annotated[bool, Query(description="Without them only the summary is answered")] = True,
    datum: InDatum = "wgs84",
) -> Response:
    """How many of a standard's services each home has within their own thresholds, and which it lacks."""
    wanted = bundle.standards.get(standard)
    if wanted is None:
        raise NotFound(
            f"There is no standard {standard[:40]!r}.", where="standard", hint=f"One of {', '.join(bundle.standards)}."
        )
    found = complete(bundle.coverages, wanted, profile, at=local_time(at), edits=edits_of(bundle, who, scenario))
    chosen = found.homes.within(scope)
    head = {
        "type": "FeatureCollection",
        "datum": datum,
        "area": request.query_params.get("area"),
        "standard": standard,
        "profile": profile,
        "by": by,
        "summary": asdict(totals(found, chosen)),
    }
    rows = (_by_building if by == "building" else _by_hexagon)(found, chosen, datum) if features else ()
    body = orjson.dumps(head)[:-1] + b',"features":[' + b",".join(rows) + b"]}"
    return Response(body, media_type=GEOJSON, headers={"Cache-Control": "no-cache"})


def _by_building(found: Completeness, chosen: NDArray[np.bool_], datum: Datum) -> Iterator[bytes]:
    homes, rows = found.homes, np.flatnonzero(chosen)
    return _features(
        homes.building_id[rows].tolist(),
        geometries(homes.outline[rows], datum),
        found.met[:, rows].sum(axis=0).tolist(),
        [found.missing(row) for row in rows.tolist()],
        homes.residents[rows].tolist(),
        homes.residents_60[rows].tolist(),
        len(found.standard.lines),
    )


def _by_hexagon(found: Completeness, chosen: NDArray[np.bool_], datum: Datum) -> Iterator[bytes]:
    cells = by_cell(found, chosen, HEX_RESOLUTION)
    codes = [line.code for line in found.standard.lines]
    return _features(
        [f"{int(cell):x}" for cell in cells.cell],
        geometries(hexagons(cells.cell), datum),
        cells.met.round(2).tolist(),
        [[codes[line] for line in np.flatnonzero(lacking).tolist()] for lacking in cells.lacking.T],
        cells.residents.tolist(),
        cells.residents_60.tolist(),
        len(codes),
    )


def _features(
    ids: Sequence[int | str],
    shapes: Iterable[str],
    met: Iterable[float],
    missing: Iterable[list[str]],
    residents: Iterable[int],
    residents_60: Iterable[int],
    of: int,
) -> Iterator[bytes]:
    for key, shape, got, lacks, people, older in zip(ids, shapes, met, missing, residents, residents_60, strict=True):
        properties: dict[str, Any] = {
            "met": got,
            "of": of,
            "missing": lacks,
            "residents": people,
            "residents_60": older,
        }
        yield b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}' % (
            orjson.dumps(key),
            shape.encode(),
            orjson.dumps(properties),
        )
