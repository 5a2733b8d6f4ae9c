"""Devices of one scope in the order of their squares: what lies in a tile is a range, however many there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.live.places import DEPTH, Places, cell_number, paths_in
from geo.scope import AreaScope

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Range:
    """Squares of the deep lattice from `first` up to and without `end`, shape (m,)."""

    first: Ints
    end: Ints

    @classmethod
    def of(cls, z: int, column: Ints, row: Ints) -> Range:
        """The range of each square of a zoom's lattice; its numbers may lie outside the world, where nothing is."""
        shift = 2 * (DEPTH - z)
        last = (1 << z) - 1
        inside = (column >= 0) & (column <= last) & (row >= 0) & (row <= last)
        number = cell_number(np.clip(column, 0, last), np.clip(row, 0, last))
        return cls(number << shift, (number + inside) << shift)


@dataclass(frozen=True)
class Crowd:
    """Those devices of `places` that a reader may see, or those of one kind.

    `cell` is sorted; `row` is where each stands in `places`. `east_m` and `north_m` are sums over all before, shape
    (n + 1,). `by_kind` holds the sorted cells of each kind.
    """

    places: Places
    inside: NDArray[np.bool_]
    kind: int | None
    cell: Ints
    row: Ints
    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    by_kind: dict[int, Ints]

    @classmethod
    def of(cls, places: Places, scope: AreaScope, kind: str | None) -> Crowd:
        """Sort them; n log n, once for all tiles made while nothing moves."""
        inside = paths_in(places, scope)
        number = None if kind is None else places.kinds.index(kind) if kind in places.kinds else -1
        chosen = _chosen(places, np.arange(len(places)), inside, number)
        row = chosen[np.argsort(places.cell[chosen], kind="stable")]
        cell, kinds = places.cell[row], places.kind[row]
        # Stable: within a kind the cells stay in their order.
        grouped = np.argsort(kinds, kind="stable")
        ends = np.searchsorted(kinds[grouped], np.arange(len(places.kinds) + 1))
        return cls(
            places=places,
            inside=inside,
            kind=number,
            cell=cell,
            row=row,
            east_m=np.concatenate(([0.0], np.cumsum(places.x[row]))),
            north_m=np.concatenate(([0.0], np.cumsum(places.y[row]))),
            by_kind={
                k: cell[grouped[ends[k] : ends[k + 1]]] for k in range(len(places.kinds)) if ends[k] < ends[k + 1]
            },
        )

    def cells_of(self, ids: Ints) -> Ints:
        """The squares, sorted, of those of these devices that are among them."""
        if not len(self.places) or not len(ids):
            return np.zeros(0, np.int64)
        row = np.minimum(np.searchsorted(self.places.id, ids), len(self.places) - 1)
        row = row[self.places.id[row] == ids]
        return np.sort(self.places.cell[_chosen(self.places, row, self.inside, self.kind)])

    def rows_in(self, squares: Range) -> Ints:
        """Rows of `places` of the devices in some squares, in no order."""
        bounds = zip(np.searchsorted(self.cell, squares.first), np.searchsorted(self.cell, squares.end), strict=True)
        return np.concatenate([self.row[first:end] for first, end in bounds])


def count(cells: Ints, squares: Range) -> Ints:
    """How many of the sorted `cells` lie in each square, shape (m,)."""
    return np.asarray(np.searchsorted(cells, squares.end) - np.searchsorted(cells, squares.first), np.int64)


def _chosen(places: Places, row: Ints, inside: NDArray[np.bool_], kind: int | None) -> Ints:
    seen = inside[places.path[row]] if len(row) else np.zeros(0, bool)
    if kind is not None:
        seen &= places.kind[row] == kind
    return row[seen]
