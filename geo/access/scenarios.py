"""Scenarios as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Engine

from geo.access.scenario import Edits, added_categories, read_edits
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.scope import AreaScope


@dataclass(frozen=True)
class StoredScenario:
    """A scenario. `is_stale`: streets or facilities were edited since; what still stands is worked out anew."""

    id: int
    name: str | None
    edits: Edits
    revision: int
    made_by: str
    made_at: datetime
    edited_at: datetime
    is_stale: bool


def add_scenario(engine: Engine, edits: Edits, *, name: str | None, who: str, scope: AreaScope) -> int:
    """Keep a new scenario; without a name it is a draft. Returns its id.

    Raises
    ------
    InvalidInput
        When a facility is added of a category that does not exist.
    """
    with engine.begin() as connection:
        _check_categories(connection, edits)
        values = {"name": name, "edits": _written(edits), "who": who, "path": scope.lower}
        return int(connection.execute(query("scenarios/add"), values).scalar_one())


def replace_scenario(engine: Engine, scenario: int, edits: Edits, *, name: str | None, scope: AreaScope) -> None:
    """Put other edits in the place of those there are; a name, where one is given, too.

    Raises
    ------
    NotFound
        When there is no such scenario for this reader.
    InvalidInput
        When a facility is added of a category that does not exist.
    """
    with engine.begin() as connection:
        _check_categories(connection, edits)
        values = {"id": scenario, "name": name, "edits": _written(edits), "lower": scope.lower, "upper": scope.upper}
        if connection.execute(query("scenarios/replace"), values).one_or_none() is None:
            raise _gone(scenario)


def find_scenario(engine: Engine, scenario: int, *, scope: AreaScope) -> StoredScenario:
    """One scenario.

    Raises
    ------
    NotFound
        When there is none with this id for this reader, or the draft was forgotten.
    """
    found = _find(engine, scenario, scope)
    if not found:
        raise _gone(scenario)
    return found[0]


def list_scenarios(engine: Engine, *, scope: AreaScope) -> Sequence[StoredScenario]:
    """All that have a name, the newest first."""
    return _find(engine, None, scope)


def remove_scenario(engine: Engine, scenario: int, *, scope: AreaScope) -> None:
    """Forget one.

    Raises
    ------
    NotFound
        When there is no such scenario for this reader.
    """
    values = {"id": scenario, "lower": scope.lower, "upper": scope.upper}
    with engine.begin() as connection:
        if connection.execute(query("scenarios/remove"), values).one_or_none() is None:
            raise _gone(scenario)


def _find(engine: Engine, scenario: int | None, scope: AreaScope) -> list[StoredScenario]:
    values = {"id": scenario, "lower": scope.lower, "upper": scope.upper}
    with engine.connect() as connection:
        rows = connection.execute(query("scenarios/find"), values).mappings().all()
    return [StoredScenario(**{**row, "edits": read_edits(row["edits"])}) for row in rows]


def _written(edits: Edits) -> str:
    return orjson.dumps([edit.as_json() for edit in edits]).decode()


def _check_categories(connection: Connection, edits: Edits) -> None:
    for category in sorted(set(added_categories(edits))):
        if connection.execute(query("access/category"), {"category": category}).one_or_none() is None:
            raise InvalidInput(f"There is no category {category[:40]!r}.", where="edits")


def _gone(scenario: int) -> NotFound:
    return NotFound(
        f"There is no scenario {scenario}.", where="scenario", hint="Drafts without a name are kept for a day."
    )
