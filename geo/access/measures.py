"""More than the minutes to the nearest: the runner-up, how many are near, gravity, floating catchments, basins.

All from `Catchments`, the pairs of facility and building within a limit; what lies beyond it is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.network.catchment import Catchments

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

HALF_S = 300.0
"""Gravity: a facility five minutes away counts half of one at the door, one ten minutes away a quarter."""

ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""E2SFCA: weights of the three thirds of the threshold; the slow decay of Luo & Qi (2009), as
recalled: not checked against the paper."""


def runner_up(pairs: Catchments) -> tuple[Floats, NDArray[np.int32]]:
    """Seconds to the second nearest facility of each building, and which (shape (b,) each); infinite and -1 where
    there is no second one within the limit."""
    facility = pairs.facility
    order = np.lexsort((facility, pairs.seconds, pairs.group))
    group = pairs.group[order]
    # The second of each run of equal groups.
    second = np.flatnonzero((group[1:] == group[:-1]) & np.append(True, group[1:-1] != group[:-2])) + 1
    seconds = np.full(pairs.groups, np.inf)
    which = np.full(pairs.groups, -1, np.int32)
    seconds[group[second]] = pairs.seconds[order][second]
    which[group[second]] = facility[order][second]
    return seconds, which


def within(pairs: Catchments, limit_s: float) -> Longs:
    """How many facilities each building has within `limit_s` seconds, shape (b,)."""
    return np.bincount(pairs.group[pairs.seconds <= limit_s], minlength=pairs.groups)


def gravity(pairs: Catchments, half_s: float = HALF_S) -> Floats:
    """Facilities weighted by 2^(−t / `half_s`), summed for each building, shape (b,): worth so many at the door.

    Source: W. G. Hansen, How accessibility shapes land use, J. Am. Inst. Planners 25 (1959), with exponential decay.
    """
    worth = np.exp2(-pairs.seconds / half_s)
    return np.bincount(pairs.group, weights=worth, minlength=pairs.groups).astype(np.float64)


@dataclass(frozen=True, eq=False)
class FloatingCatchment:
    """The two-step floating catchment.

    Attributes
    ----------
    per_person : ndarray, shape (b,)
        Places (seats, beds) for each person who lives there, as they share them with all others in reach.
    load : ndarray, shape (f,)
        Weighted people in reach of each facility for each of its places; NaN where nobody is in reach.
    assumed : int
        Facilities whose capacity nobody has said; they count as the median of the others.
    """

    per_person: Floats
    load: Floats
    assumed: int


def floating_catchment(
    pairs: Catchments, capacity: Longs, people: Longs, limit_s: float, weights: tuple[float, ...] = ZONE_WEIGHTS
) -> FloatingCatchment | None:
    """Enhanced two-step floating catchment area; with one weight it is the plain 2SFCA.

    First each facility shares its places among the people of its catchment, near ones counting more; then each
    building sums what the facilities it reaches have for one person. None where no capacity is known at all.

    Parameters
    ----------
    capacity : ndarray of int, shape (f,)
        0 where unknown.
    people : ndarray of int, shape (b,)
    weights : tuple
        Of equal parts of `limit_s`, the nearest first.

    Source: W. Luo and Y. Qi, An enhanced two-step floating catchment area (E2SFCA) method, Health & Place 15 (2009).
    """
    known = capacity > 0
    if not known.any():
        return None
    places = np.where(known, capacity, np.median(capacity[known]))
    near = pairs.seconds <= limit_s
    group, seconds, facility = pairs.group[near], pairs.seconds[near], pairs.facility[near]
    zone = np.minimum((seconds / limit_s * len(weights)).astype(np.intp), len(weights) - 1)
    weight = np.asarray(weights)[zone]
    demand = np.bincount(facility, weights=people[group] * weight, minlength=len(pairs))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(demand > 0, places / demand, 0.0)
        load = np.where(demand > 0, demand / places, np.nan)
    per_person = np.bincount(group, weights=share[facility] * weight, minlength=pairs.groups)
    return FloatingCatchment(per_person.astype(np.float64), load, int((~known).sum()))


def basins(facility_id: Longs, ids: Longs, people: Longs) -> Longs:
    """People who have each facility as their nearest, shape (f,).

    Parameters
    ----------
    facility_id : ndarray, shape (b,)
        The nearest facility of each building, as in `Coverage`; 0 where none.
    ids : ndarray, shape (f,)
    """
    order = np.argsort(ids)
    reached = facility_id != 0
    row = order[np.searchsorted(ids, facility_id[reached], sorter=order)]
    return np.bincount(row, weights=people[reached], minlength=len(ids)).astype(np.int64)
