"""GeoTIFF of minutes: a regular grid in metres, each cell as if somebody set out from its middle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from geo.access.coverage import Coverage
from geo.access.out.survey import Survey
from geo.errors import InvalidInput
from geo.network.ends import Ends, leaving
from geo.network.graph import Network
from geo.network.search import at_places
from geo.network.snap import snap
from geo.progress import Progress, Silent

NODATA = -1.0
MOST_CELLS = 16_000_000
_CELLS = (5.0, 10.0, 20.0, 25.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_WANTED_CELLS = 250_000
_ROWS_AT_ONCE = 64
_MARGIN_M = 100.0


def utm_of(lon: float, lat: float) -> int:
    """The EPSG code of the UTM zone (WGS 84) a place lies in."""
    zone = int(np.floor((lon + 180.0) / 6.0)) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone


def write_geotiff(
    found: Survey,
    file: Path,
    *,
    snap_limit_m: float,
    cell_m: float | None = None,
    most_cells: int = MOST_CELLS,
    progress: Progress | None = None,
) -> None:
    """Write a band of minutes a category, float32, in the local UTM zone.

    A cell's value is the way from its middle: straight to the nearest street, as from an entrance, then along streets.
    It is `NODATA` where no street lies within `snap_limit_m`, and where there is no way.

    Parameters
    ----------
    cell_m : float, optional
        Length of a cell's side in metres; without it a round one that makes some 250,000 cells or fewer.

    Raises
    ------
    InvalidInput
        When the grid would have more than `most_cells` cells.
    """
    lon, lat = (values[found.rows] for values in found.homes.centre)
    epsg = utm_of(float(lon.mean()), float(lat.mean()))
    onto = Transformer.from_crs(4326, epsg, always_xy=True)
    x, y = onto.transform(lon, lat)
    west, south, east, north = x.min() - _MARGIN_M, y.min() - _MARGIN_M, x.max() + _MARGIN_M, y.max() + _MARGIN_M
    side = cell_m or next((c for c in _CELLS if (east - west) * (north - south) / c**2 <= _WANTED_CELLS), _CELLS[-1])
    west, north = np.floor(west / side) * side, np.ceil(north / side) * side
    width, height = int(np.ceil((east - west) / side)), int(np.ceil((north - south) / side))
    if width * height > most_cells:
        raise InvalidInput(
            f"Cells of {side:g} m would be {width} × {height}; at most {most_cells:,} are made.",
            where="cell_m",
            hint="Choose larger ones, or an area.",
        )
    services = found.found
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": len(services),
        "dtype": "float32",
        "crs": f"EPSG:{epsg}",
        "transform": Affine(side, 0.0, west, 0.0, -side, north),
        "nodata": NODATA,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "interleave": "band",
    }
    columns = west + (np.arange(width) + 0.5) * side
    with rasterio.open(file, "w", **profile) as raster, (progress or Silent()).step("栅格 Grid", height) as advance:
        for number, service in enumerate(services, start=1):
            raster.set_band_description(number, f"minutes_{service.code}")
            raster.set_band_unit(number, "min")
        raster.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=f"Minutes to the nearest facility ({found.profile}): {found.title[1]}",
            TIFFTAG_SOFTWARE="Yike",
            TIFFTAG_DATETIME=f"{found.made_at:%Y:%m:%d %H:%M:%S}",
        )
        for top in range(0, height, _ROWS_AT_ONCE):
            rows = north - (np.arange(top, min(top + _ROWS_AT_ONCE, height)) + 0.5) * side
            grid_x, grid_y = np.meshgrid(columns, rows)
            cell_lon, cell_lat = onto.transform(grid_x.ravel(), grid_y.ravel(), direction="INVERSE")
            joined: dict[Network, Ends] = {}
            for number, service in enumerate(services, start=1):
                assert service.coverage is not None  # noqa: S101
                network = service.coverage.doors.network
                if (places := joined.get(network)) is None:
                    places = leaving(network, snap(network, cell_lon, cell_lat, limit_m=snap_limit_m))
                    joined[network] = places
                values = minutes_at(service.coverage, places)
                filled = np.where(np.isfinite(values), values, NODATA).astype(np.float32)
                window = ((top, top + len(rows)), (0, width))
                raster.write(filled.reshape(len(rows), width), number, window=window)
            advance(len(rows))


def minutes_at(coverage: Coverage, places: Ends) -> NDArray[np.float64]:
    """Minutes from any places to the nearest facility of a coverage, shape (k,); infinite where there is no way.

    Nothing is searched again: the coverage's own search knows every street.
    """
    seconds, _ = at_places(places, coverage.reach, coverage.sources)
    return seconds / 60.0
