"""`yike tiles bake`: the map's tiles as one file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from api.cli.area import scope_of
from api.cli.console import Bars, console
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.errors import InvalidInput
from geo.settings import load_settings
from tiles.bake import DEFAULT_LAYERS, bake, bakeable


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    group = typer.Typer(help="Vector tiles.", no_args_is_help=True)
    group.command("bake")(bake_tiles)
    app.add_typer(group, name="tiles")


def bake_tiles(
    out: Annotated[Path, typer.Argument(help="The file, .pmtiles.", dir_okay=False)],
    layers: Annotated[str, typer.Option(help="Layers, joined by commas.")] = ",".join(DEFAULT_LAYERS),
    zooms: Annotated[str, typer.Option(help="First and last zoom.")] = "10-16",
    area: Annotated[str | None, typer.Option(help="An area's id or path; without it all real data.")] = None,
    connections: Annotated[
        int | None, typer.Option(min=1, max=64, help="Database connections side by side; as many as processors.")
    ] = None,
) -> None:
    """Bake tiles into a PMTiles file. Stopped, it goes on where it was when it is run again."""
    if out.suffix != ".pmtiles":
        raise InvalidInput(f"{out.name} does not end in .pmtiles.", where="OUT")
    out = out.absolute()
    if not out.parent.is_dir():
        raise InvalidInput(f"There is no folder {out.parent}.", where="OUT")
    found = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", zooms)
    if found is None:
        raise InvalidInput(f"{zooms[:40]!r} are no zooms.", where="--zooms", hint="10-16 for instance, or 14.")
    chosen = bakeable(layers)
    beside = connections or os.cpu_count() or 1
    engine = make_engine(database_url(load_settings()), pool_size=beside + 1)
    try:
        made = bake(
            engine,
            out,
            layers=chosen,
            zooms=(int(found[1]), int(found[2] or found[1])),
            scope=scope_of(engine, area),
            connections=beside,
            progress=Bars(),
        )
    except KeyboardInterrupt:
        console.print(f"stopped; what is finished waits in {out.name}.part, and the same command goes on", markup=False)
        raise
    if made.behind:
        told = ", ".join(made.behind)
        console.print(f"edited meanwhile: {told}; the service makes these anew. Bake again.", highlight=False)
    went_on = " (went on where it was stopped)" if made.is_resumed else ""
    size_mb = out.stat().st_size / 1e6
    console.print(f"{out}: {made.tiles} tiles, {size_mb:.1f} MB{went_on}", highlight=False, markup=False)
