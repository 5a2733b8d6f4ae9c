"""Which column holds which field: guessed from Chinese and English headings, corrected by a person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data.tables.layers import Layer, read_toml
from geo.datum import DATUMS, Datum
from geo.errors import InvalidInput

NO_FIELD = "-"
"""What a person writes for a column that holds nothing of use."""


@dataclass
class Columns:
    """What each column is taken for.

    Attributes
    ----------
    of : dict of str to int
        Index of the column that holds a field.
    constants : dict of str to str
        Fields that are the same in every row, and no column.
    unknown, counted, doubled : list of str
        Headings that fit no field; that only number rows; that fit a field another column has.
    datum : Datum or None
        What the headings of the coordinates say.
    """

    of: dict[str, int] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    datum: Datum | None = None

    def has(self, name: str) -> bool:
        """Whether the file says anything about a field."""
        return name in self.of or name in self.constants


def find_columns(
    layer: Layer, headings: Iterable[str], *, mapped: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
) -> Columns:  # fmt: skip
    """Find the layer's fields among headings.

    Parameters
    ----------
    mapped : mapping of heading to field, optional
        What a person says; ``-`` as field leaves a column out.
    constants : mapping of field to text, optional
        Values for every row.

    Raises
    ------
    InvalidInput
        When a person names a heading or field that is not there.
    """
    listed = list(headings)
    found = Columns(constants={_field(layer, name, "--set"): text for name, text in (constants or {}).items()})
    said = _said(layer, listed, mapped or {})
    for index, name in said.items():
        if name != NO_FIELD:
            found.of[name] = index
    exact, loose = _known(layer), _known(layer, loosely=True)
    rest = [index for index in range(len(listed)) if index not in said]
    for known, form in ((exact, _bare), (exact, _without_datum), (loose, lambda text: _core(layer, text))):
        for index in list(rest):
            fitting = known.get(form(listed[index]))
            if fitting is not None and not found.has(fitting):
                found.of[fitting] = index
                rest.remove(index)
    counters = {_bare(word) for word in read_toml("headings.toml")["ignored"]}
    for index in rest:
        heading = listed[index]
        if _bare(heading) in counters:
            found.counted.append(heading)
        elif known_field := exact.get(_without_datum(heading)) or loose.get(_core(layer, heading)):
            found.doubled.append(f"{heading} ({known_field})")
        else:
            found.unknown.append(heading)
    found.datum = _datum(listed[found.of[name]] for name in ("lon", "lat", "lonlat") if name in found.of)
    return found


def _said(layer: Layer, headings: list[str], mapped: Mapping[str, str]) -> dict[int, str]:
    said = {}
    for heading, name in mapped.items():
        if heading not in headings:
            raise InvalidInput(
                f"There is no column {heading!r}.", where="--map", hint=f"One of: {', '.join(headings)}."
            )
        said[headings.index(heading)] = NO_FIELD if name == NO_FIELD else _field(layer, name, "--map")
    return said


def _field(layer: Layer, name: str, where: str) -> str:
    """A field by its name or by any of its headings."""
    found = name if name in layer.fields else _known(layer).get(_bare(name))
    if found is None:
        raise InvalidInput(
            f"{name!r} is no field of {layer.code}.", where=where, hint=f"One of: {', '.join(layer.fields)}."
        )
    return found


def _known(layer: Layer, *, loosely: bool = False) -> dict[str, str]:
    """Headings to fields; what the layer itself says goes before what all say. A Shapefile cuts names after ten."""
    listed = read_toml("headings.toml")
    known: dict[str, str] = {}
    for section in (listed.get(layer.code, {}), listed["any"], {name: [name, name[:10]] for name in layer.fields}):
        for name, headings in section.items():
            if name in layer.fields:
                for heading in headings:
                    known.setdefault(_core(layer, heading) if loosely else _bare(heading), name)
    known.pop("", None)
    return known


def _bare(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", text) or text
    return re.sub(r"[\s_*:/.()\[\]-]+", "", text)


def _without_datum(heading: str) -> str:
    bare = _bare(heading)
    for words in read_toml("headings.toml")["datum"].values():
        for word in words:
            bare = bare.replace(word, "")
    return bare


def _core(layer: Layer, heading: str) -> str:
    """A heading without "所属" and the layer's own nouns: 设备所在地址 is 地址."""
    bare = re.sub(r"^(所属|所在|现)", "", _without_datum(heading))
    for noun in read_toml("headings.toml")["nouns"][layer.code]:
        if bare != noun:
            bare = bare.removeprefix(noun)
    return re.sub(r"^(所属|所在|现)", "", bare)


def _datum(headings: Iterable[str]) -> Datum | None:
    listed = read_toml("headings.toml")["datum"]
    said = {
        datum
        for heading in headings
        for datum in DATUMS
        if any(
            word in unicodedata.normalize("NFKC", heading).lower().replace("-", "").replace("_", "")
            for word in listed[datum]
        )
    }
    return said.pop() if len(said) == 1 else None
