"""Search: the shortest seconds between places and the network, in either sense.

A place lies on an edge, never at a node: a search starts at both ends of the edges of its sources, and ends at both
ends of the edges of the places it is asked about. Two places on one edge are a case by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network import ends
from geo.network.ends import Ends
from geo.network.graph import Arcs, Floats, Ints, Network
from geo.network.snap import Snaps
from geo.network.spread import spread

NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Reach:
    """What a search found, by node.

    Attributes
    ----------
    seconds : ndarray, shape (n,)
        To (or from) the nearest source; infinite where there is no way within the limit.
    source : ndarray of int32, shape (n,)
        Which source that is, `NOWHERE` where none.
    arc : ndarray of int32, shape (n,), or (0,)
        The arc by which the node was reached, `NOWHERE` at the sources' own ends; empty where not asked for.
    """

    seconds: Floats
    source: Ints
    arc: Ints


@dataclass(frozen=True, eq=False)
class Seeds:
    """Nodes where a search starts, with the seconds already spent there and the source they stand for."""

    node: Ints
    seconds: Floats
    source: Ints


def seeds_of(sources: Ends) -> Seeds:
    """Both ends of every source that joins the network."""
    node = np.concatenate((sources.tail, sources.head))
    seconds = np.concatenate((sources.tail_s, sources.head_s))
    source = np.tile(np.arange(len(sources), dtype=np.int32), 2)
    good = np.isfinite(seconds)
    return Seeds(node[good], seconds[good], source[good])


def seeds_towards(network: Network, places: Snaps) -> Seeds:
    """Starts of a search on reversed arcs: from the places back to wherever one can come from."""
    return seeds_of(ends.arriving(network, places))


def seeds_from(network: Network, places: Snaps) -> Seeds:
    """Starts of a search on arcs: from the places to wherever one can go."""
    return seeds_of(ends.leaving(network, places))


def search(
    arcs: Arcs, seeds: Seeds, *, limit_s: float = np.inf, keep_arcs: bool = False, begin: Reach | None = None
) -> Reach:
    """Shortest seconds from the seeds to every node within `limit_s`.

    With `begin` it is taken up from there: what `begin` holds stands unless a seed is nearer. `begin` is not changed.
    """
    nodes = len(arcs.first) - 1
    if begin is None:
        seconds, source = np.full(nodes, np.inf), np.full(nodes, NOWHERE, np.int32)
    else:
        seconds, source = begin.seconds.copy(), begin.source.copy()
    arc = np.full(nodes if keep_arcs else 0, NOWHERE, np.int32)
    spread(
        arcs.first, arcs.target, arcs.seconds, arcs.longest_s, arcs.width_s,
        seeds.node, seeds.seconds, seeds.source, limit_s, begin is None, seconds, source, arc,
    )  # fmt: skip
    return Reach(seconds, source, arc)


def search_again(arcs: Arcs, reversed_arcs: Arcs, before: Reach, becomes: Ints, seeds: Seeds) -> Reach:
    """A search without limit taken up again after some of its sources went or came.

    Parameters
    ----------
    before : Reach
        The search over `arcs` as it was.
    becomes : ndarray of int32, shape (old sources,)
        The index each source has now; `NOWHERE` for one that is gone. What it had reached is searched anew, from the
        rim inwards.
    seeds : Seeds
        Of all sources there are now.
    """
    # Row -1 of the table stands for what had no source.
    source = np.append(becomes, np.int32(NOWHERE))[before.source].astype(np.int32)
    seconds = np.where(source == NOWHERE, np.inf, before.seconds)
    lost = np.flatnonzero((source == NOWHERE) & (before.source != NOWHERE)).astype(np.int32)
    rim_s, rim_source = np.full(len(lost), np.inf), np.full(len(lost), NOWHERE, np.int32)
    _rim(reversed_arcs.first, reversed_arcs.target, reversed_arcs.seconds, lost, seconds, source, rim_s, rim_source)
    rim = np.isfinite(rim_s)
    all_seeds = Seeds(
        np.concatenate((seeds.node, lost[rim])),
        np.concatenate((seeds.seconds, rim_s[rim])),
        np.concatenate((seeds.source, rim_source[rim])),
    )
    return search(arcs, all_seeds, begin=Reach(seconds, source, before.arc[:0]))


def to_nearest(
    network: Network, places: Snaps | Ends, facilities: Snaps, *, limit_s: float = np.inf
) -> tuple[Floats, Ints]:
    """Seconds from each place to the nearest facility, and which it is.

    One search on the reversed network from all facilities at once, then for each place the better of its
    edge's two ends, and by itself the case that place and facility lie on one edge.

    Returns
    -------
    seconds : ndarray, shape (k,)
        Infinite where no facility can be reached.
    facility : ndarray of int32, shape (k,)
        Index into `facilities`, `NOWHERE` where none.
    """
    sources = ends.arriving(network, facilities)
    reach = search(network.arriving, seeds_of(sources), limit_s=limit_s)
    return at_places(places if isinstance(places, Ends) else ends.leaving(network, places), reach, sources)


def from_places(network: Network, origin: Snaps, places: Snaps, *, limit_s: float = np.inf) -> Floats:
    """Seconds from the one place of `origin` to each of `places`; infinite where there is no way."""
    sources = ends.leaving(network, origin)
    reach = search(network.leaving, seeds_of(sources), limit_s=limit_s)
    seconds, _ = at_places(ends.arriving(network, places), reach, sources)
    return np.where(seconds <= limit_s, seconds, np.inf)


def at_places(places: Ends, reach: Reach, sources: Ends) -> tuple[Floats, Ints]:
    """What a search from `sources` means at places: the better end of each one's edge, or straight along it."""
    seconds = np.empty(len(places))
    nearest = np.empty(len(places), np.int32)
    if len(reach.seconds) == 0:
        seconds[:], nearest[:] = np.inf, NOWHERE
        return seconds, nearest
    _better_end(places.tail, places.head, places.tail_s, places.head_s, reach.seconds, reach.source, seconds, nearest)
    _same_edge(
        places.by_edge, places.sorted_edge, places.fraction, places.access_s, places.ahead_s, places.back_s,
        sources.edge, sources.fraction, sources.access_s, seconds, nearest,
    )  # fmt: skip
    return seconds, nearest


@njit(nogil=True, cache=True)
def _rim(
    first: Ints,
    target: Ints,
    arc_s: Floats,
    lost: Ints,
    seconds: Floats,
    source: Ints,
    rim_s: Floats,
    rim_source: Ints,
) -> None:
    """For each lost node the best its neighbours that stand can offer."""
    for row in range(len(lost)):
        for step in range(first[lost[row]], first[lost[row] + 1]):
            total = seconds[target[step]] + arc_s[step]
            if total < rim_s[row]:
                rim_s[row], rim_source[row] = total, source[target[step]]


@njit(nogil=True, cache=True)
def _better_end(
    tail: Ints,
    head: Ints,
    tail_s: Floats,
    head_s: Floats,
    reached_s: Floats,
    source: Ints,
    seconds: Floats,
    nearest: Ints,
) -> None:
    for place in range(len(tail)):
        by_tail = reached_s[tail[place]] + tail_s[place]
        by_head = reached_s[head[place]] + head_s[place]
        if by_tail <= by_head:
            seconds[place] = by_tail
            nearest[place] = source[tail[place]] if by_tail < np.inf else NOWHERE
        else:
            seconds[place], nearest[place] = by_head, source[head[place]]


@njit(nogil=True, cache=True)
def _same_edge(
    by_edge: NDArray[np.intp],
    sorted_edge: Ints,
    fraction: Floats,
    access_s: Floats,
    ahead_s: Floats,
    back_s: Floats,
    source_edge: Ints,
    source_fraction: Floats,
    source_access_s: Floats,
    seconds: Floats,
    nearest: Ints,
) -> None:
    """Improve each place by the sources on its own edge.

    `ahead_s` counts where the source lies further along the edge, `back_s` where it lies before the place.
    """
    for source in range(len(source_edge)):
        edge = source_edge[source]
        if edge < 0:
            continue
        row = np.searchsorted(sorted_edge, edge)
        while row < len(sorted_edge) and sorted_edge[row] == edge:
            place = by_edge[row]
            ahead = source_fraction[source] - fraction[place]
            walked = 0.0
            if ahead > 0.0:
                walked = ahead * ahead_s[place]
            elif ahead < 0.0:
                walked = -ahead * back_s[place]
            total = walked + access_s[place] + source_access_s[source]
            if total < seconds[place]:
                seconds[place], nearest[place] = total, source
            row += 1
