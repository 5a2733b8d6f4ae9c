"""Writes a survey in the format that is asked for.

Each format's libraries are loaded with the first file of it: they are large, and most who start Yike want none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from geo.access.out.files import beside
from geo.access.out.leaflet import Leaflet
from geo.access.out.survey import By, Survey
from geo.access.store import CoverageStore
from geo.errors import InvalidInput
from geo.progress import Progress, Silent

Format = Literal["gpkg", "geojson", "csv", "tif", "html"]

MEDIA_TYPES: dict[Format, str] = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "tif": "image/tiff; application=geotiff",
    "html": "text/html; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes surveys of one store; `leaflet` is called for a report only."""

    store: CoverageStore
    leaflet: Callable[[], Leaflet]

    def write(
        self,
        found: Survey,
        file: Path,
        form: Format,
        by: By = "building",
        *,
        cell_m: float | None = None,
        most_cells: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Write a file; it is whole or it is not there.

        Parameters
        ----------
        by : By
            A row a building, hexagon or area, where the format has rows.
        cell_m : float, optional
            Side of a GeoTIFF's cells.
        most_cells : int
            How many it may have, where that is fewer than usual.
        """
        with beside(file) as part:
            if form == "tif":
                from geo.access.out.raster import MOST_CELLS, write_geotiff

                limit_m = self.store.snap_limit_m
                most = MOST_CELLS if most_cells is None else most_cells
                write_geotiff(found, part, snap_limit_m=limit_m, cell_m=cell_m, most_cells=most, progress=progress)
                return
            with (progress or Silent()).step(f"写入 Writing {file.name}", None):
                self._write(found, part, form, by)

    def _write(self, found: Survey, part: Path, form: Format, by: By) -> None:
        if form == "gpkg":
            from geo.access.out.geopackage import write_geopackage

            write_geopackage(found, part, by)
        elif form == "geojson":
            from geo.access.out.geojson import write_geojson

            write_geojson(found, part, by)
        elif form == "csv":
            from geo.access.out.table import write_csv

            write_csv(found, part, by)
        else:
            from geo.access.out.report import write_report

            leaflet = self.leaflet()
            write_report(found, part, leaflet=leaflet, engine=self.store.engine, snap_limit_m=self.store.snap_limit_m)


def format_of(file: Path) -> Format:
    """The format a file's ending names.

    Raises
    ------
    InvalidInput
        When it names none.
    """
    for form in get_args(Format):
        if file.suffix.lower() == f".{form}":
            found: Format = form
            return found
    endings = ", ".join(f".{form}" for form in get_args(Format))
    raise InvalidInput(f"{file.name} has no ending that is known.", where="--out", hint=f"One of {endings}.")


def file_name(found: Survey, form: Format) -> str:
    """What a file is called: area, services, minutes and day, in Chinese."""
    names = [service.name for service in found.services]
    services = "、".join(names) if len(names) <= 3 else f"{names[0]}等{len(names)}类"
    minutes = "-".join(f"{limit:g}" for limit in found.minutes)
    told = f"一刻-{found.title[0]}-{services}-{minutes}分钟-{found.made_at:%Y%m%d}"
    return "".join("_" if sign in '/\\:*?"<>|\r\n\t' else sign for sign in told) + f".{form}"
