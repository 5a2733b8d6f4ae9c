"""The layers a table can be imported as: their fields, and by what a row is known again."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geo.errors import InvalidInput


@dataclass(frozen=True)
class Field:
    """One field of a layer. `type` is a word of `data.tables.values`, `bounds` its least and greatest value."""

    name: str
    type: str
    bounds: tuple[float, float] | None
    required: bool


@dataclass(frozen=True)
class Layer:
    """A layer, as `layers.toml` describes it.

    Attributes
    ----------
    shape : {"point", "polygon", "none"}
    keys : tuple of tuples of str
        Fields by which a row is known again, best first; ``@place`` is its delivered position.
    stores : tuple of str
        Columns of ``incoming_<table>`` that hold values.
    personal : frozenset of str
        Fields whose values are shown masked only.
    """

    code: str
    name: str
    name_en: str
    table: str
    shape: str
    keys: tuple[tuple[str, ...], ...]
    stores: tuple[str, ...]
    personal: frozenset[str]
    fields: dict[str, Field]

    @property
    def is_personal(self) -> bool:
        """Whether rows are about people."""
        return bool(self.personal)


@cache
def layers() -> dict[str, Layer]:
    """All layers by their code."""
    return {code: _layer(code, entry) for code, entry in read_toml("layers.toml").items()}


def layer_named(code: str) -> Layer:
    """One layer.

    Raises
    ------
    InvalidInput
        When there is none of that name.
    """
    if code not in layers():
        raise InvalidInput(f"{code!r} is no layer.", where="LAYER", hint=f"One of: {', '.join(layers())}.")
    return layers()[code]


@cache
def read_toml(name: str) -> dict[str, Any]:
    """A file of this folder."""
    return tomllib.loads((resources.files("data.tables") / name).read_text(encoding="utf-8"))


def _layer(code: str, entry: dict[str, Any]) -> Layer:
    return Layer(
        code=code,
        name=entry["name"],
        name_en=entry["name_en"],
        table=entry["table"],
        shape=entry["shape"],
        keys=tuple(tuple(key) for key in entry["keys"]),
        stores=tuple(entry["stores"]),
        personal=frozenset(entry.get("personal", ())),
        fields={name: _field(name, text) for name, text in entry["fields"].items()},
    )


def _field(name: str, text: str) -> Field:
    kind, *bounds = text.split()
    low_high = (float(bounds[0]), float(bounds[1])) if bounds else None
    return Field(name, kind.rstrip("!"), low_high, kind.endswith("!"))
