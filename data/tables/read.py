"""A file, whatever its format, as a sheet."""

from __future__ import annotations

from pathlib import Path

from data.tables.sheet import Sheet
from data.tables.text import read_text
from data.tables.vector import read_vector
from data.tables.workbook import read_workbook
from geo.errors import ImportFailed

_TEXT = (".csv", ".tsv", ".txt")
_VECTOR = (".gpkg", ".shp", ".geojson", ".json")
FORMATS = (*_TEXT, ".xlsx", *_VECTOR)


def read_sheet(path: Path, *, encoding: str | None = None, sheet: str | None = None, told: bool = False) -> Sheet:
    """Read a table.

    Parameters
    ----------
    encoding : str, optional
        Of text and of a Shapefile's attributes; found out when None.
    sheet : str, optional
        The sheet of a workbook, the layer of a GeoPackage.
    told : bool
        Whether the person says the datum.

    Raises
    ------
    ImportFailed
        When it cannot be read.
    """
    if not path.is_file():
        raise ImportFailed("There is no such file.", where=str(path))
    if path.stat().st_size == 0:
        raise ImportFailed("The file is empty.", where=str(path))
    ending = path.suffix.lower()
    if ending in _TEXT:
        return read_text(path, encoding=encoding)
    if ending == ".xlsx":
        return read_workbook(path, sheet=sheet)
    if ending in _VECTOR:
        return read_vector(path, layer=sheet, encoding=encoding, told=told)
    hint = "Save it as .xlsx." if ending == ".xls" else f"One of: {', '.join(FORMATS)}."
    raise ImportFailed(f"{ending or 'A file without an ending'} is not read.", where=str(path), hint=hint)
