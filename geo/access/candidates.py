"""Where something new could stand."""

from __future__ import annotations

from typing import Literal

import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.access.coverage import Doors
from geo.mercator import to_degrees

Kind = Literal["streets", "buildings"]
MOST = 2000
_COARSER = (10, 9, 8, 7)

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def candidates(doors: Doors, chosen: NDArray[np.bool_], kind: Kind) -> Points:
    """Places among the chosen buildings (shape (b,)), longitude and latitude in degrees, at most `MOST`.

    One a hexagon of some 75 m: the building nearest to its middle, or the middle of the street nearest to that. Where
    that would be too many the hexagons are larger.
    """
    homes = doors.homes
    rows = np.flatnonzero(chosen)
    one_each = rows[:0]
    for resolution in _COARSER:
        one_each = _one_a_cell(homes.cells(resolution)[rows], homes.centre[0][rows], homes.centre[1][rows], rows)
        if len(one_each) <= MOST:
            break
    lon, lat = homes.centre[0][one_each[:MOST]], homes.centre[1][one_each[:MOST]]
    network = doors.network
    if kind == "buildings" or len(network.usable) == 0 or len(lon) == 0:
        return lon, lat
    outlines = shapely.centroid(homes.outline[one_each[:MOST]])
    edges = np.unique(network.usable[network.tree.nearest(outlines)])
    middles = shapely.line_interpolate_point(network.graph.lines[edges], 0.5, normalized=True)
    return to_degrees(shapely.get_x(middles), shapely.get_y(middles))


def _one_a_cell(
    cells: NDArray[np.uint64], lon: NDArray[np.float64], lat: NDArray[np.float64], rows: NDArray[np.intp]
) -> NDArray[np.intp]:
    names, cell = np.unique(cells, return_inverse=True)
    middle = np.array([h3.cell_to_latlng(h3.int_to_str(int(name))) for name in names]).reshape(-1, 2)
    away = np.hypot((lon - middle[cell, 1]) * np.cos(np.radians(lat)), lat - middle[cell, 0])
    order = np.lexsort((away, cell))
    first = np.append(True, cell[order][1:] != cell[order][:-1]) if len(order) else np.zeros(0, bool)
    found: NDArray[np.intp] = rows[order[first]]
    return found
