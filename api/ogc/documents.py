"""The documents round the features: landing page, conformance, collections, queryables, schemas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.ogc.collections import GEOMETRY, Collection
from api.ogc.crs import CRS84_URI, CRS_BY_URI
from tiles.tilejson import Bounds

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA_JSON = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_SPEC = "http://www.opengis.net/spec/"

CONFORMANCE = tuple(
    f"{_SPEC}{name}"
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "ogcapi-features-5/1.0/conf/schemas",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/basic-spatial-functions-plus",
        "cql2/1.0/conf/spatial-functions",
        "cql2/1.0/conf/property-property",
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/collections-selection",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/json-tilematrixset",
    )
)
"""Only what tests prove."""


def link(rel: str, href: str, kind: str = JSON, title: str | None = None, **more: Any) -> dict[str, Any]:
    """A link, its address absolute."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {}), **more}


def landing(root: str) -> dict[str, Any]:
    """The landing page. `root` is the absolute address of ``/ogc``."""
    return {
        "title": "Yike 一刻",
        "description": "Streets, buildings, facilities, areas and devices of a city",
        "links": [
            link("self", root, title="This document"),
            link("service-desc", f"{root}/api", OPENAPI, "The API"),
            link("conformance", f"{root}/conformance", title="Conformance classes"),
            link("data", f"{root}/collections", title="Collections"),
            link(f"{REL}tilesets-vector", f"{root}/tiles", title="Vector tiles of all of them"),
            link(f"{REL}tiling-schemes", f"{root}/tileMatrixSets", title="Tile matrix sets"),
        ],
    }


def collections_document(root: str, collections: Iterable[Collection], bounds: Bounds) -> dict[str, Any]:
    """All collections a reader may have."""
    return {
        "links": [link("self", f"{root}/collections", title="This document")],
        "crs": list(CRS_BY_URI),
        "collections": [
            {**collection_document(root, collection, bounds), "crs": ["#/crs"]} for collection in collections
        ],
    }


def collection_document(root: str, collection: Collection, bounds: Bounds) -> dict[str, Any]:
    """One collection, with everything it links to."""
    here = f"{root}/collections/{collection.id}"
    links = [
        link("self", here, title="This document"),
        link("items", f"{here}/items", GEOJSON, collection.title),
        # Twice: GDAL before 3.7 knows only the second way to write it.
        *(
            link(rel, f"{here}/geojson-schema", SCHEMA_JSON, "Schema of its features as GeoJSON")
            for rel in ("describedby", "describedBy")
        ),
        link(f"{REL}schema", f"{here}/schema", SCHEMA_JSON, "Its properties and geometry"),
        link(f"{REL}queryables", f"{here}/queryables", SCHEMA_JSON, "What a filter may ask for"),
    ]
    if collection.has_tiles:
        links.append(link(f"{REL}tilesets-vector", f"{here}/tiles", title="Vector tiles"))
    return {
        "id": collection.id,
        "title": collection.title,
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84_URI}},
        "crs": list(CRS_BY_URI),
        "storageCrs": CRS84_URI,
        "links": links,
    }


def queryables(root: str, collection: Collection) -> dict[str, Any]:
    """What a filter may ask for, as JSON Schema."""
    schema = _schema(f"{root}/collections/{collection.id}/queryables", collection)
    return {**schema, "additionalProperties": False}


def feature_schema(root: str, collection: Collection) -> dict[str, Any]:
    """Properties and geometry of the features, as JSON Schema with OGC's roles."""
    schema = _schema(f"{root}/collections/{collection.id}/schema", collection)
    schema["properties"]["id"] = {**schema["properties"]["id"], "x-ogc-role": "id"}
    return schema


def geojson_schema(root: str, collection: Collection) -> dict[str, Any]:
    """A feature as GeoJSON, as JSON Schema; GDAL takes the types of its fields from here.

    Any property may be null, which is written in OpenAPI's word since GDAL understands no list of types. The property
    `id` stays out: GDAL adds it by itself, and would have it twice.
    """
    kind = {"point": "Point", "linestring": "LineString", "multipolygon": "MultiPolygon"}[collection.shape]
    properties = {
        name: {**one.schema(), "nullable": True} for name, one in collection.properties.items() if name != "id"
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}/collections/{collection.id}/geojson-schema",
        "type": "object",
        "title": collection.title,
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {
                "type": "object",
                "properties": {"type": {"type": "string", "enum": [kind]}, "coordinates": {"type": "array"}},
            },
            "properties": {"type": "object", "properties": properties},
        },
    }


def _schema(address: str, collection: Collection) -> dict[str, Any]:
    properties: dict[str, Any] = {name: one.schema() for name, one in collection.properties.items()}
    # OGC API – Features part 5 writes geometries as formats.
    properties[GEOMETRY] = {
        "title": "Geometry",
        "x-ogc-role": "primary-geometry",
        "format": f"geometry-{collection.shape}",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": collection.title,
        "properties": properties,
    }
