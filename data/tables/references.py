"""Buildings, units and areas that rows name, found among what is stored. Real rows never refer to sample data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from data.tables.check import Values
from data.tables.faults import Faults
from data.tables.layers import Layer
from data.tables.values import house, plain
from geo.database.sql import query


@dataclass
class Homes:
    """Entrances and units of the buildings that a file names."""

    entrances: dict[tuple[int, str], int] = field(default_factory=dict)
    units: dict[tuple[int, str], list[Any]] = field(default_factory=lambda: defaultdict(list))


def resolve(connection: Connection, layer: Layer, values: Values, faults: Faults) -> int:
    """Add the columns that refer to other tables (`building_id`, `unit_id` …); rows that name nothing are faults.

    Returns
    -------
    int
        Entrances that were added because a list of units names them.
    """
    count = len(faults.numbers)
    if layer.code == "buildings" and "compound" in values:
        values["compound_id"] = _compounds(connection, values["compound"], faults)
    if layer.code == "workers" and "area" in values:
        values["path"] = _areas(connection, values["area"], faults)
    if "building" not in values or layer.code == "buildings":
        return 0
    values["building_id"] = _buildings(connection, values, faults)
    if "room" not in values:
        return 0
    homes = _homes(connection, {building for building in values["building_id"] if building is not None})
    entrances = values.get("entrance", [None] * count)
    if layer.code == "units":
        values["room"] = [None if room is None else re.sub(r"[室号户]+$", "", room) or room for room in values["room"]]
        return _places_of_units(connection, values, entrances, homes, faults)
    values["unit_id"] = _units(values, entrances, homes, faults)
    return 0


def _compounds(connection: Connection, names: list[Any], faults: Faults) -> list[int | None]:
    known: dict[str, list[int]] = defaultdict(list)
    for stored in connection.execute(query("tables/compounds")):
        known[bare_name(stored.name)].append(stored.id)
    found: list[int | None] = []
    for row, name in enumerate(names):
        fitting = known.get(bare_name(name), []) if name is not None else []
        if name is not None and not fitting and row not in faults.rows:
            faults.add(row, "compound", name, "no_compound")
        # Of several of one name the building's place decides.
        found.append(fitting[0] if len(fitting) == 1 else None)
    return found


def _buildings(connection: Connection, values: Values, faults: Faults) -> list[int | None]:
    by_compound: dict[tuple[str, str], list[int]] = defaultdict(list)
    by_name: dict[str, list[int]] = defaultdict(list)
    for stored in connection.execute(query("tables/buildings")):
        name = house(stored.name or "")
        if stored.name and stored.compound:
            by_compound[bare_name(stored.compound), name].append(stored.id)
            # Many a building is named with its compound: 东方花园3幢.
            by_compound[bare_name(stored.compound), name.removeprefix(bare_name(stored.compound))].append(stored.id)
        names = {name, house(stored.address or ""), house((stored.compound or "") + (stored.name or ""))}
        for text in names - {""}:
            by_name[text].append(stored.id)
    compounds = values.get("compound", [None] * len(faults.numbers))
    known: dict[tuple[Any, Any], list[int]] = {}
    found: list[int | None] = []
    for row, (compound, building) in enumerate(zip(compounds, values["building"], strict=True)):
        if building is None or row in faults.rows:
            found.append(None)
            continue
        if (compound, building) not in known:
            fitting = by_name.get(house(building), [])
            if compound is not None:
                fitting = by_compound.get((bare_name(compound), house(building)), []) or by_name.get(
                    house(compound + building), []
                )
            known[compound, building] = list(dict.fromkeys(fitting))
        ids = known[compound, building]
        if len(ids) != 1:
            shown = f"{compound or ''}{building}"
            faults.add(row, "building", shown, "many_buildings" if ids else "no_building", count=len(ids))
        found.append(ids[0] if len(ids) == 1 else None)
    return found


def _homes(connection: Connection, buildings: Iterable[int]) -> Homes:
    homes, listed = Homes(), sorted(buildings)
    for row in connection.execute(query("tables/entrances"), {"buildings": listed}):
        homes.entrances.setdefault((row.building_id, house(row.label)), row.id)
    for row in connection.execute(query("tables/units"), {"buildings": listed}):
        homes.units[row.building_id, house(row.room)].append(row)
    return homes


def _places_of_units(
    connection: Connection, values: Values, entrances: list[Any], homes: Homes, faults: Faults
) -> int:  # fmt: skip
    """The entrance of each unit. One that no map shows is added; a unit that is here keeps the one it has."""
    found: list[int | None] = [None] * len(faults.numbers)
    values["entrance_id"] = found
    added = 0
    for row, (building, entrance, room) in enumerate(
        zip(values["building_id"], entrances, values["room"], strict=True)
    ):
        if building is None or row in faults.rows:
            continue
        here = homes.units.get((building, house(room)), [])
        if entrance is None:
            found[row] = here[0].entrance_id if len(here) == 1 else None
        else:
            place = building, house(entrance)
            if place not in homes.entrances:
                made = connection.execute(query("tables/add_entrance"), {"building": building, "label": place[1]})
                homes.entrances[place], added = made.scalar_one(), added + 1
            found[row] = homes.entrances[place]
        same = [unit for unit in here if unit.entrance_id == found[row]]
        if same:
            values["room"][row] = same[0].room
            if same[0].is_sample:
                faults.add(row, "room", str(room), "sample")
    return added


def _units(values: Values, entrances: list[Any], homes: Homes, faults: Faults) -> list[int | None]:
    found: list[int | None] = []
    for row, (building, entrance, room) in enumerate(
        zip(values["building_id"], entrances, values["room"], strict=True)
    ):
        found.append(None)
        if building is None or room is None or row in faults.rows:
            continue
        fitting = homes.units.get((building, house(room)), [])
        if entrance is not None:
            fitting = [unit for unit in fitting if unit.entrance is None or house(unit.entrance) == house(entrance)]
        if len(fitting) != 1:
            faults.add(row, "room", room, "many_units" if fitting else "no_unit")
        elif fitting[0].is_sample:
            faults.add(row, "room", room, "sample")
        else:
            found[row] = fitting[0].id
    return found


def _areas(connection: Connection, names: list[Any], faults: Faults) -> list[str | None]:
    """Paths of areas given by path, code or name."""
    known: dict[str, set[str]] = defaultdict(set)
    for stored in connection.execute(query("tables/areas")):
        if not stored.is_sample:
            for text in (stored.path, stored.official_code, stored.name):
                if text:
                    known[bare_name(text)].add(stored.path)
    found: list[str | None] = []
    for row, name in enumerate(names):
        fitting = known.get(bare_name(name), set()) if name is not None else set()
        if name is not None and len(fitting) != 1 and row not in faults.rows:
            faults.add(row, "area", name, "many_areas" if fitting else "no_area")
        found.append(next(iter(fitting)) if len(fitting) == 1 else None)
    return found


def bare_name(text: str) -> str:
    """A name as it is compared: without blanks, capitals and full-width letters."""
    return plain(text).lower().replace(" ", "")
