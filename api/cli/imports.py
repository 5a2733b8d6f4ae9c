"""`yike import …`: OpenStreetMap."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import Bars, console
from data.catalogue import load_catalogue
from data.osm import Box, import_osm
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.errors import InvalidInput
from geo.live.changes import number_changes
from geo.settings import load_settings

commands = typer.Typer(help="Take in a city of your own.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(commands, name="import")


@commands.callback()
def imports() -> None:
    """Take in a city of your own."""


@commands.command("osm")
def osm(
    file: Annotated[Path, typer.Argument(help="A file .osm, .osm.gz, .osm.bz2 or .osm.pbf.")],
    bbox: Annotated[str | None, typer.Option(help="W,S,E,N in degrees: leave out what lies outside.")] = None,
) -> None:
    """Take in an OpenStreetMap file: streets, buildings, water and green, services, boundaries.

    The same file twice changes nothing. What it lacks (grids, entrances) is derived and marked as derived.
    """
    box = _box(bbox)
    engine = make_engine(database_url(load_settings()))
    migrate(engine)
    load_catalogue(engine)
    summary = import_osm(engine, file, bbox=box, progress=Bars())
    number_changes(engine)
    console.print(str(summary), highlight=False, markup=False)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"{text!r} is no box.", where="--bbox", hint="W,S,E,N in degrees.") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput(f"{text!r} spans nothing on earth.", where="--bbox", hint="W,S,E,N in degrees.")
    return west, south, east, north
