"""Ways as somebody asks for them: over several stops, without stairs, round what is closed, with a choice of others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.errors import InvalidInput
from geo.network.alternatives import others
from geo.network.between import Pieces, quickest
from geo.network.graph import Network
from geo.network.route import Way, joined, way_of
from geo.network.snap import Snaps

Reason = Literal["unjoined", "steps", "closed", "unconnected"]
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, eq=False)
class Plan:
    """The ways found.

    Attributes
    ----------
    ways : tuple of Way
        The quickest first; empty where there is none.
    reason : str, optional
        Why there is none: a stop joins no street ("unjoined"); only stairs lead there ("steps"), or only streets that
        were to be closed ("closed"); or nothing does ("unconnected").
    stop : int, optional
        The stop that joins no street, or the one from which there is no way to the next.
    """

    ways: tuple[Way, ...]
    reason: Reason | None = None
    stop: int | None = None


def plan(
    network: Network,
    stops: Snaps,
    *,
    avoid_steps: bool = False,
    closed: Collection[int] = (),
    alternatives: int = 0,
) -> Plan:
    """The quickest way over all stops in their order, and others that truly differ.

    Parameters
    ----------
    stops : Snaps, shape (k,), k ≥ 2
        Origin, points to go by, destination. With `avoid_steps` they should be joined by `network.without_steps`: who
        stands on stairs has no way without.
    avoid_steps : bool
        Nobody is sent over stairs, at the same speed.
    closed : collection of int
        Ids of streets that nobody may walk through, beside those that are closed anyway; unknown ones are nothing.
    alternatives : int
        How many other ways at most, up to `MOST_ALTERNATIVES`; see `geo.network.alternatives` for how much they differ.
        Only between two stops; over more there is one way.

    Raises
    ------
    InvalidInput
        When there are fewer than two stops.
    """
    if len(stops) < 2:
        raise InvalidInput("A way needs two places at least.", where="stops")
    unjoined = np.flatnonzero(~stops.joined)
    if len(unjoined):
        return Plan((), "unjoined", int(unjoined[0]))
    used = network.without_steps if avoid_steps else network
    shut = np.isin(network.graph.edge_id, list(closed)) if closed else None
    parts: list[Pieces] = []
    pairs = [(stops[np.array([row])], stops[np.array([row + 1])]) for row in range(len(stops) - 1)]
    for stop, ends in enumerate(pairs):
        pieces = quickest(used, *ends, shut)
        if pieces is None:
            return Plan((), _reason(network, ends, avoid_steps=avoid_steps, closed=bool(closed)), stop)
        parts.append(pieces)
    if len(parts) == 1:
        parts += others(used, *pairs[0], parts[0], min(alternatives, MOST_ALTERNATIVES), shut)
        return Plan(tuple(way_of(used, *pairs[0], pieces) for pieces in parts))
    return Plan((joined([way_of(used, *ends, pieces) for ends, pieces in zip(pairs, parts, strict=True)]),))


def _reason(network: Network, ends: tuple[Snaps, Snaps], *, avoid_steps: bool, closed: bool) -> Reason:
    """What to give up for a way: first the stairs, then what was to be closed."""
    if quickest(network, *ends) is None:
        return "unconnected"
    if avoid_steps and (not closed or quickest(network.without_steps, *ends) is None):
        return "steps"
    return "closed"
