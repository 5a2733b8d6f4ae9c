"""Minutes from every building to the nearest facility of a category, over the streets."""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.access.homes import Homes
from geo.mercator import to_mercator
from geo.network.graph import Network
from geo.network.search import to_nearest
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Coverage:
    """What every building has.

    Attributes
    ----------
    minutes : ndarray, shape (b,)
        From the building's best entrance to the nearest facility; infinite where there is no way.
    facility_id : ndarray of int64, shape (b,)
        Which facility that is, 0 where none.
    unconnected : ndarray of bool, shape (b,)
        No entrance lies near enough to a street to be joined to it: a gap of the map, not of the service.
    """

    homes: Homes
    minutes: NDArray[np.float64]
    facility_id: NDArray[np.int64]
    unconnected: NDArray[np.bool_]


@dataclass(frozen=True)
class Totals:
    """People, and those of them within the threshold; buildings nobody could connect are counted apart."""

    residents: int
    covered: int
    residents_60: int
    covered_60: int
    buildings: int
    unconnected_buildings: int


@dataclass(frozen=True, eq=False)
class Cells:
    """Coverage by H3 cell.

    `minutes` is the mean over the cell's buildings, weighted by residents (by buildings where nobody
    lives); infinite where none of them has a way. `facility_id` is the nearest one's.
    """

    cell: NDArray[np.uint64]
    boundary: NDArray[np.object_]
    minutes: NDArray[np.float64]
    facility_id: NDArray[np.int64]
    residents: NDArray[np.int64]
    residents_60: NDArray[np.int64]


def cover(
    network: Network, homes: Homes, entrances: Snaps, facilities: Snaps, facility_id: NDArray[np.int64]
) -> Coverage:
    """Minutes of every building: one search from all facilities, then the best entrance of each building."""
    seconds, which = to_nearest(network, entrances, facilities)
    best = np.full(len(homes), np.inf)
    np.minimum.at(best, homes.entrance_of, seconds)
    # The entrance that gives the best time names the facility; the last such entrance of a building stays.
    winner = np.zeros(len(homes), np.int64)
    is_best = np.isfinite(seconds) & (seconds == best[homes.entrance_of])
    winner[homes.entrance_of[is_best]] = facility_id[which[is_best]]
    unconnected = np.ones(len(homes), bool)
    unconnected[homes.entrance_of[entrances.joined]] = False
    return Coverage(homes, best / 60.0, winner, unconnected)


def total(coverage: Coverage, chosen: NDArray[np.bool_], minutes: float) -> Totals:
    """The people of the chosen buildings, and those within `minutes`."""
    homes = coverage.homes
    near = chosen & (coverage.minutes <= minutes)
    return Totals(
        residents=int(homes.residents[chosen].sum()),
        covered=int(homes.residents[near].sum()),
        residents_60=int(homes.residents_60[chosen].sum()),
        covered_60=int(homes.residents_60[near].sum()),
        buildings=int(chosen.sum()),
        unconnected_buildings=int((chosen & coverage.unconnected).sum()),
    )


def by_cell(coverage: Coverage, chosen: NDArray[np.bool_], resolution: int) -> Cells:
    """The chosen buildings gathered in H3 cells of one resolution."""
    homes = coverage.homes
    rows = np.flatnonzero(chosen)
    cell, member = np.unique(homes.cells(resolution)[rows], return_inverse=True)
    minutes = coverage.minutes[rows]
    reached = np.isfinite(minutes)
    people = np.bincount(member, weights=homes.residents[rows] * reached, minlength=len(cell))
    weight = np.where(people[member] > 0, homes.residents[rows], 1) * reached
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(member, weights=np.where(reached, minutes, 0.0) * weight, minlength=len(cell)) / np.bincount(
            member, weights=weight, minlength=len(cell)
        )
    nearest = np.zeros(len(cell), np.int64)
    order = np.argsort(-minutes, kind="stable")
    nearest[member[order]] = coverage.facility_id[rows][order]
    return Cells(
        cell=cell,
        boundary=_boundaries(cell),
        minutes=np.where(np.isnan(mean), np.inf, mean),
        facility_id=nearest,
        residents=np.bincount(member, weights=homes.residents[rows], minlength=len(cell)).astype(np.int64),
        residents_60=np.bincount(member, weights=homes.residents_60[rows], minlength=len(cell)).astype(np.int64),
    )


def _boundaries(cells: NDArray[np.uint64]) -> NDArray[np.object_]:
    """Hexagons in Web Mercator metres."""
    shapes = []
    for cell in cells.tolist():
        corners = np.array(h3.cell_to_boundary(h3.int_to_str(cell)))
        x, y = to_mercator(corners[:, 1], corners[:, 0])
        shapes.append(shapely.Polygon(np.column_stack((x, y))))
    return np.array(shapes, object)
