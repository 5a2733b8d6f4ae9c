"""Buildings, their entrances and the people in them, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import h3
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.sql import query
from geo.mercator import to_degrees
from geo.scope import AreaScope


@dataclass(frozen=True, eq=False)
class Homes:
    """All buildings at one revision, in the order of their ids.

    Attributes
    ----------
    building_id : ndarray of int64, shape (b,)
    outline : ndarray of shapely polygons, shape (b,)
        Web Mercator metres.
    residents, residents_60, residents_alone : ndarray of int, shape (b,)
        Who lives there, who of them is 60 or older, and who lives alone and needs looking after.
    entrance_id : ndarray of int64, shape (e,)
        Ids of `yike.entrance`; 0 where a point inside stands for an entrance nobody knows.
    entrance_lon, entrance_lat : ndarray, shape (e,)
        WGS 84 degrees.
    entrance_of : ndarray, shape (e,)
        Which building each entrance belongs to, as an index; ascending.
    """

    revision: int
    building_id: NDArray[np.int64]
    path: tuple[str, ...]
    outline: NDArray[np.object_]
    residents: NDArray[np.int64]
    residents_60: NDArray[np.int64]
    residents_alone: NDArray[np.int64]
    entrance_id: NDArray[np.int64]
    entrance_lon: NDArray[np.float64]
    entrance_lat: NDArray[np.float64]
    entrance_of: NDArray[np.intp]
    _cells: dict[int, NDArray[np.uint64]] = field(default_factory=dict)

    @classmethod
    def load(cls, engine: Engine) -> Homes:
        """The buildings as they are now, all from one instant."""
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            revision = connection.execute(query("places/revision"), {"topic": "homes"}).scalar_one()
            rows = connection.execute(query("access/homes")).all()
            entrances = connection.execute(query("access/entrances")).all()
        building_id = np.array([row.id for row in rows], np.int64)
        return cls(
            revision=revision,
            building_id=building_id,
            path=tuple(row.path for row in rows),
            outline=np.asarray(shapely.from_wkb([bytes(row.outline) for row in rows]), object),
            residents=np.array([row.residents for row in rows], np.int64),
            residents_60=np.array([row.residents_60 for row in rows], np.int64),
            residents_alone=np.array([row.residents_alone for row in rows], np.int64),
            entrance_id=np.array([row.entrance_id or 0 for row in entrances], np.int64),
            entrance_lon=np.array([row.lon for row in entrances], float),
            entrance_lat=np.array([row.lat for row in entrances], float),
            entrance_of=np.searchsorted(building_id, np.array([row.building_id for row in entrances], np.int64)),
        )

    def __len__(self) -> int:
        return len(self.building_id)

    def within(self, scope: AreaScope) -> NDArray[np.bool_]:
        """Which buildings lie in a scope, shape (b,)."""
        return np.array([path in scope for path in self.path], bool)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Finds buildings by their place (Web Mercator)."""
        return shapely.STRtree(self.outline)

    @cached_property
    def centre(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A point inside each building, longitude and latitude in degrees, shape (b,) each."""
        points = shapely.point_on_surface(self.outline)
        return to_degrees(shapely.get_x(points), shapely.get_y(points))

    def cells(self, resolution: int) -> NDArray[np.uint64]:
        """The H3 cell of each building, shape (b,)."""
        if resolution not in self._cells:
            lon, lat = self.centre
            self._cells[resolution] = np.array(
                [
                    h3.str_to_int(h3.latlng_to_cell(y, x, resolution))
                    for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
                ],
                np.uint64,
            )
        return self._cells[resolution]
