"""Tables (CSV, XLSX, GeoPackage, Shapefile, GeoJSON): areas, homes, people, devices, services into the model."""

from __future__ import annotations

import psycopg2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from data.tables.areas import label_of
from data.tables.check import drop_twice, key_of_each
from data.tables.layers import layers
from data.tables.load import Rows, store
from data.tables.place import converted
from data.tables.plan import Plan, plan_table
from data.tables.references import resolve
from data.tables.report import Report, write_corrections
from geo.database.sql import query
from geo.errors import ImportFailed
from geo.progress import Advance, Progress, Silent

__all__ = ["Plan", "Report", "import_table", "layers", "plan_table"]

_MANY = 1000


def import_table(engine: Engine, plan: Plan, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Carry a plan out, once: good rows land in one transaction, bad rows come back as a file beside the input.

    The same file twice changes nothing. A dry run does all of it and takes it back, so that its counts are exact.

    Raises
    ------
    ImportFailed
        When the database refuses the rows, or the file to correct cannot be written; nothing is stored then.
    """
    shown = progress or Silent()
    try:
        with shown.step("Storing", len(plan.sheet)) as advance, engine.connect() as connection:
            report = _carry_out(connection, plan, dry_run, advance)
            if dry_run:
                connection.rollback()
            else:
                _finish(connection, plan, report)
    except (SQLAlchemyError, psycopg2.Error) as error:
        raise _refused(error) from None
    if report.changed > _MANY and not dry_run:
        with shown.step("Statistics"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(query("schema/analyze"))
    return report


def _carry_out(connection: Connection, plan: Plan, dry_run: bool, advance: Advance) -> Report:
    layer, faults, values = plan.layer, plan.faults, plan.values
    added = resolve(connection, layer, values, faults)
    _no_samples(connection, plan)
    keys = key_of_each(layer, plan.key, values, plan.places.shapes, plan.source, faults)
    if layer.code == "areas":
        codes = values.get("official_code", [None] * len(keys))
        values["label"] = [label_of(code, key or "") for code, key in zip(codes, keys, strict=True)]
    rows = Rows(values, keys, plan.places.shapes, converted(plan.places.shapes, plan.datum), plan.datum, faults)
    repeated = _drop_twice(plan, rows)
    stored = store(connection, layer, rows, advance)
    written = len(rows.good())
    notes = [f"{added} entrances were added, which units name and no map shows"] if added else []
    return Report(
        layer, len(plan.sheet), stored.new, stored.updated, written - stored.new - stored.updated, repeated,
        len(faults.rows), sorted(faults.found, key=lambda fault: fault.row), [*notes, *stored.notes], dry_run=dry_run,
    )  # fmt: skip


def _drop_twice(plan: Plan, rows: Rows) -> int:
    said = [rows.values[name] for name in plan.layer.stores if name in rows.values and name != "parent_id"]

    def is_same(one: int, other: int) -> bool:
        return rows.delivered[one] == rows.delivered[other] and all(column[one] == column[other] for column in said)

    name = next((name for name in reversed(plan.key) if name in plan.columns.of), plan.key[-1])
    index = plan.columns.of.get(name)
    texts = ["" if index is None else cells[index] for cells in plan.sheet.rows]
    return drop_twice(rows.keys, is_same, plan.faults, texts, name)


def _no_samples(connection: Connection, plan: Plan) -> None:
    """A real device never takes the place of a sample one."""
    if plan.layer.code != "devices":
        return
    ids = plan.values["external_id"]
    found = connection.execute(query("tables/sample_devices"), {"ids": [known for known in ids if known is not None]})
    if samples := set(found.scalars()):
        for row, known in enumerate(ids):
            if known in samples and row not in plan.faults.rows:
                plan.faults.add(row, "external_id", known, "sample")


def _finish(connection: Connection, plan: Plan, report: Report) -> None:
    """Commit once the file to correct lies there: of rows that land nowhere none may get lost."""
    if plan.faults.rows:
        try:
            report.to_correct = write_corrections(plan.sheet, plan.layer, plan.faults)
        except OSError as error:
            raise ImportFailed(
                f"The rows to correct cannot be written beside the input: {error.strerror}.",
                where=str(plan.sheet.path), hint="Nothing was stored. Put the file where you may write.",
            ) from None  # fmt: skip
    try:
        connection.commit()
    except BaseException:
        if report.to_correct is not None:
            report.to_correct.unlink(missing_ok=True)
        raise


def _refused(error: Exception) -> ImportFailed:
    """The driver's text quotes the row, and a row may be about a person: only the constraint's name is told."""
    cause = getattr(error, "orig", None) or error
    told = getattr(getattr(cause, "diag", None), "constraint_name", None)
    because = f" ({told})" if told else ""
    return ImportFailed(f"The database refuses the rows{because}.", hint="Nothing was stored.")
