"""Writes an extract: staged by COPY, merged by key, one transaction a kind of thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine

from data.osm.boundaries import AreaDraft, area_drafts
from data.osm.mapping import OsmMapping, osm_mapping
from data.osm.plazas import walks_across
from data.osm.read import Extract
from data.osm.shapes import (
    BUILDING_COLUMNS,
    COMPOUND_COLUMNS,
    FACILITY_COLUMNS,
    GROUND_COLUMNS,
    building_rows,
    compound_rows,
    facility_rows,
    ground_rows,
    stop_rows,
)
from data.osm.streets import STREET_COLUMNS, Segment, split, street_row, usable_ways
from data.osm.tally import Summary, Tally
from geo.database.bulk import copy_rows
from geo.database.sql import query
from geo.progress import Progress

Rows = Iterable[Sequence[object]]


def load(engine: Engine, extract: Extract, progress: Progress) -> None:
    """Store an extract; the tallies in its summary count what became of everything."""
    mapping, summary = osm_mapping(), extract.summary
    with progress.step("Areas"), engine.begin() as connection:
        _areas(connection, area_drafts(extract, summary["boundary"]), summary)
    with progress.step("Streets"), engine.begin() as connection:
        _streets(connection, _segments(extract, mapping, summary["street"]), summary)
    with progress.step("Water and green"), engine.begin() as connection:
        rows = ground_rows(extract.ground, mapping, summary["ground"])
        _merge(connection, "ground", GROUND_COLUMNS, rows, summary)
    with progress.step("Compounds"), engine.begin() as connection:
        _merge(connection, "compound", COMPOUND_COLUMNS, compound_rows(extract.compounds, summary["compound"]), summary)
        gates = [(gate.key, gate.tags.get("name"), gate.shape) for gate in extract.gates]
        _merge(connection, "gate", ("source_key", "name", "geom"), gates, summary)
    with progress.step("Buildings"), engine.begin() as connection:
        rows = building_rows(extract.buildings, mapping, summary["building"])
        _merge(connection, "building", BUILDING_COLUMNS, rows, summary)
        _merge(connection, "entrance", ("source_key", "building", "label", "lon", "lat"), _entrances(extract), summary)
    with progress.step("Places of service"), engine.begin() as connection:
        _merge(
            connection,
            "facility",
            FACILITY_COLUMNS,
            [
                *facility_rows(extract.facilities, mapping, summary["facility"]),
                *stop_rows(extract.stops, mapping, summary["stop"]),
            ],
            summary,
        )


def _areas(connection: Connection, drafts: list[AreaDraft], summary: Summary) -> None:
    """Parents before children, since a child's path begins with its parent's."""
    inserted = updated = 0
    for draft in drafts:
        parent = None if draft.parent is None else drafts[draft.parent].key
        found = connection.execute(
            query("osm/merge_area"),
            {
                "key": draft.key,
                "parent": parent,
                "level": draft.level,
                "label": draft.label,
                "name": draft.name,
                "name_en": draft.name_en,
                "origin": "derived" if draft.is_derived else "imported",
                "shape": draft.shape.wkt,
            },
        ).one_or_none()
        if found is not None:
            inserted, updated = inserted + found.inserted, updated + (not found.inserted)
    summary.written["area"] = inserted, updated


def _segments(extract: Extract, mapping: OsmMapping, tally: Tally) -> list[Segment]:
    """Streets, and the walks across squares, at whose ends the streets are cut too."""
    usable = usable_ways(extract.streets, mapping, tally)
    across = list(walks_across(extract.plazas, usable, mapping))
    if across:
        tally.notes["straight walks across squares were added"] += len(across)
    ends = {node for walk in across for node in (walk.from_node, walk.to_node)}
    return [*split(usable, tally, also_at=ends), *across]


def _streets(connection: Connection, segments: list[Segment], summary: Summary) -> None:
    ends = {
        node: segment.line.coords[0 if node == segment.from_node else -1]
        for segment in segments
        for node in (segment.from_node, segment.to_node)
    }
    nodes = [(f"osm:n{node}", lon, lat) for node, (lon, lat) in ends.items()]
    _merge(connection, "street_node", ("source_key", "lon", "lat"), nodes, summary)
    stored = connection.execute(query("osm/node_ids"), {"keys": [key for key, _, _ in nodes]})
    ids = {int(row.source_key.removeprefix("osm:n")): row.id for row in stored}
    _merge(connection, "street", STREET_COLUMNS, (street_row(segment, ids) for segment in segments), summary)
    connection.execute(query("osm/drop_stale_segments"))


def _entrances(extract: Extract) -> Iterable[tuple[object, ...]]:
    stored = {building.key for building in extract.buildings}
    for building, doors in extract.entrances.items():
        if building not in stored:
            continue
        used: set[str] = set()
        for number, (node, label, lon, lat) in enumerate(doors, 1):
            text = label if label and label not in used else str(number)
            while text in used:
                text += "'"
            used.add(text)
            yield f"osm:n{node}:{building}", building, text, lon, lat


def _merge(connection: Connection, table: str, columns: Sequence[str], rows: Rows, summary: Summary) -> None:
    """Stage rows and merge them: new ones come in, changed ones change, equal ones stay untouched."""
    connection.execute(query(f"osm/stage_{table}"))
    copy_rows(connection, f"staged_{table}", columns, rows)
    found = connection.execute(query(f"osm/merge_{table}")).one()
    before = summary.written.get(table, (0, 0))
    summary.written[table] = before[0] + found.inserted, before[1] + found.updated
