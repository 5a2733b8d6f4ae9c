"""A coverage gathered by area: what people of each community, grid or street office have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.access.coverage import Coverage, Totals, total
from geo.database.sql import query
from geo.scope import AreaScope


@dataclass(frozen=True, eq=False)
class AreaCoverage:
    """One area. `minutes` is the people's mean where there is a way, infinite where nobody has one; `shape` is in Web
    Mercator metres."""

    id: int
    name: str
    path: str
    shape: shapely.Geometry
    minutes: float
    totals: Totals


def by_area(
    engine: Engine, coverage: Coverage, scope: AreaScope, level: str, chosen: NDArray[np.bool_], minutes: float
) -> list[AreaCoverage]:
    """The chosen buildings (shape (b,)) by the areas of one level within a scope, in the order of their paths."""
    with engine.connect() as connection:
        values = {"level": level, "lower": scope.lower, "upper": scope.upper}
        areas = connection.execute(query("access/areas"), values).all()
    homes = coverage.homes
    paths = np.array(homes.path)
    found = []
    for row in areas:
        span = AreaScope.below(row.path)
        inside = chosen & (paths >= span.lower) & (paths < span.upper)
        reached = inside & np.isfinite(coverage.minutes)
        people = homes.residents[reached]
        weight = people if people.sum() > 0 else np.ones(len(people))
        mean = float(np.average(coverage.minutes[reached], weights=weight)) if reached.any() else np.inf
        shape = shapely.from_wkb(bytes(row.shape))
        found.append(AreaCoverage(row.id, row.name, row.path, shape, mean, total(coverage, inside, minutes)))
    return found


@dataclass(frozen=True, eq=False)
class Dwellings:
    """Units with their people and the minutes from their own stair, shape (u,) each; coordinates in degrees."""

    unit_id: NDArray[np.int64]
    building: NDArray[np.intp]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    minutes: NDArray[np.float64]
    residents: NDArray[np.int64]
    residents_60: NDArray[np.int64]
    residents_alone: NDArray[np.int64]


def by_unit(engine: Engine, coverage: Coverage, scope: AreaScope) -> Dwellings:
    """Units in a scope, from the entrance each lies at; one whose stair nobody knows has its building's minutes."""
    homes = coverage.homes
    with engine.connect() as connection:
        rows = connection.execute(query("access/units"), {"lower": scope.lower, "upper": scope.upper}).all()
    building = np.searchsorted(homes.building_id, np.array([row.building_id for row in rows], np.int64))
    entrance = np.array([row.entrance_id or 0 for row in rows], np.int64)
    order = np.argsort(homes.entrance_id)
    at = order[np.searchsorted(homes.entrance_id, entrance, sorter=order).clip(max=len(order) - 1)]
    known = (entrance > 0) & (homes.entrance_id[at] == entrance)
    first = np.searchsorted(homes.entrance_of, building)
    where = np.where(known, at, first)
    return Dwellings(
        unit_id=np.array([row.id for row in rows], np.int64),
        building=building,
        lon=homes.entrance_lon[where],
        lat=homes.entrance_lat[where],
        minutes=np.where(known, coverage.entrance_s[at] / 60.0, coverage.minutes[building]),
        residents=np.array([row.residents for row in rows], np.int64),
        residents_60=np.array([row.residents_60 for row in rows], np.int64),
        residents_alone=np.array([row.residents_alone for row in rows], np.int64),
    )
