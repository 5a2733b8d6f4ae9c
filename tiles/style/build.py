"""Puts a style together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.errors import NotFound
from tiles.style.ground import SOURCE, ground_layers
from tiles.style.labels import Language, label_layers
from tiles.style.palette import DAY, NIGHT, PRINT, WALL, Palette
from tiles.tilejson import Bounds

STYLES: Mapping[str, Palette] = {"day": DAY, "night": NIGHT, "wall": WALL, "print": PRINT}
BASE_LAYERS = "area,ground,street,building,facility"


def style(
    name: str,
    *,
    base_url: str,
    bounds: Bounds,
    zoom: float,
    language: Language = "zh",
    facility_glyphs: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A MapLibre style document of the base map, all its URLs absolute.

    Parameters
    ----------
    name : {"day", "night", "wall", "print"}
    base_url : str
        Absolute address of the service, without a slash at the end.
    bounds : tuple
        West, south, east, north of the service area in degrees.

    Raises
    ------
    NotFound
        When there is no style of that name.
    """
    palette = STYLES.get(name)
    if palette is None:
        raise NotFound(f"There is no style {name[:40]!r}.", hint=f"The styles are {', '.join(STYLES)}.")
    return {
        "version": 8,
        "name": f"Yike {name}",
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
        "zoom": zoom,
        # The land does not end where the service area ends: its surroundings are drawn as far as there are any.
        "sources": {
            SOURCE: {"type": "vector", "url": f"{base_url}/tiles/{BASE_LAYERS}.json", "bounds": _surroundings(bounds)}
        },
        "light": {"anchor": "viewport", "intensity": 0.25, "color": "#ffffff"},
        "layers": [*ground_layers(palette), *label_layers(palette, language, facility_glyphs or {})],
    }


def _surroundings(bounds: Bounds) -> list[float]:
    west, south, east, north = bounds
    margin = max(east - west, north - south)
    return [
        max(west - margin, -180.0),
        max(south - margin, -85.05),
        min(east + margin, 180.0),
        min(north + margin, 85.05),
    ]
