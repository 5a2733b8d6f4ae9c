"""Other ways to the same place that truly differ from the quickest, by plateaus.

A search from the origin and one from the destination make two trees; where they run along each other lies a plateau.
A way over a plateau is the quickest to its end and the quickest from its beginning, so that each stretch of it that is
shorter than the plateau is the quickest itself: no way of this kind makes a senseless loop.
Sources: Cambridge Vehicle Information Technology, Choice Routing (2005); I. Abraham et al., Alternative Routes in Road
Networks (2010), whose limits these are, a little wider.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.network.between import Pieces, cheaper_end, without_nothing
from geo.network.graph import Flags, Floats, Ints, Network
from geo.network.search import search, seeds_from, seeds_towards
from geo.network.snap import Snaps

MOST_TIMES_AS_LONG = 1.4
MOST_SHARED = 0.7
"""Of the quickest way's seconds, walked on streets that a better way walks in the same direction."""
LEAST_PLATEAU = 0.15
"""Of the quickest way's seconds."""
_MOST_TRIED = 200


def others(
    network: Network, origin: Snaps, destination: Snaps, best: Pieces, count: int, closed: Flags | None = None
) -> list[Pieces]:
    """At most `count` other ways than the quickest, `best`, the quicker first; none where none differs enough."""
    if count < 1 or best.seconds == 0.0:
        return []
    used = network if closed is None else network.without(closed)
    limit_s = best.seconds * MOST_TIMES_AS_LONG
    there = search(used.leaving, seeds_from(used, origin), limit_s=limit_s, keep_arcs=True)
    back = search(used.arriving, seeds_towards(used, destination), limit_s=limit_s, keep_arcs=True)
    graph, leave, arrive = network.graph, used.leaving, used.arriving
    both_ways = np.isfinite(network.along_s) & np.isfinite(network.against_s)
    before, arc, after, total_s = _plateaus(
        leave.first, leave.target, leave.seconds, there.seconds, there.arc, leave.edge, leave.along,
        back.seconds, back.arc, arrive.edge, arrive.along, graph.tail, graph.head, both_ways,
        limit_s, best.seconds * LEAST_PLATEAU,
    )  # fmt: skip
    better = [best]
    for row in np.argsort(total_s, kind="stable")[:_MOST_TRIED]:
        edge, along, places = _over(
            before[row], arc[row], after[row], there.arc, leave.edge, leave.along, back.arc, arrive.edge, arrive.along,
            graph.tail, graph.head,
        )  # fmt: skip
        if len(np.unique(places)) < len(places):
            continue
        way = _between_doors(network, origin, destination, edge, along, int(places[0]), int(places[-1]))
        if way.seconds <= limit_s and all(shared_s(network, way, one) <= MOST_SHARED * best.seconds for one in better):
            better.append(way)
            if len(better) > count:
                break
    return better[1:]


def shared_s(network: Network, one: Pieces, other: Pieces) -> float:
    """Seconds of what both ways walk in the same direction."""
    keys = [way.edge.astype(np.int64) * 2 + (way.end > way.start) for way in (one, other)]
    rows, other_rows = np.intersect1d(keys[0], keys[1], return_indices=True)[1:]
    part = np.minimum(np.abs(one.end - one.start)[rows], np.abs(other.end - other.start)[other_rows])
    return float(part @ _whole_s(network, one)[rows])


def _whole_s(network: Network, way: Pieces) -> Floats:
    return np.where(way.end > way.start, network.along_s[way.edge], network.against_s[way.edge])


def _between_doors(
    network: Network, origin: Snaps, destination: Snaps, edge: Ints, along: Flags, first: int, last: int
) -> Pieces:
    """Pieces from door to door, of the edges walked between two nodes; with seconds of its own."""
    leaves = cheaper_end(network, int(origin.edge[0]), float(origin.fraction[0]), first, leaving=True)
    comes = cheaper_end(network, int(destination.edge[0]), float(destination.fraction[0]), last, leaving=False)
    way = without_nothing(Pieces(
        0.0,
        np.concatenate((origin.edge, edge, destination.edge)),
        np.concatenate((origin.fraction, np.where(along, 0.0, 1.0), [comes])),
        np.concatenate(([leaves], np.where(along, 1.0, 0.0), destination.fraction)),
    ))  # fmt: skip
    walked_s = float(np.abs(way.end - way.start) @ _whole_s(network, way))
    return Pieces(walked_s + float(origin.access_s[0] + destination.access_s[0]), way.edge, way.start, way.end)


@njit(nogil=True, cache=True)
def _plateaus(
    first: Ints, target: Ints, arc_s: Floats, there_s: Floats, there_arc: Ints, there_edge: Ints, there_along: Flags,
    back_s: Floats, back_arc: Ints, back_edge: Ints, back_along: Flags, tail: Ints, head: Ints, both_ways: Flags,
    limit_s: float, least_s: float,
) -> tuple[Ints, Ints, Ints, Floats]:  # fmt: skip
    """Plateaus of `least_s` or more: a node before, an arc (-1: none), a node after, seconds of the whole way."""
    before, over, after = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int32)
    total_s = np.empty(1024)
    many = 0
    for node in range(len(there_s)):
        here = there_s[node]
        if here > limit_s:
            continue
        for step in range(first[node] - 1, first[node + 1]):
            arc = -1 if step < first[node] else step
            end = node if arc < 0 else target[arc]
            total = here + back_s[end] + (0.0 if arc < 0 else arc_s[arc])
            if total > limit_s:
                continue
            if arc < 0:
                long_s = _behind(
                    node, there_arc, there_edge, there_along, back_arc, back_edge, back_along, tail, head, arc_s
                )
            else:
                # Each tree comes as far into a street as it is there before it could have come round by the other end.
                whole = arc_s[arc]
                long_s = whole
                if both_ways[there_edge[arc]]:
                    one = min(whole, (there_s[end] - here + whole) / 2)
                    other = min(whole, (back_s[node] - back_s[end] + whole) / 2)
                    long_s = one + other - whole
                if _is_on_both(arc, node, end, there_arc, there_edge, there_along, back_arc, back_edge, back_along):
                    continue
            if long_s < least_s:
                continue
            if many == len(before):
                more = np.empty(many, np.int32)
                before, over = np.concatenate((before, more)), np.concatenate((over, more))
                after, total_s = np.concatenate((after, more)), np.concatenate((total_s, np.empty(many)))
            before[many], over[many], after[many], total_s[many] = node, arc, end, total
            many += 1
    return before[:many], over[:many], after[:many], total_s[:many]


@njit(nogil=True, cache=True)
def _is_on_both(
    arc: int, node: int, end: int, there_arc: Ints, there_edge: Ints, there_along: Flags,
    back_arc: Ints, back_edge: Ints, back_along: Flags,
) -> bool:  # fmt: skip
    onward = back_arc[node]
    return bool(
        there_arc[end] == arc
        and onward >= 0
        and back_edge[onward] == there_edge[arc]
        and back_along[onward] == there_along[arc]
    )


@njit(nogil=True, cache=True)
def _behind(
    node: int, there_arc: Ints, there_edge: Ints, there_along: Flags, back_arc: Ints, back_edge: Ints,
    back_along: Flags, tail: Ints, head: Ints, arc_s: Floats,
) -> float:  # fmt: skip
    """Seconds of the plateau that ends at a node; 0 where it goes on."""
    onward = back_arc[node]
    if onward >= 0:
        edge, along = back_edge[onward], back_along[onward]
        arc = there_arc[head[edge] if along else tail[edge]]
        if arc >= 0 and there_edge[arc] == edge and there_along[arc] == along:
            return 0.0
    total, place = 0.0, node
    while there_arc[place] >= 0:
        arc = there_arc[place]
        start = tail[there_edge[arc]] if there_along[arc] else head[there_edge[arc]]
        if not _is_on_both(arc, start, place, there_arc, there_edge, there_along, back_arc, back_edge, back_along):
            break
        total += arc_s[arc]
        place = start
    return total


@njit(nogil=True, cache=True)
def _over(
    begin: int, middle: int, end: int, there_arc: Ints, there_edge: Ints, there_along: Flags, back_arc: Ints,
    back_edge: Ints, back_along: Flags, tail: Ints, head: Ints,
) -> tuple[Ints, Flags, Ints]:  # fmt: skip
    """Edges, directions and nodes of the way to one node, over an arc (-1: none) to another and onward."""
    before, place = 0, begin
    while there_arc[place] >= 0:
        arc = there_arc[place]
        place = tail[there_edge[arc]] if there_along[arc] else head[there_edge[arc]]
        before += 1
    size, place = before + (middle >= 0), end
    while back_arc[place] >= 0:
        arc = back_arc[place]
        place = head[back_edge[arc]] if back_along[arc] else tail[back_edge[arc]]
        size += 1
    edge, along, places = np.empty(size, np.int32), np.empty(size, np.bool_), np.empty(size + 1, np.int32)
    places[before] = place = begin
    for row in range(before - 1, -1, -1):
        arc = there_arc[place]
        edge[row], along[row] = there_edge[arc], there_along[arc]
        place = tail[edge[row]] if along[row] else head[edge[row]]
        places[row] = place
    if middle >= 0:
        edge[before], along[before] = there_edge[middle], there_along[middle]
        before += 1
        places[before] = end
    place = end
    for row in range(before, size):
        arc = back_arc[place]
        edge[row], along[row] = back_edge[arc], back_along[arc]
        place = head[edge[row]] if along[row] else tail[edge[row]]
        places[row + 1] = place
    return edge, along, places
