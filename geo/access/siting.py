"""Where one more, or k more, would help most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from geo.errors import InvalidInput
from geo.network.catchment import Catchments

Method = Literal["greedy", "exact", "p_median"]
Floats = NDArray[np.float64]

SOLVE_FOR_S = 20.0
"""How long the solver may look for a proof; what it has then is given with its bound."""


@dataclass(frozen=True)
class Choice:
    """Candidates in the order in which they were taken (`exact` has no order: by what each reaches alone).

    Attributes
    ----------
    chosen : tuple of int
        Indexes of candidates.
    gain : tuple of float
        What each adds after those before it: people covered, or person-minutes saved (`p_median`).
    before, after : float
        People covered, or person-minutes of all walks, today and with all chosen.
    bound : float
        No choice of as many candidates can be better than this.
    is_optimal : bool
        `after` is proved to be the best.
    """

    method: Method
    chosen: tuple[int, ...]
    gain: tuple[float, ...]
    before: float
    after: float
    bound: float
    is_optimal: bool


def most_covered(pairs: Catchments, weight: Floats, covered: NDArray[np.bool_], k: int, *, exact: bool) -> Choice:
    """Maximal covering location: the k candidates that bring the most weight within reach.

    Parameters
    ----------
    pairs : Catchments
        What each candidate reaches within the threshold.
    weight : ndarray, shape (b,)
    covered : ndarray of bool, shape (b,)
        What is within the threshold today.
    exact : bool
        Solve the integer programme (HiGHS) instead of taking the best again and again.

    The greedy choice covers at least 1 − 1/e of what the best could gain (Nemhauser, Wolsey, Fisher 1978); `bound` is
    the tighter one of the same paper, from the gains at hand. Source of the model: R. Church, C. ReVelle, The maximal
    covering location problem, Papers of the Regional Science Association 32 (1974).
    """
    _check(pairs, k)
    open_weight = np.where(covered, 0.0, weight)
    reaches = csr_array((np.ones(len(pairs.group)), pairs.group, pairs.first), shape=(len(pairs), pairs.groups))
    before = float(weight[covered].sum())
    chosen, gains, bound = _greedy(reaches, open_weight, k)
    after = before + sum(gains)
    if not exact:
        return Choice("greedy", chosen, gains, before, after, before + bound, bool(np.isclose(bound, sum(gains))))
    chosen, bound, is_optimal = _solve(reaches, open_weight, k, chosen)
    gains = _gains(reaches, open_weight, chosen)
    after = before + sum(gains)
    return Choice("exact", chosen, gains, before, after, max(before + bound, after), is_optimal)


def least_walked(
    pairs: Catchments, weight: Floats, seconds: Floats, k: int, *, beyond_s: float, rounds: int = 20
) -> Choice:
    """P-median: the k candidates that save the most minutes of walking, all facilities of today staying.

    Greedy, then exchanged one for one while that helps (M. Teitz, P. Bart 1968). Who has no way today, and whoever
    walks longer than `beyond_s`, counts as walking that long.

    Parameters
    ----------
    pairs : Catchments
        What each candidate reaches within `beyond_s`.
    seconds : ndarray, shape (b,)
        To the nearest facility today.
    """
    _check(pairs, k)
    today = np.minimum(seconds, beyond_s)
    spans = [slice(int(a), int(b)) for a, b in zip(pairs.first[:-1], pairs.first[1:], strict=True)]

    def saved(candidate: int, present: Floats) -> float:
        span = spans[candidate]
        nearer = np.maximum(present[pairs.group[span]] - pairs.seconds[span], 0.0)
        return float((nearer * weight[pairs.group[span]]).sum()) / 60.0

    def walked(choice: list[int]) -> Floats:
        present = today.copy()
        for candidate in choice:
            group = pairs.group[spans[candidate]]
            present[group] = np.minimum(present[group], pairs.seconds[spans[candidate]])
        return present

    everyone = range(len(pairs))
    chosen: list[int] = []
    first_gains = np.array([saved(candidate, today) for candidate in everyone])
    for _ in range(k):
        present = walked(chosen)
        best = max(everyone, key=lambda candidate: (saved(candidate, present), -candidate))
        if saved(best, present) <= 0.0:
            break
        chosen.append(best)
    for _ in range(rounds):
        better = False
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            present = walked(others)
            best = max(everyone, key=lambda candidate: (saved(candidate, present), -candidate))
            if saved(best, present) > saved(chosen[place], present) * (1 + 1e-9):
                chosen[place], better = best, True
        if not better:
            break
    gains, done = [], list[int]()
    for candidate in chosen:
        gains.append(saved(candidate, walked(done)))
        done.append(candidate)
    before = float((today * weight).sum()) / 60.0
    after = before - sum(gains)
    bound = max(before - float(np.sort(first_gains)[::-1][:k].sum()), 0.0)
    return Choice("p_median", tuple(chosen), tuple(gains), before, after, bound, bool(np.isclose(bound, after)))


def _check(pairs: Catchments, k: int) -> None:
    if k < 1:
        raise InvalidInput(f"{k} more is nothing to look for.", where="k")
    if len(pairs) == 0:
        raise InvalidInput("There is no candidate place.", where="candidates")


def _greedy(reaches: csr_array, weight: Floats, k: int) -> tuple[tuple[int, ...], tuple[float, ...], float]:
    """The choice, what each gains, and a bound on what any k could gain."""
    left = weight.copy()
    chosen: list[int] = []
    gains: list[float] = []
    bound = np.inf
    for _ in range(k):
        offers = np.asarray(reaches @ left)
        # What is gained so far and the k best offers alone: submodular, so none can gain more.
        bound = min(bound, sum(gains) + float(np.sort(offers)[::-1][:k].sum()))
        best = int(np.argmax(offers))
        if offers[best] <= 0.0:
            break
        chosen.append(best)
        gains.append(float(offers[best]))
        left[reaches.indices[reaches.indptr[best] : reaches.indptr[best + 1]]] = 0.0
    rest = np.asarray(reaches @ left)
    bound = min(bound, sum(gains) + float(np.sort(rest)[::-1][:k].sum()))
    # Nor can anybody gain more people than there are.
    return tuple(chosen), tuple(gains), max(min(bound, float(weight.sum())), sum(gains))


def _gains(reaches: csr_array, weight: Floats, chosen: tuple[int, ...]) -> tuple[float, ...]:
    left = weight.copy()
    gains = []
    for candidate in chosen:
        groups = reaches.indices[reaches.indptr[candidate] : reaches.indptr[candidate + 1]]
        gains.append(float(left[groups].sum()))
        left[groups] = 0.0
    return tuple(gains)


def _solve(reaches: csr_array, weight: Floats, k: int, at_hand: tuple[int, ...]) -> tuple[tuple[int, ...], float, bool]:
    """The integer programme: x says which candidates, y (continuous) which groups are covered."""
    candidates = reaches.shape[0]
    open_groups = np.flatnonzero((weight > 0) & (np.bincount(reaches.indices, minlength=reaches.shape[1]) > 0))
    if len(open_groups) == 0:
        return (), 0.0, True
    row_of = np.full(reaches.shape[1], -1)
    row_of[open_groups] = np.arange(len(open_groups))
    pairs = reaches.tocoo()
    keep = row_of[pairs.col] >= 0
    rows, columns = row_of[pairs.col[keep]], pairs.row[keep]
    groups = len(open_groups)
    # y_i ≤ Σ x_j over the candidates j that reach i; Σ x_j ≤ k.
    cover = coo_array(
        (
            np.concatenate((-np.ones(len(rows)), np.ones(groups))),
            (np.concatenate((rows, np.arange(groups))), np.concatenate((columns, candidates + np.arange(groups)))),
        ),
        shape=(groups, candidates + groups),
    )
    count = coo_array(
        (np.ones(candidates), (np.zeros(candidates, int), np.arange(candidates))), shape=(1, candidates + groups)
    )
    # A third of a second to import, which every start of the service would pay.
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = milp(
        -np.concatenate((np.zeros(candidates), weight[open_groups])),
        integrality=np.concatenate((np.ones(candidates), np.zeros(groups))),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(cover.tocsr(), -np.inf, 0), LinearConstraint(count.tocsr(), 0, k)],
        options={"time_limit": SOLVE_FOR_S, "mip_rel_gap": 0},
    )
    bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else float(weight.sum())
    if found.x is None:
        return at_hand, bound, False
    chosen = np.flatnonzero(found.x[:candidates] > 0.5)
    alone = np.asarray(reaches @ weight)[chosen]
    order = chosen[np.argsort(-alone, kind="stable")]
    return tuple(int(candidate) for candidate in order), bound, bool(found.status == 0)
