"""`yike coverage`: the quarter-hour circle as a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.cli.area import scope_of
from api.cli.console import Bars, console
from api.leaflet import leaflet_of
from geo.access.out.survey import survey
from geo.access.out.write import Writer, format_of
from geo.access.store import CoverageStore
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.errors import InvalidInput
from geo.network.store import NetworkStore
from geo.settings import load_settings


class ProfileName(StrEnum):
    """Who walks."""

    WALK = "walk"
    ELDER = "elder"
    WHEELCHAIR = "wheelchair"
    EBIKE = "ebike"


class ByName(StrEnum):
    """What a row is."""

    BUILDING = "building"
    HEX = "hex"
    AREA = "area"


class LevelName(StrEnum):
    """Which areas."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("coverage")(coverage)


def coverage(
    category: Annotated[list[str], typer.Option(help="A category's code, canteen for instance; may be repeated.")],
    out: Annotated[Path, typer.Option(help="The file: .gpkg, .geojson, .csv, .tif or .html.", dir_okay=False)],
    minutes: Annotated[
        list[float] | None, typer.Option(help="A threshold in minutes, 15 without; may be repeated.")
    ] = None,
    profile: Annotated[ProfileName, typer.Option(help="Who walks.")] = ProfileName.WALK,
    area: Annotated[str | None, typer.Option(help="An area's id or path; without it all real data.")] = None,
    by: Annotated[ByName, typer.Option(help="What a row is (.gpkg, .geojson, .csv).")] = ByName.BUILDING,
    level: Annotated[LevelName, typer.Option(help="Of which level, with --by area.")] = LevelName.COMMUNITY,
    at: Annotated[
        datetime | None,
        typer.Option(help="Local time; what is closed then is left out.", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    ] = None,
    cell: Annotated[float | None, typer.Option(min=1, max=5000, help="Side of a .tif's cells in metres.")] = None,
) -> None:
    """Minutes to the nearest facility of one or several categories, as a file to take away."""
    form = format_of(out)
    out = out.absolute()
    if not out.parent.is_dir():
        raise InvalidInput(f"There is no folder {out.parent}.", where="--out")
    settings = load_settings()
    engine = make_engine(database_url(settings))
    store = CoverageStore(engine, NetworkStore(engine), settings.snap_limit_m)
    bars = Bars()
    with bars.step("道路 Streets", None):
        store.doors(profile.value)
    found = survey(
        store,
        category,
        minutes=minutes or [15.0],
        profile=profile.value,
        scope=scope_of(engine, area),
        at=at,
        level=level.value,
        progress=bars,
    )
    writer = Writer(store, lambda: leaflet_of(settings.web_dir))
    writer.write(found, out, form, by.value, cell_m=cell, progress=bars)
    for service in found.nobody_has:
        console.print(f"nobody has {service.code} ({service.name})", highlight=False, markup=False)
    console.print(f"{out}: {len(found.rows)} buildings, {len(found.found)} categories", highlight=False, markup=False)
