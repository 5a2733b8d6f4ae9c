"""The k nearest of many movers to one place: one search from the place, stopped at the k-th of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from geo.network.ends import leaving
from geo.network.graph import Floats, Ints, Network
from geo.network.heap import sift_down, sift_up
from geo.network.search import NOWHERE, Reach, seeds_towards
from geo.network.snap import Snaps


@dataclass(frozen=True, eq=False)
class Nearest:
    """The movers that are there first, in their order.

    Attributes
    ----------
    mover : ndarray of int32, shape (j,), j ≤ k
        Indexes of the movers; of equal seconds the lower index comes first.
    seconds : ndarray, shape (j,)
    entry : ndarray of int32, shape (j,)
        The node by which each enters the network, `NOWHERE` for one on the place's own edge.
    reach : Reach
        The search behind it, from the place outward over reversed arcs: the way of each is in `arc`.
    """

    mover: Ints
    seconds: Floats
    entry: Ints
    reach: Reach


def nearest_movers(network: Network, place: Snaps, movers: Snaps, k: int) -> Nearest:
    """Who reaches the one place of `place` first, by network time.

    No crow-fly filter comes first: a canal makes the nearest by air the last on foot.
    """
    nodes = network.graph.nodes
    reach = Reach(np.full(nodes, np.inf), np.full(nodes, NOWHERE, np.int32), np.full(nodes, NOWHERE, np.int32))
    mover = np.full(k, NOWHERE, np.int32)
    seconds = np.full(k, np.inf)
    entry = np.full(k, NOWHERE, np.int32)
    if place.joined[0] and movers.joined.any():
        seeds = seeds_towards(network, place)
        hooks = _hooks(network, movers)
        same = _along_the_same_edge(network, place, movers)
        _search(
            network.arriving.first, network.arriving.target, network.arriving.seconds,
            seeds.node, seeds.seconds, hooks.first, hooks.mover, hooks.seconds, same.mover, same.seconds,
            reach.seconds, reach.arc, mover, seconds, entry,
        )  # fmt: skip
    found = mover != NOWHERE
    return Nearest(mover[found], seconds[found], entry[found], reach)


@dataclass(frozen=True, eq=False)
class _Hooks:
    """Which movers can enter the network at a node, and the seconds it takes each to get there."""

    first: Ints
    mover: Ints
    seconds: Floats


def _hooks(network: Network, movers: Snaps) -> _Hooks:
    # A mover enters where a search from it would start.
    ends = leaving(network, movers)
    node, seconds = np.concatenate((ends.tail, ends.head)), np.concatenate((ends.tail_s, ends.head_s))
    mover = np.tile(np.arange(len(movers), dtype=np.int32), 2)
    order = np.argsort(node, kind="stable")
    order = order[np.isfinite(seconds[order])]
    first = np.zeros(network.graph.nodes + 1, np.int32)
    np.cumsum(np.bincount(node[order], minlength=network.graph.nodes), out=first[1:])
    return _Hooks(first, mover[order], seconds[order])


@dataclass(frozen=True, eq=False)
class _SameEdge:
    mover: Ints
    seconds: Floats


def _along_the_same_edge(network: Network, place: Snaps, movers: Snaps) -> _SameEdge:
    rows = np.flatnonzero(movers.edge == place.edge[0])
    ahead = place.fraction[0] - movers.fraction[rows]
    edge_s = np.where(ahead >= 0, network.along_s[place.edge[0]], network.against_s[place.edge[0]])
    with np.errstate(invalid="ignore"):
        walked = np.where(ahead == 0.0, 0.0, np.abs(ahead) * edge_s)
    seconds = walked + movers.access_s[rows] + place.access_s[0]
    good = np.isfinite(seconds)
    return _SameEdge(rows[good].astype(np.int32), seconds[good])


@njit(nogil=True, cache=True)
def _offer(mover: Ints, seconds: Floats, entry: Ints, who: int, total: float, node: int) -> None:
    """Keep the k best, each mover once, ordered by seconds and then by index."""
    k = len(mover)
    position = k
    for row in range(k):
        if mover[row] == who:
            if seconds[row] <= total:
                return
            position = row
            break
    if position == k:
        last = k - 1
        if mover[last] >= 0 and (seconds[last] < total or (seconds[last] == total and mover[last] < who)):
            return
        position = last
    while position > 0 and (
        mover[position - 1] < 0
        or seconds[position - 1] > total
        or (seconds[position - 1] == total and mover[position - 1] > who)
    ):
        mover[position] = mover[position - 1]
        seconds[position] = seconds[position - 1]
        entry[position] = entry[position - 1]
        position -= 1
    mover[position] = who
    seconds[position] = total
    entry[position] = node


@njit(nogil=True, cache=True)
def _search(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    seed_node: Ints,
    seed_s: Floats,
    hook_first: Ints,
    hook_mover: Ints,
    hook_s: Floats,
    same_mover: Ints,
    same_s: Floats,
    reached_s: Floats,
    arc: Ints,
    mover: Ints,
    seconds: Floats,
    entry: Ints,
) -> None:
    nodes = len(first) - 1
    heap = np.empty(nodes, np.int32)
    place_of = np.full(nodes, -1, np.int32)
    size = 0
    for row in range(len(same_mover)):
        _offer(mover, seconds, entry, same_mover[row], same_s[row], -1)
    for seed in range(len(seed_node)):
        node = seed_node[seed]
        if seed_s[seed] < reached_s[node]:
            reached_s[node] = seed_s[seed]
            if place_of[node] < 0:
                heap[size] = node
                place_of[node] = size
                size += 1
            sift_up(heap, place_of, reached_s, place_of[node])
    while size > 0:
        node = heap[0]
        # Nobody still to be found can come before the k-th.
        if reached_s[node] > seconds[-1]:
            return
        size -= 1
        if size > 0:
            sift_down(heap, place_of, reached_s, size)
        for row in range(hook_first[node], hook_first[node + 1]):
            _offer(mover, seconds, entry, hook_mover[row], reached_s[node] + hook_s[row], node)
        for step in range(first[node], first[node + 1]):
            other = target[step]
            total = reached_s[node] + arc_s[step]
            if total < reached_s[other]:
                reached_s[other] = total
                arc[other] = step
                if place_of[other] < 0:
                    heap[size] = other
                    place_of[other] = size
                    size += 1
                sift_up(heap, place_of, reached_s, place_of[other])
