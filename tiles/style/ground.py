"""Layers of land, water, streets and buildings, from the bottom up.

Written so that QGIS 3.22 understands it too: it knows `match` and not `in` with a literal list, and no line gaps.
"""

from __future__ import annotations

from typing import Any

from tiles.style.palette import Palette

SOURCE = "yike"
Spec = dict[str, Any]

_MAIN = ["motorway", "trunk", "primary", "secondary"]
_MIDDLE = ["tertiary", "residential"]
_SMALL = ["living_street", "service", "pedestrian"]
_FOOT = ["footway", "path", "cycleway"]


def ground_layers(palette: Palette) -> list[Spec]:
    """Background, ground, streets with bridges above the rest, buildings flat and, by the palette, standing."""
    return [
        {"id": "background", "type": "background", "paint": {"background-color": palette.background}},
        _fill("ground-built", "ground", ["==", ["get", "kind"], "built"], palette.built),
        _fill("ground-sand", "ground", ["==", ["get", "kind"], "sand"], palette.sand),
        _fill("ground-green", "ground", ["==", ["get", "kind"], "green"], palette.green),
        _fill("ground-water", "ground", ["==", ["get", "kind"], "water"], palette.water),
        *_streets(palette, bridges=False),
        *_buildings(palette),
        *_streets(palette, bridges=True),
        *_boundaries(palette),
    ]


def _fill(key: str, source_layer: str, condition: Any, colour: str) -> Spec:
    return {
        "id": key,
        "type": "fill",
        "source": SOURCE,
        "source-layer": source_layer,
        "filter": condition,
        "paint": {"fill-color": colour, "fill-antialias": True},
    }


def _by_zoom(*stops: tuple[float, float], base: float = 1.5) -> list[Any]:
    return ["interpolate", ["exponential", base], ["zoom"], *(value for stop in stops for value in stop)]


_Stops = tuple[tuple[float, float], ...]
_WIDTHS: dict[str, _Stops] = {
    "main": ((8, 0.6), (12, 1.6), (14, 4), (16, 12), (18, 34)),
    "middle": ((12, 0.7), (14, 2.2), (16, 7), (18, 22)),
    "small": ((13, 0.6), (15, 2), (16, 4), (18, 13)),
    "foot": ((14, 0.6), (16, 1.2), (18, 3)),
    "steps": ((15, 2), (18, 8)),
}


def _cased(stops: _Stops) -> _Stops:
    """A street with its casing on both sides, 0.4 pixels each at zoom 12 and 1.6 at 18."""
    return tuple((zoom, round(width + 2 * max(0.4, 0.4 + 0.2 * (zoom - 12)), 2)) for zoom, width in stops)


def of_class(classes: list[str]) -> list[Any]:
    """The condition that a street is of one of these classes."""
    return ["match", ["get", "class"], classes, True, False]


def _streets(palette: Palette, *, bridges: bool) -> list[Spec]:
    """Casings below fills, so that junctions stay open; bridges the same once more, above the water's banks."""
    mark = "bridge" if bridges else "street"
    casing = palette.bridge_casing if bridges else palette.casing
    groups = [
        ("small", _SMALL, palette.street, 13),
        ("middle", _MIDDLE, palette.street, 12),
        ("main", _MAIN, palette.street_main, 8),
    ]
    return [
        *(
            _line(f"{mark}-{key}-casing", classes, bridges, zoom, casing, _cased(_WIDTHS[key]))
            for key, classes, _, zoom in groups
        ),
        _line(f"{mark}-foot", _FOOT, bridges, 14, palette.footway, _WIDTHS["foot"], dashes=[3, 1.5]),
        _line(f"{mark}-steps", ["steps"], bridges, 15, palette.footway, _WIDTHS["steps"], dashes=[0.3, 0.3]),
        *(
            _line(f"{mark}-{key}", classes, bridges, zoom, colour, _WIDTHS[key])
            for key, classes, colour, zoom in groups
        ),
    ]


def _line(
    key: str,
    classes: list[str],
    bridges: bool,
    minzoom: float,
    colour: str,
    width: _Stops,
    *,
    dashes: list[float] | None = None,
) -> Spec:
    paint = {"line-color": colour, "line-width": _by_zoom(*width), "line-dasharray": dashes}
    return {
        "id": key,
        "type": "line",
        "source": SOURCE,
        "source-layer": "street",
        "minzoom": minzoom,
        "filter": ["all", of_class(classes), ["==", ["get", "bridge"], bridges]],
        "layout": {"line-cap": "butt" if bridges or dashes else "round", "line-join": "round"},
        "paint": {name: value for name, value in paint.items() if value is not None},
    }


def _buildings(palette: Palette) -> list[Spec]:
    # Fade in, never pop.
    fade = ["interpolate", ["linear"], ["zoom"], 13, 0, 14.5, 1]
    flat = [
        {
            "id": "building",
            "type": "fill",
            "source": SOURCE,
            "source-layer": "building",
            "minzoom": 13,
            "paint": {
                "fill-color": palette.building,
                "fill-outline-color": palette.building_line,
                "fill-opacity": fade,
            },
        }
    ]
    if palette.stands_from_zoom is None:
        return flat
    zoom, height = palette.stands_from_zoom, ["coalesce", ["get", "height_m"], 6]
    colour: Any = palette.building
    if palette.tower:
        colour = ["interpolate", ["linear"], height, 6, palette.building, 100, palette.tower]
    standing = {
        "id": "building-3d",
        "type": "fill-extrusion",
        "source": SOURCE,
        "source-layer": "building",
        "minzoom": zoom,
        "paint": {
            "fill-extrusion-color": colour,
            "fill-extrusion-height": ["interpolate", ["linear"], ["zoom"], zoom, 0, zoom + 1, height],
            "fill-extrusion-opacity": palette.extrusion_opacity,
            "fill-extrusion-vertical-gradient": True,
        },
    }
    return [*flat, standing]


def _boundaries(palette: Palette) -> list[Spec]:
    def boundary(level: str, colour: str, minzoom: float, maxzoom: float, width: Any, dashes: list[float]) -> Spec:
        return {
            "id": f"boundary-{level}",
            "type": "line",
            "source": SOURCE,
            "source-layer": "area",
            "minzoom": minzoom,
            "maxzoom": maxzoom,
            "filter": ["==", ["get", "level"], level],
            "layout": {"line-join": "round"},
            "paint": {"line-color": colour, "line-width": width, "line-dasharray": dashes},
        }

    return [
        boundary("grid", palette.boundary_grid, 14, 24, _by_zoom((14, 0.5), (17, 1.4)), [2, 3]),
        boundary("community", palette.boundary, 13, 24, _by_zoom((12, 0.7), (17, 2.2)), [4, 2, 1, 2]),
        boundary("subdistrict", palette.boundary, 9, 24, _by_zoom((9, 0.6), (16, 2.6)), [6, 2, 1, 2]),
        boundary("district", palette.boundary, 7, 14, _by_zoom((7, 0.8), (14, 3)), [8, 3, 1, 3]),
        boundary("city", palette.boundary, 4, 11, _by_zoom((4, 0.8), (11, 3)), [8, 3]),
    ]
