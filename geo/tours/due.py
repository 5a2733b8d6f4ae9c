"""Who must be visited: rules by tag, wishes of homes, and the list of what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotAllowed, NotFound
from geo.scope import AreaScope
from geo.tours.hours import today

_WRONG = {
    "tag": "2 to 40 of a-z, 0-9 and underscore, beginning with a letter.",
    "skill": "2 to 40 of a-z, 0-9 and underscore, beginning with a letter.",
}


def due_visits(
    engine: Engine,
    scope: AreaScope,
    until: date,
    *,
    limit: int = 10_000,
    only_open: bool = False,
    units: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Homes to be visited until a day, the weightiest and longest waiting first; `total` in each row counts all,
    `planned` those of them that an accepted tour will visit.

    Parameters
    ----------
    only_open : bool
        Leave out those that an accepted tour will visit.
    units : sequence of int, optional
        Only these homes.
    """
    values = {"lower": scope.lower, "upper": scope.upper, "until": until, "today": today(), "limit": limit,
              "only_open": only_open, "units": None if units is None else list(units)}  # fmt: skip
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query("tours/due"), values).mappings()]


def list_rules(engine: Engine, scope: AreaScope, rule_id: int | None = None) -> list[dict[str, Any]]:
    """Rules that hold anywhere in the scope, with how many homes of it each meets."""
    values = {"lower": scope.lower, "upper": scope.upper, "rule": rule_id}
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query("tours/rules"), values).mappings()]


def add_rule(engine: Engine, values: Mapping[str, Any], *, path: str, who: str) -> int:
    """Make a rule for the area at `path` and below; returns its id.

    Raises
    ------
    InvalidInput
        When a field cannot be.
    Conflict
        When the area has a rule for this tag.
    """
    return _write(engine, "tours/add_rule", {**values, "path": path, "who": who})


def edit_rule(engine: Engine, rule_id: int, changes: Mapping[str, Any], *, scope: AreaScope, who: str) -> None:
    """Change fields of a rule.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such rule, or it holds beyond the scope.
    InvalidInput, Conflict
        As for `add_rule`.
    """
    found = list_rules(engine, scope, rule_id)
    if not found:
        raise NotFound(f"There is no rule {rule_id}.")
    if not found[0]["editable"]:
        raise NotAllowed("This rule holds beyond your area.", hint="Make one for your own area.")
    _write(engine, "tours/edit_rule", {**found[0], **changes, "rule": rule_id, "who": who})


def remove_rule(engine: Engine, rule_id: int, *, scope: AreaScope) -> None:
    """Take a rule away; what has been visited stays on record.

    Raises
    ------
    NotFound
        When there is none in the scope.
    """
    with engine.begin() as connection:
        values = {"rule": rule_id, "lower": scope.lower, "upper": scope.upper}
        if connection.execute(query("tours/remove_rule"), values).first() is None:
            raise NotFound(f"There is no rule {rule_id} of your area.")


def set_wish(engine: Engine, unit_id: int, values: Mapping[str, Any], *, scope: AreaScope, who: str) -> None:
    """When a home may be visited; replaces what stood for it.

    Raises
    ------
    NotFound
        When there is no such home in the scope.
    """
    with engine.begin() as connection:
        bound = {**values, "unit": unit_id, "who": who, "lower": scope.lower, "upper": scope.upper}
        if connection.execute(query("tours/set_wish"), bound).first() is None:
            raise NotFound(f"There is no home {unit_id}.")


def remove_wish(engine: Engine, unit_id: int, *, scope: AreaScope) -> None:
    """The home may be visited at any time again.

    Raises
    ------
    NotFound
        When it had no wish, or lies outside the scope.
    """
    with engine.begin() as connection:
        values = {"unit": unit_id, "lower": scope.lower, "upper": scope.upper}
        if connection.execute(query("tours/remove_wish"), values).first() is None:
            raise NotFound(f"Home {unit_id} has no wish.")


def _write(engine: Engine, statement: str, values: Mapping[str, Any]) -> int:
    try:
        with engine.begin() as connection:
            return int(connection.execute(query(statement), dict(values)).scalar_one())
    except IntegrityError as error:
        name = str(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")
        if name == "uq_visit_rule_path_tag":
            raise Conflict("This area has a rule for this tag.", where="tag") from None
        field = name.removeprefix("ck_visit_rule_")
        raise InvalidInput("This cannot be.", where=field, hint=_WRONG.get(field)) from None
