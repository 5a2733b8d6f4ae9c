"""The layer `device_status`, from the live state in memory: clusters, and points from zoom 15 on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from geo.live.board import Places, Status, in_scope
from geo.mercator import HALF_WORLD_M
from tiles.address import TileAddress
from tiles.encode import Properties, encode_points
from tiles.layers import CLUSTERS_BELOW_ZOOM
from tiles.sources import TileQuery

_CELLS = 4
"""Cluster cells along a tile's edge: 64 pixels each on a 256-pixel tile."""
_BUFFER = 256 / 4096


@dataclass(frozen=True)
class LiveState:
    """What a tile is made from: all places, and the status of those that are not blue."""

    places: Places
    status: Mapping[int, Status]


@dataclass(frozen=True)
class StatusSource:
    """Tiles of `device_status` from the state that `state` returns at the moment of asking."""

    state: Callable[[], LiveState]

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """Clusters with ``total``, ``abnormal``, ``offline`` and ``by_kind``, or points with ``status``."""
        now = self.state()
        clustered = address.z < CLUSTERS_BELOW_ZOOM
        chosen = _in_cells_of(now.places, address) if clustered else _around(now.places, address)
        chosen &= in_scope(now.places, tile_query.scope)
        if (kind := tile_query.options.get("kind")) is not None:
            chosen &= np.array([name == kind for name in now.places.kinds], bool)[now.places.kind]
        rows = np.flatnonzero(chosen)
        if not len(rows):
            return b""
        return _clusters(now, address, rows) if clustered else _points(now, address, rows)


def _around(places: Places, address: TileAddress) -> NDArray[np.bool_]:
    """Devices in a tile and its buffer: symbols are drawn beyond their point."""
    west, south, east, north = address.bounds(margin=_BUFFER)
    return np.asarray((places.x >= west) & (places.x <= east) & (places.y >= south) & (places.y <= north))


def _cells(places: Places, address: TileAddress) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and row of each device's cluster cell in the lattice of a whole zoom.

    Counted from the corner of the world and not from the tile, so that two tiles never disagree about a
    device on their common edge.
    """
    cell_m = address.size_m / _CELLS
    last = (_CELLS << address.z) - 1
    column = np.clip((places.x + HALF_WORLD_M) // cell_m, 0, last).astype(np.int64)
    row = np.clip((HALF_WORLD_M - places.y) // cell_m, 0, last).astype(np.int64)
    return column, row


def _in_cells_of(places: Places, address: TileAddress) -> NDArray[np.bool_]:
    column, row = _cells(places, address)
    return np.asarray((column // _CELLS == address.x) & (row // _CELLS == address.y))


def _points(now: LiveState, address: TileAddress, rows: NDArray[np.intp]) -> bytes:
    places = now.places
    ids = places.id[rows].tolist()
    properties = [
        {"status": now.status.get(key, "normal"), "kind": places.kinds[kind]}
        for key, kind in zip(ids, places.kind[rows].tolist(), strict=True)
    ]
    return encode_points("device_status", address, places.x[rows], places.y[rows], ids, properties)


def _clusters(now: LiveState, address: TileAddress, rows: NDArray[np.intp]) -> bytes:
    places = now.places
    x, y = places.x[rows], places.y[rows]
    column, row = _cells(places, address)
    # A number no other cell of any zoom has, below 2^53: zoom, row and column.
    number = (address.z << 40) | (row[rows] << 20) | column[rows]
    cells, member = np.unique(number, return_inverse=True)
    total = np.bincount(member)
    status = [now.status.get(key) for key in places.id[rows].tolist()]
    abnormal = np.bincount(member, weights=[s == "abnormal" for s in status]).astype(int)
    offline = np.bincount(member, weights=[s == "offline" for s in status]).astype(int)
    by_kind = np.zeros((len(cells), len(places.kinds)), int)
    np.add.at(by_kind, (member, places.kind[rows]), 1)
    properties: list[Properties] = [
        {
            "total": int(total[i]),
            "abnormal": int(abnormal[i]),
            "offline": int(offline[i]),
            "by_kind": orjson.dumps({places.kinds[k]: int(by_kind[i, k]) for k in np.flatnonzero(by_kind[i])}).decode(),
        }
        for i in range(len(cells))
    ]
    return encode_points(
        "device_status",
        address,
        np.bincount(member, weights=x) / total,
        np.bincount(member, weights=y) / total,
        cells.tolist(),
        properties,
    )
