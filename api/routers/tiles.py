"""Tiles, TileJSON and styles."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.links import base_url
from api.parameters import Bundle, Scope, bound, service_bounds
from api.tile_answer import MVT
from api.tile_parameters import TileParameters
from geo.database.sql import query
from geo.scope import SAMPLE_ROOT, AreaScope
from tiles.layers import LAYERS, pick
from tiles.style import style
from tiles.style.labels import Language
from tiles.tilejson import ATTRIBUTION, tilejson

router = APIRouter(tags=["tiles"])


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


@router.get(
    "/tiles/{layers}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}},
        204: {"description": "Nothing lies there"},
        304: {"description": "The tile is still the one of If-None-Match"},
    },
)
def tile(
    layers: Annotated[str, Path(description="One layer, or several joined by commas")],
    z: int,
    x: int,
    y: int,
    parameters: Annotated[TileParameters, Query()],
) -> Response:
    """One vector tile (MVT 2.1). Empty is 204; both carry Cache-Control, so that clients ask again."""
    # Described here, answered in front of all routes: see `api.tile_path`.
    del layers, z, x, y, parameters
    raise AssertionError


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
