"""Alembic's environment. Run through `geo.database.migrate`, which hands over the connection."""

from __future__ import annotations

import re
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection

from geo.model import SCHEMA, Base

_PARTITION = re.compile(r"telemetry(_hour)?_\d{6,8}$")


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Partitions come and go at run time; PostGIS brings tables of its own."""
    if kind == "table" and (_PARTITION.match(name or "") or item.schema != SCHEMA):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))  # type: ignore[no-untyped-call]


def _in_our_schema(name: str | None, kind: str, _parents: Any) -> bool:
    return name == SCHEMA if kind == "schema" else True


def run() -> None:
    """Upgrade over the connection given."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=_in_our_schema,
        include_object=_is_ours,
        render_item=alembic_helpers.render_item,
        compare_server_default=True,
    )
    context.run_migrations()


run()
