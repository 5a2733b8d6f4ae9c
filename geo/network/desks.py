"""What searches write on: it lies ready on the graph, is not made anew for each, and is as good as new after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

T = TypeVar("T")


class Pool(Generic[T]):
    """As many as searches ever ran at once."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free: deque[T] = deque()

    @contextmanager
    def one(self) -> Iterator[T]:
        """One that nobody else has. Of a search that failed it is not as good as new, and goes with it."""
        try:
            mine = self._free.pop()
        except IndexError:
            mine = self._make()
        yield mine
        self._free.append(mine)


class Side:
    """What one of two searches that meet writes down, by node."""

    def __init__(self, nodes: int) -> None:
        self.reached = np.full(nodes, np.inf)
        self.place_of = np.full(nodes, -1, np.int32)
        self.heap = np.empty(nodes, np.int32)
        self.touched = np.empty(nodes, np.int32)
        self.by = np.empty(nodes, np.int32)
        """The arc a node was reached by; -1 - i at seed i."""
        self.before = np.empty(nodes, np.int32)


class Spread:
    """What one search outward from a place writes down; `waiting` and `after` hold its queue."""

    def __init__(self, nodes: int, edges: int) -> None:
        self.seconds = np.full(nodes, np.inf)
        self.arc = np.full(nodes, -1, np.int32)
        self.touched = np.empty(nodes, np.int32)
        self.count = np.zeros(1, np.int64)
        """So many of `touched` are put back before the next search."""
        self.waiting, self.after = (np.empty(2 * edges + 64, np.int32) for _ in range(2))
