"""`yike import …`: OpenStreetMap, and tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.console import Bars, console
from data.catalogue import load_catalogue
from data.osm import Box, import_osm
from data.tables import Plan, import_table, plan_table
from data.tables.headings import NO_FIELD
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.datum import DATUMS, Datum
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


@commands.command("table")
def table(
    layer: Annotated[
        str,
        typer.Argument(help="areas, compounds, buildings, units, residents, devices, facilities or workers."),
    ],
    file: Annotated[Path, typer.Argument(help="A file .csv, .xlsx, .gpkg, .shp or .geojson.")],
    datum: Annotated[
        str | None, typer.Option(help="What its coordinates are in: wgs84, gcj02, bd09 or cgcs2000.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of its text; found out without it.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook, the layer of a GeoPackage.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="HEADING=FIELD, or HEADING=- for a column to leave out.")
    ] = None,
    constants: Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE for every row.")] = None,
    source: Annotated[str, typer.Option(help="Who delivered it, where two suppliers use the same numbers.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take in a table: areas, compounds, buildings, units, residents, devices, services or grid workers.

    The same file again updates and does not double. Bad rows come back as a file to correct.
    """
    engine = make_engine(database_url(load_settings()))
    migrate(engine)
    load_catalogue(engine)
    plan = plan_table(
        engine, layer, file, datum=_datum(datum), encoding=encoding, sheet=sheet, mapped=_pairs(columns, "--map"),
        constants=_pairs(constants, "--set"), source=source, progress=Bars(),
    )  # fmt: skip
    _show(plan)
    if not (yes or dry_run):
        _confirm(plan)
    report = import_table(engine, plan, dry_run=dry_run, progress=Bars())
    if not dry_run:
        number_changes(engine)
    console.print(str(report), highlight=False, markup=False)


def _show(plan: Plan) -> None:
    """What each column is taken for, before anything is written. Of people no values are shown."""
    shown = Table("column 列", "field 字段", "for example 例", box=None, header_style="dim")
    by_index = {index: name for name, index in plan.columns.of.items()}
    for index, heading in enumerate(plan.sheet.columns):
        example = next((row[index] for row in plan.sheet.rows[:50] if row[index]), "")
        name = by_index.get(index)
        shown.add_row(heading, name or NO_FIELD, "" if plan.layer.is_personal or name is None else example[:40])
    for name, text in plan.columns.constants.items():
        shown.add_row("(every row)", name, text)
    console.print(shown, highlight=False, markup=False)
    for told, headings in (
        ("not taken in (no such field; --map HEADING=FIELD)", plan.columns.unknown),
        ("not taken in (another column holds it)", plan.columns.doubled),
        ("not taken in (only numbers the rows)", plan.columns.counted),
    ):
        if headings:
            console.print(f"{told}: {', '.join(headings)}", highlight=False, markup=False)
    console.print(f"rows are known again by: {' + '.join(plan.key)}", highlight=False, markup=False)
    if len(plan.places.located):
        figures = f" ({'; '.join(map(str, plan.fit))})" if plan.fit else ""
        console.print(f"datum: {plan.datum}{figures}", highlight=False, markup=False)
    for note in [*plan.notes, *(f"doubt: {doubt}" for doubt in plan.doubts)]:
        console.print(f"! {note}", highlight=False, markup=False)


def _confirm(plan: Plan) -> None:
    if not plan.doubts:
        return
    if not (sys.stdin.isatty() and console.is_terminal):
        raise InvalidInput(
            "Something has to be confirmed, and nobody is here to ask. Nothing was stored.",
            where=str(plan.sheet.path), hint="Give --datum, correct the file, or accept what was found with --yes.",
        )  # fmt: skip
    typer.confirm("Go on? 确认无误，继续？", abort=True, err=True)


def _datum(text: str | None) -> Datum | None:
    if text is None:
        return None
    known = text.strip().lower().replace("-", "").replace("_", "")
    for datum in DATUMS:
        if datum == known:
            return datum
    raise InvalidInput(f"{text!r} is no datum.", where="--datum", hint=f"One of: {', '.join(DATUMS)}.")


def _pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    pairs = {}
    for text in texts or ():
        left, sign, right = text.rpartition("=") if option == "--map" else text.partition("=")
        if not (sign and left and right):
            raise InvalidInput(f"{text!r} is no pair.", where=option, hint="Write left=right.")
        pairs[left] = right
    return pairs


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
