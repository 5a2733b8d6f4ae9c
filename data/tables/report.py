"""What an import did, and the file of rows to correct."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from openpyxl import Workbook

from data.tables.faults import Fault, Faults
from data.tables.layers import Layer
from data.tables.sheet import Sheet

ROW_HEADING = "原行号 original row"
REASON_HEADING = "原因 reason"
_SUFFIX = "-to-correct"
_SHOWN = 20


@dataclass
class Report:
    """What became of each row: read = new + updated + unchanged + said twice + bad.

    Attributes
    ----------
    repeated : int
        Rows that say the same as an earlier one of the file.
    bad : int
        Rows that were not taken; `faults` says why, and `to_correct` is the file that holds them.
    """

    layer: Layer
    read: int
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    to_correct: Path | None = None
    dry_run: bool = False

    @property
    def changed(self) -> int:
        """Rows that came in or changed."""
        return self.new + self.updated

    def __str__(self) -> str:
        head = f"{self.layer.name} {self.layer.name_en}: {self.read} read = {self.new} new + {self.updated} updated"
        head += f" + {self.unchanged} unchanged"
        head += f" + {self.repeated} repeated" if self.repeated else ""
        head += f" + {self.bad} bad"
        lines = [f"dry run, nothing was written; it would be: {head}" if self.dry_run else head]
        lines += [f"  {fault}" for fault in self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            columns = Counter(fault.column for fault in self.faults).most_common(8)
            told = ", ".join(f"{column} {count}" for column, count in columns)
            lines.append(f"  … {len(self.faults) - _SHOWN} more reasons ({told})")
        lines += [f"! {note}" for note in self.notes]
        if self.to_correct is not None:
            lines.append(f"rows to correct: {self.to_correct}")
        return "\n".join(lines)


def write_corrections(sheet: Sheet, layer: Layer, faults: Faults) -> Path:
    """Write the rows that were not taken beside the input: its own columns, the row's number, the reasons.

    Geometries stand in a column ``wkt``, in degrees as delivered. A file that is there already is not written over:
    somebody may be correcting it. What is about people only its owner may read.
    """
    is_book = sheet.path.suffix.lower() == ".xlsx"
    path = _free_name(sheet.path, ".xlsx" if is_book else ".csv")
    headings = [name for name in sheet.columns if name not in (ROW_HEADING, REASON_HEADING)]
    kept = [sheet.columns.index(name) for name in headings]
    with_shapes = sheet.shapes is not None
    by_row: dict[int, list[Fault]] = {}
    for fault in faults.found:
        by_row.setdefault(fault.row, []).append(fault)
    table = [[*headings, *(["wkt"] if with_shapes else []), ROW_HEADING, REASON_HEADING]]
    for row in sorted(by_row):
        told = "; ".join(f"{fault.column}: {fault.zh} / {fault.en}" for fault in by_row[row])
        shape = [_wkt(sheet, row)] if with_shapes else []
        table.append([*(sheet.rows[row][index] for index in kept), *shape, str(sheet.numbers[row]), told])
    # The mode is set before there is anything to read.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if layer.is_personal else 0o644)
    with os.fdopen(handle, "wb") as raw:
        if is_book:
            book = Workbook(write_only=True)
            page = book.create_sheet("to correct")
            for cells in table:
                page.append(cells)
            book.save(raw)
    if not is_book:
        with path.open("w", encoding="utf-8-sig", newline="") as text:
            csv.writer(text).writerows(table)
    return path


def _free_name(path: Path, ending: str) -> Path:
    stem = re.sub(rf"{_SUFFIX}(-\d+)?$", "", path.stem)
    candidate, number = path.with_name(f"{stem}{_SUFFIX}{ending}"), 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{stem}{_SUFFIX}-{number}{ending}")
    return candidate


def _wkt(sheet: Sheet, row: int) -> str:
    shape = None if sheet.shapes is None else sheet.shapes[row]
    return "" if shape is None else str(shapely.to_wkt(shape, rounding_precision=8))
