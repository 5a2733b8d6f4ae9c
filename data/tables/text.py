"""CSV and the like: which encoding, which delimiter, which rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from data.tables.sheet import Sheet, tidy_columns
from geo.errors import ImportFailed, InvalidInput

_DELIMITERS = (",", "\t", ";", "|", "，")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
_LONGEST_CELL = 16 * 1024 * 1024


def read_text(path: Path, *, encoding: str | None = None) -> Sheet:
    """Read delimited text.

    Raises
    ------
    ImportFailed
        When it is no text in one encoding, or holds no rows.
    InvalidInput
        When `encoding` is none that Python knows.
    """
    content, found = decode(path.read_bytes(), path, encoding)
    delimiter = find_delimiter(content)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    numbers: list[int] = []
    before = 0
    try:
        for row in reader:
            first, before = before + 1, reader.line_num
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                numbers.append(first)
    except csv.Error as error:
        raise ImportFailed(f"Line {reader.line_num} cannot be read: {error}.", where=str(path)) from None
    sheet = sheet_of(path, rows, numbers)
    shown = {"\t": "tab", ",": "comma"}.get(delimiter, delimiter)
    sheet.notes.insert(0, f"text in {found}, separated by {shown}")
    return sheet


def sheet_of(path: Path, rows: list[list[str]], numbers: list[int]) -> Sheet:
    """Rows of text, the first of which are titles or headings, as a sheet.

    Raises
    ------
    ImportFailed
        When there is no row below the headings.
    """
    head = 0
    while head < len(rows) and len([cell for cell in rows[head] if cell]) < 2 and len(rows) > head + 1:
        if max(len(row) for row in rows) < 2:
            break
        head += 1
    if len(rows) < head + 2:
        raise ImportFailed("There are no rows below the headings.", where=str(path))
    cells = rows[head]
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns = tidy_columns(cells)
    sheet = Sheet(path, columns, [], numbers[head + 1 :])
    if head:
        sheet.notes.append(f"the headings are in row {numbers[head]}; what stands above is a title")
    for index, row in enumerate(rows[head + 1 :]):
        if len(row) < len(columns) or any(row[len(columns) :]):
            sheet.uneven[index] = len(row)
        sheet.rows.append([*row[: len(columns)], *[""] * (len(columns) - len(row))])
    return sheet


def decode(content: bytes, path: Path, encoding: str | None) -> tuple[str, str]:
    """The text, and the name of the encoding: UTF-8 if it is that strictly, else GB18030 (which holds GBK).

    Raises
    ------
    ImportFailed
        When it is neither, or both in turns; the message names the rows.
    """
    if encoding is not None:
        try:
            return content.decode(encoding), encoding
        except LookupError:
            raise InvalidInput(
                f"{encoding!r} is no encoding.", where="--encoding", hint="utf-8, gb18030, utf-16 …"
            ) from None
        except UnicodeError as error:
            line = content[: getattr(error, "start", 0)].count(b"\n") + 1
            raise ImportFailed(f"Row {line} is not {encoding}.", where=str(path)) from None
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return _strict(content, name, path), name.removesuffix("-sig")
    if b"\0" in content[:4096]:
        raise ImportFailed("This is no text.", where=str(path), hint="A workbook ends in .xlsx.")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _gb18030(content, path), "gb18030 (GBK)"


def _strict(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportFailed(f"Row {line} is not {encoding}, as the file's beginning says it is.", where=str(path),
                           hint="Save it in one encoding, or give --encoding.") from None  # fmt: skip


def _gb18030(content: bytes, path: Path) -> str:
    """The text; UTF-8 lines among it would come out as nonsense without an error, so they are looked for."""
    utf8: list[int] = []
    other: list[int] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.isascii():
            continue
        (utf8 if _is_chinese_utf8(line) else other).append(number)
    if utf8 and other:
        raise ImportFailed(
            f"The file mixes encodings: row {utf8[0]} is UTF-8, row {other[0]} is not.",
            where=str(path),
            hint="Save it in one encoding; --encoding gb18030 takes it as it is.",
        )
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        line_number = content[: error.start].count(b"\n") + 1
        raise ImportFailed(f"Row {line_number} is neither UTF-8 nor GBK.", where=str(path),
                           hint="Save the file as UTF-8, or give --encoding.") from None  # fmt: skip


def _is_chinese_utf8(line: bytes) -> bool:
    try:
        foreign = "".join(character for character in line.decode("utf-8") if not character.isascii())
    except UnicodeDecodeError:
        return False
    return _CHINESE.fullmatch(foreign) is not None


def find_delimiter(content: str) -> str:
    """What separates cells: the candidate that stands most often, and equally often, in the first rows."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in content.splitlines()[:20] if line.strip()]

    def weight(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines if line.count(delimiter)]
        return (max((counts.count(count) * count for count in counts), default=0), -_DELIMITERS.index(delimiter))

    return max(_DELIMITERS, key=weight)
