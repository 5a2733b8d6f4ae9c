"""QGIS styles (QML): polygons by minutes, points as markers.

Rules and not a graduated renderer, because that one draws nothing where there is no value, and what cannot be reached
is what a planner looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from geo.access.out.colours import BANDS, NO_WAY, label

_VERSION = "3.22"


Words = Mapping[str, tuple[str, str]]
"""What columns are in words, by their name."""


def by_minutes(column: str, words: Words) -> str:
    """A style that colours polygons by a column of minutes; NULL is hatched grey."""
    root, rules, symbols = _by_rules()
    lower = 0.0
    for band, (upper, colour) in enumerate(BANDS):
        above = f'"{column}" > {lower:g}' if band else f'"{column}" >= 0'
        condition = above if upper == float("inf") else f'{above} AND "{column}" <= {upper:g}'
        _rule(rules, symbols, band, condition, " ".join(label(band)), [_fill(colour, "solid")])
        lower = upper
    hatched = [_fill(NO_WAY, "solid"), _fill("#6f6a60", "b_diagonal")]
    _rule(rules, symbols, len(BANDS), f'"{column}" IS NULL', " ".join(label(len(BANDS))), hatched)
    return _written(root, words)


def single_marker(title: str, colour: str, size_mm: float, words: Words) -> str:
    """A style for points: a white dot with a rim of a colour."""
    root, rules, symbols = _by_rules()
    marker = _layer(
        "SimpleMarker",
        {
            "name": "circle",
            "color": "255,255,255,255",
            "outline_color": _rgba(colour),
            "outline_width": "0.7",
            "size": f"{size_mm:g}",
            "size_unit": "MM",
        },
    )
    _rule(rules, symbols, 0, "", title, [marker], kind="marker")
    return _written(root, words)


def _by_rules() -> tuple[Element, Element, Element]:
    root = Element("qgis", version=_VERSION, styleCategories="Symbology|Fields")
    renderer = SubElement(
        root, "renderer-v2", type="RuleRenderer", enableorderby="0", forceraster="0", symbollevels="0"
    )
    return root, SubElement(renderer, "rules", key="{yike}"), SubElement(renderer, "symbols")


def _rule(
    rules: Element, symbols: Element, number: int, condition: str, title: str, layers: list[Element], kind: str = "fill"
) -> None:
    rule = SubElement(rules, "rule", key=f"{{yike-{number}}}", symbol=str(number), label=title)
    if condition:
        rule.set("filter", condition)
    symbol = SubElement(symbols, "symbol", name=str(number), type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    symbol.extend(layers)


def _fill(colour: str, pattern: str) -> Element:
    options = {
        "color": _rgba(colour),
        "style": pattern,
        "outline_color": "255,255,255,180",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
        "outline_style": "solid" if pattern == "solid" else "no",
    }
    return _layer("SimpleFill", options)


def _layer(kind: str, options: dict[str, str]) -> Element:
    layer = Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    table = SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        SubElement(table, "Option", name=name, type="QString", value=value)
    return layer


def _rgba(colour: str) -> str:
    return ",".join([*(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)), "255"])


def _written(root: Element, words: Words) -> str:
    aliases = SubElement(root, "aliases")
    for column, (zh, _) in words.items():
        SubElement(aliases, "alias", field=column, name=zh)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode")
