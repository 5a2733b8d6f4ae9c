"""The tile matrix set WebMercatorQuad, and tilesets over it (OGC 17-083r4, 20-057)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.ogc.collections import Collection
from api.ogc.documents import JSON, REL, link
from api.tile_answer import MVT
from geo.errors import NotFound
from geo.mercator import HALF_WORLD_M
from tiles.address import MAX_ZOOM
from tiles.layers import LAYERS
from tiles.tilejson import Bounds

NAME = "WebMercatorQuad"
URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{NAME}"
CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
_WIDTH = 256
_PIXEL_M = 0.00028


def check(name: str) -> None:
    """Refuse every matrix set but the one there is.

    Raises
    ------
    NotFound
        When it is another.
    """
    if name != NAME:
        raise NotFound(f"There is no tile matrix set {name[:40]!r}.", hint=f"There is {NAME}.")


def matrix_set() -> dict[str, Any]:
    """WebMercatorQuad, a matrix a zoom."""
    cells = [2 * HALF_WORLD_M / _WIDTH / (1 << z) for z in range(MAX_ZOOM + 1)]
    return {
        "id": NAME,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {
                "id": str(z),
                "scaleDenominator": cell / _PIXEL_M,
                "cellSize": cell,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
                "tileWidth": _WIDTH,
                "tileHeight": _WIDTH,
                "matrixWidth": 1 << z,
                "matrixHeight": 1 << z,
            }
            for z, cell in enumerate(cells)
        ],
    }


def tilesets(root: str, above: str, title: str) -> dict[str, Any]:
    """The list of the one tileset of a collection or of all; `above` is its address without ``/tiles``."""
    return {
        "links": [link("self", f"{above}/tiles", title="This document")],
        "tilesets": [{**_head(root, title), "links": [link("self", f"{above}/tiles/{NAME}"), _scheme(root)]}],
    }


def tileset(root: str, above: str, title: str, collections: Sequence[Collection], bounds: Bounds) -> dict[str, Any]:
    """A tileset: its layers, and the template of its tiles' addresses, the row before the column."""
    layers = [LAYERS[collection.id] for collection in collections]
    zooms = range(min(layer.minzoom for layer in layers), max(layer.maxzoom for layer in layers) + 1)
    return {
        **_head(root, title),
        "boundingBox": {"lowerLeft": list(bounds[:2]), "upperRight": list(bounds[2:]),
                        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "layers": [
            {"id": collection.id, "title": collection.title, "dataType": "vector",
             "minTileMatrix": str(LAYERS[collection.id].minzoom), "maxTileMatrix": str(LAYERS[collection.id].maxzoom),
             "geometryDimension": {"point": 0, "linestring": 1, "multipolygon": 2}[collection.shape],
             "links": [link(f"{REL}geodata", f"{root}/collections/{collection.id}")]}
            for collection in collections
        ],
        "centerPoint": {"coordinates": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
                        "tileMatrix": str(min(zooms[-1], max(zooms[0], 14)))},
        "links": [
            link("self", f"{above}/tiles/{NAME}", title="This document"),
            _scheme(root),
            link("item", f"{above}/tiles/{NAME}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", MVT, "Tiles", templated=True),
        ],
    }  # fmt: skip


def _head(root: str, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetURI": URI,
        "tileMatrixSetDefinition": f"{root}/tileMatrixSets/{NAME}",
    }


def _scheme(root: str) -> dict[str, Any]:
    return link(f"{REL}tiling-scheme", f"{root}/tileMatrixSets/{NAME}", JSON)
