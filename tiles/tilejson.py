"""TileJSON 3.0 (https://github.com/mapbox/tilejson-spec/tree/master/3.0.0)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiles.layers import Layer

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

ATTRIBUTION = '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>'


def tilejson(
    layers: Sequence[Layer], *, base_url: str, bounds: Bounds, query: str = "", attribution: str | None = None
) -> dict[str, Any]:
    """A TileJSON document.

    Parameters
    ----------
    base_url : str
        Absolute address of the service, without a slash at the end: QGIS loses the port of relative ones.
    bounds : tuple
        The service area, not today's data: clients never ask for tiles outside.
    query : str
        Filters to carry into every tile's address, without the question mark.
    """
    names = ",".join(layer.name for layer in layers)
    west, south, east, north = bounds
    minzoom = min(layer.minzoom for layer in layers)
    maxzoom = max(layer.maxzoom for layer in layers)
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": f"Yike {names}",
        "description": "; ".join(layer.description for layer in layers),
        "version": "1.0.0",
        "scheme": "xyz",
        "tiles": [f"{base_url}/tiles/{names}/{{z}}/{{x}}/{{y}}.mvt" + (f"?{query}" if query else "")],
        "minzoom": minzoom,
        "maxzoom": maxzoom,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, min(maxzoom, max(minzoom, 14))],
        "vector_layers": [
            {
                "id": name,
                "description": layer.description,
                "minzoom": layer.minzoom,
                "maxzoom": layer.maxzoom,
                "fields": layer.fields,
            }
            for layer in layers
            for name in (layer.name, *layer.also)
        ],
    }
    if attribution:
        document["attribution"] = attribution
    return document
