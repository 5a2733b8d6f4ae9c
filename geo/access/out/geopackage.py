"""GeoPackage: layers with styles that QGIS takes up by itself, and units with the columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from geo.access.out import frames
from geo.access.out.columns import in_words
from geo.access.out.qml import by_minutes, single_marker
from geo.access.out.survey import By, Survey

_KINDS = {"facilities": "Point", "gaps": "Point"}
_MARKERS = {"facilities": ("设施 Facility", "#c51162", 2.8), "gaps": ("缺口 Gap", "#d94801", 4.2)}


def write_geopackage(found: Survey, file: Path, by: By = "building") -> None:
    """Write the layers `coverage`, `facilities` and `gaps` (EPSG:4326).

    `coverage` has a style for each category; the first is the one that QGIS shows. What each column is and in which
    unit stands in ``gpkg_data_columns``; GDAL and QGIS show it as the column's alias.
    """
    layers = {
        "coverage": frames.wide(found, by).reset_index(),
        "facilities": frames.facilities(found).reset_index(),
        "gaps": frames.gaps(found),
    }
    for name, frame in layers.items():
        # 1.2 is what GDAL 3.6 and QGIS 3.22 read without a warning.
        first = {"mode": "w", "VERSION": "1.2"} if name == "coverage" else {"mode": "a"}
        frame.to_file(file, layer=name, driver="GPKG", engine="pyogrio", geometry_type=_KINDS.get(name), **first)
    words = {
        name: {column: told for column in frame.columns if (told := in_words(found, column)) is not None}
        for name, frame in layers.items()
    }
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(_sql("begin"))
        for number, service in enumerate(found.found):
            title = f"{service.name} {service.name_en}"
            qml = by_minutes(f"minutes_{service.code}", words["coverage"])
            _style(connection, "coverage", title, qml, is_default=number == 0)
        for layer, (title, colour, size_mm) in _MARKERS.items():
            _style(connection, layer, title, single_marker(title, colour, size_mm, words[layer]), is_default=True)
        for name, columns in words.items():
            for column, (zh, en) in columns.items():
                values = {"layer": name, "column": column, "title": zh, "description": f"{zh} / {en}"}
                connection.execute(_sql("column"), values)
        zh, en = found.title
        about = f"{zh}：到最近设施的分钟 / {en}: minutes to the nearest facility, {found.made_at:%Y-%m-%d %H:%M}"
        connection.execute(_sql("describe"), {"layer": "coverage", "description": about})


def _style(connection: sqlite3.Connection, layer: str, name: str, qml: str, *, is_default: bool) -> None:
    connection.execute(_sql("style"), {"layer": layer, "name": name, "qml": qml, "is_default": is_default})


def _sql(name: str) -> str:
    return (resources.files("geo") / "sql" / "geopackage" / f"{name}.sql").read_text(encoding="utf-8")
