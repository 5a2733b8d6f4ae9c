"""All workers as columns in memory: one changed row of the database is one changed row here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.scope import AreaScope

POSITION, POST = 0, 1
"""The two places of a worker: where the phone last was, and the post. Place ``2 row + POSITION`` and the next."""

Flags = NDArray[np.bool_]


class _Codes:
    """Small numbers for texts that many rows share."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._number: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, a new one where it is new."""
        found = self._number.get(text)
        if found is None:
            found = self._number[text] = len(self.texts)
            self.texts.append(text)
        return found

    def known(self, text: str) -> int:
        """The number of a text, -1 where no row ever had it."""
        return self._number.get(text, -1)


class Crew:
    """Columns by row; a row is a worker's as long as there is that worker, then it is free for another.

    Attributes
    ----------
    id : ndarray of int64, shape (n,)
    is_there, on_duty, is_grid_post : ndarray of bool, shape (n,)
        Whether a row is a worker's at all; whether its post is only the middle of the grid.
    path, profile : ndarray of int32, shape (n,)
        Codes: see `path_of` and `profiles`.
    skills : ndarray of int64, shape (n,)
        A bit a skill.
    seen_at : ndarray, shape (n,)
        When the position was told, seconds since 1970; NaN without one.
    open_orders : ndarray of int32, shape (n,)
    lon, lat : ndarray, shape (n, 2)
        Of the position and of the post, WGS 84 degrees; NaN where unknown.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._row: dict[int, int] = {}
        self._free: list[int] = []
        self._paths, self._profiles, self._skills = _Codes(), _Codes(), _Codes()
        self._in_scope: dict[AreaScope, Flags] = {}
        self._make_room(64, first=True)

    def __len__(self) -> int:
        return len(self.id)

    @property
    def profiles(self) -> Sequence[str]:
        """Profiles by their code."""
        return self._profiles.texts

    def row_of(self, worker_id: int) -> int | None:
        """Where a worker stands."""
        return self._row.get(worker_id)

    def path_code(self, path: str) -> int:
        """The code of an area's path, -1 where nobody belongs to it."""
        return self._paths.known(path)

    def can(self, skill: str) -> Flags:
        """Who has a skill, shape (n,)."""
        bit = self._skills.known(skill)
        return (self.skills >> bit) & 1 == 1 if bit >= 0 else np.zeros(len(self), bool)

    def within(self, scope: AreaScope) -> Flags:
        """Who belongs to a scope, shape (n,)."""
        inside = self._in_scope.get(scope)
        if inside is None or len(inside) != len(self._paths.texts):
            inside = np.array([path in scope for path in self._paths.texts], bool)
            self._in_scope[scope] = inside
            if len(self._in_scope) > 200:
                self._in_scope = {scope: inside}
        return self.is_there & inside[self.path] if len(inside) else self.is_there

    def whereabouts(self, now: float, fresh_s: float) -> tuple[NDArray[np.intp], Flags]:
        """Who is where: at the position, or at the post where that is older than `fresh_s`; and who is where they say.

        Returns
        -------
        ndarray of int, shape (n,)
            `POSITION` or `POST`; an old position is better than no place at all.
        ndarray of bool, shape (n,)
            Whose position is fresh.
        """
        with np.errstate(invalid="ignore"):
            fresh = now - self.seen_at <= fresh_s
        return np.where(~fresh & np.isfinite(self.lon[:, POST]), POST, POSITION), fresh

    @property
    def is_somewhere(self) -> Flags:
        """Who has a position or a post, shape (n,)."""
        return np.asarray(np.isfinite(self.lon).any(axis=1))

    def put(self, rows: Iterable[Any]) -> list[int]:
        """Take in rows of `live/roster`; returns the places (two a worker) that are elsewhere now."""
        moved = []
        for told in rows:
            row = self._row.get(told.id)
            if row is None:
                row = self._row[told.id] = self._free_row()
                self.id[row] = told.id
            self.names[row] = told.name
            self.is_there[row], self.on_duty[row], self.is_grid_post[row] = True, told.on_duty, told.is_grid_post
            self.path[row], self.profile[row] = self._paths.number(told.path), self._profiles.number(told.profile)
            self.skills[row] = sum(1 << self._skills.number(skill) for skill in set(told.skills))
            self.open_orders[row] = told.open_orders
            self.seen_at[row] = np.nan if told.seen_at is None else float(told.seen_at)
            for place, lon, lat in ((POSITION, told.lon, told.lat), (POST, told.post_lon, told.post_lat)):
                at = (np.nan, np.nan) if lon is None else (lon, lat)
                # Neither is equal where both are unknown: that is told once more and costs nothing.
                if (self.lon[row, place], self.lat[row, place]) != at:
                    self.lon[row, place], self.lat[row, place] = at
                    moved.append(2 * row + place)
        return moved

    def drop(self, worker_ids: Iterable[int]) -> list[int]:
        """Forget workers that are gone; returns their places."""
        moved = []
        for worker_id in worker_ids:
            row = self._row.pop(worker_id, None)
            if row is not None:
                self.is_there[row] = False
                self.lon[row], self.lat[row] = np.nan, np.nan
                self._free.append(row)
                moved += [2 * row, 2 * row + 1]
        return moved

    def ids(self) -> set[int]:
        """All workers there are."""
        return set(self._row)

    def _free_row(self) -> int:
        if not self._free:
            self._make_room(2 * len(self))
        return self._free.pop()

    def _make_room(self, rows: int, *, first: bool = False) -> None:
        before = 0 if first else len(self)
        columns: dict[str, tuple[Any, Any]] = {
            "id": (np.int64, 0), "is_there": (bool, False), "on_duty": (bool, False), "is_grid_post": (bool, False),
            "path": (np.int32, 0), "profile": (np.int32, 0), "skills": (np.int64, 0), "open_orders": (np.int32, 0),
            "seen_at": (float, np.nan),
        }  # fmt: skip
        for name, (kind, empty) in columns.items():
            more = np.full(rows - before, empty, kind)
            setattr(self, name, more if first else np.append(getattr(self, name), more))
        nowhere = np.full((rows - before, 2), np.nan)
        self.lon: NDArray[np.float64] = nowhere.copy() if first else np.vstack((self.lon, nowhere))
        self.lat: NDArray[np.float64] = nowhere.copy() if first else np.vstack((self.lat, nowhere))
        self.names += [""] * (rows - before)
        self._free += range(rows - 1, before - 1, -1)

    id: NDArray[np.int64]
    is_there: Flags
    on_duty: Flags
    is_grid_post: Flags
    path: NDArray[np.int32]
    profile: NDArray[np.int32]
    skills: NDArray[np.int64]
    open_orders: NDArray[np.int32]
    seen_at: NDArray[np.float64]
