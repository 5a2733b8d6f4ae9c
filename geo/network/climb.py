"""A climb: all a place reaches upward in a contraction hierarchy. Two of them meet at the top of a quickest way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from geo.network.contraction import Steps, is_beaten
from geo.network.desks import Floats, Ints, Pool, Side
from geo.network.heap import sift_down, sift_up


@dataclass(frozen=True, eq=False)
class Climb:
    """What one place reaches, in the order of its seconds.

    Attributes
    ----------
    node : ndarray of int32, shape (r,)
        Places in the contraction's order.
    seconds : ndarray, shape (r,)
    by : ndarray of int32, shape (r,)
        The step each was reached by; -1 - i at end i of the place's edge, 0 its tail and 1 its head.
    before : ndarray of int32, shape (r,)
        The row of the node from which it was.
    """

    node: Ints
    seconds: Floats
    by: Ints
    before: Ints

    @classmethod
    def of(
        cls,
        steps: Steps,
        back: Steps,
        ends: tuple[int, int],
        ends_s: tuple[float, float],
        sides: Pool[tuple[Side, Side]],
    ) -> Climb:
        """From the two ends of a place.

        Parameters
        ----------
        steps, back : Steps
            Upward in the direction of the climb, and against it.
        ends, ends_s : tail and head
            In the contraction's order, and the seconds between each and the place; infinite where it does not count.
        """
        with sides.one() as (side, spare):
            return cls(*_kept(
                *arrays_of(steps), *arrays_of(back), *ends, *ends_s,
                side.reached, side.place_of, side.heap, side.touched, spare.touched, side.by, side.before,
            ))  # fmt: skip


def arrays_of(steps: Steps) -> tuple[Ints, Ints, Floats]:
    """First step of each node, where each leads, its seconds."""
    return steps.first, steps.other, steps.seconds


@njit(nogil=True, cache=True)
def climb(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: int, head: int, tail_s: float, head_s: float,
    reached: Floats, place_of: Ints, heap: Ints, touched: Ints, settled: Ints, by: Ints, before: Ints,
) -> tuple[int, int]:  # fmt: skip
    """All that is reached upward from the two ends of a place: how many nodes were touched, and how many count."""
    size, many, done = 0, 0, 0
    for end in range(2):
        node, total = (tail, tail_s) if end == 0 else (head, head_s)
        if total < reached[node]:
            if place_of[node] < 0:
                heap[size], place_of[node], touched[many] = node, size, node
                size += 1
                many += 1
            reached[node], by[node] = total, -1 - end
            sift_up(heap, place_of, reached, place_of[node])
    while size > 0:
        node = heap[0]
        here = reached[node]
        size -= 1
        if size > 0:
            sift_down(heap, place_of, reached, size)
        if is_beaten(back_first, back_other, back_s, reached, node):
            continue
        settled[done] = node
        done += 1
        for step in range(first[node], first[node + 1]):
            above = other[step]
            total = here + step_s[step]
            if total < reached[above]:
                if reached[above] == np.inf:
                    heap[size], place_of[above], touched[many] = above, size, above
                    size += 1
                    many += 1
                reached[above], by[above], before[above] = total, step, node
                sift_up(heap, place_of, reached, place_of[above])
    return many, done


@njit(nogil=True, cache=True)
def _kept(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: int, head: int, tail_s: float, head_s: float,
    reached: Floats, place_of: Ints, heap: Ints, touched: Ints, settled: Ints, by: Ints, before: Ints,
) -> tuple[Ints, Floats, Ints, Ints]:  # fmt: skip
    """The columns of a `Climb`; what it wrote on is as good as new."""
    many, done = climb(
        first, other, step_s, back_first, back_other, back_s, tail, head, tail_s, head_s,
        reached, place_of, heap, touched, settled, by, before,
    )  # fmt: skip
    nodes = settled[:done].copy()
    seconds, steps, rows = reached[nodes], by[nodes], np.zeros(done, np.int32)
    # Nothing waits any more: the place in the queue is free to say the row.
    for row in range(done):
        place_of[nodes[row]] = row
    for row in range(done):
        if steps[row] >= 0:
            rows[row] = place_of[before[nodes[row]]]
    for row in range(many):
        reached[touched[row]], place_of[touched[row]] = np.inf, -1
    return nodes, seconds, steps, rows
