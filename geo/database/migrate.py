"""Brings a database to this version: PostGIS and trigrams, the tables (Alembic), then views, functions and triggers.

Tables change by revisions. Views, functions and triggers hold no data: they are dropped and made
anew in one transaction whenever the text of a `.sql` file changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import ProgrammingError

from geo.database.sql import query, schema_digest, schema_files
from geo.errors import EnvironmentMissing
from geo.model import SCHEMA

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
_LOCK = 0x79696B65  # "yike": one migration at a time, whoever starts it
_MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Status:
    """What a database holds, against what this version expects."""

    server: str
    postgis: str | None
    revision: str | None
    head: str
    functions_current: bool

    @property
    def current(self) -> bool:
        """Whether nothing is left to do."""
        return self.revision == self.head and self.functions_current


def migrate(engine: Engine) -> bool:
    """Bring the database up to date; safe to repeat and to run from several processes at once.

    Returns
    -------
    bool
        Whether anything had to be done.

    Raises
    ------
    EnvironmentMissing
        When the server is too old, lacks PostGIS or pg_trgm, or denies a right that is needed.
    """
    with engine.begin() as connection:
        connection.execute(query("schema/lock"), {"key": _LOCK})
        _check_server(connection)
        before = status(connection)
        if before.current:
            return False
        if before.revision is not None and not _is_known(before.revision):
            raise EnvironmentMissing(
                f"this database was written by a newer Yike (revision {before.revision}).",
                hint="Install that version, or restore a backup of this one.",
            )
        _prepare(connection)
        # Old functions go first: a table's column can only change when no view stands on it.
        connection.execute(query("schema/drop_stateless"))
        command.upgrade(alembic_config(connection), "head")
        for _, statements in schema_files():
            connection.exec_driver_sql(statements.replace("%", "%%"))
        # What phrases sound like follows from functions that may be other ones now.
        connection.execute(query("finder/fill"))
        # So may tiles be.
        connection.execute(query("live/renew_tiles"))
        connection.execute(query("schema/set_digest"), {"comment": f"functions {schema_digest()}"})
        connection.execute(query("schema/remember_digest"))
    return True


def status(connection: Connection) -> Status:
    """What is installed, without changing anything."""
    found = connection.execute(query("schema/status")).one()
    revision = None
    if found.has_tables:
        context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
        revision = context.get_current_revision()
    return Status(
        server=found.server,
        postgis=found.postgis,
        revision=revision,
        head=_script().get_current_head() or "",
        functions_current=found.schema_comment == f"functions {schema_digest()}",
    )


def reset(engine: Engine) -> None:
    """Drop everything Yike ever wrote here, and make it anew, empty."""
    with engine.begin() as connection:
        connection.execute(query("schema/lock"), {"key": _LOCK})
        connection.execute(query("schema/drop"))
    migrate(engine)


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _is_known(revision: str) -> bool:
    return any(script.revision == revision for script in _script().walk_revisions())


def _check_server(connection: Connection) -> None:
    found = connection.execute(query("schema/server")).one()
    if found.version_num < OLDEST_POSTGRESQL * 10000:
        raise EnvironmentMissing(
            f"the server is PostgreSQL {found.version}; Yike needs {OLDEST_POSTGRESQL} or newer.",
            where="YIKE_DATABASE_URL",
        )
    if found.postgis is None:
        raise EnvironmentMissing(
            "the server has no PostGIS.",
            where="YIKE_DATABASE_URL",
            hint="Install it there, on Debian: apt-get install postgresql-15-postgis-3.",
        )
    if not found.has_trigrams:
        raise EnvironmentMissing(
            "the server has no extension pg_trgm, by which names are found.",
            where="YIKE_DATABASE_URL",
            hint="It is part of PostgreSQL's contrib modules: install postgresql-contrib there.",
        )
    if tuple(int(part) for part in found.postgis.split(".")[:2]) < OLDEST_POSTGIS:
        wanted = ".".join(str(part) for part in OLDEST_POSTGIS)
        raise EnvironmentMissing(
            f"the server has PostGIS {found.postgis}; Yike needs {wanted} or newer.", where="YIKE_DATABASE_URL"
        )


def _prepare(connection: Connection) -> None:
    try:
        connection.execute(query("schema/create_schema"))
        connection.execute(query("schema/create_extension"))
        connection.execute(query("schema/create_trigrams"))
    except ProgrammingError as error:
        user = connection.engine.url.username or "the user"
        raise EnvironmentMissing(
            f"{user} may not create the schema or an extension: {str(error.orig).strip()}",
            where="YIKE_DATABASE_URL",
            hint="As a superuser in that database: CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm; "
            f"GRANT CREATE ON DATABASE … TO {user};",
        ) from error
