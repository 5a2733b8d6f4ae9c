"""Names on the map, in Chinese first or in English. Drawn by the client's own fonts: no glyph server."""

from __future__ import annotations

from typing import Any, Literal

from tiles.style.ground import SOURCE, Spec, of_class
from tiles.style.palette import Palette

Language = Literal["zh", "en"]
FONTS = ["Noto Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]


def label_layers(palette: Palette, language: Language, facility_glyphs: dict[str, str]) -> list[Spec]:
    """Labels from the least to the most important: later ones are placed first and win the room.

    Parameters
    ----------
    facility_glyphs : dict
        Category code to the one character that stands for it.
    """
    name = ["get", "name" if language == "zh" else "name_en"]
    return [
        _symbol("label-building", "building", name, 11, palette.faint_text, palette.halo, minzoom=17),
        _facilities(palette, name, facility_glyphs),
        _along("label-street-small", name, 11, palette, minzoom=16,
               classes=["living_street", "service", "pedestrian", "residential", "tertiary", "footway", "steps"]),
        _along("label-street-main", name, 13, palette, minzoom=13.5,
               classes=["motorway", "trunk", "primary", "secondary", "tertiary"]),
        _water(palette, name),
        _area("grid", name, 11, palette.faint_text, palette, minzoom=15.6, maxzoom=17.2),
        _area("community", name, 14, palette.text, palette, minzoom=12.5, maxzoom=15.5),
        _area("subdistrict", name, 15, palette.text, palette, minzoom=10, maxzoom=14),
        _area("district", name, 17, palette.text, palette, minzoom=7, maxzoom=12),
    ]  # fmt: skip


def _symbol(key: str, source_layer: str, text: Any, size: float, colour: str, halo: str, *, minzoom: float) -> Spec:
    return {
        "id": key,
        "type": "symbol",
        "source": SOURCE,
        "source-layer": source_layer,
        "minzoom": minzoom,
        "layout": {"text-field": text, "text-font": FONTS, "text-size": size, "text-max-width": 7, "text-padding": 6},
        "paint": {
            "text-color": colour,
            "text-halo-color": halo,
            "text-halo-width": 1.4,
            # Short: a map at rest between the two shows ghosts of names.
            "text-opacity": ["interpolate", ["linear"], ["zoom"], minzoom, 0, minzoom + 0.1, 1],
        },
    }


def _along(key: str, text: Any, size: float, palette: Palette, *, minzoom: float, classes: list[str]) -> Spec:
    layer = _symbol(key, "street", text, size, palette.faint_text, palette.halo, minzoom=minzoom)
    layer["filter"] = of_class(classes)
    layer["layout"] |= {"symbol-placement": "line", "symbol-spacing": 360, "text-max-angle": 30, "text-padding": 2}
    return layer


def _area(level: str, text: Any, size: float, colour: str, palette: Palette, *, minzoom: float, maxzoom: float) -> Spec:
    layer = _symbol(f"label-{level}", "area_label", text, size, colour, palette.halo, minzoom=minzoom)
    layer["maxzoom"] = maxzoom
    layer["filter"] = ["==", ["get", "level"], level]
    layer["layout"] |= {"text-letter-spacing": 0.08}
    return layer


def _water(palette: Palette, name: Any) -> Spec:
    layer = _symbol("label-water", "ground", name, 12, palette.water_text, palette.halo, minzoom=14)
    layer["filter"] = ["==", ["get", "kind"], "water"]
    # A lake is cut into tiles and would be named in each: a wide margin leaves one name in sight.
    layer["layout"] |= {"text-padding": 120}
    return layer


def _facilities(palette: Palette, name: Any, glyphs: dict[str, str]) -> Spec:
    glyph: Any = ["match", ["get", "category"], *(part for pair in glyphs.items() for part in pair), "·"]
    layer = _symbol(
        "facility", "facility", name, 11, palette.facility, palette.halo, minzoom=palette.facilities_from_zoom
    )
    layer["layout"] |= {
        "text-field": [
            "format", glyph if glyphs else "·", {"font-scale": 1.1}, "\n", {}, name, {"font-scale": 0.95},
        ],
        "text-max-width": 8,
        # Shops stand wall to wall: of a row of them one in three is named, the others as one comes nearer.
        "text-padding": 14,
    }  # fmt: skip
    return layer
