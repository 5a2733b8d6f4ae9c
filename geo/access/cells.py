"""Coverage by H3 cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import h3
import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.access.homes import Homes
from geo.mercator import to_mercator

Longs = NDArray[np.int64]

HEX_RESOLUTION = 10
"""H3 cells of some 130 m across, as figures are given by hexagon."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Some buildings in H3 cells of one resolution: what stays while coverages change.

    Attributes
    ----------
    row : ndarray, shape (r,)
        The buildings, as indexes of the homes.
    cell : ndarray of uint64, shape (c,)
        H3 indexes, ascending.
    member : ndarray, shape (r,)
        The cell of each building.
    residents, residents_60, residents_alone : ndarray of int, shape (c,)
    """

    homes: Homes
    row: NDArray[np.intp]
    cell: NDArray[np.uint64]
    member: NDArray[np.intp]
    residents: Longs
    residents_60: Longs
    residents_alone: Longs

    @classmethod
    def of(cls, homes: Homes, chosen: NDArray[np.bool_], resolution: int) -> Grid:
        """The chosen buildings (shape (b,)) in their cells."""
        row = np.flatnonzero(chosen)
        cell, member = np.unique(homes.cells(resolution)[row], return_inverse=True)

        def counted(people: Longs) -> Longs:
            return np.bincount(member, weights=people[row], minlength=len(cell)).astype(np.int64)

        return cls(
            homes, row, cell, member,
            counted(homes.residents), counted(homes.residents_60), counted(homes.residents_alone),
        )  # fmt: skip

    @cached_property
    def boundary(self) -> NDArray[np.object_]:
        """The outlines of the cells, Web Mercator metres."""
        return hexagons(self.cell)


@dataclass(frozen=True, eq=False)
class Cells:
    """Coverage by H3 cell.

    `minutes` is the mean over the cell's buildings, weighted by residents (by buildings where nobody
    lives); infinite where none of them has a way. `facility_id` is the nearest one's.
    """

    grid: Grid
    minutes: NDArray[np.float64]
    facility_id: Longs

    @property
    def cell(self) -> NDArray[np.uint64]:
        """H3 indexes, shape (c,)."""
        return self.grid.cell

    @property
    def boundary(self) -> NDArray[np.object_]:
        """Outlines, Web Mercator metres, shape (c,)."""
        return self.grid.boundary

    @property
    def residents(self) -> Longs:
        """People, shape (c,)."""
        return self.grid.residents

    @property
    def residents_60(self) -> Longs:
        """People of 60 and over, shape (c,)."""
        return self.grid.residents_60

    @property
    def residents_alone(self) -> Longs:
        """People who live alone, shape (c,)."""
        return self.grid.residents_alone


def by_cell(coverage: Coverage, grid: Grid) -> Cells:
    """A coverage gathered in the cells of a grid of the same homes."""
    minutes = np.full(len(grid.cell), np.inf)
    facility_id = np.zeros(len(grid.cell), np.int64)
    people = coverage.homes.residents
    _gather(grid.row, grid.member, coverage.minutes, coverage.facility_id, people, minutes, facility_id)
    return Cells(grid, minutes, facility_id)


@njit(nogil=True, cache=True)
def _gather(
    row: NDArray[np.intp],
    member: NDArray[np.intp],
    minutes: NDArray[np.float64],
    facility_id: Longs,
    people: Longs,
    mean: NDArray[np.float64],
    nearest: Longs,
) -> None:
    cells = len(mean)
    best = np.full(cells, np.inf)
    by_people, by_buildings = np.zeros(cells), np.zeros(cells)
    persons, buildings = np.zeros(cells), np.zeros(cells)
    for place in range(len(row)):
        building, cell = row[place], member[place]
        value = minutes[building]
        if value == np.inf:
            continue
        by_people[cell] += value * people[building]
        persons[cell] += people[building]
        by_buildings[cell] += value
        buildings[cell] += 1
        if value < best[cell]:
            best[cell], nearest[cell] = value, facility_id[building]
    for cell in range(cells):
        if persons[cell] > 0:
            mean[cell] = by_people[cell] / persons[cell]
        elif buildings[cell] > 0:
            mean[cell] = by_buildings[cell] / buildings[cell]


def hexagons(cells: NDArray[np.uint64]) -> NDArray[np.object_]:
    """The outlines of H3 cells, Web Mercator metres."""
    if len(cells) == 0:
        return np.zeros(0, object)
    corners = [h3.cell_to_boundary(h3.int_to_str(cell)) for cell in cells.tolist()]
    lat, lon = np.array([corner for outline in corners for corner in outline]).T
    x, y = to_mercator(lon, lat)
    of = np.repeat(np.arange(len(corners)), [len(outline) for outline in corners])
    return np.asarray(shapely.polygons(shapely.linearrings(np.column_stack((x, y)), indices=of)), object)
