"""Backups by PostgreSQL's own programs: one file, consistent as of one instant."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.sql import query
from geo.errors import DatabaseUnavailable, EnvironmentMissing, ImportFailed


def backup(url: str, file: Path) -> None:
    """Write schema `yike` to a file, atomically: a file of that name is whole or not there.

    Raises
    ------
    EnvironmentMissing
        When pg_dump is not installed, or older than the server.
    DatabaseUnavailable
        When the server does not answer.
    """
    part = file.with_name(file.name + ".part")
    done = _run("pg_dump", url, "--format=custom", "--schema=yike", "--no-owner", "--file", str(part))
    if done.returncode != 0:
        part.unlink(missing_ok=True)
        raise DatabaseUnavailable(f"The backup failed: {done.stderr.strip()}", hint="Nothing was written.")
    part.replace(file)


def restore(url: str, file: Path) -> None:
    """Replace schema `yike` by a backup's, in one transaction, and begin a new epoch of the live stream.

    Raises
    ------
    ImportFailed
        When the file is not a backup, or cannot be read to its end; what was there before is untouched.
    """
    if _run("pg_restore", None, "--list", str(file)).returncode != 0:
        raise ImportFailed(f"{file.name} is not a backup that `yike db backup` wrote.", where=str(file))
    engine = make_engine(url)
    # What the dump holds stands on PostGIS.
    migrate(engine)
    script = _run("pg_restore", None, "--no-owner", "--file", "-", str(file))
    if script.returncode != 0:
        raise ImportFailed(f"The backup is damaged: {script.stderr.strip()[-500:]}", where=str(file))
    done = _run(
        "psql", url, "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1",
        typed="drop schema yike cascade;\n" + script.stdout,
    )  # fmt: skip
    if done.returncode != 0:
        raise ImportFailed(f"The backup could not be restored: {done.stderr.strip()[-500:]}", where=str(file))
    # An older backup is brought to this version.
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(query("live/new_epoch"))
    engine.dispose()


def _run(program: str, url: str | None, *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    connection: list[str] = []
    environment = dict(os.environ)
    if url is not None:
        parsed = make_url(url)
        # The password goes by the environment: arguments are seen by every user of the machine.
        if parsed.password:
            environment["PGPASSWORD"] = str(parsed.password)
        address = parsed.set(drivername="postgresql", password=None)
        connection = ["--dbname", address.render_as_string(hide_password=False)]
    try:
        return subprocess.run(
            [program, *connection, *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise EnvironmentMissing(
            f"{program} is not installed.", hint="On Debian or Ubuntu: apt-get install postgresql-client"
        ) from None
