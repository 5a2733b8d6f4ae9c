"""Places of service of all categories, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.access.opening import is_open
from geo.database.sql import query


@dataclass(frozen=True, eq=False)
class Facilities:
    """All facilities at one revision, in the order of their ids.

    Attributes
    ----------
    id : ndarray of int64, shape (f,)
        Ids of `yike.facility`; those a scenario adds are negative.
    category : ndarray of str, shape (f,)
        Codes of `yike.facility_category`.
    lon, lat : ndarray, shape (f,)
        WGS 84 degrees.
    capacity : ndarray of int64, shape (f,)
        Places, seats, beds: what the category counts; 0 where nobody has said.
    opening_hours : tuple of str or None, length f
        In OpenStreetMap's notation.
    """

    revision: int
    id: NDArray[np.int64]
    category: NDArray[np.str_]
    name: tuple[str | None, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    capacity: NDArray[np.int64]
    opening_hours: tuple[str | None, ...]

    @classmethod
    def load(cls, engine: Engine) -> Facilities:
        """The facilities as they are now, all from one instant."""
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            revision = connection.execute(query("places/revision"), {"topic": "facilities"}).scalar_one()
            rows = connection.execute(query("access/facilities")).all()
        return cls(
            revision=revision,
            id=np.array([row.id for row in rows], np.int64),
            category=np.array([row.category for row in rows], np.str_),
            name=tuple(row.name for row in rows),
            lon=np.array([row.lon for row in rows], float),
            lat=np.array([row.lat for row in rows], float),
            capacity=np.array([row.capacity or 0 for row in rows], np.int64),
            opening_hours=tuple(row.opening_hours for row in rows),
        )

    def __len__(self) -> int:
        return len(self.id)

    def __getitem__(self, rows: NDArray[np.intp]) -> Facilities:
        chosen = rows.tolist()
        return Facilities(
            self.revision,
            self.id[rows],
            self.category[rows],
            tuple(self.name[row] for row in chosen),
            self.lon[rows],
            self.lat[rows],
            self.capacity[rows],
            tuple(self.opening_hours[row] for row in chosen),
        )

    def rows_of(self, others: Facilities) -> NDArray[np.int64]:
        """For each of the others its row here, where it is here and stands in the same place; -1 elsewhere."""
        if len(self) == 0:
            return np.full(len(others), -1, np.int64)
        order = np.argsort(self.id)
        row = order[np.searchsorted(self.id, others.id, sorter=order).clip(max=len(self) - 1)]
        same = (self.id[row] == others.id) & (self.lon[row] == others.lon) & (self.lat[row] == others.lat)
        return np.where(same, row, -1)

    def of(self, category: str) -> Facilities:
        """Those of one category."""
        return self[np.flatnonzero(self.category == category)]

    def open_at(self, moment: datetime) -> Facilities:
        """Those open at a moment of local time. Whose hours nobody knows, or nobody can read, counts as open."""
        return self[np.flatnonzero([is_open(hours, moment) is not False for hours in self.opening_hours])]


def row_of(ids: NDArray[np.int64], wanted: int) -> int | None:
    """Where an id stands; None where it does not."""
    rows: Sequence[int] = np.flatnonzero(ids == wanted).tolist()
    return rows[0] if rows else None
