"""Rules as operators edit them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.scope import AreaScope

# Which rule the database found broken: the field at fault, and in words what it wants; by the name of the constraint.
_WRONG = {
    "code": ("code", "2 to 40 of a-z, 0-9 and underscore, beginning with a letter."),
    "kind": ("kind", "There is no such kind of device."),
    "metric": ("metric", "Every type but silence needs one, and silence none."),
    "threshold": ("threshold", "Every type but silence needs one, and silence none."),
    "compares": ("comparison", "Threshold and rate need one, other types none."),
    "window_s": ("window_s", "Every type but threshold needs one, and threshold none."),
    "interval_s": ("interval_s", "steady_use needs one, other types none."),
    "threshold_high": ("threshold_high", "`outside` needs one above threshold, other comparisons none."),
    "recovery": ("recovery", "Must lie on the normal side of the threshold; `outside` has none."),
    "window_range": ("window_s", "One minute to a year."),
    "interval_range": ("interval_s", "One minute up to window_s."),
    "durations": ("for_s", "for_s and keep_for_s: up to thirty days."),
    "for_s": ("for_s", "Up to thirty days."),
    "quiet": ("quiet_from", "quiet_from and quiet_to: both, and different, or none."),
    "one_reason": ("device_id", "An override is for a device or for a tag."),
}


def list_rules(engine: Engine, *, scope: AreaScope, rule_id: int | None = None) -> list[dict[str, Any]]:
    """Rules with their overrides, and how often each fired and was false in thirty days, within the scope."""
    with engine.connect() as connection:
        rows = connection.execute(
            query("rules/list"), {"rule": rule_id, "lower": scope.lower, "upper": scope.upper}
        ).mappings()
        return [dict(row) for row in rows]


def add_rule(engine: Engine, values: Mapping[str, Any], *, who: str) -> int:
    """Make a rule; returns its id.

    Raises
    ------
    InvalidInput
        When the fields do not make a rule; the message says which.
    Conflict
        When the code is taken.
    """
    with engine.begin() as connection:
        return int(_write(connection, "rules/add", {**values, "who": who}))


def edit_rule(engine: Engine, rule_id: int, changes: Mapping[str, Any], *, who: str) -> None:
    """Change fields of a rule; what is open stays open, the next reading is judged anew.

    Raises
    ------
    NotFound
        When there is no such rule.
    InvalidInput
        When the fields do not make a rule; the message says which.
    """
    with engine.begin() as connection:
        present = connection.execute(query("rules/one"), {"rule": rule_id}).mappings().one_or_none()
        if present is None:
            raise NotFound(f"There is no rule {rule_id}.")
        _write(connection, "rules/edit", {**present, **changes, "rule": rule_id, "who": who})
        connection.execute(query("live/expect_reports"))


def remove_rule(engine: Engine, rule_id: int) -> None:
    """Take a rule away that never fired; one that did is switched off instead.

    Raises
    ------
    NotFound
        When there is no such rule.
    Conflict
        When incidents hang on it.
    """
    with engine.begin() as connection:
        if connection.execute(query("rules/one"), {"rule": rule_id}).first() is None:
            raise NotFound(f"There is no rule {rule_id}.")
        if connection.execute(query("rules/remove"), {"rule": rule_id}).first() is None:
            raise Conflict("Incidents were opened by this rule.", hint="Switch it off instead.")


def set_override(engine: Engine, rule_id: int, values: Mapping[str, Any], *, scope: AreaScope, who: str) -> int:
    """What differs for a device, or for flats where somebody with a tag lives; replaces what stood for the same.

    Raises
    ------
    NotFound
        When there is no such rule, or no such device of its kind in the scope.
    InvalidInput
        When it is for neither or both.
    """
    with engine.begin() as connection:
        made = _write(
            connection,
            "rules/set_override",
            {**values, "rule": rule_id, "who": who, "lower": scope.lower, "upper": scope.upper},
        )
        if made is None:
            raise NotFound(f"There is no rule {rule_id}, or no such device of its kind.")
        connection.execute(query("live/expect_reports"))
        return int(made)


def remove_override(engine: Engine, rule_id: int, override_id: int) -> None:
    """The rule again as it is.

    Raises
    ------
    NotFound
        When there is no such override.
    """
    with engine.begin() as connection:
        parameters = {"rule": rule_id, "override": override_id}
        if connection.execute(query("rules/remove_override"), parameters).first() is None:
            raise NotFound(f"There is no override {override_id} of rule {rule_id}.")
        connection.execute(query("live/expect_reports"))


def _write(connection: Connection, statement: str, values: Mapping[str, Any]) -> Any:
    try:
        return connection.execute(query(statement), dict(values)).scalar_one_or_none()
    except IntegrityError as error:
        name = str(getattr(getattr(error.orig, "diag", None), "constraint_name", "") or "")
        if name == "uq_rule_code":
            raise Conflict("There is a rule with this code.", where="code") from None
        short = name.removeprefix("ck_rule_override_").removeprefix("ck_rule_").removeprefix("fk_rule_")
        where, said = _WRONG.get(short, (None, f"A value is out of its range ({short})."))
        raise InvalidInput(said, where=where) from None
