"""Minutes from every building to the nearest facility of a category, over the streets."""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from geo.access.facilities import Facilities
from geo.access.homes import Homes
from geo.mercator import to_mercator
from geo.network.ends import Ends, arriving, leaving
from geo.network.graph import Network
from geo.network.search import NOWHERE, Reach, at_places, search, search_again, seeds_of
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Doors:
    """The entrances of all buildings on the network of one profile.

    Attributes
    ----------
    ends : Ends
        Shape (e,), as people leave the house.
    joined : ndarray of bool, shape (b,)
        Whether any entrance of a building lies near enough to a street; where none does, it is a gap of the map and
        not of the service.
    """

    network: Network
    homes: Homes
    ends: Ends
    joined: NDArray[np.bool_]

    @classmethod
    def of(cls, network: Network, homes: Homes, entrances: Snaps) -> Doors:
        """The doors of the buildings, which join the network where `entrances` does."""
        joined = np.zeros(len(homes), bool)
        joined[homes.entrance_of[entrances.joined]] = True
        return cls(network, homes, leaving(network, entrances), joined)


@dataclass(frozen=True, eq=False)
class Coverage:
    """What every building has.

    Attributes
    ----------
    minutes : ndarray, shape (b,)
        From the building's best entrance to the nearest facility; infinite where there is no way.
    facility_id : ndarray of int64, shape (b,)
        Which facility that is, 0 where none.
    entrance_s : ndarray, shape (e,)
        Seconds from each entrance.
    facilities : Facilities
        Those it was worked out for, all of one category.
    places, sources : Snaps, Ends
        Where the facilities join the network, shape (f,).
    reach : Reach
        The search behind it, to take up again when a facility moves.
    """

    doors: Doors
    facilities: Facilities
    minutes: NDArray[np.float64]
    facility_id: NDArray[np.int64]
    entrance_s: NDArray[np.float64]
    places: Snaps
    sources: Ends
    reach: Reach

    @property
    def homes(self) -> Homes:
        """The buildings it is about."""
        return self.doors.homes

    @property
    def unconnected(self) -> NDArray[np.bool_]:
        """Buildings that join no street, shape (b,)."""
        return ~self.doors.joined


@dataclass(frozen=True)
class Totals:
    """People, and those of them within the threshold; buildings nobody could connect are counted apart."""

    residents: int
    covered: int
    residents_60: int
    covered_60: int
    residents_alone: int
    covered_alone: int
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
    residents_alone: NDArray[np.int64]


def cover(doors: Doors, facilities: Facilities, places: Snaps) -> Coverage:
    """Minutes of every building: one search from all facilities, then the best entrance of each building.

    Parameters
    ----------
    places : Snaps, shape (f,)
        Where the facilities join the network.
    """
    sources = arriving(doors.network, places)
    return _at_doors(doors, facilities, places, sources, search(doors.network.arriving, seeds_of(sources)))


def cover_again(before: Coverage, facilities: Facilities, places: Snaps) -> Coverage:
    """The same for other facilities, most of which were there before and stand where they stood.

    Only what lost its nearest, and what the new ones are nearer to, is looked at.
    """
    network = before.doors.network
    sources = arriving(network, places)
    becomes = np.full(len(before.facilities), NOWHERE, np.int32)
    rows = before.facilities.rows_of(facilities)
    becomes[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
    reach = search_again(network.arriving, network.leaving, before.reach, becomes, seeds_of(sources))
    return _at_doors(before.doors, facilities, places, sources, reach)


def _at_doors(doors: Doors, facilities: Facilities, places: Snaps, sources: Ends, reach: Reach) -> Coverage:
    homes = doors.homes
    seconds, which = at_places(doors.ends, reach, sources)
    best, winner = np.full(len(homes), np.inf), np.zeros(len(homes), np.int64)
    _best_of_building(homes.entrance_of, seconds, which, facilities.id, best, winner)
    return Coverage(doors, facilities, best / 60.0, winner, seconds, places, sources, reach)


@njit(nogil=True, cache=True)
def _best_of_building(
    building: NDArray[np.intp],
    seconds: NDArray[np.float64],
    which: NDArray[np.int32],
    facility_id: NDArray[np.int64],
    best: NDArray[np.float64],
    winner: NDArray[np.int64],
) -> None:
    for entrance in range(len(building)):
        if seconds[entrance] < best[building[entrance]]:
            best[building[entrance]] = seconds[entrance]
            winner[building[entrance]] = facility_id[which[entrance]]


def total(coverage: Coverage, chosen: NDArray[np.bool_], minutes: float) -> Totals:
    """The people of the chosen buildings, and those within `minutes`."""
    homes = coverage.homes
    near = chosen & (coverage.minutes <= minutes)
    return Totals(
        residents=int(homes.residents[chosen].sum()),
        covered=int(homes.residents[near].sum()),
        residents_60=int(homes.residents_60[chosen].sum()),
        covered_60=int(homes.residents_60[near].sum()),
        residents_alone=int(homes.residents_alone[chosen].sum()),
        covered_alone=int(homes.residents_alone[near].sum()),
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
        boundary=hexagons(cell),
        minutes=np.where(np.isnan(mean), np.inf, mean),
        facility_id=nearest,
        residents=np.bincount(member, weights=homes.residents[rows], minlength=len(cell)).astype(np.int64),
        residents_60=np.bincount(member, weights=homes.residents_60[rows], minlength=len(cell)).astype(np.int64),
        residents_alone=np.bincount(member, weights=homes.residents_alone[rows], minlength=len(cell)).astype(np.int64),
    )


def hexagons(cells: NDArray[np.uint64]) -> NDArray[np.object_]:
    """The outlines of H3 cells, Web Mercator metres."""
    shapes = []
    for cell in cells.tolist():
        corners = np.array(h3.cell_to_boundary(h3.int_to_str(cell)))
        x, y = to_mercator(corners[:, 1], corners[:, 0])
        shapes.append(shapely.Polygon(np.column_stack((x, y))))
    return np.array(shapes, object)
