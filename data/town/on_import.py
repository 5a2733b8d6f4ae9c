"""Hangs sample homes, residents, devices and workers on imported buildings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
from shapely import Geometry, Point, get_coordinates, get_parts
from sqlalchemy import Connection, Engine

from data.town.chance import shares, stream
from data.town.devices import Registry, allot, hang_devices
from data.town.homes import Homes, Stair, furnish_homes
from data.town.imported import Footprint, Imported, Inside, read_import
from data.town.imported_places import find_imported_places
from data.town.load import count_part, lock_town, settle, write_history, write_tables
from data.town.people import Numbers
from data.town.places import Places
from data.town.scale import SIZES, Scale
from data.town.staff import SUPERVISORS, WorkerRow, departments, hire
from data.town.summary import TownSummary
from data.town.tables import SAMPLE, Keys, Table, part_tables, staff_tables
from data.town.town import REFERENCE_DAY, Part
from geo.database.bulk import reserve_ids
from geo.errors import Conflict, InvalidInput
from geo.progress import Progress, Silent

_EMPTY = 0.08  # share of homes nobody lives in
_HOME_M2 = 88.0  # of floor a home, stairs and walls not counted
_USABLE = 0.78
_MOST_HOMES = 600
_PART_HOMES = 25_000  # written at a time, to keep memory low
_FIRST_NUMBER = 40_000_000


def furnish_import(engine: Engine, *, seed: int = 1, progress: Progress | None = None) -> TownSummary:
    """Give imported buildings sample homes and residents, their grids devices and workers.

    Only buildings without units of their own are furnished. All rows are marked as sample.

    Parameters
    ----------
    engine : Engine
    seed : int
        The same seed on the same import gives the same people.
    progress : Progress, optional

    Raises
    ------
    InvalidInput
        When nothing was imported, or it lies in no grid.
    Conflict
        When the import has been furnished already.
    """
    progress = progress or Silent()
    with engine.begin() as connection:
        state = lock_town(connection)
        if not state.has_import:
            raise InvalidInput("There are no imported buildings.", hint="Import some first: yike import osm FILE.")
        if state.is_furnished:
            raise Conflict(
                "Sample people live in the imported buildings already.", hint="Remove them first: yike town --remove."
            )
        with progress.step("Reading the import"):
            land = read_import(connection)
        if not land.footprints:
            raise InvalidInput(
                "No imported building without homes lies in a grid.", hint="Import areas of level grid as well."
            )
        summary = _furnish(connection, land, seed, progress)
    settle(engine)
    return summary


def _furnish(connection: Connection, land: Imported, seed: int, progress: Progress) -> TownSummary:
    now = datetime.now(UTC)
    with progress.step("Entrances and places"):
        stairs = _stairs(connection, land, seed)
        places = find_imported_places(connection, land, stairs)
    summary = TownSummary()
    with progress.step("Homes and devices", len(stairs)) as advance:
        for part in _parts(land, stairs, places, seed, REFERENCE_DAY):
            homes = part.homes
            keys = Keys(
                building=0, entrance=0,
                unit=reserve_ids(connection, "yike.unit", len(homes.units)) - homes.first_unit,
                resident=reserve_ids(connection, "yike.resident", len(homes.residents)) - homes.first_resident,
                device=reserve_ids(connection, "yike.device", len(part.devices)) - part.first_device,
            )  # fmt: skip
            write_tables(connection, part_tables(part, land.grids, keys, now))
            count_part(summary, part)
            advance(len({unit.entrance for unit in homes.units}))
    with progress.step("Workers"):
        subdistricts = list(dict.fromkeys(land.subdistricts))
        offices, workers = departments(subdistricts), _workers(land, places, subdistricts, seed)
        keys = Keys(
            department=reserve_ids(connection, "yike.department", len(offices)),
            worker=reserve_ids(connection, "yike.worker", len(workers)),
        )
        write_tables(connection, staff_tables(offices, workers, keys, now))
        write_history(connection)
    summary.buildings = len({stair.building for stair in stairs})
    summary.workers, summary.departments = len(workers), len(offices)
    return summary


def _stairs(connection: Connection, land: Imported, seed: int) -> list[Stair]:
    """A stair for each entrance of a building one can live in; buildings without one get it."""
    rng = stream(seed, "imported stairs")
    homes = {f.key: count for f, draw in zip(land.footprints, rng.random(len(land.footprints)), strict=True)
             if (count := _homes(f, float(draw)))}  # fmt: skip
    lived = [footprint for footprint in land.footprints if footprint.key in homes]
    bare = [footprint for footprint in lived if footprint.key not in land.entries]
    first = reserve_ids(connection, "yike.entrance", len(bare)) if bare else 0
    made = {footprint.key: first + i for i, footprint in enumerate(bare)}
    rows = [(made[f.key], f.key, "1", SAMPLE, _door(f.shape)) for f in bare]
    write_tables(connection, [Table("entrance", ("id", "building_id", "label", "origin", "geom"), rows)])
    found = []
    for footprint in lived:
        entries = [(e.key, e.label) for e in land.entries.get(footprint.key, [])] or [(made[footprint.key], "1")]
        floors, style = _floors(footprint), _style(footprint)
        counts = shares(homes[footprint.key], np.ones(len(entries))).tolist()
        for (key, number), count in zip(entries, counts, strict=True):
            if count:
                shown = number if len(entries) > 1 else ""
                found.append(
                    Stair(footprint.key, key, footprint.grid, floors, count, style, style, footprint.label, shown)
                )
    return found


def _homes(footprint: Footprint, draw: float) -> int:
    """How many homes a building has by its size; none in what is no house."""
    smallest, largest = (25, 6000) if footprint.use == "residential" else (40, 3000)
    if footprint.use not in ("residential", "other") or not smallest <= footprint.m2 <= largest:
        return 0
    floors = _floors(footprint)
    if footprint.use == "other" and floors == 1 and footprint.m2 > 400:
        return 0  # a shed or a hall
    count = footprint.m2 * floors * _USABLE / _HOME_M2 * (0.85 + 0.3 * draw)
    return max(1, min(_MOST_HOMES, round(count)))


def _floors(footprint: Footprint) -> int:
    """Storeys, guessed from the ground it covers where the source says nothing."""
    if footprint.floors:
        return footprint.floors
    if footprint.m2 < 180:
        return 2
    if footprint.use == "residential":
        return 6 if footprint.m2 < 1500 else 5
    return 5 if footprint.m2 < 900 else 1


def _style(footprint: Footprint) -> str:
    floors = _floors(footprint)
    return "old" if floors <= 3 and footprint.m2 < 500 else "tower" if floors >= 8 else "slab"


def _door(shape: Geometry) -> Point:
    """The middle of the longest wall."""
    ring = get_coordinates(get_parts(shape)[0].exterior)
    steps = np.hypot(*np.diff(ring, axis=0).T)
    at = int(np.argmax(steps))
    x, y = (ring[at] + ring[at + 1]) / 2
    return Point(round(float(x), 7), round(float(y), 7))


def _parts(land: Imported, stairs: list[Stair], places: list[Places], seed: int, today: date) -> Iterator[Part]:
    """Homes and devices of the communities, some at a time."""
    community = {grid: number for number, grids in enumerate(land.communities) for grid in grids}
    members: dict[int, list[Stair]] = defaultdict(list)
    for stair in stairs:
        members[community[stair.grid]].append(stair)
    numbers, registry, inside = Numbers(seed, _FIRST_NUMBER), Registry("SI"), Inside(land.footprints)
    counts = allot(_devices(stairs), places, [members[i] for i in range(len(places))])
    units = residents = devices = 0
    part = Part(Homes(0, 0), 0, [])
    for number in range(len(places)):
        first = units + len(part.homes.units), residents + len(part.homes.residents)
        homes = furnish_homes(members[number], _EMPTY, today, stream(seed, "imported homes", number), numbers, first)
        part.devices += hang_devices(
            counts[number], places[number], homes.dwellings, inside, today, stream(seed, "imported devices", number),
            registry,
        )  # fmt: skip
        part.homes.extend(homes)
        if len(part.homes.units) >= _PART_HOMES or number == len(places) - 1:
            units, residents = units + len(part.homes.units), residents + len(part.homes.residents)
            devices += len(part.devices)
            yield part
            part = Part(Homes(units, residents), devices, [])


def _devices(stairs: list[Stair]) -> dict[str, int]:
    """As many devices of each kind a home as the sample town has."""
    town = SIZES[Scale.TOWN]
    share = sum(stair.homes for stair in stairs) / (town.residents / 2.3)
    return {kind: max(1, round(count * share)) for kind, count in town.devices.items()}


def _workers(land: Imported, places: list[Places], subdistricts: list[str], seed: int) -> list[WorkerRow]:
    """A worker for each grid, and supervisors for each subdistrict."""
    rng, numbers = stream(seed, "imported workers"), Numbers(seed, _FIRST_NUMBER * 2)
    posts = {grid: [spot.at for spot in spots] for place in places for grid, spots in place.posts.items()}
    offices = len(departments([""]))
    first = {path: i * offices for i, path in enumerate(subdistricts)}
    centres = [(lon, lat) for lon, lat in land.centres.tolist()]
    workers = [
        hire(path, first[land.subdistricts[grid]], posts.get(grid, []), centres[grid], rng, numbers)
        for grid, path in enumerate(land.grids)
    ]
    for path in subdistricts:
        grids = [grid for grid, above in enumerate(land.subdistricts) if above == path]
        for i in range(SUPERVISORS):
            grid = grids[(2 * i + 1) * len(grids) // (2 * SUPERVISORS)]
            workers.append(hire(path, first[path], posts.get(grid, []), centres[grid], rng, numbers))
    return workers
