"""What an import brought, read as far as sample homes and devices need it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import (
    Geometry,
    STRtree,
    area,
    contains_xy,
    from_wkb,
    get_coordinates,
    point_on_surface,
    points,
)
from sqlalchemy import Connection

from data.town.homes import Dwelling
from data.town.plane import Points
from geo.database.sql import query

DEGREE_M = 111_320.0
"""Metres in a degree of latitude."""


class Footprint(NamedTuple):
    """An imported building in a grid. `label` is what a dispatcher calls it; `m2` the ground it covers."""

    key: int
    use: str
    floors: int | None
    grid: int
    label: str
    m2: float
    shape: Geometry


class Entry(NamedTuple):
    """An entrance that stands already."""

    key: int
    label: str
    at: tuple[float, float]


@dataclass(slots=True)
class Imported:
    """The buildings, grids and streets of an import.

    Attributes
    ----------
    grids, grid_names : list of str
        Paths and names of the grids.
    centres : ndarray, shape (n, 2)
        Of the grids, degrees.
    communities : list of list of int
        Grids by the area above them.
    subdistricts : list of str
        Path of the area each grid's staff belongs to.
    footprints : list of Footprint
    entries : dict
        By building.
    """

    grids: list[str]
    grid_names: list[str]
    shapes: NDArray[Any]
    centres: Points
    communities: list[list[int]]
    subdistricts: list[str]
    footprints: list[Footprint]
    entries: dict[int, list[Entry]]

    def grids_at(self, at: Points) -> list[int]:
        """The grid at each place (degrees), -1 for none."""
        found = np.full(len(at), -1)
        if len(at):
            which, grid = STRtree(self.shapes).query(points(at), predicate="within")
            found[which] = grid
        grids: list[int] = found.tolist()
        return grids


def read_import(connection: Connection) -> Imported:
    """Read the imported buildings that lie in a grid, and the grids."""
    rows = connection.execute(query("town/real_areas")).all()
    level = {row.path: row.level for row in rows}
    grids = [row for row in rows if row.level == "grid"]
    number = {row.path: i for i, row in enumerate(grids)}
    shapes = from_wkb([bytes(row.shape) for row in grids])
    members: dict[str, list[int]] = defaultdict(list)
    for path, i in number.items():
        members[path.rpartition("/")[0]].append(i)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for row in connection.execute(query("town/imported_entrances")):
        entries[row.building_id].append(Entry(row.id, row.label, (row.lon, row.lat)))
    called = {row.path: row.name for row in rows}
    # "3号网格" alone says little: the community's name goes before it.
    names = [row.name if above in row.name else above + row.name
             for row in grids for above in (called.get(row.path.rpartition("/")[0], ""),)]  # fmt: skip
    return Imported(
        [row.path for row in grids], names, shapes, get_coordinates(point_on_surface(shapes)), list(members.values()),
        [_subdistrict(row.path, level) for row in grids], _footprints(connection, number, names), entries,
    )  # fmt: skip


def _footprints(connection: Connection, number: dict[str, int], names: list[str]) -> list[Footprint]:
    rows = [row for row in connection.execute(query("town/imported_buildings")) if row.path in number]
    shapes = from_wkb([bytes(row.shape) for row in rows])
    found: list[Footprint] = []
    counted: dict[str, int] = defaultdict(int)
    for row, shape, size in zip(rows, shapes.tolist(), _square_metres(shapes).tolist(), strict=True):
        grid = number[row.path]
        group = row.compound or names[grid]
        counted[group] += 1
        label = row.label or f"{counted[group]}号楼"
        if (row.compound or not row.label) and not label.startswith(group):
            label = group + label
        floors = row.floors or (max(1, round(row.height_m / 3)) if row.height_m else None)
        found.append(Footprint(row.id, row.use, floors, grid, label, size, shape))
    return found


def _square_metres(shapes: NDArray[Any]) -> NDArray[np.float64]:
    if len(shapes) == 0:
        return np.zeros(0)
    lat = get_coordinates(point_on_surface(shapes))[:, 1]
    size: NDArray[np.float64] = area(shapes) * DEGREE_M**2 * np.cos(np.radians(lat))
    return size


def _subdistrict(path: str, level: dict[str, str]) -> str:
    """The subdistrict above a grid; where there is none, the highest area."""
    labels = path.split("/")
    above = ["/".join(labels[: i + 1]) for i in range(len(labels))]
    return next((each for each in above if level.get(each) == "subdistrict"), above[0])


class Inside:
    """Finds a spot for each dwelling within its building's outline."""

    def __init__(self, footprints: list[Footprint]) -> None:
        self._shapes = {footprint.key: footprint.shape for footprint in footprints}

    def __call__(self, dwellings: list[Dwelling]) -> Points:
        """Degrees, shape (n, 2); flats of one floor stand around the middle, in a circle wider the higher they are."""
        shapes = np.array([self._shapes[dwelling.stair.building] for dwelling in dwellings], dtype=object)
        middle = get_coordinates(point_on_surface(shapes))
        spread = 0.3 * np.sqrt(area(shapes))
        turn = np.array([2.4 * dwelling.place + 0.7 * dwelling.stair.entrance for dwelling in dwellings])
        reach = spread * np.array([dwelling.floor / (dwelling.stair.floors + 1) for dwelling in dwellings])
        spots = middle + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
        outside = ~contains_xy(shapes, spots[:, 0], spots[:, 1])
        spots[outside] = middle[outside]
        found: Points = np.round(spots, 7)
        return found
