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


def write_geopackage(found: Survey, file: Path, by: By = "building") -> None:
    """Write the layers `coverage` and `facilities` (EPSG:4326).

    `coverage` has a style for each category; the first is the one that QGIS shows. What each column is and in which
    unit stands in ``gpkg_data_columns``; GDAL and QGIS show it as the column's alias.
    """
    layers = {"coverage": frames.wide(found, by).reset_index(), "facilities": frames.facilities(found).reset_index()}
    for name, frame in layers.items():
        frame.to_file(file, layer=name, driver="GPKG", engine="pyogrio", mode="w" if name == "coverage" else "a")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(_sql("begin"))
        for number, service in enumerate(found.found):
            title = f"{service.name} {service.name_en}"
            _style(connection, "coverage", title, by_minutes(f"minutes_{service.code}"), is_default=number == 0)
        _style(connection, "facilities", "设施 Facilities", single_marker(), is_default=True)
        for name, frame in layers.items():
            for column in frame.columns:
                if (told := in_words(found, column)) is not None:
                    values = {"layer": name, "column": column, "title": told[0], "description": " / ".join(told)}
                    connection.execute(_sql("column"), values)
        zh, en = found.title
        told = (f"{zh}：到最近设施的步行分钟", f"{en}: minutes to the nearest facility, {found.made_at:%Y-%m-%d %H:%M}")
        connection.execute(_sql("describe"), {"layer": "coverage", "description": " / ".join(told)})


def _style(connection: sqlite3.Connection, layer: str, name: str, qml: str, *, is_default: bool) -> None:
    connection.execute(_sql("style"), {"layer": layer, "name": name, "qml": qml, "is_default": is_default})


def _sql(name: str) -> str:
    return (resources.files("geo") / "sql" / "geopackage" / f"{name}.sql").read_text(encoding="utf-8")
