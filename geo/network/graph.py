"""The street graph: immutable arrays built from `yike.street`, and one network a profile on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.sql import query
from geo.hilbert import hilbert_order
from geo.network.desks import Pool, Side, Spread
from geo.network.hierarchy import Hierarchy
from geo.network.prepared import Prepared
from geo.network.profiles import PROFILES, Mode, Profile, ProfileRule
from geo.network.shapes import Shapes
from geo.network.walls import Pieces, Walls

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Graph:
    """All streets someone may walk or cycle on.

    Edges run in the direction of their geometry, from `tail` to `head` (indexes of nodes).

    Attributes
    ----------
    revision : int
        Counts edits of the streets; a graph never changes.
    nodes : int
    edge_id : ndarray of int64, shape (m,)
        Ids of `yike.street`.
    length_m : ndarray, shape (m,)
    closed : ndarray of bool, shape (m,)
        Nobody may walk through these now. Whose door lies on one still gets to its ends.
    lines : ndarray of shapely LineStrings, shape (m,)
        Web Mercator metres.
    walls : Walls
        Compounds that are entered at their gates.
    names, names_en : tuple of str or None, length m
    kinds : tuple of str, length m
        What one walks on: ``street``, ``service``, ``footpath``, ``cycleway``, ``steps``, ``bridge``, ``tunnel`` or
        ``square`` (straight across one). Empty, as `names_en`, where it is not known.
    """

    revision: int
    nodes: int
    edge_id: NDArray[np.int64]
    tail: Ints
    head: Ints
    length_m: Floats
    walk: Flags
    cycle: Flags
    oneway_walk: Flags
    oneway_cycle: Flags
    steps: Flags
    closed: Flags
    lines: NDArray[np.object_]
    names: tuple[str | None, ...]
    walls: Walls = field(default_factory=Walls)
    names_en: tuple[str | None, ...] = ()
    kinds: tuple[str, ...] = ()

    @classmethod
    def load(cls, engine: Engine) -> Graph:
        """The streets as they are now, all from one instant."""
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            revision = connection.execute(query("places/revision"), {"topic": "network"}).scalar_one()
            rows = connection.execute(query("network/streets")).all()
            compounds = connection.execute(query("network/compounds")).all()
            gates = connection.execute(query("network/gates")).all()
        ends = np.array([(row.from_node_id, row.to_node_id) for row in rows], np.int64).reshape(-1, 2)
        nodes, inverse = np.unique(ends, return_inverse=True)
        index: Ints = inverse.reshape(-1, 2).astype(np.int32)
        lines = _shapes([row.line for row in rows])
        if rows:
            index = _along_a_curve(index, lines, len(nodes))
        return cls(
            revision=revision,
            nodes=len(nodes),
            edge_id=np.array([row.id for row in rows], np.int64),
            tail=np.ascontiguousarray(index[:, 0]),
            head=np.ascontiguousarray(index[:, 1]),
            length_m=np.array([row.length_m for row in rows], float),
            walk=np.array([row.walk for row in rows], bool),
            cycle=np.array([row.cycle for row in rows], bool),
            oneway_walk=np.array([row.oneway_walk for row in rows], bool),
            oneway_cycle=np.array([row.oneway_cycle for row in rows], bool),
            steps=np.array([row.steps for row in rows], bool),
            closed=np.array([row.closed for row in rows], bool),
            lines=lines,
            names=tuple(row.name for row in rows),
            names_en=tuple(row.name_en for row in rows),
            kinds=tuple(row.kind for row in rows),
            walls=Walls.build(
                _shapes([row.outline for row in compounds]),
                [gate.lon for gate in gates],
                [gate.lat for gate in gates],
                np.searchsorted([row.id for row in compounds], [gate.compound_id for gate in gates]),
                lines,
            ),
        )

    def middle(self) -> tuple[float, float]:
        """A vertex of some street, degrees: a place to try things with; (0, 0) where there is none."""
        row = len(self.shapes.lon) // 2
        return (float(self.shapes.lon[row]), float(self.shapes.lat[row])) if len(self.shapes.lon) else (0.0, 0.0)

    @cached_property
    def shapes(self) -> Shapes:
        """The lines' vertices as flat arrays, to draw ways with."""
        return Shapes.of(self.lines)

    @cached_property
    def sides(self) -> Pool[tuple[Side, Side]]:
        """For searches that meet."""
        return Pool(lambda: (Side(self.nodes), Side(self.nodes)))

    @cached_property
    def spreads(self) -> Pool[Spread]:
        """For searches outward from a place."""
        return Pool(lambda: Spread(self.nodes, len(self.edge_id)))

    def network(self, profile: Profile) -> Network:
        """The part a profile may use, with the seconds it takes."""
        return Network.build(self, PROFILES[profile])

    def may_use(self, rule: ProfileRule) -> tuple[Flags, Flags]:
        """Which edges a profile may use in their direction, and which against it."""
        by_mode: dict[Mode, tuple[Flags, Flags]] = {
            "walk": (self.walk, self.oneway_walk),
            "cycle": (self.cycle, self.oneway_cycle),
        }
        allowed, oneway = by_mode[rule.mode]
        if not rule.steps:
            allowed = allowed & ~self.steps
        return allowed, allowed & ~oneway


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs in CSR order: those of node ``i`` are ``first[i]:first[i + 1]``.

    `edge` and `along` tell which edge an arc runs on and whether in that edge's direction.
    """

    first: Ints
    target: Ints
    seconds: Floats
    edge: Ints
    along: Flags

    def without(self, edges: Flags) -> Arcs:
        """Those that do not run on some edges, shape (m,)."""
        stays = ~edges[self.edge]
        before = np.append(0, np.cumsum(stays, dtype=np.int32))
        return Arcs(
            before[self.first].astype(np.int32),
            self.target[stays], self.seconds[stays], self.edge[stays], self.along[stays],
        )  # fmt: skip

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """For searches from many sources to everywhere. It takes as long to build as some ten searches."""
        return Hierarchy.build(self.first, self.target, self.seconds)

    @cached_property
    def contracted(self) -> Prepared:
        """For ways and times between given places."""
        return Prepared(self.first, self.target, self.seconds)

    @cached_property
    def longest_s(self) -> float:
        """Seconds of the longest arc."""
        return float(self.seconds.max(initial=0.0))

    @cached_property
    def width_s(self) -> float:
        """Seconds of a bucket of the search: half of a usual arc, so that little is looked at twice."""
        return max(float(np.median(self.seconds)) / 2, 0.1) if len(self.seconds) else 1.0


@dataclass(frozen=True, eq=False)
class Network:
    """A graph as one profile sees it.

    Attributes
    ----------
    along_s, against_s : ndarray, shape (m,)
        Seconds over a whole edge in its direction and against it; infinite where that is not allowed.
    leaving : Arcs
        From each node, to search where one can get.
    arriving : Arcs
        The same reversed, to search from where one can come.
    """

    graph: Graph
    rule: ProfileRule
    along_s: Floats
    against_s: Floats
    leaving: Arcs
    arriving: Arcs

    @classmethod
    def build(cls, graph: Graph, rule: ProfileRule) -> Network:
        """Arrays for one profile."""
        along, against = graph.may_use(rule)
        seconds = graph.length_m / rule.speed_mps
        through, back = along & ~graph.closed, against & ~graph.closed
        edges = np.concatenate((np.flatnonzero(through), np.flatnonzero(back))).astype(np.int32)
        direction = np.concatenate((np.ones(through.sum(), bool), np.zeros(back.sum(), bool)))
        start = np.where(direction, graph.tail[edges], graph.head[edges])
        end = np.where(direction, graph.head[edges], graph.tail[edges])
        return cls(
            graph=graph,
            rule=rule,
            along_s=np.where(along, seconds, np.inf),
            against_s=np.where(against, seconds, np.inf),
            leaving=_sorted_arcs(graph.nodes, start, end, seconds[edges], edges, direction),
            arriving=_sorted_arcs(graph.nodes, end, start, seconds[edges], edges, direction),
        )

    def without(self, edges: Flags) -> Network:
        """The same with nobody passing through `edges`, shape (m,). Whose door lies on one still gets to its ends."""
        return replace(self, leaving=self.leaving.without(edges), arriving=self.arriving.without(edges))

    @cached_property
    def without_steps(self) -> Network:
        """The same profile at the same speed, without stairs."""
        return Network.build(self.graph, replace(self.rule, steps=False)) if self.rule.steps else self

    @cached_property
    def usable(self) -> NDArray[np.intp]:
        """Indexes of the edges that can be used in at least one direction."""
        return np.flatnonzero(np.isfinite(self.along_s) | np.isfinite(self.against_s))

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Finds usable edges by their place; its indexes count along `usable`."""
        return shapely.STRtree(self.graph.lines[self.usable])

    @cached_property
    def pieces(self) -> Pieces:
        """The usable edges cut at the walls, to find the nearest."""
        return self.graph.walls.pieces(self.graph.lines, self.usable)


def _along_a_curve(ends: Ints, lines: NDArray[np.object_], nodes: int) -> Ints:
    """The same ends with nodes numbered along a Hilbert curve: what a search looks at next is then near in memory."""
    place = np.zeros((nodes, 2))
    place[ends[:, 0]] = shapely.get_coordinates(shapely.get_point(lines, 0))
    place[ends[:, 1]] = shapely.get_coordinates(shapely.get_point(lines, -1))
    number = np.empty(nodes, np.int32)
    number[hilbert_order(place)] = np.arange(nodes)
    return number[ends]


def _shapes(written: list[memoryview]) -> NDArray[np.object_]:
    return np.asarray(shapely.from_wkb([bytes(wkb) for wkb in written]), object)


def _sorted_arcs(nodes: int, start: Ints, end: Ints, seconds: Floats, edge: Ints, along: Flags) -> Arcs:
    # Stable, so that parallel arcs keep one order and a search always picks the same of two equal ways.
    order = np.argsort(start, kind="stable")
    first = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(start, minlength=nodes), out=first[1:])
    return Arcs(first, end[order].astype(np.int32), seconds[order], edge[order], along[order])
