"""Puts a style together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.errors import NotFound
from tiles.style.ground import SOURCE, ground_layers
from tiles.style.labels import Language, label_layers
from tiles.style.palette import DAY, NIGHT, PRINT, WALL, Palette

STYLES: Mapping[str, Palette] = {"day": DAY, "night": NIGHT, "wall": WALL, "print": PRINT}
BASE_LAYERS = "area,ground,street,building,facility"


def style(
    name: str,
    *,
    base_url: str,
    center: tuple[float, float],
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
    center : tuple
        Longitude, latitude in degrees.

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
        "center": list(center),
        "zoom": zoom,
        "sources": {SOURCE: {"type": "vector", "url": f"{base_url}/tiles/{BASE_LAYERS}.json"}},
        "light": {"anchor": "viewport", "intensity": 0.25, "color": "#ffffff"},
        "layers": [*ground_layers(palette), *label_layers(palette, language, facility_glyphs or {})],
    }
