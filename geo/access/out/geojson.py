"""GeoJSON (RFC 7946): WGS 84, seven decimals, right-hand rule."""

from __future__ import annotations

from pathlib import Path

from geo.access.out.frames import wide
from geo.access.out.survey import By, Survey


def write_geojson(found: Survey, file: Path, by: By = "building") -> None:
    """Write a survey as one FeatureCollection; a property per category, ``minutes_canteen`` for instance."""
    frame = wide(found, by).reset_index()
    frame.to_file(file, driver="GeoJSON", engine="pyogrio", RFC7946="YES", COORDINATE_PRECISION="7")
