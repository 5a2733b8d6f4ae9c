"""Most of a street network taken out beforehand: dead ends, bends, and junctions of few streets.

A node of few neighbours is taken out by joining those neighbours directly (a shortcut as long as the way through it).
A search from everywhere at once then has three parts: seeds climb to where they are not taken out any more, a bucket
queue works on what is left, and one sweep gives every node that was taken out its seconds from the few it hung on.
Sources: R. Geisberger et al., Contraction Hierarchies (2008); D. Delling et al., PHAST (2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.spread import spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MOST_NEIGHBOURS = 5
"""Of a node that is taken out. Fewer leave a larger core, more make more shortcuts than they save."""
_ROOM = 16


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A network in the order in which its nodes were taken out, those of the core last.

    Attributes
    ----------
    number : ndarray of int32, shape (n,)
        The place of each node in that order.
    up_first, up_to, up_s : CSR by taken-out node
        Arcs from it to nodes further on in the order.
    down_first, down_from, down_s : CSR by taken-out node
        Arcs to it from nodes further on.
    core_first, core_to, core_s : CSR
        What is left; node ``i`` of it is ``len(up_first) - 1 + i`` in the order.
    """

    number: Ints
    up_first: Ints
    up_to: Ints
    up_s: Floats
    down_first: Ints
    down_from: Ints
    down_s: Floats
    core_first: Ints
    core_to: Ints
    core_s: Floats

    @classmethod
    def build(cls, first: Ints, target: Ints, seconds: Floats) -> Hierarchy:
        """Take out what can be, of arcs in CSR order."""
        nodes = len(first) - 1
        start = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first))
        # A square has nodes of many neighbours. Those stay, and so do their neighbours; their arcs need no room here.
        wide = np.maximum(np.diff(first), np.bincount(target, minlength=nodes)) > _ROOM
        aside = wide[start] | wide[target]
        stays = wide.copy()
        stays[start[aside]] = stays[target[aside]] = True
        rest = ~aside & (start != target)
        order, out_to, out_s, out_count, in_from, in_s, in_count = _take_out(
            start[rest], target[rest], seconds[rest], stays, MOST_NEIGHBOURS
        )
        gone = np.zeros(nodes, bool)
        gone[order] = True
        core = np.flatnonzero(~gone).astype(np.int32)
        number = np.empty(nodes, np.int32)
        number[order] = np.arange(len(order))
        number[core] = len(order) + np.arange(len(core))
        up = _packed(order, out_to, out_s, out_count, number)
        down = _packed(order, in_from, in_s, in_count, number)
        core_first, core_to, core_s = _packed(core, out_to, out_s, out_count, number)
        core_from = np.concatenate(
            (np.repeat(np.arange(len(core)), np.diff(core_first)), number[start[aside]] - len(order))
        )
        core_to = np.concatenate((core_to, number[target[aside]])) - len(order)
        core_s = np.concatenate((core_s, seconds[aside]))
        by_start = np.argsort(core_from, kind="stable")
        np.cumsum(np.bincount(core_from, minlength=len(core)), out=core_first[1:])
        core_to, core_s = core_to[by_start].astype(np.int32), core_s[by_start]
        needed = _needed(core_first, core_to, core_s)
        core_from = np.repeat(np.arange(len(core)), np.diff(core_first))[needed]
        np.cumsum(np.bincount(core_from, minlength=len(core)), out=core_first[1:])
        return cls(number, *up, *down, core_first, core_to[needed], core_s[needed])

    def search(self, node: Ints, seconds: Floats, source: Ints) -> tuple[Floats, Ints]:
        """Seconds of every node from the nearest seed, and its source (-1 where none); shape (n,) each.

        Parameters
        ----------
        node, seconds, source : shape (k,)
            The seeds.
        """
        nodes, out = len(self.number), len(self.up_first) - 1
        reached, whose = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
        _climb(self.up_first, self.up_to, self.up_s, self.number, node, seconds, source, reached, whose)
        start = np.flatnonzero(np.isfinite(reached[out:])).astype(np.int32)
        core_s, core_source = np.full(nodes - out, np.inf), np.full(nodes - out, -1, np.int32)
        spread(
            self.core_first, self.core_to, self.core_s, float(self.core_s.max(initial=0.0)), self._width_s(),
            start, reached[out:][start], whose[out:][start], np.inf, True, core_s, core_source, np.empty(0, np.int32),
        )  # fmt: skip
        reached[out:], whose[out:] = core_s, core_source
        _descend(self.down_first, self.down_from, self.down_s, reached, whose)
        return reached[self.number], whose[self.number]

    def _width_s(self) -> float:
        return max(float(self.core_s.mean()) / 2, 0.1) if len(self.core_s) else 1.0


def _packed(rows: Ints, ends: Ints, seconds: Floats, count: Ints, number: Ints) -> tuple[Ints, Ints, Floats]:
    """Rows of a table with room to spare as CSR, nodes renumbered."""
    first = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(count[rows], out=first[1:])
    filled = np.arange(ends.shape[1])[np.newaxis] < count[rows][:, np.newaxis]
    return first, number[ends[rows][filled]], seconds[rows][filled]


@njit(nogil=True, cache=True)
def _put(ends: Ints, seconds: Floats, count: Ints, row: int, end: int, total: float) -> None:
    for place in range(count[row]):
        if ends[row, place] == end:
            seconds[row, place] = min(seconds[row, place], total)
            return
    ends[row, count[row]], seconds[row, count[row]] = end, total
    count[row] += 1


@njit(nogil=True, cache=True)
def _drop(ends: Ints, seconds: Floats, count: Ints, row: int, end: int) -> None:
    for place in range(count[row]):
        if ends[row, place] == end:
            count[row] -= 1
            last = count[row]
            ends[row, place], seconds[row, place] = ends[row, last], seconds[row, last]
            return


@njit(nogil=True, cache=True)
def _has_room(count: Ints, node: int, towards: Ints, many: int, other_count: Ints) -> bool:
    """Whether each of the nodes `towards` could take all new neighbours at worst."""
    most = 0
    for place in range(many):
        most = max(most, other_count[towards[place]])
    return bool(most + count[node] <= _ROOM)


@njit(nogil=True, cache=True)
def _take_out(
    arc_from: Ints, arc_to: Ints, arc_s: Floats, stays: NDArray[np.bool_], most: int
) -> tuple[Ints, Ints, Floats, Ints, Ints, Floats, Ints]:
    """The order, and each node's neighbours, seconds and how many, out and in, when it was taken out."""
    nodes = len(stays)
    out_to, out_s = np.empty((nodes, _ROOM), np.int32), np.empty((nodes, _ROOM))
    in_from, in_s = np.empty((nodes, _ROOM), np.int32), np.empty((nodes, _ROOM))
    out_count, in_count = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
    for step in range(len(arc_from)):
        _put(out_to, out_s, out_count, arc_from[step], arc_to[step], arc_s[step])
        _put(in_from, in_s, in_count, arc_to[step], arc_from[step], arc_s[step])

    gone = np.zeros(nodes, np.bool_)
    order = np.empty(nodes, np.int32)
    done = 0
    for turn in range(80):
        before = done
        allowed = min(2 + turn // 2, most)
        for node in range(nodes):
            if gone[node] or stays[node] or out_count[node] > allowed or in_count[node] > allowed:
                continue
            if not (
                _has_room(out_count, node, in_from[node], in_count[node], out_count)
                and _has_room(in_count, node, out_to[node], out_count[node], in_count)
            ):
                continue
            gone[node] = True
            order[done] = node
            done += 1
            for place in range(out_count[node]):
                _drop(in_from, in_s, in_count, out_to[node, place], node)
            for place in range(in_count[node]):
                _drop(out_to, out_s, out_count, in_from[node, place], node)
            for a in range(in_count[node]):
                begin = in_from[node, a]
                for b in range(out_count[node]):
                    end = out_to[node, b]
                    if begin != end:
                        total = in_s[node, a] + out_s[node, b]
                        _put(out_to, out_s, out_count, begin, end, total)
                        _put(in_from, in_s, in_count, end, begin, total)
        if done == before and allowed == most:
            break
    return order[:done].copy(), out_to, out_s, out_count, in_from, in_s, in_count


@njit(nogil=True, cache=True)
def _needed(first: Ints, to: Ints, seconds: Floats) -> NDArray[np.bool_]:
    """Arcs that no way over one other node is quicker than."""
    needed = np.ones(len(to), np.bool_)
    direct = np.full(len(first) - 1, np.inf)
    for node in range(len(first) - 1):
        for step in range(first[node], first[node + 1]):
            direct[to[step]] = min(direct[to[step]], seconds[step])
        for step in range(first[node], first[node + 1]):
            for onward in range(first[to[step]], first[to[step] + 1]):
                total = seconds[step] + seconds[onward]
                # What has no arc from here stays infinite, so that it is not taken for one.
                if total < direct[to[onward]] < np.inf:
                    direct[to[onward]] = total
        for step in range(first[node], first[node + 1]):
            needed[step] = seconds[step] <= direct[to[step]]
        for step in range(first[node], first[node + 1]):
            direct[to[step]] = np.inf
    return needed


@njit(nogil=True, cache=True)
def _climb(
    up_first: Ints,
    up_to: Ints,
    up_s: Floats,
    number: Ints,
    seed_node: Ints,
    seed_s: Floats,
    seed_source: Ints,
    reached: Floats,
    whose: Ints,
) -> None:
    """Seeds, and from each node that was taken out to those it hung on, in the order of taking out."""
    for seed in range(len(seed_node)):
        place = number[seed_node[seed]]
        if seed_s[seed] < reached[place]:
            reached[place], whose[place] = seed_s[seed], seed_source[seed]
    for place in range(len(up_first) - 1):
        here = reached[place]
        if here == np.inf:
            continue
        for step in range(up_first[place], up_first[place + 1]):
            total = here + up_s[step]
            if total < reached[up_to[step]]:
                reached[up_to[step]], whose[up_to[step]] = total, whose[place]


@njit(nogil=True, cache=True)
def _descend(down_first: Ints, down_from: Ints, down_s: Floats, reached: Floats, whose: Ints) -> None:
    """The other way round: each node that was taken out has the best of those it hung on."""
    for place in range(len(down_first) - 2, -1, -1):
        best, source = reached[place], whose[place]
        for step in range(down_first[place], down_first[place + 1]):
            total = reached[down_from[step]] + down_s[step]
            if total < best:
                best, source = total, whose[down_from[step]]
        reached[place], whose[place] = best, source
