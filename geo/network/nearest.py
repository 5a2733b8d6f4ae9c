"""The k nearest of many movers to one place: one search from the place, stopped at the k-th of them.

A penalty (a worker of another grid, one with orders in hand) is never negative and is added to the seconds from a mover
to the network, so that one search still finds the k best. There is no crow-fly filter: a canal makes the nearest by
air the last on foot. The queue is that of `geo.network.spread`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network.desks import Spread
from geo.network.graph import Floats, Ints, Network
from geo.network.search import NOWHERE, Reach, seeds_towards
from geo.network.snap import Snaps
from geo.network.standing import Standing


@dataclass(frozen=True, eq=False)
class Nearest:
    """The movers that are there first, in their order.

    Attributes
    ----------
    mover : ndarray of int32, shape (j,), j ≤ k
        Indexes of the movers; of equal scores the lower index comes first.
    seconds : ndarray, shape (j,)
        By the network, without the penalty.
    score : ndarray, shape (j,)
        With it: what they are ordered by.
    entry : ndarray of int32, shape (j,)
        The node by which each enters the network, `NOWHERE` for one on the place's own edge.
    reach : Reach
        The search behind it, from the place outward over reversed arcs: the way of each is in `arc`.
    """

    mover: Ints
    seconds: Floats
    score: Floats
    entry: Ints
    reach: Reach


def nearest_movers(network: Network, place: Snaps, movers: Snaps, k: int, penalty_s: Floats | None = None) -> Nearest:
    """Who reaches the one place of `place` first, by network time.

    Parameters
    ----------
    penalty_s : ndarray, shape (len(movers),), optional
        Not negative; infinite for one who is not to be found.
    """
    with network.graph.spreads.one() as mine:
        found = nearest_standing(Standing.of(network, movers), place, k, mine, penalty_s)
        # The search of whoever comes next writes over it.
        return Nearest(found.mover, found.seconds, found.score, found.entry, _copied(found.reach))


def nearest_standing(
    standing: Standing,
    place: Snaps,
    k: int,
    mine: Spread,
    penalty_s: Floats | None = None,
    *,
    limit_s: float = np.inf,
) -> Nearest:
    """The same of movers that stand on a network already; nobody whose score is above `limit_s` need be found.

    `reach` of the answer is what the search wrote on `mine`: it holds until the next one that does.
    """
    network, arcs = standing.network, standing.network.arriving
    penalty = np.zeros(len(standing)) if penalty_s is None else penalty_s
    mover, entry = np.full(k, NOWHERE, np.int32), np.full(k, NOWHERE, np.int32)
    score = np.full(k, np.inf)
    if place.joined[0] and k > 0:
        seeds = seeds_towards(network, place)
        same, same_s = along_the_same_edge(standing, place)
        _search(
            arcs.first, arcs.target, arcs.seconds, arcs.longest_s, arcs.width_s, seeds.node, seeds.seconds,
            standing.first, standing.after, standing.hook_s, penalty, same, same_s, limit_s,
            mine.seconds, mine.arc, mine.touched, mine.count, mine.waiting, mine.after, mover, score, entry,
        )  # fmt: skip
    found = mover != NOWHERE
    reach = Reach(mine.seconds, np.empty(0, np.int32), mine.arc)
    return Nearest(mover[found], score[found] - penalty[mover[found]], score[found], entry[found], reach)


def _copied(reach: Reach) -> Reach:
    return Reach(reach.seconds.copy(), reach.source, reach.arc.copy())


def along_the_same_edge(standing: Standing, place: Snaps) -> tuple[Ints, Floats]:
    """Who stands on the place's own edge, and the seconds straight along it, where that is allowed."""
    network, edge = standing.network, place.edge[0]
    rows = np.flatnonzero(standing.edge == edge)
    ahead = place.fraction[0] - standing.fraction[rows]
    edge_s = np.where(ahead >= 0, network.along_s[edge], network.against_s[edge])
    with np.errstate(invalid="ignore"):
        walked = np.where(ahead == 0.0, 0.0, np.abs(ahead) * edge_s)
    seconds = walked + standing.access_s[rows] + place.access_s[0]
    good = np.isfinite(seconds)
    return rows[good].astype(np.int32), seconds[good]


@njit(nogil=True, cache=True)
def _offer(mover: Ints, score: Floats, entry: Ints, who: int, total: float, node: int) -> None:
    """Keep the k best, each mover once, ordered by score and then by index."""
    k = len(mover)
    last = k - 1
    if total > score[last] or total == np.inf:
        return
    position = k
    for row in range(k):
        if mover[row] == who:
            if score[row] <= total:
                return
            position = row
            break
    if position == k:
        if mover[last] >= 0 and score[last] == total and mover[last] < who:
            return
        position = last
    while position > 0 and (
        mover[position - 1] < 0
        or score[position - 1] > total
        or (score[position - 1] == total and mover[position - 1] > who)
    ):
        mover[position] = mover[position - 1]
        score[position] = score[position - 1]
        entry[position] = entry[position - 1]
        position -= 1
    mover[position] = who
    score[position] = total
    entry[position] = node


@njit(nogil=True, cache=True)
def _search(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    longest_s: float,
    width_s: float,
    seed_node: Ints,
    seed_s: Floats,
    hook_first: Ints,
    hook_after: Ints,
    hook_s: Floats,
    penalty_s: Floats,
    same_mover: Ints,
    same_s: Floats,
    limit_s: float,
    seconds: Floats,
    arc: Ints,
    touched: Ints,
    count: NDArray[np.int64],
    node_in: Ints,
    after: Ints,
    mover: Ints,
    score: Floats,
    entry: Ints,
) -> None:
    for row in range(count[0]):
        seconds[touched[row]] = np.inf
    count[0] = 0
    for row in range(len(same_mover)):
        _offer(mover, score, entry, same_mover[row], same_s[row] + penalty_s[same_mover[row]], -1)
    if len(seed_node) == 0:
        return
    least, most = seed_s[0], seed_s[0]
    for seed in range(len(seed_node)):
        least, most = min(least, seed_s[seed]), max(most, seed_s[seed])
    per_s = 1.0 / width_s
    # A ring: what waits lies never farther ahead than the longest arc, or the later seed.
    wanted = int(max(longest_s, most - least) * per_s) + 3
    ring = 1
    while ring < wanted:
        ring *= 2
    mask = ring - 1
    head = np.full(ring, -1, np.int32)
    free, used, waiting, reached = -1, 0, 0, 0
    for seed in range(len(seed_node)):
        node, total = seed_node[seed], seed_s[seed]
        if total < seconds[node]:
            if seconds[node] == np.inf:
                touched[reached] = node
                reached += 1
            seconds[node], arc[node] = total, -1
            place = int(total * per_s) & mask
            node_in[used], after[used] = node, head[place]
            head[place] = used
            used += 1
            waiting += 1
    last = len(score) - 1
    present = int(least * per_s)
    while waiting > 0:
        slot = head[present & mask]
        if slot == -1:
            present += 1
            # Nobody still to be found can come before the k-th, nor within the limit.
            bound = min(score[last], limit_s)
            if bound < np.inf and int(bound * per_s) < present:
                break
            continue
        head[present & mask] = after[slot]
        after[slot] = free
        free = slot
        waiting -= 1
        node = node_in[slot]
        here = seconds[node]
        if int(here * per_s) != present:
            continue
        hook = hook_first[node]
        while hook >= 0:
            who = hook >> 1
            _offer(mover, score, entry, who, here + hook_s[hook] + penalty_s[who], node)
            hook = hook_after[hook]
        for step in range(first[node], first[node + 1]):
            other = target[step]
            total = here + arc_s[step]
            old = seconds[other]
            if total < old:
                bucket = int(total * per_s)
                if old == np.inf:
                    touched[reached] = other
                    reached += 1
                seconds[other], arc[other] = total, step
                # It waits there already, and was not looked at since.
                if bucket != present and old < np.inf and int(old * per_s) == bucket:
                    continue
                if free == -1:
                    if used == len(node_in):
                        node_in, after = np.concatenate((node_in, node_in)), np.concatenate((after, after))
                    slot = used
                    used += 1
                else:
                    slot = free
                    free = after[slot]
                place = bucket & mask
                node_in[slot], after[slot] = other, head[place]
                head[place] = slot
                waiting += 1
    count[0] = reached
