"""Searches from two places towards each other: over a contraction hierarchy, or over the streets themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from geo.network.contraction import Contraction, is_beaten
from geo.network.desks import Floats, Ints, Pool, Side
from geo.network.heap import sift_down, sift_up


@dataclass(frozen=True, eq=False)
class Meeting:
    """A way from one of the origin's seeds to one of the destination's.

    Attributes
    ----------
    seconds : float
        Seeds included; infinite where they never meet.
    start, end : int
        Which seed it begins with, and which it ends with.
    there, onward : ndarray of int32
        Arcs from the origin to where the searches met, of the forward arcs; and from there on, of the backward arcs.
    """

    seconds: float
    start: int
    end: int
    there: Ints
    onward: Ints


def meet(
    forward: tuple[Ints, Ints, Floats],
    backward: tuple[Ints, Ints, Floats],
    origin: tuple[Ints, Floats],
    destination: tuple[Ints, Floats],
    sides: Pool[tuple[Side, Side]],
    *,
    is_upward: bool,
) -> Meeting:
    """The quickest way between two places.

    Parameters
    ----------
    forward, backward : CSR of target and seconds
        Backward arcs are reversed ones.
    origin, destination : nodes and seconds of seeds, shape (2,)
        Infinite where a seed does not count.
    is_upward : bool
        Arcs lead up a hierarchy: each search goes on until nothing below the best remains. Otherwise they
        end when together they have come as far as that.
    """
    with sides.one() as (one, other):
        seconds, start, end, there, onward = _meet(
            *forward, *backward, *origin, *destination,
            one.reached, one.place_of, one.heap, one.touched, one.by, one.before,
            other.reached, other.place_of, other.heap, other.touched, other.by, other.before,
            is_upward,
        )  # fmt: skip
    return Meeting(seconds, start, end, there, onward)


def unpack(contraction: Contraction, meeting: Meeting) -> Ints:
    """The arcs of the network itself, from the origin on, of a way over a hierarchy."""
    up, down = contraction.up, contraction.down
    return _unpack(up.first, up.other, up.made_of, down.first, down.other, down.made_of, meeting.there, meeting.onward)


@njit(nogil=True, cache=True)
def _seed(
    node: Ints, seconds: Floats, reached: Floats, place_of: Ints, heap: Ints, touched: Ints, by: Ints
) -> tuple[int, int]:
    size, many = 0, 0
    for seed in range(len(node)):
        here = node[seed]
        if seconds[seed] < reached[here]:
            if place_of[here] < 0:
                heap[size], place_of[here] = here, size
                touched[many] = here
                size += 1
                many += 1
            reached[here], by[here] = seconds[seed], -1 - seed
            sift_up(heap, place_of, reached, place_of[here])
    return size, many


@njit(nogil=True, cache=True)
def _settle(
    first: Ints, target: Ints, arc_s: Floats, reached: Floats, place_of: Ints, heap: Ints, touched: Ints, by: Ints,
    before: Ints, others: Floats, size: int, many: int, best: float, at: int,
    back_first: Ints, back_target: Ints, back_s: Floats, is_upward: bool,
) -> tuple[int, int, float, int]:  # fmt: skip
    """Look at the next node of one side; where it finds one of the other side's, the way may be the best."""
    node = heap[0]
    here = reached[node]
    size -= 1
    if size > 0:
        sift_down(heap, place_of, reached, size)
    if is_upward and is_beaten(back_first, back_target, back_s, reached, node):
        return size, many, best, at
    for step in range(first[node], first[node + 1]):
        other = target[step]
        total = here + arc_s[step]
        if total < reached[other] and total < best:
            if reached[other] == np.inf:
                touched[many] = other
                many += 1
                heap[size], place_of[other] = other, size
                size += 1
            reached[other], by[other], before[other] = total, step, node
            sift_up(heap, place_of, reached, place_of[other])
            if total + others[other] < best:
                best, at = total + others[other], other
    return size, many, best, at


@njit(nogil=True, cache=True)
def trace_back(node: int, by: Ints, before: Ints) -> tuple[int, Ints]:
    """The seed a node was reached from, and the arcs from the node back to it.

    Parameters
    ----------
    by : ndarray of int32
        The arc each node was reached by; -1 - i at seed i.
    before : ndarray of int32
        The node from which it was.
    """
    length, place = 0, node
    while by[place] >= 0:
        length += 1
        place = before[place]
    arcs = np.empty(length, np.int32)
    place = node
    for row in range(length):
        arcs[row] = by[place]
        place = before[place]
    return -1 - by[place], arcs


@njit(nogil=True, cache=True)
def _meet(
    f_first: Ints, f_target: Ints, f_arc_s: Floats, b_first: Ints, b_target: Ints, b_arc_s: Floats,
    f_seed: Ints, f_seed_s: Floats, b_seed: Ints, b_seed_s: Floats,
    f_reached: Floats, f_place: Ints, f_heap: Ints, f_touched: Ints, f_by: Ints, f_before: Ints,
    b_reached: Floats, b_place: Ints, b_heap: Ints, b_touched: Ints, b_by: Ints, b_before: Ints,
    is_upward: bool,
) -> tuple[float, int, int, Ints, Ints]:  # fmt: skip
    f_size, f_many = _seed(f_seed, f_seed_s, f_reached, f_place, f_heap, f_touched, f_by)
    b_size, b_many = _seed(b_seed, b_seed_s, b_reached, b_place, b_heap, b_touched, b_by)
    best, at = np.inf, -1
    for seed in range(len(f_seed)):
        total = f_reached[f_seed[seed]] + b_reached[f_seed[seed]]
        if total < best:
            best, at = total, f_seed[seed]
    while f_size > 0 or b_size > 0:
        f_next = f_reached[f_heap[0]] if f_size > 0 else np.inf
        b_next = b_reached[b_heap[0]] if b_size > 0 else np.inf
        if (min(f_next, b_next) if is_upward else f_next + b_next) >= best:
            break
        if f_next <= b_next:
            f_size, f_many, best, at = _settle(
                f_first, f_target, f_arc_s, f_reached, f_place, f_heap, f_touched, f_by, f_before, b_reached,
                f_size, f_many, best, at, b_first, b_target, b_arc_s, is_upward,
            )  # fmt: skip
        else:
            b_size, b_many, best, at = _settle(
                b_first, b_target, b_arc_s, b_reached, b_place, b_heap, b_touched, b_by, b_before, f_reached,
                b_size, b_many, best, at, f_first, f_target, f_arc_s, is_upward,
            )  # fmt: skip
    start, end = -1, -1
    there, onward = np.empty(0, np.int32), np.empty(0, np.int32)
    if at >= 0:
        start, back = trace_back(at, f_by, f_before)
        there = back[::-1].copy()
        end, onward = trace_back(at, b_by, b_before)
    for row in range(f_many):
        f_reached[f_touched[row]], f_place[f_touched[row]] = np.inf, -1
    for row in range(b_many):
        b_reached[b_touched[row]], b_place[b_touched[row]] = np.inf, -1
    return best, start, end, there, onward


@njit(nogil=True, cache=True)
def _find(first: Ints, other: Ints, node: int, end: int) -> int:
    for step in range(first[node], first[node + 1]):
        if other[step] == end:
            return step
    return -1


@njit(nogil=True, cache=True)
def _unpack(
    up_first: Ints, up_other: Ints, up_made_of: Ints, down_first: Ints, down_other: Ints, down_made_of: Ints,
    there: Ints, onward: Ints,
) -> Ints:  # fmt: skip
    found = np.empty(256, np.int32)
    many = 0
    # What waits: a step up, or a step down as -1 - step. A shortcut is a step down to its middle and one up from there,
    # and only the one end of a step is written with it, so that the other is kept beside it.
    waiting, begins = np.empty(256, np.int32), np.empty(256, np.int32)
    for row in range(len(there) + len(onward)):
        is_up = row < len(there)
        step = there[row] if is_up else onward[row - len(there)]
        waiting[0] = step if is_up else -1 - step
        begins[0] = np.searchsorted(up_first if is_up else down_first, step, side="right") - 1
        size = 1
        while size > 0:
            size -= 1
            node = begins[size]
            if waiting[size] >= 0:
                step = waiting[size]
                begin, end, middle = node, up_other[step], up_made_of[step]
            else:
                step = -1 - waiting[size]
                begin, end, middle = down_other[step], node, down_made_of[step]
            if middle < 0:
                if many == len(found):
                    found = np.concatenate((found, np.empty(many, np.int32)))
                found[many] = -1 - middle
                many += 1
                continue
            if size + 2 > len(waiting):
                waiting = np.concatenate((waiting, np.empty(size, np.int32)))
                begins = np.concatenate((begins, np.empty(size, np.int32)))
            waiting[size], begins[size] = _find(up_first, up_other, middle, end), middle
            waiting[size + 1], begins[size + 1] = -1 - _find(down_first, down_other, middle, begin), middle
            size += 2
    return found[:many].copy()
