"""A town's rows as the tables hold them, its own numbers made into keys of the database.

What is drawn is written along a Hilbert curve, so that a tile's rows lie on few pages; keys go by the town's numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from shapely import points, to_wkb

from data.town.facilities import FacilityRow
from data.town.homes import Homes
from data.town.regions import Regions
from data.town.staff import DepartmentRow, WorkerRow
from data.town.survey import BuildingRow, Survey
from data.town.town import Part, Town
from geo.hilbert import hilbert_order

SAMPLE = "sample"
"""The `origin` of every row written here."""


class Table(NamedTuple):
    """Rows for one table, in the order of its columns."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Any]]


class Keys(NamedTuple):
    """What to add to a number of the town to get the key of its row, for each table."""

    area: int = 1
    street_node: int = 1
    compound: int = 1
    building: int = 1
    entrance: int = 1
    unit: int = 1
    resident: int = 1
    device: int = 1
    department: int = 1
    worker: int = 1


def standing_tables(town: Town, keys: Keys, now: datetime) -> Iterator[Table]:
    """All that stands: areas, ground, streets, compounds, buildings, facilities and staff.

    Parameters
    ----------
    town : Town
    keys : Keys
    now : datetime
        When workers were last seen.
    """
    land = town.survey
    yield from area_tables(land.regions, keys)
    yield Table(
        "ground", ("kind", "name", "name_en", "origin", "geom"),
        ((row.kind, *(row.name or (None, None)), SAMPLE, row.shape) for row in land.ground),
    )  # fmt: skip
    yield Table(
        "street_node", ("id", "origin", "geom"),
        ((keys.street_node + i, SAMPLE, dot) for i, dot in enumerate(dots(land.nodes))),
    )  # fmt: skip
    yield _streets(land, keys)
    yield from _compounds(land, keys)
    yield _buildings(land.buildings, land.regions, keys)
    yield Table(
        "entrance", ("id", "building_id", "label", "origin", "geom"),
        ((keys.entrance + i, keys.building + row.building, row.label, SAMPLE, row.at)
         for i, row in enumerate(land.entrances)),
    )  # fmt: skip
    yield _facilities(town.facilities, land.regions, keys)
    yield from staff_tables(town.departments, town.workers, keys, now)


def part_tables(part: Part, grids: Sequence[str], keys: Keys, now: datetime) -> Iterator[Table]:
    """Homes and devices of one part.

    Parameters
    ----------
    part : Part
    grids : sequence of str
        Path of each grid.
    keys : Keys
    now : datetime
        When devices last reported.
    """
    yield from home_tables(part.homes, grids, keys)
    yield Table(
        "device",
        ("id", "external_id", "kind", "name", "building_id", "unit_id", "floor", "gateway", "installed_at", "path",
         "origin", "geom"),
        ((keys.device + part.first_device + i, row.external_id, row.kind, row.name, _key(keys.building, row.building),
          _key(keys.unit, row.unit), row.floor, row.gateway, row.installed_at, grids[row.grid], SAMPLE, dot)
         for i, row, dot in _along_curve(part.devices)),
    )  # fmt: skip
    yield Table(
        "device_state", ("device_id", "observed_at", "received_at", "values"),
        ((keys.device + part.first_device + i, now, now, row.values) for i, row in enumerate(part.devices)),
    )  # fmt: skip


def home_tables(homes: Homes, grids: Sequence[str], keys: Keys) -> Iterator[Table]:
    """Units, residents and their relatives."""
    yield Table(
        "unit", ("id", "building_id", "entrance_id", "floor", "room", "tenure", "path", "origin"),
        ((keys.unit + homes.first_unit + i, keys.building + row.building, keys.entrance + row.entrance, row.floor,
          row.room, row.tenure, grids[row.grid], SAMPLE) for i, row in enumerate(homes.units)),
    )  # fmt: skip
    yield Table(
        "resident",
        ("id", "unit_id", "name", "gender", "born", "phone", "is_registered", "lives_here", "tags", "path", "origin"),
        ((keys.resident + homes.first_resident + i, keys.unit + row.unit, row.person.name, row.person.gender,
          row.person.born, row.person.phone, row.person.is_registered, row.person.lives_here, row.person.tags,
          grids[row.grid], SAMPLE) for i, row in enumerate(homes.residents)),
    )  # fmt: skip
    yield Table(
        "contact", ("resident_id", "priority", "name", "relation", "phone", "origin"),
        ((keys.resident + row.resident, row.priority, *row.relative, SAMPLE) for row in homes.contacts),
    )  # fmt: skip


def area_tables(regions: Regions, keys: Keys) -> Iterator[Table]:
    """Areas level by level: a path is made from that of the parent, which must stand already."""
    columns = ("id", "parent_id", "level", "label", "name", "name_en", "origin", "geom")
    for level in dict.fromkeys(row.level for row in regions.areas):
        yield Table("area", columns, (
            (keys.area + i, _key(keys.area, row.parent), row.level, row.label, *row.name, SAMPLE, row.outline)
            for i, row in enumerate(regions.areas) if row.level == level
        ))  # fmt: skip


def staff_tables(
    offices: Sequence[DepartmentRow], workers: Sequence[WorkerRow], keys: Keys, now: datetime
) -> Iterator[Table]:
    """Departments, workers, and where these are."""
    yield Table(
        "department", ("id", "name", "name_en", "path", "categories", "origin"),
        ((keys.department + i, *row.name, row.path, list(row.categories), SAMPLE) for i, row in enumerate(offices)),
    )  # fmt: skip
    posts, positions = dots([row.post for row in workers]), dots([row.position for row in workers])
    yield Table(
        "worker", ("id", "name", "phone", "department_id", "on_duty", "profile", "skills", "path", "origin", "post"),
        ((keys.worker + i, row.name, row.phone, keys.department + row.department, True, row.profile, list(row.skills),
          row.path, SAMPLE, post) for i, (row, post) in enumerate(zip(workers, posts, strict=True))),
    )  # fmt: skip
    yield Table(
        "worker_position", ("worker_id", "observed_at", "accuracy_m", "geom"),
        ((keys.worker + i, now, row.accuracy_m, position)
         for i, (row, position) in enumerate(zip(workers, positions, strict=True))),
    )  # fmt: skip


def dots(at: Any) -> list[str]:
    """Points (degrees) as COPY takes them."""
    pairs = np.asarray(at, np.float64).reshape(-1, 2)
    written: list[str] = np.asarray(to_wkb(points(pairs), hex=True), dtype=object).tolist()
    return written


def _streets(land: Survey, keys: Keys) -> Table:
    return Table(
        "street",
        ("from_node_id", "to_node_id", "name", "name_en", "street_class", "length_m", "walk", "cycle", "drive",
         "oneway_drive", "steps", "bridge", "origin", "geom"),
        ((keys.street_node + row.start, keys.street_node + row.end, *(row.way.name or (None, None)),
          "steps" if row.has_steps else row.way.street_class, row.length_m, True, row.cycles, row.drives,
          row.drives and row.way.oneway != 0, row.has_steps, row.bridge, SAMPLE, row.line)
         for row in (land.streets[i] for i in hilbert_order([row.line for row in land.streets]))),
    )  # fmt: skip


def _compounds(land: Survey, keys: Keys) -> Iterator[Table]:
    yield Table(
        "compound", ("id", "name", "name_en", "path", "origin", "geom"),
        ((keys.compound + i, *row.name, land.regions.grids[row.grid], SAMPLE, row.outline)
         for i, row in enumerate(land.compounds)),
    )  # fmt: skip
    yield Table(
        "gate", ("compound_id", "name", "origin", "geom"),
        ((keys.compound + i, "正门" if number == 0 else f"{number + 1}号门", SAMPLE, dot)
         for i, row in enumerate(land.compounds) for number, dot in enumerate(dots(row.gates))),
    )  # fmt: skip


def _buildings(rows: Sequence[BuildingRow], regions: Regions, keys: Keys) -> Table:
    return Table(
        "building",
        ("id", "compound_id", "name", "name_en", "address", "use", "floors", "height_m", "has_lift", "path", "origin",
         "geom"),
        ((keys.building + i, _key(keys.compound, row.house.compound), *row.name, row.address, row.house.use,
          row.house.floors, row.height_m, row.house.lift, regions.grids[row.grid], SAMPLE, row.outline)
         for i, row in ((i, rows[i]) for i in hilbert_order([row.outline for row in rows]).tolist())),
    )  # fmt: skip


def _facilities(rows: Sequence[FacilityRow], regions: Regions, keys: Keys) -> Table:
    return Table(
        "facility",
        ("category", "name", "name_en", "building_id", "capacity", "opening_hours", "path", "origin", "geom"),
        ((row.category, *row.name, _key(keys.building, row.building), row.capacity, row.opening_hours,
          regions.grids[row.grid], SAMPLE, dot)
         for _, row, dot in _along_curve(rows)),
    )  # fmt: skip


def _along_curve(rows: Sequence[Any]) -> Iterator[tuple[int, Any, str]]:
    """Rows with their number and their point as COPY takes it."""
    at = [row.at for row in rows]
    written = dots(at)
    return ((i, rows[i], written[i]) for i in hilbert_order(at).tolist())


def _key(first: int, number: int | None) -> int | None:
    return None if number is None else first + number
