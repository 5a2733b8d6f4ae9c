"""A contraction hierarchy: every node taken out in turn, for ways and times between given places.

`Hierarchy` takes out what costs nothing and leaves a core, for searches to everywhere; here everything goes, with a
search for witnesses before each shortcut, so that a search between two places looks at some hundred nodes.
Source: R. Geisberger et al., Contraction Hierarchies: Faster and Simpler Hierarchical Routing in Road Networks (2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.heap import sift_down, sift_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

MOST_LOOKED_AT = 40
"""Nodes that a search for a witness settles. A witness that is not found costs a needless shortcut, never an answer."""


@dataclass(frozen=True, eq=False)
class Steps:
    """Arcs between a node and those taken out after it, in CSR order of the nodes' places in that order.

    Attributes
    ----------
    first : ndarray of int32, shape (n + 1,)
    other, seconds : shape (s,)
        The later node, and how long it takes.
    made_of : ndarray of int32, shape (s,)
        The earlier node a shortcut goes over; ``-1 - a`` for what is arc ``a`` itself.
    """

    first: Ints
    other: Ints
    seconds: Floats
    made_of: Ints


@dataclass(frozen=True, eq=False)
class Contraction:
    """A network in the order in which its nodes were taken out.

    Attributes
    ----------
    number : ndarray of int32, shape (n,)
        The place of each node in that order. All else counts nodes by it.
    up : Steps
        From each node to later ones.
    down : Steps
        To each node from later ones.
    """

    number: Ints
    up: Steps
    down: Steps

    @classmethod
    def build(cls, first: Ints, target: Ints, seconds: Floats) -> Contraction:
        """Of arcs in CSR order."""
        nodes = len(first) - 1
        start = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first))
        number, out, into = _contract(nodes, start, target, seconds)
        order = np.empty(nodes, np.int32)
        order[number] = np.arange(nodes, dtype=np.int32)
        return cls(number, _steps(order, number, out), _steps(order, number, into))


@njit(nogil=True, cache=True)
def is_beaten(first: Ints, other: Ints, step_s: Floats, reached: Floats, node: int) -> bool:
    """Whether a way from above to a node is shorter than the one found upward.

    Such a node lies on no quickest way that goes up to it, and is passed over: stall-on-demand of the source above.

    Parameters
    ----------
    first, other, step_s : ndarray
        Steps from later nodes to each node, as `Steps` holds them, against the direction of the search.
    reached : ndarray of float64, shape (n,)
        Seconds to each node as far as they are known; infinite elsewhere.
    """
    for step in range(first[node], first[node + 1]):  # noqa: SIM110 - Numba compiles no generator expressions
        if reached[other[step]] + step_s[step] < reached[node]:
            return True
    return False


def _steps(order: Ints, number: Ints, lists: tuple[Ints, Ints, Ints, Floats, Ints]) -> Steps:
    """Lists of a pool as CSR, nodes renumbered."""
    begin, count, other, seconds, made_of = lists
    first = np.zeros(len(order) + 1, np.int32)
    np.cumsum(count[order], out=first[1:])
    rows = np.repeat(begin[order] - first[:-1], count[order]) + np.arange(first[-1])
    middle = made_of[rows]
    middle = np.where(middle >= 0, number[np.maximum(middle, 0)], middle).astype(np.int32)
    return Steps(first, number[other[rows]], seconds[rows], middle)


@njit(nogil=True, cache=True)
def _put(
    other: Ints, seconds: Floats, made_of: Ints, begin: Ints, count: Ints, room: Ints, used: int,
    node: int, end: int, total: float, middle: int,
) -> int:  # fmt: skip
    """Add an arc to a node's list, or make the one that is there quicker; a full list moves to the end of the pool."""
    for place in range(begin[node], begin[node] + count[node]):
        if other[place] == end:
            if total < seconds[place]:
                seconds[place], made_of[place] = total, middle
            return used
    if count[node] == room[node]:
        old = begin[node]
        begin[node] = used
        room[node] = 2 * room[node] + 2
        used += room[node]
        for step in range(count[node]):
            other[begin[node] + step] = other[old + step]
            seconds[begin[node] + step] = seconds[old + step]
            made_of[begin[node] + step] = made_of[old + step]
    place = begin[node] + count[node]
    other[place], seconds[place], made_of[place] = end, total, middle
    count[node] += 1
    return used


@njit(nogil=True, cache=True)
def _drop(other: Ints, seconds: Floats, made_of: Ints, begin: Ints, count: Ints, node: int, end: int) -> None:
    for place in range(begin[node], begin[node] + count[node]):
        if other[place] == end:
            count[node] -= 1
            last = begin[node] + count[node]
            other[place], seconds[place], made_of[place] = other[last], seconds[last], made_of[last]
            return


@njit(nogil=True, cache=True)
def _look(
    other: Ints, seconds: Floats, begin: Ints, count: Ints, start: int, without: int, limit_s: float, most: int,
    reached: Floats, heap: Ints, place_of: Ints, touched: Ints,
) -> int:  # fmt: skip
    """Seconds from `start` to what is near, not over `without`; how many nodes were touched."""
    reached[start] = 0.0
    heap[0], place_of[start], touched[0] = start, 0, start
    size, many, settled = 1, 1, 0
    while size > 0 and settled < most:
        node = heap[0]
        here = reached[node]
        if here > limit_s:
            break
        settled += 1
        size -= 1
        if size > 0:
            sift_down(heap, place_of, reached, size)
        for place in range(begin[node], begin[node] + count[node]):
            end = other[place]
            total = here + seconds[place]
            if end != without and total < reached[end] and total <= limit_s:
                if reached[end] == np.inf:
                    touched[many] = end
                    many += 1
                    heap[size], place_of[end] = end, size
                    size += 1
                reached[end] = total
                sift_up(heap, place_of, reached, place_of[end])
    return many


@njit(nogil=True, cache=True)
def _shortcuts(
    node: int, out_other: Ints, out_s: Floats, out_begin: Ints, out_count: Ints, in_other: Ints, in_s: Floats,
    in_begin: Ints, in_count: Ints, reached: Floats, heap: Ints, place_of: Ints, touched: Ints,
    cut_from: Ints, cut_to: Ints, cut_s: Floats,
) -> int:  # fmt: skip
    """What must join the neighbours of a node when it goes; how many. Written down as far as there is room."""
    many = 0
    farthest = 0.0
    outs, out_at = out_count[node], out_begin[node]
    for b in range(out_at, out_at + outs):
        farthest = max(farthest, out_s[b])
    for a in range(in_begin[node], in_begin[node] + in_count[node]):
        begin = in_other[a]
        if outs == 0 or (outs == 1 and out_other[out_at] == begin):
            continue
        count = _look(
            out_other, out_s, out_begin, out_count, begin, node, in_s[a] + farthest, MOST_LOOKED_AT,
            reached, heap, place_of, touched,
        )  # fmt: skip
        for b in range(out_at, out_at + outs):
            end = out_other[b]
            total = in_s[a] + out_s[b]
            if end != begin and reached[end] > total:
                if many < len(cut_from):
                    cut_from[many], cut_to[many], cut_s[many] = begin, end, total
                many += 1
        for row in range(count):
            reached[touched[row]] = np.inf
            place_of[touched[row]] = -1
    return many


@njit(nogil=True, cache=True)
def _lists(nodes: int, arcs: int, count: Ints) -> tuple[Ints, Ints, Ints, Floats, Ints]:
    """Empty lists with room for so many arcs a node, and a pool four times as large."""
    begin = np.zeros(nodes, np.int32)
    total = 0
    for node in range(nodes):
        begin[node] = total
        total += count[node]
    size = 4 * arcs + 1024
    return begin, count.copy(), np.empty(size, np.int32), np.empty(size), np.empty(size, np.int32)


@njit(nogil=True, cache=True)
def _longer(other: Ints, seconds: Floats, made_of: Ints, more: int) -> tuple[Ints, Floats, Ints]:
    return (
        np.concatenate((other, np.empty(more, np.int32))),
        np.concatenate((seconds, np.empty(more))),
        np.concatenate((made_of, np.empty(more, np.int32))),
    )


@njit(nogil=True, cache=True)
def _contract(
    nodes: int, arc_from: Ints, arc_to: Ints, arc_s: Floats
) -> tuple[Ints, tuple[Ints, Ints, Ints, Floats, Ints], tuple[Ints, Ints, Ints, Floats, Ints]]:
    """The order, and each node's arcs out and in when it was taken out: begin, count and the pool they lie in."""
    degree_out, degree_in = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
    for arc in range(len(arc_from)):
        degree_out[arc_from[arc]] += 1
        degree_in[arc_to[arc]] += 1
    out_begin, out_room, out_other, out_s, out_mid = _lists(nodes, len(arc_from), degree_out)
    in_begin, in_room, in_other, in_s, in_mid = _lists(nodes, len(arc_from), degree_in)
    out_used = in_used = len(arc_from)
    out_count, in_count = np.zeros(nodes, np.int32), np.zeros(nodes, np.int32)
    for arc in range(len(arc_from)):
        a, b = arc_from[arc], arc_to[arc]
        if a != b:
            _put(out_other, out_s, out_mid, out_begin, out_count, out_room, out_used, a, b, arc_s[arc], -1 - arc)
            _put(in_other, in_s, in_mid, in_begin, in_count, in_room, in_used, b, a, arc_s[arc], -1 - arc)

    reached, touched = np.full(nodes, np.inf), np.empty(nodes, np.int32)
    near, near_place = np.empty(nodes, np.int32), np.full(nodes, -1, np.int32)
    cut_from, cut_to, cut_s = np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64)
    level, key = np.zeros(nodes, np.int32), np.empty(nodes)
    heap, place_of = np.empty(nodes, np.int32), np.full(nodes, -1, np.int32)
    for node in range(nodes):
        many = _shortcuts(
            node, out_other, out_s, out_begin, out_count, in_other, in_s, in_begin, in_count,
            reached, near, near_place, touched, cut_from, cut_to, cut_s,
        )  # fmt: skip
        key[node] = 2.0 * many - out_count[node] - in_count[node]
        heap[node], place_of[node] = node, node
        sift_up(heap, place_of, key, node)

    number = np.empty(nodes, np.int32)
    size = nodes
    while size > 0:
        node = heap[0]
        while True:
            many = _shortcuts(
                node, out_other, out_s, out_begin, out_count, in_other, in_s, in_begin, in_count,
                reached, near, near_place, touched, cut_from, cut_to, cut_s,
            )  # fmt: skip
            if many <= len(cut_from):
                break
            cut_from, cut_to, cut_s = np.empty(2 * many, np.int32), np.empty(2 * many, np.int32), np.empty(2 * many)
        now = 2.0 * many - out_count[node] - in_count[node] + level[node]
        least = np.inf
        for child in range(1, min(size, 5)):
            least = min(least, key[heap[child]])
        key[node] = now
        size -= 1
        if size > 0:
            sift_down(heap, place_of, key, size)
        place_of[node] = -1
        if now > least:
            # Its key was old: it waits for its turn.
            heap[size], place_of[node] = node, size
            size += 1
            sift_up(heap, place_of, key, size - 1)
            continue
        number[node] = nodes - size - 1
        out_more, in_more = 0, 0
        for place in range(in_begin[node], in_begin[node] + in_count[node]):
            begin = in_other[place]
            _drop(out_other, out_s, out_mid, out_begin, out_count, begin, node)
            level[begin] = max(level[begin], level[node] + 1)
            out_more += 4 * (out_room[begin] + out_count[node] + 2)
        for place in range(out_begin[node], out_begin[node] + out_count[node]):
            end = out_other[place]
            _drop(in_other, in_s, in_mid, in_begin, in_count, end, node)
            level[end] = max(level[end], level[node] + 1)
            in_more += 4 * (in_room[end] + in_count[node] + 2)
        if out_used + out_more > len(out_other):
            out_other, out_s, out_mid = _longer(out_other, out_s, out_mid, len(out_other) + out_more)
        if in_used + in_more > len(in_other):
            in_other, in_s, in_mid = _longer(in_other, in_s, in_mid, len(in_other) + in_more)
        for cut in range(many):
            out_used = _put(
                out_other, out_s, out_mid, out_begin, out_count, out_room, out_used,
                cut_from[cut], cut_to[cut], cut_s[cut], node,
            )  # fmt: skip
            in_used = _put(
                in_other, in_s, in_mid, in_begin, in_count, in_room, in_used,
                cut_to[cut], cut_from[cut], cut_s[cut], node,
            )  # fmt: skip
    return number, (out_begin, out_count, out_other, out_s, out_mid), (in_begin, in_count, in_other, in_s, in_mid)
