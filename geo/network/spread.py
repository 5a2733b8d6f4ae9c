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
    is_fresh: bool,
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
    is_fresh : bool
        Nothing stands in `seconds` yet.
    seconds, source : shape (n,)
    arc : shape (n,) or (0,)
    """
    if len(seed_node) == 0:
        return
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
    # Slots of waiting nodes, used again as soon as they are free, so that they stay in the cache. A node may wait in
    # several buckets; only the one its seconds fall into counts. Each arc can make it wait in two at most.
    slots = 2 * len(target) + len(seed_node) + 1
    node_in = np.empty(slots, np.int32)
    after = np.empty(slots, np.int32)
    free, used, waiting = _NONE, 0, 0

    for seed in range(len(seed_node)):
        node, total = seed_node[seed], seed_s[seed]
        if total < seconds[node] and total <= limit_s:
            seconds[node], source[node] = total, seed_source[seed]
            if keep_arcs:
                arc[node] = _NONE
            place = int(total * per_s) & mask
            node_in[used], after[used] = node, head[place]
            head[place] = used
            used += 1
            waiting += 1

    present = int(least * per_s)
    while waiting > 0:
        slot = head[present & mask]
        if slot == _NONE:
            present += 1
            continue
        head[present & mask] = after[slot]
        after[slot] = free
        free = slot
        waiting -= 1
        node = node_in[slot]
        here = seconds[node]
        if int(here * per_s) != present:
            continue
        origin = source[node]
        for step in range(first[node], first[node + 1]):
            other = target[step]
            total = here + arc_s[step]
            old = seconds[other]
            if total < old and total <= limit_s:
                seconds[other], source[other] = total, origin
                if keep_arcs:
                    arc[other] = step
                bucket = int(total * per_s)
                # It waits there already, and was not looked at since. What another search left has never waited here.
                if is_fresh and bucket != present and old < np.inf and int(old * per_s) == bucket:
                    continue
                if free == _NONE:
                    slot = used
                    used += 1
                else:
                    slot = free
                    free = after[slot]
                place = bucket & mask
                node_in[slot], after[slot] = other, head[place]
                head[place] = slot
                waiting += 1
