"""The layer `coverage`, from memory: buildings, hexagons or streets with their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.access.store import CoverageStore
from geo.access.streets import along_streets
from geo.errors import NotFound
from geo.network.profiles import Profile
from tiles.address import EXTENT, TileAddress
from tiles.encode import Properties, encode_lines, encode_polygons
from tiles.sources import TileQuery

_BUFFER = 64
_BUILDINGS_FROM_ZOOM = 15

Minutes = NDArray[np.float64]


def hex_resolution(z: int) -> int:
    """The H3 resolution whose cells are some twenty pixels wide at a zoom."""
    return 10 if z >= 14 else 9 if z >= 12 else 8


@dataclass(frozen=True)
class CoverageSource:
    """Tiles of `coverage` for ``?category=``, by hexagon at small scales and by building at large ones.

    Without a category it is the first of which there is a facility, so that the composite of all layers,
    which carries no filter, has the layer too. With ``compare`` each feature also has what it was ``before`` the
    scenario, and the ``change``.
    """

    store: CoverageStore

    def tile(self, address: TileAddress, tile_query: TileQuery) -> bytes:
        """Shapes with ``minutes`` (absent where there is no way), ``facility_id`` and who lives there."""
        options = tile_query.options
        category = options.get("category") or self.store.default_category()
        if category is None:
            return b""
        profile = cast("Profile", options.get("profile", "walk"))
        at = datetime.fromisoformat(options["at"]) if "at" in options else None
        coverage = self.store.coverage(category, profile, at=at, edits=tile_query.edits)
        before = None
        if options.get("compare"):
            try:
                before = self.store.coverage(category, profile, at=at)
            except NotFound:
                # Nothing of the kind today: all of it is new.
                before = None
        by = options.get("by") or ("building" if address.z >= _BUILDINGS_FROM_ZOOM else "hex")
        if by == "street":
            return self._streets(coverage, before, address)
        if by == "building":
            return self._buildings(coverage, before, address, tile_query)
        return self._cells(coverage, before, address, tile_query)

    def _cells(self, coverage: Coverage, before: Coverage | None, address: TileAddress, tile_query: TileQuery) -> bytes:
        resolution = hex_resolution(address.z)
        cells = self.store.cells(coverage, tile_query.scope, resolution)
        rows = _touching(cells.boundary, address)
        # The cells are those of the homes: the same ones, in the same order.
        was = self.store.cells(before, tile_query.scope, resolution).minutes[rows] if before else None
        return encode_polygons(
            "coverage",
            address,
            cells.boundary[rows],
            # An H3 index has more bits than a feature id may have; the lower 53 are distinct at one resolution here.
            (int(cell) & (2**53 - 1) for cell in cells.cell[rows]),
            _properties(cells.minutes[rows], cells.facility_id[rows], _people(cells, rows), was),
            buffer=_BUFFER,
        )

    def _buildings(
        self, coverage: Coverage, before: Coverage | None, address: TileAddress, tile_query: TileQuery
    ) -> bytes:
        homes = coverage.homes
        rows = np.sort(homes.tree.query(shapely.box(*address.bounds(margin=_BUFFER / EXTENT))))
        rows = rows[[homes.path[row] in tile_query.scope for row in rows.tolist()]] if len(rows) else rows
        return encode_polygons(
            "coverage",
            address,
            homes.outline[rows],
            homes.building_id[rows].tolist(),
            _properties(
                coverage.minutes[rows],
                coverage.facility_id[rows],
                _people(homes, rows),
                before.minutes[rows] if before else None,
            ),
            buffer=_BUFFER,
        )

    def _streets(self, coverage: Coverage, before: Coverage | None, address: TileAddress) -> bytes:
        network = coverage.doors.network
        inside = network.tree.query(shapely.box(*address.bounds(margin=_BUFFER / EXTENT)))
        edges = np.sort(network.usable[inside])
        minutes, facility_id = along_streets(coverage, edges)
        was = along_streets(before, edges)[0] if before else None
        return encode_lines(
            "coverage",
            address,
            network.graph.lines[edges],
            network.graph.edge_id[edges].tolist(),
            _properties(minutes, facility_id, {}, was),
            buffer=_BUFFER,
        )


def _touching(shapes: NDArray[np.object_], address: TileAddress) -> NDArray[np.intp]:
    west, south, east, north = address.bounds(margin=_BUFFER / EXTENT)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.flatnonzero(
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )


def _people(counts: Any, rows: NDArray[np.intp]) -> dict[str, list[int]]:
    return {name: getattr(counts, name)[rows].tolist() for name in ("residents", "residents_60", "residents_alone")}


def _properties(
    minutes: Minutes, facility_id: NDArray[np.int64], people: dict[str, list[int]], before: Minutes | None
) -> Sequence[Properties]:
    reached = np.isfinite(minutes)
    values, names = minutes.round(2).tolist(), tuple(people)
    rows: list[dict[str, str | int | float | bool]] = [
        dict(zip(names, counts, strict=True)) for counts in zip(*people.values(), strict=True)
    ] or [{} for _ in values]
    for row, way, value, nearest in zip(rows, reached.tolist(), values, facility_id.tolist(), strict=True):
        if way:
            row["minutes"], row["facility_id"] = value, nearest
    if before is not None:
        for row, was, value in zip(rows, before.round(2).tolist(), values, strict=True):
            # What has a way only on one side has no difference in minutes; it says which side.
            if was != np.inf:
                row["before"] = was
            if was != np.inf and value != np.inf:
                row["change"] = round(value - was, 2)
            elif was != value:
                row["change"] = -999 if was == np.inf else 999
    return rows
