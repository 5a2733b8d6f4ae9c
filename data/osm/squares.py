"""Squares over points, for areas that no file brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

_Cell = tuple[int, int]


@dataclass(frozen=True)
class Square:
    """A square (or several that were joined) and the points in it.

    `label` names its place in the world-wide lattice; `shape` is in Web Mercator metres; `rows` are indexes
    of points.
    """

    label: str
    shape: BaseGeometry
    rows: NDArray[np.intp]


def lay_squares(
    x: NDArray[np.float64], y: NDArray[np.float64], *, size_m: float, latitude: float, fewest: int
) -> list[Square]:
    """Squares that hold points, from north to south and west to east.

    The lattice is counted from longitude and latitude 0, so that the same place falls into the same square
    whatever else there is, and squares of a third of the size fit into it. A square with fewer than `fewest`
    points joins the fullest of its four neighbours, so long as that one stands by itself.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Web Mercator metres.
    size_m : float
        Length of an edge on the ground.
    latitude : float
        Degrees; where the length holds. The same for lattices that are to fit.
    """
    step = size_m / float(np.cos(np.radians(latitude)))
    cells: dict[_Cell, list[int]] = {}
    for row, key in enumerate(zip((x // step).astype(int).tolist(), (y // step).astype(int).tolist(), strict=True)):
        cells.setdefault(key, []).append(row)
    groups = _joined(cells, fewest)
    return [
        Square(
            label="_".join(f"{n:x}".replace("-", "n") for n in owner),
            shape=unary_union([shapely.box(c * step, r * step, (c + 1) * step, (r + 1) * step) for c, r in members]),
            rows=np.array(sorted(row for cell in members for row in cells[cell]), np.intp),
        )
        for owner, members in sorted(groups.items(), key=lambda item: (-item[0][1], item[0][0]))
    ]


def _joined(cells: dict[_Cell, list[int]], fewest: int) -> dict[_Cell, list[_Cell]]:
    groups = {cell: [cell] for cell in cells}
    for cell in sorted(cells, key=lambda c: (len(cells[c]), c)):
        if len(cells[cell]) >= fewest or len(groups[cell]) > 1:
            continue
        column, row = cell
        around = [(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)]
        standing = [other for other in around if other in groups]
        if standing:
            host = max(standing, key=lambda c: (len(cells[c]), c))
            groups[host] += groups.pop(cell)
    return groups
