"""The layer `coverage`, from memory: buildings or hexagons with their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.access.store import CoverageStore
from geo.network.profiles import Profile
from tiles.address import EXTENT, TileAddress
from tiles.encode import Properties, encode_polygons
from tiles.sources import TileQuery

_BUFFER = 64
_BUILDINGS_FROM_ZOOM = 15


def hex_resolution(z: int) -> int:
    """The H3 resolution whose cells are some twenty pixels wide at a zoom."""
    return 10 if z >= 14 else 9 if z >= 12 else 8


@dataclass(frozen=True)
class CoverageSource:
    """Tiles of `coverage` for ``?category=``, by hexagon at small scales and by building at large ones.

    Without a category it is the first of which there is a facility, so that the composite of all layers,
    which carries no filter, has the layer too.
    """

    store: CoverageStore

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """Polygons with ``minutes`` (absent where there is no way), ``facility_id`` and who lives there."""
        options = tile_query.options
        category = options.get("category") or self.store.default_category()
        if category is None:
            return b""
        coverage = self.store.coverage(category, cast("Profile", options.get("profile", "walk")))
        by = options.get("by") or ("building" if address.z >= _BUILDINGS_FROM_ZOOM else "hex")
        if by == "building":
            return self._buildings(coverage, address, tile_query)
        cells = self.store.cells(coverage, tile_query.scope, hex_resolution(address.z))
        rows = _touching(cells.boundary, address)
        return encode_polygons(
            "coverage",
            address,
            cells.boundary[rows],
            # An H3 index has more bits than a feature id may have; the lower 53 are distinct at one resolution here.
            (int(cell) & (2**53 - 1) for cell in cells.cell[rows]),
            _properties(cells.minutes[rows], cells.facility_id[rows], cells.residents[rows], cells.residents_60[rows]),
            buffer=_BUFFER,
        )

    def _buildings(self, coverage: Coverage, address: TileAddress, tile_query: TileQuery) -> bytes:
        homes = coverage.homes
        rows = np.sort(homes.tree.query(shapely.box(*address.bounds(margin=_BUFFER / EXTENT))))
        rows = rows[[homes.path[row] in tile_query.scope for row in rows.tolist()]] if len(rows) else rows
        return encode_polygons(
            "coverage",
            address,
            homes.outline[rows],
            homes.building_id[rows].tolist(),
            _properties(
                coverage.minutes[rows], coverage.facility_id[rows], homes.residents[rows], homes.residents_60[rows]
            ),
            buffer=_BUFFER,
        )


def _touching(shapes: NDArray[np.object_], address: TileAddress) -> NDArray[np.intp]:
    west, south, east, north = address.bounds(margin=_BUFFER / EXTENT)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.flatnonzero(
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )


def _properties(
    minutes: NDArray[np.float64],
    facility_id: NDArray[np.int64],
    residents: NDArray[np.int64],
    residents_60: NDArray[np.int64],
) -> Sequence[Properties]:
    rows: list[Properties] = []
    for reached, nearest, people, older in zip(
        minutes.tolist(), facility_id.tolist(), residents.tolist(), residents_60.tolist(), strict=True
    ):
        row: dict[str, str | int | float | bool] = {"residents": people, "residents_60": older}
        if np.isfinite(reached):
            row |= {"minutes": round(reached, 2), "facility_id": nearest}
        rows.append(row)
    return rows
