"""The layer `coverage`, from memory: buildings, hexagons or streets with their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.access.coverage import Coverage
from geo.access.kept import Kept
from geo.access.store import CoverageStore
from geo.access.streets import along_streets
from geo.errors import NotFound
from geo.network.profiles import Profile
from tiles.address import EXTENT, TileAddress
from tiles.encode import Properties, encode_shapes
from tiles.pieces import Pieces, Value
from tiles.sources import TileQuery

_BUFFER = 64
_BUILDINGS_FROM_ZOOM = 15

WON_A_WAY, LOST_ITS_WAY = -999.0, 999.0
"""`change` where there is a way on one side only."""

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
    # The keys hold the homes or the network drawn, so that an edit makes other keys.
    _pieces: Kept[object, Pieces] = field(default_factory=lambda: Kept(256))

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
        resolution, scope = hex_resolution(address.z), tile_query.scope
        cells = self.store.cells(coverage, scope, resolution)

        def draw() -> Pieces:
            rows = _touching(cells.boundary, address)
            return _polygons(address, cells.boundary[rows], rows)

        # The cells are those of the homes: the same ones in the same order, whatever the minutes.
        pieces = self._pieces.get(("hex", coverage.homes, scope, address), draw)
        rows = pieces.row
        was = self.store.cells(before, scope, resolution).minutes[rows] if before else None
        # An H3 index has more bits than a feature id may have; the lower 53 are distinct at one resolution here.
        ids = (cells.cell[rows] & np.uint64(2**53 - 1)).tolist()
        columns = _minutes(cells.minutes[rows], cells.facility_id[rows], was) | _people(cells, rows)
        return pieces.tile("coverage", ids, columns)

    def _buildings(
        self, coverage: Coverage, before: Coverage | None, address: TileAddress, tile_query: TileQuery
    ) -> bytes:
        homes = coverage.homes

        def draw() -> Pieces:
            rows = np.sort(homes.tree.query(_box(address)))
            return _polygons(address, homes.outline[rows], rows)

        pieces = self._pieces.get(("building", homes, address), draw)
        rows = pieces.row
        was = before.minutes[rows] if before else None
        columns = _minutes(coverage.minutes[rows], coverage.facility_id[rows], was) | _people(homes, rows)
        shown = np.array([homes.path[row] in tile_query.scope for row in rows.tolist()], bool)
        return pieces.tile("coverage", homes.building_id[rows].tolist(), columns, shown)

    def _streets(self, coverage: Coverage, before: Coverage | None, address: TileAddress) -> bytes:
        network = coverage.doors.network

        def draw() -> Pieces:
            edges = np.sort(network.usable[network.tree.query(_box(address))])
            nothing: list[Properties] = [{}] * len(edges)
            places = range(len(edges))
            drawn = encode_shapes("s", address, network.graph.lines[edges], places, nothing, buffer=_BUFFER)
            return Pieces.of(drawn, edges)

        pieces = self._pieces.get(("street", network, address), draw)
        edges = pieces.row
        minutes, facility_id = along_streets(coverage, edges)
        was = along_streets(before, edges)[0] if before else None
        ids = network.graph.edge_id[edges].tolist()
        return pieces.tile("coverage", ids, _minutes(minutes, facility_id, was))


def _polygons(address: TileAddress, shapes: NDArray[np.object_], rows: NDArray[np.intp]) -> Pieces:
    nothing: list[Properties] = [{}] * len(rows)
    return Pieces.of(encode_shapes("s", address, shapes, range(len(rows)), nothing, buffer=_BUFFER), rows)


def _box(address: TileAddress) -> shapely.Polygon:
    return shapely.box(*address.bounds(margin=_BUFFER / EXTENT))


def _touching(shapes: NDArray[np.object_], address: TileAddress) -> NDArray[np.intp]:
    west, south, east, north = address.bounds(margin=_BUFFER / EXTENT)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.flatnonzero(
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )


def _people(counts: Any, rows: NDArray[np.intp]) -> dict[str, Sequence[Value]]:
    return {name: getattr(counts, name)[rows].tolist() for name in ("residents", "residents_60", "residents_alone")}


def _minutes(minutes: Minutes, facility_id: NDArray[np.int64], before: Minutes | None) -> dict[str, Sequence[Value]]:
    """Columns of minutes, absent where there is no way; beside another coverage also what was, and the change."""
    now = _rounded(minutes)
    nearest = [key if value is not None else None for key, value in zip(facility_id.tolist(), now, strict=True)]
    columns: dict[str, Sequence[Value]] = {"minutes": now, "facility_id": nearest}
    if before is not None:
        was = _rounded(before)
        columns |= {"before": was, "change": [_change(a, b) for a, b in zip(was, now, strict=True)]}
    return columns


def _rounded(minutes: Minutes) -> list[float | None]:
    return [value if value != np.inf else None for value in minutes.round(2).tolist()]


def _change(was: float | None, now: float | None) -> float | None:
    if was is None or now is None:
        # A way on one side alone has no difference in minutes; it says which side.
        return None if was is now else WON_A_WAY if was is None else LOST_ITS_WAY
    return round(now - was, 2)
