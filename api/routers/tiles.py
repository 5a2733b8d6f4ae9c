"""Tiles, TileJSON and styles."""

from __future__ import annotations

import gzip
import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.circle import edits_of, local_time
from api.links import base_url
from api.parameters import Bundle, Scope, Who, bound
from geo.database.sql import query
from geo.errors import InvalidInput
from geo.network.profiles import Profile
from geo.scope import SAMPLE_ROOT, AreaScope
from tiles.address import TileAddress
from tiles.layers import LAYERS, pick
from tiles.sources import TileQuery, composite
from tiles.style import style
from tiles.style.labels import Language
from tiles.tilejson import ATTRIBUTION, Bounds, tilejson

router = APIRouter(tags=["tiles"])

MVT = "application/vnd.mapbox-vector-tile"
MAX_LAYERS = 12
_STORED_S = 60
_LIVING_S = 5


def tile_filters(
    kind: Annotated[str | None, Query(description="`device`, `device_status`: one kind only")] = None,
    category: Annotated[str | None, Query(description="`facility`: one category only; `coverage`: to which")] = None,
    minutes: Annotated[float | None, Query(description="`coverage`: the threshold", gt=0, le=120)] = None,
    profile: Annotated[Profile | None, Query(description="`coverage`: who walks")] = None,
    by: Annotated[
        Literal["building", "hex", "street"] | None, Query(description="`coverage`: by building, hexagon or street")
    ] = None,
    at: Annotated[str | None, Query(description="`coverage`: only what is open then, local time")] = None,
    scenario: Annotated[
        int | None, Query(description="`coverage`: as a scenario would have it", ge=1, lt=2**63)
    ] = None,
    rev: Annotated[
        int | None,
        Query(description="`coverage`: the scenario's revision, so that addresses differ", ge=0, lt=2**63),
    ] = None,
    compare: Annotated[
        bool, Query(description="`coverage`: `before` and `change` beside the scenario's minutes")
    ] = False,
) -> dict[str, str]:
    """The filters of a tile's address; those not given stay out."""
    moment = local_time(at)
    given = {"kind": kind, "category": category, "minutes": minutes, "profile": profile, "by": by,
             "at": moment.isoformat() if moment else None, "scenario": scenario, "rev": rev,
             "compare": "1" if compare else None}  # fmt: skip
    return {name: str(value) for name, value in given.items() if value is not None}


Filters = Annotated[dict[str, str], Depends(tile_filters)]


@router.get("/tiles.json")
def all_layers(request: Request, bundle: Bundle, scope: Scope) -> dict[str, Any]:
    """TileJSON of all layers."""
    return _document(request, bundle, scope, ",".join(LAYERS))


@router.get("/tiles/{layers}.json")
def some_layers(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    layers: Annotated[str, Path(description="One layer, or several joined by commas")],
) -> dict[str, Any]:
    """TileJSON 3.0 of one or several layers. Filters and area are carried into the tiles' addresses."""
    return _document(request, bundle, scope, layers)


@router.get("/tiles/{layers}/{z}/{x}/{y}.mvt", response_class=Response, responses={204: {}, 304: {}})
def tile(
    request: Request,
    bundle: Bundle,
    who: Who,
    scope: Scope,
    layers: str,
    z: int,
    x: int,
    y: int,
    filters: Filters,
) -> Response:
    """One vector tile (MVT 2.1). Empty is 204; both carry Cache-Control, so that clients ask again."""
    chosen = pick(layers)
    if len(chosen) > MAX_LAYERS:
        raise InvalidInput(f"{len(chosen)} layers in one tile.", where="layers", hint=f"At most {MAX_LAYERS}.")
    edits = edits_of(bundle, who, int(filters["scenario"])) if "scenario" in filters else ()
    content = composite(bundle.tile_sources, chosen, TileAddress(z, x, y), TileQuery(scope, filters, edits))
    lives = any(layer.lives for layer in chosen)
    # What differs by account is kept by no proxy, and by no browser beyond the session.
    is_public = all(layer.is_public for layer in chosen) and who.scope == AreaScope.everything()
    headers = {
        "Cache-Control": f"{'public' if is_public else 'private'}, max-age={_LIVING_S if lives else _STORED_S}",
        "Vary": "Accept-Encoding" if is_public else "Accept-Encoding, Cookie, Authorization",
    }
    if not content:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=MVT, headers=headers)


@router.get("/styles/{name}.json")
def map_style(
    request: Request,
    bundle: Bundle,
    scope: Scope,
    name: Annotated[str, Path(description="day, night, wall or print")],
    lang: Annotated[Language, Query(description="Language of the labels")] = "zh",
) -> dict[str, Any]:
    """A MapLibre style of the base map, all its URLs absolute."""
    with bundle.engine.connect() as connection:
        categories = connection.execute(query("catalogue/list_categories"), bound(scope)).all()
    return style(
        name,
        base_url=base_url(request, bundle),
        bounds=service_bounds(bundle, scope),
        zoom=14,
        language=lang,
        facility_glyphs={row.code: row.glyph for row in categories},
    )


def service_bounds(bundle: Bundle, scope: AreaScope) -> Bounds:
    """West, south, east, north of the areas in a scope; the whole world where there are none."""
    with bundle.engine.connect() as connection:
        found = connection.execute(query("places/bounds"), bound(scope)).scalar_one_or_none()
    return tuple(found) if found else (-180.0, -85.05, 180.0, 85.05)


def _shows_openstreetmap(bundle: Bundle, scope: AreaScope) -> bool:
    """Whether anything drawn came from OpenStreetMap, which must be named then."""
    if scope.lower >= SAMPLE_ROOT:
        return False
    with bundle.engine.connect() as connection:
        return bool(connection.execute(query("places/has_openstreetmap")).scalar_one())


def _document(request: Request, bundle: Bundle, scope: AreaScope, layers: str) -> dict[str, Any]:
    return tilejson(
        pick(layers),
        base_url=base_url(request, bundle),
        bounds=service_bounds(bundle, scope),
        query=request.url.query,
        attribution=ATTRIBUTION if _shows_openstreetmap(bundle, scope) else None,
    )
