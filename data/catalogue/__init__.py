"""Kinds of device with rules, skills, categories of facility and incident: data, kept in `.toml` files here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any, Literal

import orjson
from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import InvalidInput


def load_catalogue(engine: Engine) -> None:
    """Bring the catalogue tables to what the files say.

    Rows are added and changed, never removed: devices, incidents and facilities hang on them.
    A rule that an operator has edited stays as it was left.

    Raises
    ------
    InvalidInput
        When a file is malformed; the message names the entry.
    """
    kinds = _read("device_kinds.toml")["kind"]
    rules = [*(_first_rule(kind) for kind in kinds), *_read("rules.toml")["rule"]]
    with engine.begin() as connection:
        categories = _read("incident_categories.toml")["category"]
        connection.execute(query("catalogue/incident_categories"), {"rows": _rows(categories)})
        connection.execute(query("catalogue/skills"), {"rows": _rows(_read("skills.toml")["skill"])})
        connection.execute(query("catalogue/device_kinds"), {"rows": _rows(kinds)})
        connection.execute(query("catalogue/rules"), {"rows": _rows(rules)})
        connection.execute(query("catalogue/tag_rules"), {"rows": _rows(r for r in rules if "for_tag" in r)})
        connection.execute(
            query("catalogue/facility_categories"), {"rows": _rows(_read("facility_categories.toml")["category"])}
        )
        connection.execute(query("catalogue/trial_channel"))


def facility_category_codes() -> frozenset[str]:
    """The codes of all categories of service."""
    return frozenset(entry["code"] for entry in _read("facility_categories.toml")["category"])


def names_of(what: Literal["kind", "category"]) -> dict[str, tuple[str, str]]:
    """Codes of kinds of device or categories of service, each with its Chinese and English name."""
    file = {"kind": "device_kinds.toml", "category": "facility_categories.toml"}[what]
    return {entry["code"]: (entry["name"], entry["name_en"]) for entry in _read(file)[what]}


def _first_rule(kind: dict[str, Any]) -> dict[str, Any]:
    rule = dict(kind["rule"])
    bounds = [bound for bound in ("at_least", "at_most") if bound in rule]
    if len(bounds) != 1:
        raise InvalidInput("a rule has either at_least or at_most", where=f"device_kinds.toml, {kind['code']}")
    rule["comparison"] = ">=" if bounds == ["at_least"] else "<="
    rule["threshold"] = rule.pop(bounds[0])
    return {"kind": kind["code"], "type": "threshold", **rule}


def _rows(entries: Iterable[dict[str, Any]]) -> str:
    return orjson.dumps([{**entry, "sort": position} for position, entry in enumerate(entries)]).decode()


def _read(name: str) -> dict[str, Any]:
    file = resources.files("data.catalogue") / name
    return tomllib.loads(file.read_text(encoding="utf-8"))
