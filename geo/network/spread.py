"""Spreads the shortest seconds from many seeds over a network: a bucket queue, compiled by Numba.

Dial's bucket queue (R. Dial, Algorithm 360, CACM 12, 1969) with real seconds: what falls into one bucket may still
improve there and is then looked at again, so that the answer is that of Dijkstra, to the last bit. Without a heap each
step costs the same however many wait, and a node waits once. Never ``parallel=True``: two threads inside one parallel
kernel end the process; the kernels release the GIL, so that threads search side by side, each with buffers of its own.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_NONE = -1


@njit(nogil=True, cache=True)
def spread(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    longest_s: float,
    width_s: float,
    seed_node: Ints,
    seed_s: Floats,
    seed_source: Ints,
    limit_s: float,
    seconds: Floats,
    source: Ints,
    arc: Ints,
) -> None:
    """Improve `seconds` and `source` (and `arc`, where it is not empty) of all nodes by the seeds.

    What is there already stands unless a seed is nearer, so that a search can be taken up again.

    Parameters
    ----------
    first, target, arc_s : arcs in CSR order, shape (n + 1,), (a,), (a,)
    longest_s : float
        The longest of `arc_s`.
    width_s : float
        Seconds of a bucket; any positive number gives the same answer.
    seed_node, seed_s, seed_source : shape (k,)
    limit_s : float
        Nothing beyond is looked at.
    seconds, source : shape (n,)
    arc : shape (n,) or (0,)
    """
    if len(seed_node) == 0:
        return
    nodes = len(first) - 1
    keep_arcs = len(arc) > 0
    least, most = seed_s[0], seed_s[0]
    for seed in range(len(seed_node)):
        least, most = min(least, seed_s[seed]), max(most, seed_s[seed])
    per_s = 1.0 / width_s
    # A ring: what waits lies never farther ahead than the longest arc, or the latest seed.
    wanted = int(max(longest_s, most - least) * per_s) + 3
    ring = 1
    while ring < wanted:
        ring *= 2
    mask = ring - 1
    head = np.full(ring, _NONE, np.int32)
    after = np.empty(nodes, np.int32)
    before = np.empty(nodes, np.int32)
    bucket_of = np.full(nodes, _NONE, np.int64)
    waiting = 0

    for seed in range(len(seed_node)):
        node, total = seed_node[seed], seed_s[seed]
        if total < seconds[node] and total <= limit_s:
            seconds[node], source[node] = total, seed_source[seed]
            if keep_arcs:
                arc[node] = _NONE
            bucket = int(total * per_s)
            if bucket_of[node] == bucket:
                continue
            if bucket_of[node] == _NONE:
                waiting += 1
            else:
                _unlink(head, after, before, node, bucket_of[node] & mask)
            _link(head, after, before, node, bucket & mask)
            bucket_of[node] = bucket

    present = int(least * per_s)
    while waiting > 0:
        node = head[present & mask]
        if node == _NONE:
            present += 1
            continue
        _unlink(head, after, before, node, present & mask)
        bucket_of[node] = _NONE
        waiting -= 1
        here = seconds[node]
        for step in range(first[node], first[node + 1]):
            other = target[step]
            total = here + arc_s[step]
            if total < seconds[other] and total <= limit_s:
                seconds[other], source[other] = total, source[node]
                if keep_arcs:
                    arc[other] = step
                bucket = int(total * per_s)
                if bucket_of[other] == bucket:
                    continue
                if bucket_of[other] == _NONE:
                    waiting += 1
                else:
                    _unlink(head, after, before, other, bucket_of[other] & mask)
                _link(head, after, before, other, bucket & mask)
                bucket_of[other] = bucket


@njit(nogil=True, cache=True, inline="always")
def _link(head: Ints, after: Ints, before: Ints, node: int, place: int) -> None:
    old = head[place]
    after[node], before[node] = old, _NONE
    if old != _NONE:
        before[old] = node
    head[place] = node


@njit(nogil=True, cache=True, inline="always")
def _unlink(head: Ints, after: Ints, before: Ints, node: int, place: int) -> None:
    ahead, behind = before[node], after[node]
    if ahead == _NONE:
        head[place] = behind
    else:
        after[ahead] = behind
    if behind != _NONE:
        before[behind] = ahead
