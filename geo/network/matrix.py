"""Seconds from each of many places to each of many others.

Every target climbs the contraction hierarchy once and leaves its seconds where it comes by; every source climbs once
and collects what lies there.
Source: S. Knopp et al., Computing Many-to-Many Shortest Paths Using Highway Hierarchies (2007).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network import ends
from geo.network.climb import arrays_of, climb
from geo.network.ends import Ends
from geo.network.graph import Floats, Ints, Network
from geo.network.snap import Snaps

THREADS = min(2, os.cpu_count() or 1)
_ROWS_AT_ONCE = 64


def matrix(network: Network, sources: Snaps, targets: Snaps) -> Floats:
    """Seconds from each source to each target, shape (sources, targets); infinite where there is no way.

    A profile has one speed, so that the metres of each quickest way are its seconds times ``network.rule.speed_mps``.
    """
    leave, arrive = ends.leaving(network, sources), ends.arriving(network, targets)
    seconds = np.full((len(leave), len(arrive)), np.inf)
    contraction = network.leaving.contracted.wait()
    if not len(contraction.number) or not seconds.size:
        return seconds
    up, down, number = contraction.up, contraction.down, contraction.number
    node, target_s, first = _deposit(
        *arrays_of(down), *arrays_of(up), number[arrive.tail], number[arrive.head], arrive.tail_s, arrive.head_s
    )
    order = np.argsort(node, kind="stable")
    bucket = np.zeros(len(number) + 1, np.int64)
    np.cumsum(np.bincount(node, minlength=len(number)), out=bucket[1:])
    target = np.repeat(np.arange(len(arrive), dtype=np.int32), np.diff(first))[order]
    target_s = target_s[order]

    def fill(begin: int) -> None:
        rows = slice(begin, begin + _ROWS_AT_ONCE)
        _collect(
            *arrays_of(up), *arrays_of(down), number[leave.tail[rows]], number[leave.head[rows]],
            leave.tail_s[rows], leave.head_s[rows], bucket, target, target_s, seconds[rows],
        )  # fmt: skip

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(fill, range(0, len(leave), _ROWS_AT_ONCE)))
    _straight(leave, arrive, seconds)
    return seconds


def _straight(leave: Ends, arrive: Ends, seconds: Floats) -> None:
    """Improve what lies on one edge by the way straight along it."""
    begin = np.searchsorted(arrive.sorted_edge, leave.edge, side="left")
    count = np.where(leave.edge >= 0, np.searchsorted(arrive.sorted_edge, leave.edge, side="right") - begin, 0)
    one = np.repeat(np.arange(len(leave)), count)
    within = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    other = arrive.by_edge[np.repeat(begin, count) + within]
    ahead = leave.fraction[one] - arrive.fraction[other]
    # Nothing of a forbidden edge is no time.
    with np.errstate(invalid="ignore"):
        walked = np.where(ahead > 0.0, ahead * arrive.ahead_s[other], -ahead * arrive.back_s[other])
    total = np.where(ahead == 0.0, 0.0, walked) + leave.access_s[one] + arrive.access_s[other]
    seconds[one, other] = np.minimum(seconds[one, other], total)


@njit(nogil=True, cache=True)
def _deposit(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: Ints, head: Ints, tail_s: Floats, head_s: Floats,
) -> tuple[Ints, Floats, NDArray[np.int64]]:  # fmt: skip
    """Nodes and seconds that each place leaves; those of place ``i`` are ``starts[i]:starts[i + 1]``."""
    nodes = len(first) - 1
    reached, place_of = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
    heap, touched, settled = np.empty(nodes, np.int32), np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    by, before = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    node_of, seconds = np.empty(64 * len(tail) + 1024, np.int32), np.empty(64 * len(tail) + 1024)
    starts = np.zeros(len(tail) + 1, np.int64)
    for place in range(len(tail)):
        many, done = climb(
            first, other, step_s, back_first, back_other, back_s, tail[place], head[place], tail_s[place],
            head_s[place], reached, place_of, heap, touched, settled, by, before,
        )  # fmt: skip
        begin = starts[place]
        if begin + done > len(node_of):
            more = len(node_of) + done
            node_of = np.concatenate((node_of, np.empty(more, np.int32)))
            seconds = np.concatenate((seconds, np.empty(more)))
        for row in range(done):
            node_of[begin + row], seconds[begin + row] = settled[row], reached[settled[row]]
        starts[place + 1] = begin + done
        for row in range(many):
            reached[touched[row]], place_of[touched[row]] = np.inf, -1
    return node_of[: starts[-1]].copy(), seconds[: starts[-1]].copy(), starts


@njit(nogil=True, cache=True)
def _collect(
    first: Ints, other: Ints, step_s: Floats, back_first: Ints, back_other: Ints, back_s: Floats,
    tail: Ints, head: Ints, tail_s: Floats, head_s: Floats,
    bucket: NDArray[np.int64], target: Ints, target_s: Floats, seconds: Floats,
) -> None:  # fmt: skip
    """Rows of `seconds`, shape (places, targets), from what the targets left in the buckets."""
    nodes = len(first) - 1
    reached, place_of = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
    heap, touched, settled = np.empty(nodes, np.int32), np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    by, before = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    for place in range(len(tail)):
        many, done = climb(
            first, other, step_s, back_first, back_other, back_s, tail[place], head[place], tail_s[place],
            head_s[place], reached, place_of, heap, touched, settled, by, before,
        )  # fmt: skip
        row = seconds[place]
        for at in range(done):
            here = reached[settled[at]]
            for left in range(bucket[settled[at]], bucket[settled[at] + 1]):
                total = here + target_s[left]
                if total < row[target[left]]:
                    row[target[left]] = total
        for at in range(many):
            reached[touched[at]], place_of[touched[at]] = np.inf, -1
