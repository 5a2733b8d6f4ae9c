"""`yike db …`: migrate, status, reset, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import console
from data.catalogue import load_catalogue
from geo.database.backup import backup, restore
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.database.migrate import migrate, reset, status
from geo.errors import InvalidInput
from geo.settings import load_settings

commands = typer.Typer(help="The database: migrate, status, reset, backup, restore.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(commands, name="db")


@commands.command("migrate")
def migrate_command() -> None:
    """Bring the tables, functions and catalogue to this version; safe to repeat."""
    engine = make_engine(database_url(load_settings()))
    changed = migrate(engine)
    load_catalogue(engine)
    console.print("migrated" if changed else "nothing to do")


@commands.command("status")
def status_command() -> None:
    """Say what the database holds and whether it is of this version. Exit status 1 when it is not."""
    engine = make_engine(database_url(load_settings()))
    with engine.connect() as connection:
        found = status(connection)
    console.print(f"PostgreSQL {found.server}, PostGIS {found.postgis or '(not installed)'}", highlight=False)
    console.print(f"revision   {found.revision or '(empty)'} of {found.head}", highlight=False)
    console.print(f"functions  {'current' if found.functions_current else 'old'}", highlight=False)
    if not found.current:
        console.print("run: yike db migrate")
        raise typer.Exit(1)


@commands.command("reset")
def reset_command(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete everything Yike stored and begin empty."""
    if not yes:
        typer.confirm("Delete all of Yike's data in this database?", abort=True)
    engine = make_engine(database_url(load_settings()))
    reset(engine)
    load_catalogue(engine)
    console.print("empty")


@commands.command("backup")
def backup_command(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write everything to one file, consistent as of one instant, while the service runs."""
    if not file.parent.is_dir():
        raise InvalidInput(f"There is no folder {file.parent}.", where=str(file))
    with console.status("Writing the backup"):
        backup(database_url(load_settings()), file)
    console.print(f"{file}: {file.stat().st_size / 1e6:.1f} MB", highlight=False)


@commands.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `yike db backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace everything by what a backup holds. Listeners of the live stream begin afresh."""
    if not file.is_file():
        raise InvalidInput("There is no such file.", where=str(file))
    if not yes:
        typer.confirm("Replace all of Yike's data in this database?", abort=True)
    with console.status("Reading the backup"):
        restore(database_url(load_settings()), file)
    console.print("restored")
