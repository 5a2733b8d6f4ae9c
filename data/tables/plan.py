"""What an import would do: read, understood and checked, and nothing written yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from data.tables.areas import check_codes
from data.tables.check import Values, check_cells, choose_key, no_shapes
from data.tables.faults import Faults
from data.tables.fit import Fit, fits, is_told, likeliest
from data.tables.headings import Columns, find_columns
from data.tables.layers import Layer, layer_named
from data.tables.place import Box, Places, find_places
from data.tables.read import read_sheet
from data.tables.sheet import Sheet
from geo.database.sql import query
from geo.datum import Datum
from geo.progress import Progress, Silent


@dataclass
class Plan:
    """A table that was read and understood.

    Attributes
    ----------
    key : tuple of str
        The fields by which a row is known again.
    datum : Datum
        What its coordinates are taken for.
    fit : list of Fit
        How its places fit in each datum; empty when that was not looked at.
    doubts : list of str
        What a person has to confirm before anything is written.
    notes : list of str
        What a person should know.
    """

    layer: Layer
    sheet: Sheet
    columns: Columns
    values: Values
    places: Places
    key: tuple[str, ...]
    faults: Faults
    datum: Datum
    source: str = ""
    fit: list[Fit] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_table(
    engine: Engine,
    layer: str,
    path: Path,
    *,
    datum: Datum | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    mapped: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    source: str = "",
    progress: Progress | None = None,
) -> Plan:
    """Read a table and find out what it means. Writes nothing.

    Parameters
    ----------
    layer : str
        ``devices`` for instance; see ``layers.toml``.
    datum : Datum, optional
        What the coordinates are in; found out when None.
    encoding, sheet : str, optional
        See `read_sheet`.
    mapped, constants : mapping, optional
        See `find_columns`.
    source : str
        Keeps the numbers of one supplier apart from another's.

    Raises
    ------
    ImportFailed, InvalidInput
        When the file as a whole cannot be taken in.
    """
    shown, wanted = progress or Silent(), layer_named(layer)
    with shown.step("Reading"):
        table = read_sheet(path, encoding=encoding, sheet=sheet, told=datum is not None)
    columns = find_columns(wanted, table.columns, mapped=mapped, constants=constants)
    headings = {name: table.columns[index] for name, index in columns.of.items()}
    faults = Faults(wanted, {**headings, "": "(row)"}, table.numbers)
    with shown.step("Checking"):
        values = check_cells(wanted, table, columns, faults)
        if wanted.code == "areas":
            check_codes(values, faults)
        if wanted.shape == "none":
            places = Places(no_shapes(len(table)))
        else:
            places = find_places(wanted, table, values, faults, _home(engine))
    plan = Plan(
        wanted, table, columns, values, places, choose_key(wanted, columns, has_place=len(places.located) > 0), faults,
        datum or table.datum or "wgs84", source, doubts=list(places.doubts), notes=[*table.notes, *places.notes],
    )  # fmt: skip
    if datum is None and len(places.located):
        with shown.step("Comparing with the streets"):
            _guess(engine, plan)
    return plan


def _guess(engine: Engine, plan: Plan) -> None:
    """The datum that the headings or the streets tell; another than the file itself says has to be confirmed."""
    at = plan.places.points(plan.places.located)
    # Of many things at one place, some ten metres, only the place counts; what stands in an area tells nothing.
    at = at[np.sort(np.unique(at.round(4), axis=0, return_index=True)[1])] if plan.layer.code != "areas" else at[:0]
    plan.fit = fits(engine, at)
    told = likeliest(plan.fit, len(at))
    said = plan.columns.datum
    guessed = told or (said if said not in ("wgs84", "cgcs2000", plan.datum) else None)
    if guessed is None:
        if not plan.fit:
            plan.notes.append(f"there is nothing to compare with: coordinates are taken for {plan.datum}")
        elif not is_told(plan.fit, len(at)):
            plan.notes.append(
                f"what is stored does not tell the datum: taken for {plan.datum}, unless you give --datum"
            )
        if said == "cgcs2000":
            plan.datum = said
        return
    why = "they fit far better so" if told else "the headings say so"
    plan.doubts.append(f"coordinates would be taken for {guessed}, not {plan.datum}: {why} / 坐标疑为 {guessed}")
    plan.datum = guessed


def _home(engine: Engine) -> Box | None:
    with engine.connect() as connection:
        row = connection.execute(query("tables/home")).one_or_none()
    return None if row is None else (row.west, row.south, row.east, row.north)
