"""`.sql` files are the one source of truth for SQL; this loads them by name.

``geo/sql/queries/<topic>/<name>.sql`` holds one statement with ``:named`` parameters.
``geo/sql/schema/<nn>_<what>/*.sql`` holds views, functions and triggers: stateless objects
that are dropped and made anew whenever their text changes (`geo.database.migrate`).
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from sqlalchemy import TextClause, text

_ROOT = resources.files("geo") / "sql"


@cache
def query(name: str) -> TextClause:
    """The statement in ``queries/<name>.sql``, ready to execute with its parameters.

    Parameters
    ----------
    name : str
        Path below ``queries/`` without the ending, ``"live/snapshot"`` for instance.
    """
    return text((_ROOT / "queries" / f"{name}.sql").read_text(encoding="utf-8"))


@cache
def numbered_query(name: str, parameters: tuple[str, ...]) -> str:
    """The statement in ``queries/<name>.sql`` with ``$1``, ``$2`` … for its parameters, in the order given.

    For drivers that number what is bound.
    """
    places = {parameter: f"${number}" for number, parameter in enumerate(parameters, 1)}
    # A parameter, and not the second half of a cast.
    return re.sub(r"(?<!:):([a-z_]+)", lambda found: places[found[1]], query(name).text)


def query_names() -> list[str]:
    """Names of all statements, sorted; for tests that look at every one."""
    return sorted(
        f"{topic.name}/{file.name.removesuffix('.sql')}"
        for topic in (_ROOT / "queries").iterdir()
        if topic.is_dir()
        for file in topic.iterdir()
        if file.name.endswith(".sql")
    )


def schema_files() -> list[tuple[str, str]]:
    """``(name, text)`` of the views, functions and triggers, in the order they are made."""
    folders = sorted((folder for folder in (_ROOT / "schema").iterdir() if folder.is_dir()), key=_name)
    return [
        (f"{folder.name}/{file.name}", file.read_text(encoding="utf-8"))
        for folder in folders
        for file in sorted(folder.iterdir(), key=_name)
        if file.name.endswith(".sql")
    ]


def schema_digest() -> str:
    """A digest of all schema files: what tells an installed database that its functions are old."""
    digest = hashlib.sha256()
    for name, content in schema_files():
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()


def _name(entry: Traversable) -> str:
    return entry.name
