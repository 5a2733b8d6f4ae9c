"""`yike town`: the sample town."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.console import Bars, console
from data.catalogue import load_catalogue
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.live.changes import number_changes
from geo.settings import load_settings


class ScaleName(StrEnum):
    """How large."""

    VILLAGE = "village"
    TOWN = "town"
    DISTRICT = "district"
    CITY = "city"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("town")(town)


def town(
    scale: Annotated[ScaleName, typer.Option(help="How large.")] = ScaleName.TOWN,
    seed: Annotated[int, typer.Option(min=0, help="The same seed is the same town.")] = 1,
    on_import: Annotated[
        bool, typer.Option("--on-import", help="Hang sample homes, people, devices and workers on imported buildings.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove all sample data, and nothing else.")] = False,
) -> None:
    """Build the sample town in the open water of Lake Tai, or remove it."""
    from data.town import Scale, build_town, furnish_import, remove_town

    engine = make_engine(database_url(load_settings()))
    migrate(engine)
    load_catalogue(engine)
    if remove:
        with Bars().step("Removing sample data"):
            removed = remove_town(engine)
        console.print(f"{removed} rows removed", highlight=False)
    elif on_import:
        console.print(str(furnish_import(engine, seed=seed, progress=Bars())), highlight=False, markup=False)
    else:
        console.print(str(build_town(engine, Scale(scale.value), seed=seed, progress=Bars())), highlight=False)
    number_changes(engine)
