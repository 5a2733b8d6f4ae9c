"""Who of those on duty can be at a place first, by the streets, and who was left out and why."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.live.climb import climb_s
from geo.live.crew import POSITION, Crew, Flags
from geo.live.place import Place
from geo.live.roster import Layer, Roster
from geo.network.nearest import nearest_standing
from geo.network.profiles import Profile
from geo.network.route import Way
from geo.network.snap import Snaps, snap_by_gates
from geo.network.trace import trace, way_met
from geo.scope import AreaScope
from geo.settings import Settings

MOST_IDS = 20
"""Of those left out for one reason so many are named."""

Stands = Literal["position", "post", "grid_post", "old_position"]
Shortfall = Literal[
    "off_duty", "asked_before", "no_skill", "busy", "position_unknown", "no_street", "no_way"
]  # fmt: skip
NoneCode = Literal["nobody_on_duty", "nobody_suitable", "place_off_streets", "nobody_near_streets", "no_way"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What counts beside the way, in seconds; never negative, so that one search still finds the best.

    `own_grid_s`: against whoever is of another grid. `open_order_s`: for each order in hand. `at_post_s`: against
    whoever's whereabouts are guessed. `fresh_s`: a position older than this is not where somebody is.
    `most_open_orders`: who has so many gets no more; None: no limit.
    """

    own_grid_s: float = 0.0
    open_order_s: float = 0.0
    at_post_s: float = 0.0
    fresh_s: float = 1800.0
    most_open_orders: int | None = None


def preferences_of(settings: Settings) -> Preferences:
    """What the operator has set: for whom the wall proposes and automatic orders go to."""
    return Preferences(
        own_grid_s=settings.prefer_own_grid_s,
        open_order_s=settings.prefer_free_s,
        at_post_s=settings.prefer_seen_s,
        fresh_s=settings.position_fresh_s,
        most_open_orders=settings.most_open_orders,
    )


@dataclass(frozen=True, slots=True)
class NearestWorker:
    """A worker and the way there.

    `seconds` is way and climb; `score_s` what they are ordered by, preferences included. `position_age_s` is None
    where the post stands in for a position, `last_seen_s` tells even then how long ago the phone was heard of.
    """

    worker_id: int
    name: str
    profile: str
    stands: Stands
    position_age_s: float | None
    last_seen_s: float | None
    open_orders: int
    is_own_grid: bool
    has_skill: bool | None
    seconds: float
    climb_s: float
    score_s: float
    way: Way

    @property
    def why(self) -> list[str]:
        """Codes: what speaks for this worker, and what has to be known."""
        at = {"position": "fresh_position", "post": "at_post", "grid_post": "at_grid_post"}
        return [
            *(["own_grid"] if self.is_own_grid else []),
            *(["skill"] if self.has_skill else []),
            at.get(self.stands, "old_position"),
            "free" if self.open_orders == 0 else "has_orders",
        ]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many were not found for one reason, and some of them."""

    code: Shortfall
    count: int
    worker_ids: list[int]


@dataclass(frozen=True, slots=True)
class NearestWorkers:
    """The best first. `reason` (a sentence) and `code` say why there are none."""

    workers: list[NearestWorker]
    left_out: list[LeftOut] = field(default_factory=list)
    code: NoneCode | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class _Found:
    """One whom a search found, by the place of the standing, and what draws the way while the search's desk is held."""

    score_s: float
    slot: int
    moves: str
    way: Callable[[], Way]

    @property
    def row(self) -> int:
        return self.slot // 2


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Who may be found (rows), at which of their two places, with which penalty; and who not."""

    may: Flags
    place: NDArray[np.intp]
    is_fresh: Flags
    penalty_s: NDArray[np.float64]
    out: list[tuple[Shortfall, Flags]]


def nearest_workers(
    roster: Roster,
    place: Place,
    *,
    k: int,
    scope: AreaScope,
    profile: Profile | None = None,
    skill: str | None = None,
    preferences: Preferences = Preferences(),
    exclude: frozenset[int] = frozenset(),
    only: int | None = None,
) -> NearestWorkers:
    """The k workers on duty who are there first by network time and preferences, each with the way.

    Parameters
    ----------
    place : Place
    k : int
    scope : AreaScope
        Whose workers may be sent.
    profile : Profile, optional
        As if all moved like that; else each as they do.
    skill : str, optional
        Only who has it.
    exclude : frozenset of int
        Workers not to be sent, who were asked before for instance.
    only : int, optional
        How far this one has to go, and nobody else.
    """
    with roster.present() as crew, ExitStack() as desks:
        now = roster.now()
        chosen = _choose(crew, place, scope, skill, preferences, exclude, now)
        if only is not None:
            chosen.may[:] &= crew.id == only
        best: list[_Found] = []
        joined_place, on_street, found = False, np.zeros(len(crew), bool), np.zeros(len(crew), bool)
        own = [moves for n, moves in enumerate(crew.profiles) if chosen.may[crew.profile == n].any()]
        for moves in [profile] if profile else own:
            rows = chosen.may if profile else chosen.may & roster.rides(moves)
            layer = roster.layer(moves)
            layer.settle(crew, rows, roster.snap_limit_m)
            slots = 2 * np.flatnonzero(rows) + chosen.place[rows]
            penalty_s = np.full(len(layer.standing), np.inf)
            penalty_s[slots] = chosen.penalty_s[rows]
            on_street[rows] = layer.standing.edge[slots] >= 0
            here, gate = snap_by_gates(layer.network, [place.lon], [place.lat], limit_m=roster.snap_limit_m)
            joined_place |= bool(here.joined[0])
            limit_s = best[k - 1].score_s if len(best) >= k else np.inf
            new = _nearest_of(layer, moves, here, gate[0], slots, penalty_s, k, limit_s, desks)
            found[[one.row for one in new]] = True
            best = sorted([*best, *new], key=lambda one: (one.score_s, crew.id[one.row]))[:k]
        climb = climb_s(place.floor, place.has_lift)
        workers = [
            _worker(crew, place, skill or place.skill, one.row, one.score_s, one.moves, one.way(), climb, chosen, now)
            for one in best
        ]
        out = [*chosen.out, ("no_street", chosen.may & ~on_street)]
        if len(best) < k:
            out.append(("no_way", chosen.may & on_street & ~found))
        left_out = [_left_out(crew, code, rows) for code, rows in out if rows.any()]
        if workers:
            return NearestWorkers(workers, left_out)
        suitable = int(chosen.may.sum())
        on_duty = int((crew.within(scope) & crew.on_duty).sum())
    code, reason = _why_nobody(on_duty, suitable, joined_place, bool(on_street.any()), roster.snap_limit_m)
    return NearestWorkers([], left_out, code, reason)


def _nearest_of(
    layer: Layer,
    moves: str,
    here: Snaps,
    gate: NDArray[np.float64],
    slots: NDArray[np.intp],
    penalty_s: NDArray[np.float64],
    k: int,
    limit_s: float,
    desks: ExitStack,
) -> list[_Found]:
    """The k best of one network. Only of those who are the best of all networks is the way drawn."""
    network, standing = layer.network, layer.standing
    if here.joined[0] and layer.climbs.are_worth_it(k, len(slots)):
        met = layer.climbs.meet(here, slots)
        if met is not None:
            score = met.seconds + penalty_s[slots]
            order = np.lexsort((slots, score))[:k]
            order = order[np.isfinite(score[order]) & (score[order] <= limit_s)]
            return [
                _Found(float(score[row]), int(slots[row]), moves, partial(way_met, standing, met, row, here, gate))
                for row in order.tolist()
            ]
    mine = desks.enter_context(network.graph.spreads.one())
    nearest = nearest_standing(standing, here, k, mine, penalty_s, limit_s=limit_s)
    return [
        _Found(score_s, slot, moves, partial(trace, standing, here, gate, nearest, row))
        for row, (slot, score_s) in enumerate(zip(nearest.mover.tolist(), nearest.score.tolist(), strict=True))
    ]


def _choose(
    crew: Crew,
    place: Place,
    scope: AreaScope,
    skill: str | None,
    preferences: Preferences,
    exclude: frozenset[int],
    now: float,
) -> _Chosen:
    may = crew.within(scope)
    out: list[tuple[Shortfall, Flags]] = [("off_duty", may & ~crew.on_duty)]
    may = may & crew.on_duty
    asked = np.isin(crew.id, list(exclude)) if exclude else np.zeros(len(crew), bool)
    at, fresh = crew.whereabouts(now, preferences.fresh_s)
    most = preferences.most_open_orders
    reasons: list[tuple[Shortfall, Flags]] = [
        ("asked_before", asked),
        ("no_skill", ~crew.can(skill) if skill else np.zeros(len(crew), bool)),
        ("busy", crew.open_orders >= most if most is not None else np.zeros(len(crew), bool)),
        ("position_unknown", ~crew.is_somewhere),
    ]
    for code, flags in reasons:
        out.append((code, may & flags))
        may = may & ~flags
    other_grid = crew.path != crew.path_code(place.path) if place.path else np.zeros(len(crew), bool)
    penalty_s = (
        preferences.own_grid_s * other_grid
        + preferences.open_order_s * crew.open_orders
        + preferences.at_post_s * ~fresh
    )
    return _Chosen(may, at, fresh, penalty_s, out)


def _worker(
    crew: Crew,
    place: Place,
    skill: str | None,
    row: int,
    score_s: float,
    moves: str,
    way: Way,
    climb: float,
    chosen: _Chosen,
    now: float,
) -> NearestWorker:
    seen_s = None if np.isnan(crew.seen_at[row]) else max(0.0, float(now - crew.seen_at[row]))
    by_phone = bool(chosen.place[row] == POSITION)
    stands: Stands = "position" if chosen.is_fresh[row] else "old_position"
    if not by_phone:
        stands = "grid_post" if crew.is_grid_post[row] else "post"
    return NearestWorker(
        worker_id=int(crew.id[row]),
        name=crew.names[row],
        profile=moves,
        stands=stands,
        position_age_s=seen_s if by_phone else None,
        last_seen_s=seen_s,
        open_orders=int(crew.open_orders[row]),
        is_own_grid=bool(place.path) and int(crew.path[row]) == crew.path_code(place.path),
        has_skill=bool(crew.can(skill)[row]) if skill else None,
        seconds=way.seconds + climb,
        climb_s=climb,
        score_s=score_s + climb,
        way=way,
    )


def _left_out(crew: Crew, code: Shortfall, rows: Flags) -> LeftOut:
    ids = np.sort(crew.id[rows])
    return LeftOut(code, len(ids), ids[:MOST_IDS].tolist())


def _why_nobody(
    on_duty: int, suitable: int, joined_place: bool, on_street: bool, limit_m: float
) -> tuple[NoneCode, str]:
    if not on_duty:
        return "nobody_on_duty", "Nobody is on duty."
    if not suitable:
        return "nobody_suitable", f"{on_duty} are on duty, but none of them can be sent: see left_out."
    if not joined_place:
        return "place_off_streets", f"No street lies within {limit_m:.0f} m of the place."
    if not on_street:
        return "nobody_near_streets", f"{suitable} are on duty, but none is near a street."
    return "no_way", f"{suitable} are on duty, but no way leads from any of them to the place."
