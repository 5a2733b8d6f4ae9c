"""What is wrong with a row: where, what stands there, and why that cannot be, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from data.tables.layers import Layer, read_toml
from geo.privacy import mask_name, mask_phone


class Refused(Exception):
    """A value cannot be taken; `code` is a line of ``reasons.toml``."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Fault:
    """One reason for which one row is not taken.

    Attributes
    ----------
    row : int
        Index of the row in the sheet; `number` is the one a person finds it by.
    column : str
        The heading, or the layer's field where no column stands for it.
    value : str
        What stands there, masked where it is about a person.
    zh, en : str
        The reason.
    """

    row: int
    number: int
    column: str
    value: str
    zh: str
    en: str

    def __str__(self) -> str:
        shown = f" “{self.value}”" if self.value else ""
        return f"row {self.number}, {self.column}{shown}: {self.zh} / {self.en}"


@dataclass
class Faults:
    """All faults of a sheet.

    Parameters
    ----------
    headings : dict of str to str
        The heading that stands for each field.
    numbers : list of int
        The number a person finds each row by.
    """

    layer: Layer
    headings: dict[str, str]
    numbers: list[int]
    found: list[Fault] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, name: str, value: str, code: str, **values: Any) -> None:
        """Note that a row cannot be taken because of one of its fields."""
        reason = read_toml("reasons.toml")[code]
        shown = mask(name, value) if name in self.layer.personal else value[:80]
        self.rows.add(row)
        self.found.append(
            Fault(
                row, self.numbers[row], self.headings.get(name, name), shown,
                reason["zh"].format(**values), reason["en"].format(**values),
            )
        )  # fmt: skip


def mask(name: str, value: str) -> str:
    """What of a person's value may be shown."""
    if name == "name":
        return mask_name(value)
    if name == "phone":
        return mask_phone(value)
    return "***" if value else ""
