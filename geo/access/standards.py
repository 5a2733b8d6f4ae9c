"""Standards of provision: which services a home is to have within how many minutes or metres.

A standard is a TOML file: a table ``[standard]`` and a ``[[line]]`` for each service. `data.standards` holds those that
come with Yike; a district adds its own beside them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, get_args

from geo.errors import InvalidInput
from geo.network.profiles import PROFILES, Profile

_HEAD = {"code": str, "name": str, "name_en": str, "source": str}
_LINE = {
    "code": str,
    "name": str,
    "name_en": str,
    "categories": list,
    "profile": str,
    "source": str,
    "verified": bool,
}
_MOST_MINUTES = 120
_MOST_METRES = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One service of a standard.

    Attributes
    ----------
    categories : tuple of str
        Any of these will do.
    minutes, metres : float, optional
        The threshold, one of the two; metres are walked along the streets.
    tier : int, optional
        The circle it belongs to, in minutes, where the standard has tiers. A tier never stands in for another.
    profile : Profile
        Who walks, unless the question says otherwise.
    verified : bool
        Whether the line was compared with its source.
    """

    code: str
    name: str
    name_en: str
    categories: tuple[str, ...]
    minutes: float | None
    metres: float | None
    tier: int | None
    profile: Profile
    source: str
    verified: bool
    note: str | None

    def limit_minutes(self, profile: Profile | None = None) -> float:
        """The threshold in minutes for whoever walks; metres at their ordinary pace."""
        if self.minutes is not None:
            return self.minutes
        assert self.metres is not None  # noqa: S101 — one of the two, as the reader checked
        return self.metres / PROFILES[profile or self.profile].speed_mps / 60.0


@dataclass(frozen=True, slots=True)
class Standard:
    """A list of services; `file` is where it was read from."""

    code: str
    name: str
    name_en: str
    source: str
    note: str | None
    lines: tuple[Line, ...]
    file: str


def read_standard(text: str, file: str, categories: Collection[str]) -> Standard:
    """A standard from the text of its file.

    Parameters
    ----------
    file : str
        Its name, for messages.
    categories : collection of str
        The codes of facility categories that there are.

    Raises
    ------
    InvalidInput
        With file, line and reason in `where` and the message.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise InvalidInput(f"This is no TOML: {error}.", where=f"{file}, line {at[1]}" if at else file) from None
    page = _Page(text, file)
    if set(content) != {"standard", "line"} or not isinstance(content["line"], list):
        page.refuse(None, None, "A standard has one table [standard] and at least one [[line]], and nothing else.")
    head = content["standard"]
    page.check(None, head, _HEAD, optional={"note": str})
    codes: set[str] = set()
    lines = []
    for number, entry in enumerate(content["line"]):
        page.check(
            number, entry, _LINE, optional={"note": str, "minutes": (int, float), "metres": (int, float), "tier": int}
        )
        if entry["code"] in codes:
            page.refuse(number, "code", f"The code {entry['code']!r} is there twice.")
        codes.add(entry["code"])
        lines.append(_line(page, number, entry, categories))
    return Standard(
        code=head["code"],
        name=head["name"],
        name_en=head["name_en"],
        source=head["source"],
        note=head.get("note"),
        lines=tuple(lines),
        file=file,
    )


def _line(page: _Page, number: int, entry: Mapping[str, Any], categories: Collection[str]) -> Line:
    if not entry["categories"]:
        page.refuse(number, "categories", "A line names at least one category.")
    for category in entry["categories"]:
        if category not in categories:
            page.refuse(number, "categories", f"There is no category {category!r}.", "See /api/v1/facility-categories.")
    if entry["profile"] not in get_args(Profile):
        page.refuse(
            number, "profile", f"There is no profile {entry['profile']!r}.", f"One of {', '.join(get_args(Profile))}."
        )
    if ("minutes" in entry) == ("metres" in entry):
        page.refuse(number, None, "A line has either minutes or metres.")
    for name, most in (("minutes", _MOST_MINUTES), ("metres", _MOST_METRES)):
        if name in entry and not 0 < entry[name] <= most:
            page.refuse(number, name, f"{name} must be above 0 and at most {most} (it is {entry[name]}).")
    return Line(
        code=entry["code"],
        name=entry["name"],
        name_en=entry["name_en"],
        categories=tuple(entry["categories"]),
        minutes=entry.get("minutes"),
        metres=entry.get("metres"),
        tier=entry.get("tier"),
        profile=entry["profile"],
        source=entry["source"],
        verified=entry["verified"],
        note=entry.get("note"),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a file, to say in which of its lines something is wrong."""

    text: str
    file: str

    def check(self, number: int | None, entry: Any, required: Mapping[str, Any], optional: Mapping[str, Any]) -> None:
        if not isinstance(entry, dict):
            self.refuse(number, None, "This is no table.")
        for name in required.keys() - entry.keys():
            self.refuse(number, None, f"{name} is missing.")
        known = {**required, **optional}
        for name, value in entry.items():
            if name not in known:
                self.refuse(number, name, f"{name} is not known here.", f"Known are {', '.join(known)}.")
            wanted = known[name]
            if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
                self.refuse(number, name, f"{name} has a value of the wrong kind ({value!r}).")
            if name == "code" and not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", value):
                self.refuse(number, name, f"{value!r} is no code.", "Small letters, digits and _, a letter first.")

    def refuse(self, number: int | None, key: str | None, reason: str, hint: str | None = None) -> NoReturn:
        raise InvalidInput(reason, where=f"{self.file}, line {self._row(number, key)}", hint=hint)

    def _row(self, number: int | None, key: str | None) -> int:
        """Counted from 1: the row of a key in the `number`-th [[line]], or in [standard]."""
        rows = self.text.splitlines()
        opening = r"\s*\[standard\]" if number is None else r"\s*\[\[\s*line\s*\]\]"
        starts = [row for row, text in enumerate(rows) if re.match(opening, text)]
        if len(starts) <= (number or 0):
            return 1
        start = starts[number or 0]
        for row in range(start + 1, len(rows)):
            if key is not None and re.match(rf"\s*{re.escape(key)}\s*=", rows[row]):
                return row + 1
            if rows[row].lstrip().startswith("["):
                break
        return start + 1
