"""A whole generated town: what stands, and, part by part, who lives in it and what hangs there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.town.chance import stream
from data.town.devices import DeviceRow, Registry, allot, hang_devices
from data.town.facilities import FacilityRow, find_facilities
from data.town.homes import Dwelling, Homes, Stair, furnish_homes, vacancy
from data.town.people import Numbers
from data.town.places import Places, find_places
from data.town.plane import Points
from data.town.scale import SIZES, Scale, Size
from data.town.staff import SUPERVISORS, DepartmentRow, WorkerRow, departments, hire
from data.town.survey import Survey, survey
from geo.progress import Progress, Silent

REFERENCE_DAY = date(2026, 11, 1)
"""The day ages are counted to: a constant, so that the same seed is the same town on any day."""

_WORKER_NUMBERS = 90_000_000  # far from those of residents


@dataclass(slots=True)
class Part:
    """Homes and devices of some communities, numbered on from the parts before."""

    homes: Homes
    first_device: int
    devices: list[DeviceRow]


@dataclass(slots=True)
class Town:
    """A generated town. What stands is drawn; its parts are drawn when asked for, to keep memory low."""

    size: Size
    seed: int
    today: date
    survey: Survey
    places: list[Places]
    facilities: list[FacilityRow]
    departments: list[DepartmentRow]
    workers: list[WorkerRow]
    stairs: list[list[Stair]]

    def parts(self) -> Iterator[Part]:
        """Homes and devices, one subdistrict after the other; the same every time."""
        regions = self.survey.regions
        subdistrict = dict(zip(regions.community_of.tolist(), regions.subdistrict_of.tolist(), strict=True))
        empty = vacancy([stair for stairs in self.stairs for stair in stairs], self.size.residents)
        counts = allot(self.size.devices, self.places, self.stairs)
        numbers, registry = Numbers(self.seed), Registry()
        units = residents = devices = 0
        for number in range(len(regions.subdistricts)):
            part = Part(Homes(units, residents), devices, [])
            for community in sorted(c for c, s in subdistrict.items() if s == number):
                first = units + len(part.homes.units), residents + len(part.homes.residents)
                rng = stream(self.seed, "homes", community)
                homes = furnish_homes(self.stairs[community], empty, self.today, rng, numbers, first)
                part.devices += hang_devices(
                    counts[community], self.places[community], homes.dwellings, self.locate, self.today,
                    stream(self.seed, "devices", community), registry,
                )  # fmt: skip
                part.homes.extend(homes)
            units += len(part.homes.units)
            residents += len(part.homes.residents)
            devices += len(part.devices)
            yield part

    def locate(self, dwellings: list[Dwelling]) -> Points:
        """Where dwellings lie in their buildings, degrees: beside their stair, further in the higher they are."""
        buildings = self.survey.buildings
        doors = [buildings[d.stair.building].house.doors[int(d.stair.number or 1) - 1] for d in dwellings]
        at, inward = np.array([door.at for door in doors]), np.array([door.inward for door in doors])
        along = inward[:, ::-1] * [1, -1]
        share = np.array([d.floor / (d.stair.floors + 1) for d in dwellings])
        depth = 1.0 + share * (np.array([max(door.depth_m, 2.2) for door in doors]) - 1.5)
        aside = np.array([_ASIDE_M[d.stair.style][d.place % 4] for d in dwellings])
        plan = at + inward * depth[:, None] + along * aside[:, None]
        return self.survey.chart.attached(plan, np.array([d.stair.building for d in dwellings]))


_ASIDE_M = {
    "old": (0.0, 0.6, -0.6, 0.9), "cottage": (0.0, 0.5, -0.5, 0.8), "slab": (-3.8, 3.8, -2.4, 2.4),
    "tower": (-6.5, -3.0, 3.0, 6.5),
}  # fmt: skip


def draw_town(scale: Scale, seed: int, *, today: date = REFERENCE_DAY, progress: Progress | None = None) -> Town:
    """Generate a town without touching any database.

    Parameters
    ----------
    scale : Scale
    seed : int
        The same seed and scale give the same town to the last byte.
    today : date
        The day ages are counted to.
    progress : Progress, optional
    """
    progress = progress or Silent()
    size = SIZES[scale]
    land = survey(size, seed, progress)
    with progress.step("Shops and posts"):
        places = find_places(land)
        facilities = find_facilities(land, places, seed)
        offices = departments([area.path for area in land.regions.subdistricts])
        workers = _workers(land, places, offices, seed)
    return Town(size, seed, today, land, places, facilities, offices, workers, _stairs(land))


def _stairs(land: Survey) -> list[list[Stair]]:
    """The stairs with homes of each community."""
    found: list[list[Stair]] = [[] for _ in land.regions.communities]
    blocks = land.plan.blocks
    entrance = 0
    for number, building in enumerate(land.buildings):
        house = building.house
        for place, door in enumerate(house.doors):
            if door.homes:
                stair = str(place + 1) if len(house.doors) > 1 else ""
                # Whoever lives in the old quarter is of it, in a slab too.
                people = "old" if blocks[building.grid].old else house.style
                found[land.regions.community_of[building.grid]].append(
                    Stair(number, entrance, building.grid, house.floors, door.homes, house.style, people,
                          building.label, stair)
                )  # fmt: skip
            entrance += 1
    return found


def _workers(land: Survey, places: list[Places], offices: list[DepartmentRow], seed: int) -> list[WorkerRow]:
    regions, numbers = land.regions, Numbers(seed, _WORKER_NUMBERS)
    rng = stream(seed, "workers")
    centres = land.chart.points(np.array([block.ground.middle for block in land.plan.blocks])).tolist()
    first = {area.path: next(i for i, office in enumerate(offices) if office.path == area.path)
             for area in regions.subdistricts}  # fmt: skip
    workers = []
    for grid, path in enumerate(regions.grids):
        spots = [spot.at for spot in places[regions.community_of[grid]].posts.get(grid, [])]
        area = regions.subdistricts[regions.subdistrict_of[grid]].path
        workers.append(hire(path, first[area], spots, tuple(centres[grid]), rng, numbers))
    for number, area in enumerate(regions.subdistricts):
        grids = np.flatnonzero(regions.subdistrict_of == number)
        for i in range(SUPERVISORS):
            grid = int(grids[(i * 2 + 1) * len(grids) // (2 * SUPERVISORS)])
            spots = [spot.at for spot in places[regions.community_of[grid]].posts.get(grid, [])]
            workers.append(hire(area.path, first[area.path], spots, tuple(centres[grid]), rng, numbers))
    return workers
