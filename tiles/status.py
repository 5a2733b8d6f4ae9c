"""The layer `device_status`, from the live state in memory: clusters, and points from zoom 15 on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from geo.live.board import Status
from geo.live.places import Places
from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.crowd import Crowd, Ints, Range, count
from tiles.encode import Properties, encode_points
from tiles.layers import CLUSTERS_BELOW_ZOOM
from tiles.sources import TileQuery

_LEVELS = 2
"""A tile's edge has 2^2 cluster cells: 64 pixels each on a 256-pixel tile."""
_BUFFER = 256 / 4096
_CROWDS = 32
"""So many scopes and kinds are kept sorted."""


@dataclass(frozen=True)
class LiveState:
    """What a tile is made from: all places, and the status of those that are not blue, as of one moment."""

    places: Places
    status: Mapping[int, Status]
    _cells: dict[tuple[AreaScope, str | None], dict[Status, Ints]] = field(default_factory=dict, compare=False)

    def cells(self, crowd: Crowd, key: tuple[AreaScope, str | None]) -> dict[Status, Ints]:
        """Sorted squares of what is not blue in a crowd, by status; found once a state."""
        if key not in self._cells:
            self._cells[key] = {
                "abnormal": crowd.cells_of(self._ids("abnormal")),
                "offline": crowd.cells_of(self._ids("offline")),
            }
        return self._cells[key]

    def _ids(self, status: Status) -> Ints:
        return np.array([device for device, other in self.status.items() if other == status], np.int64)


class StatusSource:
    """Tiles of `device_status` from the state that `state` returns at the moment of asking."""

    def __init__(self, state: Callable[[], LiveState]) -> None:
        self._state = state
        self._crowds: OrderedDict[tuple[AreaScope, str | None], Crowd] = OrderedDict()
        self._places: Places | None = None
        self._lock = threading.Lock()

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """Clusters with ``total``, ``abnormal``, ``offline`` and ``by_kind``, or points with ``status``."""
        now = self._state()
        key = (tile_query.scope, tile_query.options.get("kind"))
        crowd = self._crowd(now.places, key)
        if address.z < CLUSTERS_BELOW_ZOOM:
            return _clusters(address, crowd, now.cells(crowd, key))
        return _points(now, address, crowd)

    def _crowd(self, places: Places, key: tuple[AreaScope, str | None]) -> Crowd:
        # Under the lock: of many who ask at once, one sorts.
        with self._lock:
            if places is not self._places:
                # Each would keep the places of its time in memory.
                self._crowds.clear()
                self._places = places
            crowd = self._crowds.get(key)
            if crowd is None:
                crowd = self._crowds[key] = Crowd.of(places, *key)
                if len(self._crowds) > _CROWDS:
                    self._crowds.popitem(last=False)
            self._crowds.move_to_end(key)
            return crowd


def _points(now: LiveState, address: TileAddress, crowd: Crowd) -> bytes:
    """Devices in a tile and its buffer: symbols are drawn beyond their point."""
    places = now.places
    beside = np.array([-1, 0, 1])
    column, row = np.meshgrid(address.x + beside, address.y + beside)
    rows = crowd.rows_in(Range.of(address.z, column.ravel(), row.ravel()))
    west, south, east, north = address.bounds(margin=_BUFFER)
    x, y = places.x[rows], places.y[rows]
    rows = np.sort(rows[(x >= west) & (x <= east) & (y >= south) & (y <= north)])
    if not len(rows):
        return b""
    ids = places.id[rows].tolist()
    properties = [
        {"status": now.status.get(key, "normal"), "kind": places.kinds[kind]}
        for key, kind in zip(ids, places.kind[rows].tolist(), strict=True)
    ]
    return encode_points("device_status", address, places.x[rows], places.y[rows], ids, properties)


def _clusters(address: TileAddress, crowd: Crowd, not_blue: Mapping[Status, Ints]) -> bytes:
    """One feature a cell of the zoom's lattice that holds anything.

    Cells are counted from the corner of the world and not from the tile, so that two tiles never disagree about a
    device on their common edge.
    """
    along = np.arange(1 << _LEVELS)
    column, row = (part.ravel() for part in np.meshgrid((address.x << _LEVELS) + along, (address.y << _LEVELS) + along))
    squares = Range.of(address.z + _LEVELS, column, row)
    total = count(crowd.cell, squares)
    held = np.flatnonzero(total)
    if not len(held):
        return b""
    squares, total = Range(squares.first[held], squares.end[held]), total[held]
    first, end = np.searchsorted(crowd.cell, squares.first), np.searchsorted(crowd.cell, squares.end)
    abnormal, offline = count(not_blue["abnormal"], squares), count(not_blue["offline"], squares)
    of_kind = {crowd.places.kinds[kind]: count(cells, squares) for kind, cells in crowd.by_kind.items()}
    properties: list[Properties] = [
        {
            "total": int(total[i]),
            "abnormal": int(abnormal[i]),
            "offline": int(offline[i]),
            "by_kind": orjson.dumps(
                {kind: int(numbers[i]) for kind, numbers in of_kind.items() if numbers[i]}
            ).decode(),
        }
        for i in range(len(total))
    ]
    # A number no other cell of any zoom has, below 2^53: zoom, row and column.
    ids: NDArray[np.int64] = (address.z << 40) | (row[held] << 20) | column[held]
    return encode_points(
        "device_status",
        address,
        (crowd.east_m[end] - crowd.east_m[first]) / total,
        (crowd.north_m[end] - crowd.north_m[first]) / total,
        ids.tolist(),
        properties,
    )
