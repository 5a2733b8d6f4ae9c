"""Walls of compounds 小区: who stands inside joins the streets inside or goes by a gate; nobody joins through a wall.

Each walled compound is a country of its own, and so is all that lies outside of them. Streets are cut into the pieces
that lie in each, and a tree holds every country's pieces a world's width further east than the one before: the nearest
piece to a place that is moved likewise is then the nearest of its own country, for any number of places at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.mercator import HALF_WORLD_M, to_degrees, to_mercator

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]
Shapes = NDArray[np.object_]

OUTSIDE = -1
_SLACK_M = 1.0
"""A street is inside only where it is this far from the wall: outlines often run along the street outside."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Streets cut at the walls.

    Attributes
    ----------
    edge : ndarray of int, shape (p,)
    wall : ndarray of int, shape (p,)
        The compound a piece lies in, `OUTSIDE` elsewhere.
    line : ndarray of shapely LineStrings, shape (p,)
        Web Mercator metres.
    """

    edge: Indexes
    wall: Indexes
    line: Shapes

    @cached_property
    def tree(self) -> shapely.STRtree:
        """All pieces, each country in its place."""
        lines = self.line.copy()
        inside = np.flatnonzero(self.wall != OUTSIDE)
        if len(inside):
            xy, of = shapely.get_coordinates(lines[inside], return_index=True)
            lines[inside] = shapely.linestrings(
                np.column_stack((_moved(xy[:, 0], self.wall[inside][of]), xy[:, 1])), indices=of
            )
        return shapely.STRtree(lines)

    def nearest(self, x: Floats, y: Floats, wall: Indexes, reach: float | None) -> tuple[Indexes, Indexes]:
        """For places (Web Mercator) in the country of `wall`, the nearest piece of the same within `reach`.

        Returns
        -------
        row, piece : ndarray of int
            Indexes of the places that have one, ascending, and of their pieces.
        """
        rows, found = self.tree.query_nearest(shapely.points(_moved(x, wall), y), reach, all_matches=False)
        return rows, found


@dataclass(frozen=True, eq=False)
class Walls:
    """Compounds with a gate at least, the smallest first; one that lies in another is its own and not the other's.

    Attributes
    ----------
    shape : ndarray of shapely polygons, shape (w,)
        Web Mercator metres; they do not overlap.
    gate_lon, gate_lat : ndarray, shape (g,)
        WGS 84 degrees.
    gate_of : ndarray of int, shape (g,)
        The compound of each gate.
    cut : Pieces
        Of all streets that touch a compound.
    """

    shape: Shapes = field(default_factory=lambda: np.empty(0, object))
    gate_lon: Floats = field(default_factory=lambda: np.empty(0))
    gate_lat: Floats = field(default_factory=lambda: np.empty(0))
    gate_of: Indexes = field(default_factory=lambda: np.empty(0, np.intp))
    cut: Pieces = field(default_factory=lambda: Pieces(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, object)))

    @classmethod
    def build(
        cls, shapes: Shapes, gate_lon: ArrayLike, gate_lat: ArrayLike, gate_of: ArrayLike, lines: Shapes
    ) -> Walls:
        """Walls of compounds in any order.

        Parameters
        ----------
        shapes : ndarray of shapely polygons, shape (c,)
            Web Mercator metres. Those without a gate are left out.
        gate_lon, gate_lat, gate_of : array_like, shape (g,)
            Degrees, and the index of each gate's compound.
        lines : ndarray of shapely LineStrings, shape (m,)
            All streets, Web Mercator metres.
        """
        owner = np.asarray(gate_of, np.intp)
        order = np.unique(owner)
        order = order[np.argsort(shapely.area(shapes[order]), kind="stable")]
        becomes = np.full(len(shapes), OUTSIDE)
        becomes[order] = np.arange(len(order))
        apart = _apart(shapely.make_valid(shapes[order], method="structure", keep_collapsed=False))
        shapely.prepare(apart)
        return cls(apart, np.asarray(gate_lon, float), np.asarray(gate_lat, float), becomes[owner], _cut(lines, apart))

    def __len__(self) -> int:
        return len(self.shape)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Finds compounds by their place."""
        return shapely.STRtree(self.shape)

    def around(self, x: Floats, y: Floats) -> Indexes:
        """The compound each place (Web Mercator) lies in, or `OUTSIDE`, shape (k,). A wall itself is inside."""
        found = np.full(len(x), OUTSIDE)
        if len(self):
            rows, walls = self.tree.query(shapely.points(x, y))
            inside = shapely.intersects_xy(self.shape[walls], x[rows], y[rows])
            # Where two touch the smaller one counts, whatever the tree's order.
            rows, walls = rows[inside], walls[inside]
            order = np.argsort(-walls, kind="stable")
            found[rows[order]] = walls[order]
        return found

    def pieces(self, lines: Shapes, usable: Indexes) -> Pieces:
        """The pieces of the usable streets (indexes into `lines`)."""
        is_whole = np.zeros(len(lines), bool)
        is_whole[usable] = True
        kept = is_whole[self.cut.edge]
        is_whole[self.cut.edge] = False
        whole = np.flatnonzero(is_whole)
        return Pieces(
            np.concatenate((whole, self.cut.edge[kept])),
            np.concatenate((np.full(len(whole), OUTSIDE), self.cut.wall[kept])),
            np.concatenate((lines[whole], self.cut.line[kept])),
        )

    def nearest_gate(
        self, x: Floats, y: Floats, wall: Indexes, usable: NDArray[np.bool_], reach: float
    ) -> tuple[Indexes, Indexes]:
        """For places in compounds, the nearest usable gate (flags, shape (g,)) of their own within `reach`.

        Returns
        -------
        row, gate : ndarray of int
            Indexes of the places that have one, and of their gates.
        """
        # A tree of the gates in question alone: one place asks as often as many do.
        gates = np.flatnonzero(usable & np.isin(self.gate_of, wall))
        gate_x, gate_y = to_mercator(self.gate_lon[gates], self.gate_lat[gates])
        tree = shapely.STRtree(np.asarray(shapely.points(_moved(gate_x, self.gate_of[gates]), gate_y), object))
        rows, found = tree.query_nearest(shapely.points(_moved(x, wall), y), reach, all_matches=False)
        return rows, gates[found]


def _moved(x: Floats, wall: Indexes) -> Floats:
    return x + (wall + 1) * (2 * HALF_WORLD_M)


def _apart(shapes: Shapes) -> Shapes:
    """Each without those before it."""
    apart = shapes.copy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for row in np.unique(one[other < one]).tolist():
        smaller = shapes[other[(one == row) & (other < row)]]
        apart[row] = shapely.difference(shapes[row], shapely.union_all(smaller))
    return apart


def outside(shapes: Shapes, row: Indexes, within: Shapes) -> tuple[Indexes, Shapes]:
    """Shapes without the polygons they lie in, given as pairs of a shape's index and a polygon.

    Returns
    -------
    rows : ndarray of int
        The indexes that occur, ascending.
    rest : ndarray of shapely shapes
        What is left of each of these.
    """
    rows, of = np.unique(row, return_inverse=True)
    order = np.argsort(of, kind="stable")
    part, pair = shapely.get_parts(within[order], return_index=True)
    polygons = np.asarray(shapely.multipolygons(part, indices=of[order][pair]), object)
    return rows, shapely.difference(shapes[rows], polygons)


def _cut(lines: Shapes, shapes: Shapes) -> Pieces:
    """The pieces of all streets that touch a compound, inside and out."""
    slack = _SLACK_M / np.cos(np.radians(to_degrees(0.0, shapely.get_coordinates(shapely.centroid(shapes))[:, 1])[1]))
    inner = np.asarray(shapely.buffer(shapes, -slack, join_style="mitre"), object)
    tree = shapely.STRtree(lines)
    wall, edge = tree.query(inner, predicate="intersects")
    inside = shapely.intersection(lines[edge], inner[wall])
    edges, left = outside(lines, edge, inner[wall])
    line, row = shapely.get_parts(np.concatenate((inside, left)), return_index=True)
    # What only touches a wall leaves a point.
    line, row = line[shapely.length(line) > 0], row[shapely.length(line) > 0]
    return Pieces(np.concatenate((edge, edges))[row], np.concatenate((wall, np.full(len(edges), OUTSIDE)))[row], line)
