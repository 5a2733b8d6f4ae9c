"""Which devices there are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine

from geo.database.sql import query


def known_devices(engine: Engine, ids: Collection[str]) -> set[str]:
    """Those of some external ids that belong to a device."""
    with engine.connect() as connection:
        return set(connection.execute(query("devices/known"), {"ids": list(ids)}).scalars())
