"""OpenStreetMap files: streets, buildings, ground, services and boundaries into the model."""

from __future__ import annotations

from pathlib import Path

import shapely
from sqlalchemy import Engine

from data.osm.derive import derive
from data.osm.load import load
from data.osm.read import Extract, read
from data.osm.tally import Summary, Tally
from geo.database.sql import query
from geo.progress import Progress, Silent

_OUTSIDE = "outside the box asked for"

Box = tuple[float, float, float, float]

__all__ = ["Box", "Summary", "Tally", "import_osm"]


def import_osm(engine: Engine, path: Path, *, bbox: Box | None = None, progress: Progress | None = None) -> Summary:
    """Take in an OpenStreetMap file. The same file twice changes nothing.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    bbox : tuple, optional
        West, south, east, north in degrees: what does not touch it is left out.

    Returns
    -------
    Summary
        Adds up: read = stored + left out, by reason.

    Raises
    ------
    ImportFailed
        When the file cannot be read; nothing is stored then.
    """
    shown = progress or Silent()
    extract = read(path, progress=shown)
    if bbox is not None:
        _cut(extract, bbox)
    if not extract.streets:
        extract.summary.warnings.append(
            "the file holds no streets: without them nothing can be reached on foot, and no worker finds a way"
        )
    load(engine, extract, shown)
    derive(engine, extract, shown)
    with shown.step("Statistics"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(query("schema/analyze"))
    return extract.summary


def _cut(extract: Extract, bbox: Box) -> None:
    """Leave out what does not touch the box."""
    box = shapely.box(*bbox)
    lists = {
        "building": extract.buildings,
        "compound": extract.compounds,
        "ground": extract.ground,
        "facility": extract.facilities,
        "stop": extract.stops,
    }
    for kind, objects in lists.items():
        inside = [found for found in objects if found.shape.intersects(box)]
        extract.summary[kind].leave(_OUTSIDE, len(objects) - len(inside))
        objects[:] = inside
    west, south, east, north = bbox
    near = [
        way
        for way in extract.streets
        if ((way.lonlat >= (west, south)) & (way.lonlat <= (east, north))).all(axis=1).any()
    ]
    extract.summary["street"].leave(_OUTSIDE, len(extract.streets) - len(near))
    extract.streets[:] = near
