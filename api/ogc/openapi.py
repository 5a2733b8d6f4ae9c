"""The OpenAPI document of `/ogc`, in version 3.0: what the standards' clients read.

GDAL looks up the path of each collection's items there, and the largest page in the parameter `limit` it refers to; the
queryables of a collection stand there as parameters too. FastAPI writes 3.1; what 3.0 lacks is put in its own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.ogc.collections import Collection
from api.parameters import MAX_LIMIT

_ITEMS = "/ogc/collections/{collection_id}/items"
_DROPPED = ("examples", "exclusiveMinimum", "exclusiveMaximum")
Document = dict[str, Any]


def openapi_3_0(whole: Mapping[str, Any], root: str, collections: Iterable[Collection]) -> Document:
    """OpenAPI 3.0 of what lies below ``/ogc``.

    Parameters
    ----------
    whole : mapping
        FastAPI's document of everything, 3.1.
    root : str
        Absolute address of ``/ogc``, which all paths are relative to.
    collections : iterable of Collection
        Those whose items are to have paths of their own.
    """
    paths = {
        path.removeprefix("/ogc") or "/": _older(one) for path, one in whole["paths"].items() if path.startswith("/ogc")
    }
    items = _older(whole["paths"][_ITEMS])["get"]
    limit = {"name": "limit", "in": "query", "required": False,
             "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 1000}}  # fmt: skip
    for collection in collections:
        paths[f"/collections/{collection.id}/items"] = {"get": _of_collection(items, collection)}
    return {
        "openapi": "3.0.3",
        "info": whole["info"] | {"title": "Yike 一刻: OGC API"},
        "servers": [{"url": root}],
        "paths": paths,
        "components": {"parameters": {"limit": limit}, "schemas": _older(whole["components"]["schemas"])},
    }


def _of_collection(items: Document, collection: Collection) -> Document:
    """The operation of one collection's items, its queryables as parameters."""
    shared = [one for one in items["parameters"] if one["name"] not in ("collection_id", "limit")]
    queryables = [
        {"name": name, "in": "query", "required": False, "description": one.title, "schema": _older(one.schema())}
        for name, one in collection.properties.items()
    ]
    return {
        **items,
        "operationId": f"items_{collection.id}",
        "summary": collection.title,
        "parameters": [{"$ref": "#/components/parameters/limit"}, *shared, *queryables],
    }


def _older(part: Any) -> Any:
    """A part of a 3.1 document in the words of 3.0."""
    if isinstance(part, list):
        return [_older(one) for one in part]
    if not isinstance(part, dict):
        return part
    kinds = part.get("anyOf")
    if isinstance(kinds, list) and {"type": "null"} in kinds:
        rest = [one for one in kinds if one != {"type": "null"}]
        merged = {key: value for key, value in part.items() if key != "anyOf"}
        part = merged | (rest[0] if len(rest) == 1 else {"anyOf": rest}) | {"nullable": True}
    return {key: _older(value) for key, value in part.items() if key not in _DROPPED or not _is_word(key, value)}


def _is_word(key: str, value: Any) -> bool:
    """Whether a name is JSON Schema's own, not that of a property."""
    return isinstance(value, list) if key == "examples" else isinstance(value, int | float)
