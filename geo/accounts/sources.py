"""Sources of readings: platforms and gateways, each with a key of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from geo.accounts.passwords import digest, new_token
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.scope import AreaScope


def add_source(engine: Engine, name: str) -> str:
    """Make a source; returns its key, which is told this once.

    Raises
    ------
    InvalidInput
        When the name cannot be one.
    Conflict
        When it is taken.
    """
    key = new_token()
    try:
        with engine.begin() as connection:
            made = connection.execute(query("accounts/add_source"), {"name": name, "digest": digest(key)}).first()
    except IntegrityError:
        raise InvalidInput(
            f"{name[:40]!r} cannot be a source's name.",
            where="name",
            hint="2 to 40 of a-z, 0-9, dot, hyphen and underscore.",
        ) from None
    if made is None:
        raise Conflict(f"There is a source {name} already.")
    return key


def list_sources(engine: Engine) -> Sequence[Any]:
    """Rows ``id, name, created_at, disabled_at`` by name."""
    with engine.connect() as connection:
        return connection.execute(query("accounts/list_sources")).all()


def disable_source(engine: Engine, name: str) -> None:
    """Take nothing more from a source.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    with engine.begin() as connection:
        if connection.execute(query("accounts/disable_source"), {"name": name}).first() is None:
            raise NotFound(f"There is no source {name[:40]!r}.", hint="yike source list")


def source_of(engine: Engine, key: str) -> Reader | None:
    """The source a key belongs to, if it may still send."""
    with engine.connect() as connection:
        row = connection.execute(query("accounts/source"), {"digest": digest(key)}).one_or_none()
    return Reader(row.name, "source", AreaScope.everything()) if row is not None else None
