"""What if: edits to facilities and streets, tried on the city without touching it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.access.facilities import Facilities, row_of
from geo.errors import Conflict, InvalidInput
from geo.network.graph import Graph

Op = Literal["add", "move", "remove", "resize", "close", "open"]
MOST_EDITS = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit. `add` needs category and place, `move` facility and place, `resize` facility and capacity, `remove`
    a facility, `close` and `open` a street."""

    op: Op
    category: str | None = None
    facility_id: int | None = None
    street_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    capacity: int | None = None
    name: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What was said and nothing more, as it is stored."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


NEEDS: dict[Op, tuple[str, ...]] = {
    "add": ("category", "lon", "lat"),
    "move": ("facility_id", "lon", "lat"),
    "remove": ("facility_id",),
    "resize": ("facility_id", "capacity"),
    "close": ("street_id",),
    "open": ("street_id",),
}

Edits = tuple[Edit, ...]


def read_edits(rows: Sequence[Mapping[str, Any]]) -> Edits:
    """Edits as they are stored or sent.

    Raises
    ------
    InvalidInput
        With the number of the edit and what it lacks.
    """
    if len(rows) > MOST_EDITS:
        raise InvalidInput(f"{len(rows)} edits are more than {MOST_EDITS}.", where="edits")
    edits = tuple(Edit(**row) for row in rows)
    for number, edit in enumerate(edits):
        missing = [name for name in NEEDS[edit.op] if getattr(edit, name) is None]
        if missing:
            raise InvalidInput(f"{edit.op} needs {' and '.join(missing)}.", where=f"edits[{number}]")
    return edits


def facilities_after(edits: Edits, facilities: Facilities) -> Facilities:
    """The facilities as the edits leave them; those added have the ids -1, -2, … in the order of the edits.

    Raises
    ------
    Conflict
        When an edit is about a facility that is not there, or not any more.
    """
    after, added = facilities, 0
    for number, edit in enumerate(edits):
        if edit.op == "add":
            added -= 1
            after = _with(after, added, edit)
        elif edit.op in ("move", "remove", "resize"):
            row = row_of(after.id, edit.facility_id or 0)
            if row is None:
                raise Conflict(
                    f"There is no facility {edit.facility_id} (any more).",
                    where=f"edits[{number}]",
                    hint="Take this edit out of the scenario.",
                    edit=number,
                )
            after = _changed(after, row, edit)
    return after


def closures_after(edits: Edits, graph: Graph) -> tuple[frozenset[int], frozenset[int]]:
    """The streets that the edits close, and those they open, as indexes of edges.

    Raises
    ------
    Conflict
        When a street is not there, or not any more.
    """
    closed: set[int] = set()
    opened: set[int] = set()
    for number, edit in enumerate(edits):
        if edit.op not in ("close", "open"):
            continue
        found = np.flatnonzero(graph.edge_id == edit.street_id).tolist()
        if not found:
            raise Conflict(
                f"There is no street {edit.street_id} (any more).",
                where=f"edits[{number}]",
                hint="Streets get new numbers when they are imported anew. Take this edit out of the scenario.",
                edit=number,
            )
        (closed if edit.op == "close" else opened).update(found)
        (opened if edit.op == "close" else closed).difference_update(found)
    return frozenset(closed), frozenset(opened)


def with_closures(graph: Graph, closed: frozenset[int], opened: frozenset[int]) -> Graph:
    """The same streets, some of them closed or open."""
    flags = graph.closed.copy()
    flags[list(closed)] = True
    flags[list(opened)] = False
    return replace(graph, closed=flags)


def added_categories(edits: Edits) -> Iterator[str]:
    """Categories of the facilities that the edits add."""
    return (edit.category for edit in edits if edit.op == "add" and edit.category is not None)


@dataclass(frozen=True)
class People:
    """People and buildings that something happens to."""

    residents: int
    residents_60: int
    residents_alone: int
    buildings: int


@dataclass(frozen=True)
class Comparison:
    """What changes between two coverages of the same buildings.

    `won` had no facility within the threshold and has one now, `lost` the other way round; `nearer` and `farther`
    have a walk that changes by half a minute or more.
    """

    won: People
    lost: People
    nearer: People
    farther: People


def compare(before: Coverage, after: Coverage, chosen: NDArray[np.bool_], minutes: float) -> Comparison:
    """Who wins and who loses, among the chosen buildings (shape (b,))."""
    homes = before.homes

    def people(those: NDArray[np.bool_]) -> People:
        rows = those & chosen
        return People(
            int(homes.residents[rows].sum()),
            int(homes.residents_60[rows].sum()),
            int(homes.residents_alone[rows].sum()),
            int(rows.sum()),
        )

    near, now_near = before.minutes <= minutes, after.minutes <= minutes
    return Comparison(
        won=people(now_near & ~near),
        lost=people(near & ~now_near),
        nearer=people(after.minutes <= before.minutes - 0.5),
        farther=people(after.minutes >= before.minutes + 0.5),
    )


def _with(facilities: Facilities, key: int, edit: Edit) -> Facilities:
    return Facilities(
        facilities.revision,
        np.append(facilities.id, np.int64(key)),
        np.append(facilities.category, edit.category or ""),
        (*facilities.name, edit.name),
        np.append(facilities.lon, edit.lon or 0.0),
        np.append(facilities.lat, edit.lat or 0.0),
        np.append(facilities.capacity, np.int64(edit.capacity or 0)),
        (*facilities.opening_hours, None),
    )


def _changed(facilities: Facilities, row: int, edit: Edit) -> Facilities:
    if edit.op == "remove":
        return facilities[np.delete(np.arange(len(facilities)), row)]
    if edit.op == "resize":
        capacity = facilities.capacity.copy()
        capacity[row] = edit.capacity or 0
        return replace(facilities, capacity=capacity)
    lon, lat = facilities.lon.copy(), facilities.lat.copy()
    lon[row], lat[row] = edit.lon, edit.lat
    return replace(facilities, lon=lon, lat=lat)
