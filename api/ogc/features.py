"""OGC API – Features: parts 1 (core), 2 (CRS) and 3 (filtering)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Request, Response

from api.links import base_url
from api.ogc.asked import InWriting, Plain, Readable, ReadableOnes, items_wanted, known_only
from api.ogc.documents import (
    CONFORMANCE,
    GEOJSON,
    OPENAPI,
    SCHEMA_JSON,
    collection_document,
    collections_document,
    feature_schema,
    geojson_schema,
    landing,
    link,
    queryables,
)
from api.ogc.openapi import openapi_3_0
from api.ogc.read import Wanted, Written, read_one, read_page
from api.parameters import Bundle, Scope, Who, service_bounds
from api.services import Services
from geo.accounts.reader import Reader
from geo.errors import NotFound
from geo.scope import AreaScope

router = APIRouter(prefix="/ogc", tags=["ogc"])


def root_of(request: Request, bundle: Services) -> str:
    """The absolute address of ``/ogc``."""
    return f"{base_url(request, bundle)}/ogc"


@router.get("", dependencies=[Plain])
def landing_page(request: Request, bundle: Bundle) -> dict[str, Any]:
    """Landing page."""
    return landing(root_of(request, bundle))


@router.get("/conformance", dependencies=[Plain])
def conformance() -> dict[str, list[str]]:
    """Conformance classes, each proved by tests."""
    return {"conformsTo": list(CONFORMANCE)}


@router.get("/api", dependencies=[Plain], response_class=Response, responses={200: {"content": {OPENAPI: {}}}})
def openapi(request: Request, bundle: Bundle, ours: ReadableOnes) -> Response:
    """OpenAPI 3.0 of what lies below `/ogc`; `/openapi.json` is that of everything."""
    document = openapi_3_0(request.app.openapi(), root_of(request, bundle), ours)
    return Response(orjson.dumps(document), media_type=OPENAPI)


@router.get("/collections", dependencies=[Plain])
def all_collections(request: Request, bundle: Bundle, who: Who, ours: ReadableOnes) -> dict[str, Any]:
    """Collections the reader may have."""
    return collections_document(root_of(request, bundle), ours, service_bounds(bundle, who.scope))


@router.get("/collections/{collection_id}", dependencies=[Plain])
def one_collection(request: Request, bundle: Bundle, who: Who, collection: Readable) -> dict[str, Any]:
    """One collection: its extent, CRSs and links."""
    return collection_document(root_of(request, bundle), collection, service_bounds(bundle, who.scope))


@router.get(
    "/collections/{collection_id}/queryables",
    dependencies=[Plain],
    response_class=Response,
    responses={200: {"content": {SCHEMA_JSON: {}}}},
)
def collection_queryables(request: Request, bundle: Bundle, collection: Readable) -> Response:
    """What a filter may ask for, as JSON Schema."""
    return Response(orjson.dumps(queryables(root_of(request, bundle), collection)), media_type=SCHEMA_JSON)


@router.get(
    "/collections/{collection_id}/schema",
    dependencies=[Plain],
    response_class=Response,
    responses={200: {"content": {SCHEMA_JSON: {}}}},
)
def collection_schema(request: Request, bundle: Bundle, collection: Readable) -> Response:
    """Properties and geometry of its features, as JSON Schema."""
    return Response(orjson.dumps(feature_schema(root_of(request, bundle), collection)), media_type=SCHEMA_JSON)


@router.get(
    "/collections/{collection_id}/geojson-schema",
    dependencies=[Plain],
    response_class=Response,
    responses={200: {"content": {SCHEMA_JSON: {}}}},
)
def collection_geojson_schema(request: Request, bundle: Bundle, collection: Readable) -> Response:
    """Its features as GeoJSON, as JSON Schema."""
    return Response(orjson.dumps(geojson_schema(root_of(request, bundle), collection)), media_type=SCHEMA_JSON)


@router.get(
    "/collections/{collection_id}/items",
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}}}, 304: {}},
)
def items(
    request: Request,
    bundle: Bundle,
    who: Who,
    collection: Readable,
    written: InWriting,
    wanted: Annotated[Wanted, Depends(items_wanted)],
) -> Response:
    """A page of features in the order of ids; `next` leads on, at the same cost however far."""
    features = read_page(bundle.engine, collection, wanted, written)
    here = base_url(request, bundle)
    links = [
        link("self", f"{here}{request.url.path}" + (f"?{request.url.query}" if request.url.query else ""), GEOJSON),
        link("collection", f"{root_of(request, bundle)}/collections/{collection.id}"),
    ]
    is_last = len(features) < wanted.limit
    if not is_last:
        last = orjson.loads(features[-1])["id"]
        url = request.url.include_query_params(after=last, limit=wanted.limit)
        links.append(link("next", f"{here}{url.path}?{url.query}", GEOJSON))
    head: dict[str, Any] = {"type": "FeatureCollection", "numberReturned": len(features), "links": links}
    if is_last and wanted.after == 0:
        # All there is stands on this page: known without counting.
        head["numberMatched"] = len(features)
    return _answer(request, who, collection.is_public, head, features, written)


@router.get(
    "/collections/{collection_id}/items/{feature_id}",
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}}}, 304: {}},
)
def item(
    request: Request,
    bundle: Bundle,
    who: Who,
    collection: Readable,
    feature_id: Annotated[str, Path(description="Its number")],
    scope: Scope,
    written: InWriting,
) -> Response:
    """One feature."""
    known_only(request, "crs", "datum", "area")
    is_number = feature_id.isascii() and feature_id.isdigit() and len(feature_id) < 19
    # An id is looked for in all that the reader may see, the sample too.
    within = scope if "area" in request.query_params else who.scope
    found = read_one(bundle.engine, collection, int(feature_id), within, written) if is_number else None
    if found is None:
        raise NotFound(f"There is no {collection.id} {feature_id[:40]}.")
    collection_url = f"{root_of(request, bundle)}/collections/{collection.id}"
    links = [
        link("self", f"{collection_url}/items/{feature_id}", GEOJSON),
        link("collection", collection_url),
    ]
    return _answer(request, who, collection.is_public, {"links": links}, found, written)


def _answer(
    request: Request,
    who: Reader,
    is_public: bool,
    head: dict[str, Any],
    features: Sequence[bytes] | bytes,
    written: Written,
) -> Response:
    """A collection or one feature with its head, validators and, where it has one, its CRS."""
    content = features if isinstance(features, bytes) else b",".join(features)
    digest = hashlib.blake2b(orjson.dumps(head) + content, digest_size=12).hexdigest()
    for_all = is_public and who.scope == AreaScope.everything()
    headers = {
        "Cache-Control": "public, no-cache" if for_all else "private, no-cache",
        "Vary": "Accept-Encoding" if for_all else "Accept-Encoding, Cookie, Authorization",
        # Weak: the time stamp differs in what is otherwise the same.
        "ETag": f'W/"{digest}"',
    }
    if written.datum in ("wgs84", "cgcs2000"):
        headers["Content-Crs"] = f"<{written.crs.uri}>"
    else:
        head["datum"] = written.datum
    if headers["ETag"] in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if isinstance(features, bytes):
        body = orjson.dumps(head)[:-1] + b"," + content[1:]
    else:
        head["timeStamp"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = orjson.dumps(head)[:-1] + b',"features":[' + content + b"]}"
    return Response(body, media_type=GEOJSON, headers=headers)
