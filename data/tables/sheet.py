"""What any of the file formats becomes once it is read: headings, rows of text, shapes in degrees."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.datum import Datum

Shapes = NDArray[np.object_]


@dataclass
class Sheet:
    """A table as it was delivered.

    Attributes
    ----------
    columns : tuple of str
        Headings, none empty and none twice.
    rows : list of lists of str
        As long as `columns` each; an empty cell is ``""``.
    numbers : list of int
        Each row's number as a person finds it: the row of the sheet, the line of the file, the place in the layer.
    uneven : dict of int to int
        Rows (by index) that had another number of cells, and how many.
    shapes : ndarray of shapely geometries or None
        Degrees, of files that hold geometries.
    datum : Datum or None
        What the file itself says its degrees are in.
    notes : list of str
        What was done in reading that the person should know.
    """

    path: Path
    columns: tuple[str, ...]
    rows: list[list[str]]
    numbers: list[int]
    uneven: dict[int, int] = field(default_factory=dict)
    shapes: Shapes | None = None
    datum: Datum | None = None
    says: str = ""
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)


def tidy_columns(cells: Iterable[str]) -> tuple[str, ...]:
    """Headings of which none is empty and none stands twice."""
    seen: dict[str, int] = {}
    tidy = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        tidy.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(tidy)


def as_text(value: Any) -> str:
    """A typed cell as a person would have written it: 501, not 501.0; 2026-11-21, not a timestamp."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
