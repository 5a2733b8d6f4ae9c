"""Writes a generated town into the database, and takes it out again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row

from data.town.readings import HISTORY
from data.town.scale import Scale
from data.town.summary import TownSummary
from data.town.tables import Keys, Table, part_tables, standing_tables
from data.town.town import Part, Town, draw_town
from geo.database.bulk import copy_rows, reserve_ids
from geo.database.sql import query
from geo.errors import Conflict
from geo.progress import Progress, Silent

_LOCK = 0x746F776E  # "town": one at a time


def build_town(engine: Engine, scale: Scale, *, seed: int = 1, progress: Progress | None = None) -> TownSummary:
    """Generate a sample town and write it in one transaction.

    Parameters
    ----------
    engine : Engine
    scale : Scale
    seed : int
        The same seed and scale give the same town.
    progress : Progress, optional

    Raises
    ------
    Conflict
        When a sample town stands already.
    """
    progress = progress or Silent()
    with engine.begin() as connection:
        if lock_town(connection).has_town:
            raise Conflict("A sample town stands already.", hint="Remove it first: yike town --remove.")
        town = draw_town(scale, seed, progress=progress)
        summary = _write(connection, town, progress)
        with progress.step("History"):
            write_history(connection)
            connection.execute(query("town/visits"))
    settle(engine)
    return summary


def remove_town(engine: Engine) -> int:
    """Remove all sample data, whole, and nothing else; returns how many rows went."""
    with engine.begin() as connection:
        lock_town(connection)
        removed = int(connection.execute(query("town/remove")).scalar_one())
    settle(engine)
    return removed


def lock_town(connection: Connection) -> Row[Any]:
    """Keep others from loading or removing sample data until the transaction ends; what stands now."""
    connection.execute(query("schema/lock"), {"key": _LOCK})
    return connection.execute(query("town/state")).one()


def write_tables(connection: Connection, tables: Iterable[Table]) -> None:
    """COPY tables into the schema, in their order."""
    for table in tables:
        copy_rows(connection, f"yike.{table.name}", table.columns, table.rows)


def write_history(connection: Connection) -> None:
    """Thirty days of hourly figures for sample devices, up to a full hour ago: what a chart shows on the first day."""
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    shapes = orjson.dumps([shape._asdict() for shape in HISTORY]).decode()
    connection.execute(query("town/ensure_history"), {"until": until})
    connection.execute(query("town/history"), {"shapes": shapes, "until": until})
    connection.execute(query("town/last_day"), {"until": until})


def settle(engine: Engine) -> None:
    """After a load: number its changes for the live map, and let the planner know the new sizes."""
    with engine.begin() as connection:
        connection.execute(query("town/number_changes"))
    with engine.begin() as connection:
        connection.execute(query("town/analyze"))


def _write(connection: Connection, town: Town, progress: Progress) -> TownSummary:
    land, now = town.survey, datetime.now(UTC)
    counts = {
        "area": len(land.regions.areas), "street_node": len(land.nodes), "compound": len(land.compounds),
        "building": len(land.buildings), "entrance": len(land.entrances), "department": len(town.departments),
        "worker": len(town.workers),
    }  # fmt: skip
    keys = Keys(**{table: reserve_ids(connection, f"yike.{table}", count) for table, count in counts.items()})
    with progress.step("Writing the land"):
        write_tables(connection, standing_tables(town, keys, now))
    summary = _summarised(town)
    with progress.step("Homes and devices", len(land.regions.subdistricts)) as advance:
        for part in town.parts():
            write_tables(connection, part_tables(part, land.regions.grids, _part_keys(connection, part, keys), now))
            count_part(summary, part)
            advance(1)
    return summary


def _part_keys(connection: Connection, part: Part, keys: Keys) -> Keys:
    """Keys for a part's own rows: reserved part by part, so offsets count from where the part begins."""
    homes = part.homes
    return keys._replace(
        unit=reserve_ids(connection, "yike.unit", len(homes.units)) - homes.first_unit,
        resident=reserve_ids(connection, "yike.resident", len(homes.residents)) - homes.first_resident,
        device=reserve_ids(connection, "yike.device", len(part.devices)) - part.first_device,
    )


def _summarised(town: Town) -> TownSummary:
    land = town.survey
    return TownSummary(
        areas=dict(Counter(row.level for row in land.regions.areas)),
        streets=len(land.streets),
        km=sum(row.length_m for row in land.streets) / 1000,
        buildings=len(land.buildings),
        compounds=len(land.compounds),
        facilities=len(town.facilities),
        categories=len({row.category for row in town.facilities}),
        workers=len(town.workers),
        departments=len(town.departments),
    )


def count_part(summary: TownSummary, part: Part) -> None:
    """Add a part's homes and devices to the counts."""
    here = [row.person for row in part.homes.residents if row.person.lives_here]
    summary.units += len(part.homes.units)
    summary.residents += len(here)
    summary.over_60 += sum(person.age >= 60 for person in here)
    summary.devices.update(row.kind for row in part.devices)
