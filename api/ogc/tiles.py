"""OGC API – Tiles: the tiles of the layers, each collection's and of several at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.ogc.asked import FilterCrs, FilterLang, FilterText, Plain, Readable, ReadableOnes, filter_of, known_only
from api.ogc.collections import Collection, collection_of
from api.ogc.documents import link
from api.ogc.features import root_of
from api.ogc.filters import Filter
from api.ogc.matrix import NAME, URI, check, matrix_set, tileset, tilesets
from api.parameters import Bundle, Scope, Who, service_bounds
from api.services import Services
from api.tile_answer import MVT, TileAnswer, answer_with, nothing_there, wanted_coding
from geo.accounts.reader import Reader
from geo.errors import NotFound, NotSignedIn
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.layers import LAYERS
from tiles.sources import TileQuery

router = APIRouter(prefix="/ogc", tags=["ogc"])

MatrixSet = Annotated[str, Path(description="WebMercatorQuad", examples=[NAME])]
_ALL = "All layers"


@router.get("/tileMatrixSets", dependencies=[Plain])
def matrix_sets(request: Request, bundle: Bundle) -> dict[str, Any]:
    """Tile matrix sets: the one every web map uses."""
    here = f"{root_of(request, bundle)}/tileMatrixSets/{NAME}"
    return {"tileMatrixSets": [{"id": NAME, "title": "Web Mercator", "uri": URI, "links": [link("self", here)]}]}


@router.get("/tileMatrixSets/{matrix_set_id}", dependencies=[Plain])
def one_matrix_set(matrix_set_id: MatrixSet) -> dict[str, Any]:
    """A tile matrix set."""
    check(matrix_set_id)
    return matrix_set()


@router.get("/collections/{collection_id}/tiles", dependencies=[Plain])
def collection_tilesets(request: Request, bundle: Bundle, collection: Readable) -> dict[str, Any]:
    """Tilesets of a collection."""
    root = root_of(request, bundle)
    return tilesets(root, f"{root}/collections/{_drawn(collection).id}", collection.title)


@router.get("/collections/{collection_id}/tiles/{matrix_set_id}", dependencies=[Plain])
def collection_tileset(
    request: Request, bundle: Bundle, who: Who, collection: Readable, matrix_set_id: MatrixSet
) -> dict[str, Any]:
    """A tileset of a collection, with the template of its tiles' addresses."""
    check(matrix_set_id)
    root, bounds = root_of(request, bundle), service_bounds(bundle, who.scope)
    return tileset(root, f"{root}/collections/{_drawn(collection).id}", collection.title, [collection], bounds)


@router.get(
    "/collections/{collection_id}/tiles/{matrix_set_id}/{z}/{row}/{column}",
    response_class=Response,
    responses={200: {"content": {MVT: {}}}, 204: {}, 304: {}},
)
async def collection_tile(
    request: Request,
    bundle: Bundle,
    who: Who,
    scope: Scope,
    collection: Readable,
    matrix_set_id: MatrixSet,
    z: int,
    row: int,
    column: int,
    text: FilterText = None,
    lang: FilterLang = None,
    crs: FilterCrs = None,
) -> Response:
    """One vector tile of a collection: row before column."""
    known_only(request, "filter", "filter-lang", "filter-crs", "area")
    check(matrix_set_id)
    wanted = await run_in_threadpool(filter_of, _drawn(collection), text, lang, crs, None)
    return await _tile(request, bundle, who, [collection], TileAddress(z, column, row), scope, wanted)


@router.get("/tiles", dependencies=[Plain])
def all_tilesets(request: Request, bundle: Bundle) -> dict[str, Any]:
    """Tilesets of all collections together."""
    root = root_of(request, bundle)
    return tilesets(root, root, _ALL)


@router.get("/tiles/{matrix_set_id}", dependencies=[Plain])
def whole_tileset(
    request: Request, bundle: Bundle, who: Who, ours: ReadableOnes, matrix_set_id: MatrixSet
) -> dict[str, Any]:
    """The tileset of all collections the reader may have."""
    check(matrix_set_id)
    root, drawn = root_of(request, bundle), [collection for collection in ours if collection.has_tiles]
    return tileset(root, root, _ALL, drawn, service_bounds(bundle, who.scope))


@router.get(
    "/tiles/{matrix_set_id}/{z}/{row}/{column}",
    response_class=Response,
    responses={200: {"content": {MVT: {}}}, 204: {}, 304: {}},
)
async def whole_tile(
    request: Request,
    bundle: Bundle,
    who: Who,
    scope: Scope,
    ours: ReadableOnes,
    matrix_set_id: MatrixSet,
    z: int,
    row: int,
    column: int,
    collections: Annotated[
        str | None, Query(description="Of these only, joined by commas", examples=["street,building"])
    ] = None,
) -> Response:
    """One vector tile of several collections, all without `collections`: row before column."""
    known_only(request, "collections", "area")
    check(matrix_set_id)
    drawn = [collection for collection in ours if collection.has_tiles]
    if collections is not None:
        names = dict.fromkeys(collections.split(","))
        drawn = [_drawn(collection_of(name)) for name in names]
        if any(collection not in ours for collection in drawn):
            raise NotSignedIn("Sign in first.", hint="One of these collections is not public.")
    return await _tile(request, bundle, who, drawn, TileAddress(z, column, row), scope, None)


def _drawn(collection: Collection) -> Collection:
    if not collection.has_tiles:
        raise NotFound(f"There are no tiles of {collection.id}.")
    return collection


async def _tile(
    request: Request,
    bundle: Services,
    who: Reader,
    collections: Sequence[Collection],
    address: TileAddress,
    scope: AreaScope,
    wanted: Filter | None,
) -> Response:
    layers = [LAYERS[collection.id] for collection in collections]
    options = {} if wanted is None else {"filter": wanted.text}
    key = bundle.tiles.key(layers, address, TileQuery(scope, options))
    packed = await bundle.tiles.tile(key)
    is_public = all(layer.is_public for layer in layers) and who.scope == AreaScope.everything()
    lives = any(layer.lives for layer in layers)
    if not packed:
        return _as_response(nothing_there(is_public=is_public, lives=lives))
    coding = wanted_coding(_header(request, "accept-encoding"))
    form = await bundle.tiles.form(key, packed, coding)
    known = _header(request, "if-none-match")
    return _as_response(answer_with(form, coding, known, is_public=is_public, lives=lives))


def _header(request: Request, name: str) -> bytes | None:
    value = request.headers.get(name)
    return None if value is None else value.encode("latin-1")


def _as_response(told: TileAnswer) -> Response:
    response = Response(told.body, told.status)
    response.raw_headers = told.headers
    return response
