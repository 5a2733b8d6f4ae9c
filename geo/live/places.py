"""Where every device is, in memory: loaded once, moved on by what came, went or moved."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.sql import query
from geo.mercator import HALF_WORLD_M, to_mercator
from geo.scope import AreaScope

PART = 10_000
"""Rows of a long result that are held at a time."""
DEPTH = 26
"""Zoom of the lattice behind `Places.cell`: squares of 0.6 m."""


@dataclass(frozen=True)
class Places:
    """Where all devices are, as columns in the order of `id`.

    `x` and `y` are Web Mercator metres (EPSG:3857); `kind` indexes `kinds`, `path` indexes `paths`.
    """

    id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    kind: NDArray[np.int16]
    kinds: tuple[str, ...]
    path: NDArray[np.int32]
    paths: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def cell(self) -> NDArray[np.int64]:
        """The number of each device's square, shape (n,): those of one tile are consecutive, at every zoom."""
        edge_m = 2 * HALF_WORLD_M / (1 << DEPTH)
        last = (1 << DEPTH) - 1
        column = np.clip((self.x + HALF_WORLD_M) // edge_m, 0, last).astype(np.int64)
        row = np.clip((HALF_WORLD_M - self.y) // edge_m, 0, last).astype(np.int64)
        return cell_number(column, row)


def cell_number(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of squares along a Z-order curve: the bits of column and row in turn, up to 31 of each."""
    return np.asarray(_spread(column) | (_spread(row) << 1), np.int64)


def _spread(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """A zero before each bit."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        bits = (bits | (bits << shift)) & mask
    return bits


def load_places(engine: Engine) -> Places:
    """Where every device is now."""
    with engine.connect().execution_options(stream_results=True, max_row_buffer=PART) as connection:
        # Said again: `partitions()` alone would be all rows in one part.
        parts = connection.execute(query("live/devices")).partitions(PART)
        return _gather((row for part in parts for row in part), (), ())


def moved_places(engine: Engine, places: Places, ids: Collection[int]) -> Places:
    """The places with some devices read anew: moved, added, or gone."""
    with engine.connect() as connection:
        rows = connection.execute(query("live/some_devices"), {"ids": list(ids)}).all()
    now = _gather(rows, places.kinds, places.paths)
    stays = ~np.isin(places.id, np.fromiter(ids, np.int64, len(ids)))
    at = np.searchsorted(places.id[stays], now.id)

    def put(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
        return np.insert(before[stays], at, after)

    moved = Places(
        id=put(places.id, now.id),
        x=put(places.x, now.x),
        y=put(places.y, now.y),
        kind=put(places.kind, now.kind),
        kinds=now.kinds,
        path=put(places.path, now.path),
        paths=now.paths,
    )
    moved.__dict__["cell"] = put(places.cell, now.cell)
    return moved


def _gather(rows: Iterable[Any], known_kinds: tuple[str, ...], known_paths: tuple[str, ...]) -> Places:
    # Row by row into arrays: a million rows as Python objects would be most of the memory this process ever takes.
    ids, lon, lat = array("q"), array("d"), array("d")
    kind, path = array("h"), array("i")
    kinds = {code: number for number, code in enumerate(known_kinds)}
    paths = {text: number for number, text in enumerate(known_paths)}
    for number, kind_code, path_text, x_deg, y_deg in rows:
        ids.append(number)
        kind.append(kinds.setdefault(kind_code, len(kinds)))
        path.append(paths.setdefault(path_text, len(paths)))
        lon.append(x_deg)
        lat.append(y_deg)
    x, y = to_mercator(np.frombuffer(lon, float), np.frombuffer(lat, float))
    return Places(
        id=np.frombuffer(ids, np.int64),
        x=x,
        y=y,
        kind=np.frombuffer(kind, np.int16),
        kinds=tuple(kinds),
        path=np.frombuffer(path, np.int32),
        paths=tuple(paths),
    )


def paths_in(places: Places, scope: AreaScope) -> NDArray[np.bool_]:
    """Which of `places.paths` lie in a scope."""
    return np.array([path in scope for path in places.paths], bool)
