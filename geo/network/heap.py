"""An indexed 4-ary heap over arrays, for the compiled searches.

`heap` holds nodes, `place_of` where in it each node is, `key` (by node) what orders them. Four children a
node keep it flat, which suits the many decrease-keys of a street network.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@njit(nogil=True, cache=True, inline="never")
def sift_up(heap: Ints, place_of: Ints, key: Floats, position: int) -> None:
    """Let a node whose key fell rise to its place; `place_of` follows every node that moves."""
    node = heap[position]
    while position > 0:
        parent = (position - 1) >> 2
        if key[heap[parent]] <= key[node]:
            break
        heap[position] = heap[parent]
        place_of[heap[position]] = position
        position = parent
    heap[position] = node
    place_of[node] = position


@njit(nogil=True, cache=True, inline="never")
def sift_down(heap: Ints, place_of: Ints, key: Floats, size: int) -> None:
    """Put the last node at the root and let it sink; the rest was popped off."""
    node = heap[size]
    position = 0
    while True:
        child = (position << 2) + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if key[heap[other]] < key[heap[best]]:
                best = other
        if key[heap[best]] >= key[node]:
            break
        heap[position] = heap[best]
        place_of[heap[position]] = position
        position = best
    heap[position] = node
    place_of[node] = position
