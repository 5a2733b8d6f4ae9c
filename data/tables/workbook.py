"""XLSX: cells as text, merged cells filled downwards or refused by name."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from data.tables.sheet import Sheet, as_text
from data.tables.text import sheet_of
from geo.errors import ImportFailed, InvalidInput

_LARGEST_BYTES = 1_000_000_000


def read_workbook(path: Path, *, sheet: str | None = None) -> Sheet:
    """Read one sheet of a workbook; the first that holds anything unless one is named.

    Cells merged downwards in one column mean that the value stands for each row, and are filled. Cells merged across
    columns have no such meaning and are refused, unless they are a title above the headings.

    Raises
    ------
    ImportFailed
        When it is no workbook, when cells are merged across columns, or when there are no rows.
    """
    _must_be_workbook(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions it does not know
            book = load_workbook(path, data_only=True)
    except Exception as error:  # noqa: BLE001 — openpyxl raises whatever its parsers do
        raise ImportFailed(
            f"The workbook cannot be read ({type(error).__name__}).", where=str(path), hint="Save it as .xlsx again."
        ) from None
    with_rows = [page.title for page in book.worksheets if page.max_row > 1]
    if sheet is not None and sheet not in book.sheetnames:
        raise InvalidInput(
            f"There is no sheet {sheet!r}.", where="--sheet", hint=f"One of: {', '.join(book.sheetnames)}."
        )
    title = sheet or (with_rows[0] if with_rows else None)
    if title is None:
        raise ImportFailed("There are no rows below the headings.", where=str(path))
    page = book[title]
    rows, numbers = _texts(page)
    found = sheet_of(path, rows, numbers)
    found.notes.insert(0, f"sheet {title}")
    if others := [name for name in with_rows if name != title]:
        found.notes.append(f"not read: {', '.join(others)} (--sheet)")
    first_row = found.numbers[0]
    _look_at_merged(page, path, first_row, found)
    return found


def _must_be_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise ImportFailed(
            "This is no .xlsx workbook.", where=str(path), hint="Save .xls as .xlsx, or as CSV."
        ) from None
    if size > _LARGEST_BYTES:
        raise ImportFailed("The workbook unpacks to more than 1 GB.", where=str(path), hint="Save it as CSV.")


def _texts(page: Worksheet) -> tuple[list[list[str]], list[int]]:
    """Rows that hold anything, with merged columns filled downwards."""
    fill: dict[tuple[int, int], Any] = {}
    for merged in page.merged_cells.ranges:
        if merged.min_col == merged.max_col:
            value = page.cell(merged.min_row, merged.min_col).value
            fill |= {(row, merged.min_col): value for row in range(merged.min_row + 1, merged.max_row + 1)}
    rows, numbers = [], []
    for number, values in enumerate(page.iter_rows(values_only=True), 1):
        cells = [as_text(fill.get((number, column), value)) for column, value in enumerate(values, 1)]
        # What is filled alone makes no row.
        if any(value is not None and as_text(value) for value in values):
            rows.append(cells)
            numbers.append(number)
    return rows, numbers


def _look_at_merged(page: Worksheet, path: Path, first_row: int, found: Sheet) -> None:
    head = max(number for number in range(1, first_row) if any(cell.value is not None for cell in page[number]))
    filled = []
    for merged in sorted(page.merged_cells.ranges, key=lambda area: (area.min_row, area.min_col)):
        if merged.max_row < head:
            continue
        if merged.min_col != merged.max_col:
            raise ImportFailed(
                f"Cells {merged.coord} of sheet {page.title} are merged across columns.",
                where=str(path),
                hint="Split them, so that each cell holds its own value.",
            )
        if merged.max_row > head:
            filled.append(merged.coord)
    if filled:
        shown = ", ".join(filled[:5]) + (" …" if len(filled) > 5 else "")
        found.notes.append(f"cells merged downwards were filled with their value: {shown}")
