"""Ways as somebody asks for them: over several stops, without stairs, round what is closed, with a choice of others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.network.graph import Network
from geo.network.route import Way, joined, route
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
    alternatives: int = 0,  # noqa: ARG001 — still to come
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
        How many other ways at most (`MOST_ALTERNATIVES`). Only between two stops; with more there is one way.
    """
    unjoined = np.flatnonzero(~stops.joined)
    if len(unjoined):
        return Plan((), "unjoined", int(unjoined[0]))
    used = network.without_steps if avoid_steps else network
    shut = np.isin(network.graph.edge_id, list(closed)) if closed else None
    parts: list[Way] = []
    for stop in range(len(stops) - 1):
        ends = stops[np.array([stop])], stops[np.array([stop + 1])]
        way = route(used, *ends, shut)
        if way is None:
            return Plan((), _reason(network, ends, avoid_steps=avoid_steps, closed=bool(closed)), stop)
        parts.append(way)
    return Plan((joined(parts),))


def _reason(network: Network, ends: tuple[Snaps, Snaps], *, avoid_steps: bool, closed: bool) -> Reason:
    """What to give up for a way: first the stairs, then what was to be closed."""
    if route(network, *ends) is None:
        return "unconnected"
    if avoid_steps and (not closed or route(network.without_steps, *ends) is None):
        return "steps"
    return "closed"
