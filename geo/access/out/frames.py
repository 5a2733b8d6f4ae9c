"""Coverage as GeoDataFrames (EPSG:4326), for notebooks and for the writers here.

    >>> from geo.access.out.frames import buildings, hexagons, areas
    >>> coverage = store.coverage("canteen", "walk")
    >>> buildings(coverage).plot("minutes")

Every frame has an index that names its rows and says in its column names what is counted: `minutes` on foot,
`residents` in persons, `facility_id`, `share` between 0 and 1. Where there is no way `minutes` is NaN and `facility_id`
is NA.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.access.cells import HEX_RESOLUTION, Grid, by_cell
from geo.access.coverage import Coverage
from geo.access.gaps import gaps as find_gaps
from geo.access.out.survey import By, Region, Survey
from geo.mercator import to_degrees

WGS84 = "EPSG:4326"
_COUNTED = ("residents", "residents_60", "residents_alone", "buildings")


def in_degrees(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes in Web Mercator metres as WGS 84 degrees, to a centimetre."""

    def placed(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_degrees(xy[:, 0], xy[:, 1])).round(7)

    return np.asarray(shapely.transform(shapes, placed), object)


def buildings(coverage: Coverage, chosen: NDArray[np.bool_] | None = None) -> geopandas.GeoDataFrame:
    """A row a building, by `building_id`.

    Parameters
    ----------
    chosen : ndarray of bool, shape (b,), optional
        Which buildings, `coverage.homes.within(scope)` for instance; without it all.
    """
    homes = coverage.homes
    rows = np.flatnonzero(chosen) if chosen is not None else np.arange(len(homes))
    lon, lat = homes.centre
    return geopandas.GeoDataFrame(
        {
            "area": [homes.path[row] for row in rows.tolist()],
            "lon": lon[rows].round(7),
            "lat": lat[rows].round(7),
            "residents": homes.residents[rows],
            "residents_60": homes.residents_60[rows],
            "residents_alone": homes.residents_alone[rows],
            **_reached(coverage.minutes[rows], coverage.facility_id[rows]),
            "unconnected": coverage.unconnected[rows],
        },
        index=pd.Index(homes.building_id[rows], name="building_id"),
        geometry=in_degrees(homes.outline[rows]),
        crs=WGS84,
    )


def hexagons(
    coverage: Coverage, chosen: NDArray[np.bool_] | None = None, resolution: int = HEX_RESOLUTION
) -> geopandas.GeoDataFrame:
    """A row an H3 cell, by `cell`; `minutes` is the mean over its buildings, weighted by residents."""
    every = np.ones(len(coverage.homes), bool) if chosen is None else chosen
    cells = by_cell(coverage, Grid.of(coverage.homes, every, resolution))
    return geopandas.GeoDataFrame(
        {
            "residents": cells.residents,
            "residents_60": cells.residents_60,
            "residents_alone": cells.residents_alone,
            **_reached(cells.minutes, cells.facility_id),
        },
        index=pd.Index([f"{int(cell):x}" for cell in cells.cell], name="cell"),
        geometry=in_degrees(cells.boundary),
        crs=WGS84,
    )


def areas(
    coverage: Coverage,
    regions: Sequence[Region],
    chosen: NDArray[np.bool_] | None = None,
    limits: Sequence[float] = (15.0,),
) -> geopandas.GeoDataFrame:
    """A row an area, by `area_id`, with the people within each of the limits (minutes).

    `minutes` is the mean of those who have a way, weighted by residents; `share_15min` the share of residents
    within 15 minutes, NaN where nobody lives.
    """
    homes = coverage.homes
    paths = np.array(homes.path, dtype=str)
    every = np.ones(len(homes), bool) if chosen is None else chosen
    rows = []
    for region in regions:
        inside = every & ((paths == region.path) | np.char.startswith(paths, f"{region.path}/"))
        rows.append({**people(coverage, inside, limits), "buildings": int(inside.sum())})
    frame = geopandas.GeoDataFrame(
        {
            "level": [region.level for region in regions],
            "name": [region.name for region in regions],
            "name_en": [region.name_en for region in regions],
            "area": [region.path for region in regions],
        },
        index=pd.Index([region.id for region in regions], name="area_id"),
        geometry=in_degrees(np.array([region.outline for region in regions], object)),
        crs=WGS84,
    )
    return frame.join(pd.DataFrame(rows, index=frame.index))


def people(coverage: Coverage, inside: NDArray[np.bool_], limits: Sequence[float]) -> dict[str, float | int]:
    """The people of some buildings: how many there are, how many within each limit, and their mean minutes."""
    homes = coverage.homes
    reached = inside & np.isfinite(coverage.minutes)
    walked = int(homes.residents[reached].sum())
    counted: dict[str, float | int] = {
        "residents": int(homes.residents[inside].sum()),
        "residents_60": int(homes.residents_60[inside].sum()),
        "residents_alone": int(homes.residents_alone[inside].sum()),
        "minutes": round(float(coverage.minutes[reached] @ homes.residents[reached]) / walked, 3) if walked else np.nan,
    }
    for limit in limits:
        near = inside & (coverage.minutes <= limit)
        covered = int(homes.residents[near].sum())
        counted |= {
            f"covered_{limit:g}min": covered,
            f"covered_60_{limit:g}min": int(homes.residents_60[near].sum()),
            f"covered_alone_{limit:g}min": int(homes.residents_alone[near].sum()),
            f"share_{limit:g}min": round(covered / counted["residents"], 4) if counted["residents"] else np.nan,
        }
    return counted


PER_SERVICE = ("minutes", "facility_id", "covered_", "share_")
"""Columns that differ from category to category begin like this; in a frame of several they end in ``_<category>``."""


def wide(found: Survey, by: By) -> geopandas.GeoDataFrame:
    """All categories of a survey side by side: ``minutes_canteen``, ``within_15min_canteen``, and so on."""
    whole: geopandas.GeoDataFrame | None = None
    for service in found.found:
        assert service.coverage is not None  # noqa: S101
        if by == "area":
            frame = areas(service.coverage, found.of_level(), found.chosen, found.minutes)
        elif by == "hex":
            frame = hexagons(service.coverage, found.chosen)
        else:
            frame = buildings(service.coverage, found.chosen)
        own = [column for column in frame.columns if column.startswith(PER_SERVICE)]
        if by != "area":
            for limit in found.minutes:
                frame[f"within_{limit:g}min"] = frame["minutes"] <= limit
                own.append(f"within_{limit:g}min")
        named = frame[own].rename(columns={column: f"{column}_{service.code}" for column in own})
        whole = frame.drop(columns=own).join(named) if whole is None else whole.join(named)
    assert whole is not None  # noqa: S101 — a survey has at least one
    return whole


def facilities(found: Survey) -> geopandas.GeoDataFrame:
    """The facilities of a survey, by `facility_id`."""
    parts = [
        pd.DataFrame(
            {
                "facility_id": some.id,
                "category": service.code,
                "category_name": service.name,
                "name": pd.array(some.name, dtype="string"),
                "capacity": pd.array([value or None for value in some.capacity.tolist()], dtype="Int64"),
                "opening_hours": pd.array(some.opening_hours, dtype="string"),
                "lon": some.lon,
                "lat": some.lat,
            }
        )
        for service, some in found.facilities()
    ]
    table = pd.concat(parts, ignore_index=True).set_index("facility_id")
    return geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(table["lon"], table["lat"]), crs=WGS84)


def gaps(found: Survey) -> geopandas.GeoDataFrame:
    """Where people live who do not get there within the largest threshold: a point a gap, the most people first."""
    rows = [
        {
            "category": service.code,
            "category_name": service.name,
            "threshold_min": found.minutes[-1],
            "rank": rank,
            **{name: value for name, value in asdict(gap).items() if name != "bbox"},
        }
        for service in found.found
        if service.coverage is not None
        for rank, gap in enumerate(find_gaps(service.coverage, found.chosen, found.minutes[-1]), 1)
    ]
    columns = ["category", "category_name", "threshold_min", "rank", "lon", "lat", *_COUNTED, "minutes", "facility_id"]
    table = pd.DataFrame(rows, columns=columns)
    table["facility_id"] = table["facility_id"].astype("Int64")
    table["minutes"] = table["minutes"].astype(float).round(3)
    points = geopandas.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    return geopandas.GeoDataFrame(table, geometry=points, crs=WGS84)


def _reached(minutes: NDArray[np.float64], facility_id: NDArray[np.int64]) -> dict[str, Any]:
    reached = np.isfinite(minutes)
    return {
        "minutes": np.where(reached, minutes.round(3), np.nan),
        "facility_id": pd.arrays.IntegerArray(np.where(reached, facility_id, 0), ~reached),
    }
