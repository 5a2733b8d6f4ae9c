"""Coverage, worked out when it is asked for and kept until what it stands on was edited."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from geo.access.cells import Cells, Grid, by_cell
from geo.access.coverage import Coverage, Doors, cover, cover_again
from geo.access.facilities import Facilities
from geo.access.homes import Homes
from geo.access.kept import Kept
from geo.access.scenario import Edits, closures_after, facilities_after, with_closures
from geo.database.sql import query
from geo.errors import NotFound
from geo.network.catchment import Catchments, catchments
from geo.network.graph import Network
from geo.network.profiles import Profile
from geo.network.snap import Snaps, join, snap
from geo.network.store import NetworkStore
from geo.scope import AreaScope


class Question(NamedTuple):
    """What a coverage is about.

    `at` (local time) leaves out what is closed then; `edits` are those of a scenario.
    """

    category: str
    profile: Profile = "walk"
    at: datetime | None = None
    edits: Edits = ()


@dataclass
class CoverageStore:
    """Gives out coverages that are true for the present streets, homes and facilities.

    Each is kept until an edit of any of the three; then all are forgotten.
    """

    engine: Engine
    networks: NetworkStore
    snap_limit_m: float
    _homes: Homes | None = None
    _facilities: Facilities | None = None
    _made_from: tuple[int, int, int] | None = None
    _doors: Kept[Network, Doors] = field(default_factory=lambda: Kept(8))
    _snaps: Kept[object, Snaps] = field(default_factory=lambda: Kept(6))
    _networks: Kept[object, Network] = field(default_factory=lambda: Kept(4))
    _coverages: Kept[Question, Coverage] = field(default_factory=lambda: Kept(40))
    _catchments: Kept[tuple[Question, float], Catchments] = field(default_factory=lambda: Kept(12))
    _cells: Kept[tuple[Coverage, AreaScope, int], Cells] = field(default_factory=lambda: Kept(64))
    _grids: Kept[tuple[Homes, AreaScope, int], Grid] = field(default_factory=lambda: Kept(12))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def coverage(
        self, category: str, profile: Profile = "walk", *, at: datetime | None = None, edits: Edits = ()
    ) -> Coverage:
        """Minutes to the nearest facility of a category for every building.

        Raises
        ------
        NotFound
            When there is no such category, or no facility of it: no answer is better than a silent zero.
        Conflict
            When an edit is about what is not there any more.
        """
        with self._lock:
            today = self.networks.network(profile)
            self._forget_what_is_old(today)
            return self._of(Question(category, profile, at, edits), today)

    def catchments(self, question: Question, limit_s: float) -> tuple[Coverage, Catchments]:
        """The buildings within `limit_s` seconds of each facility, and the coverage whose facilities they are."""
        with self._lock:
            coverage = self.coverage(question.category, question.profile, at=question.at, edits=question.edits)
            found = self._catchments.get((question, limit_s), lambda: self._search_each(coverage, limit_s))
            return coverage, found

    def doors(self, profile: Profile) -> Doors:
        """The entrances of all buildings on today's network of a profile."""
        with self._lock:
            today = self.networks.network(profile)
            self._forget_what_is_old(today)
            return self._doors_on(today)

    def default_category(self) -> str | None:
        """The first category of which there is a facility; None where there is no facility at all."""
        with self.engine.connect() as connection:
            found: str | None = connection.execute(query("access/default_category")).scalar_one_or_none()
        return found

    def stands_on(self) -> tuple[int, int, int]:
        """Revisions of the streets, homes and facilities: while they stand, each coverage stays as it is."""
        with self.engine.connect() as connection:
            network, homes, facilities = connection.execute(query("access/stands_on")).one()
        return network, homes, facilities

    def cells(self, coverage: Coverage, scope: AreaScope, resolution: int) -> Cells:
        """A coverage in a scope by H3 cell."""
        key = (coverage, scope, resolution)
        homes = coverage.homes
        grid_key = (homes, scope, resolution)

        def make() -> Cells:
            grid = self._grids.get(grid_key, lambda: Grid.of(homes, homes.within(scope), resolution))
            return by_cell(coverage, grid)

        return self._cells.get(key, make)

    # Under the lock ---------------------------------------------------------------------

    def _forget_what_is_old(self, today: Network) -> None:
        with self.engine.connect() as connection:
            homes, facilities = connection.execute(query("access/revisions")).one()
        if self._homes is None or self._homes.revision != homes:
            self._homes = Homes.load(self.engine)
        if self._facilities is None or self._facilities.revision != facilities:
            self._facilities = Facilities.load(self.engine)
        made_from = (today.graph.revision, self._homes.revision, self._facilities.revision)
        if made_from != self._made_from:
            if self._made_from is None or made_from[:2] != self._made_from[:2]:
                for of_homes in (self._doors, self._snaps, self._grids):
                    of_homes.clear()
            self._made_from = made_from
            for kept in (self._networks, self._coverages, self._catchments, self._cells):
                kept.clear()

    def _of(self, question: Question, today: Network) -> Coverage:
        return self._coverages.get(question, lambda: self._work_out(question, today))

    def _work_out(self, question: Question, today: Network) -> Coverage:
        assert self._facilities is not None  # noqa: S101 — loaded before anything is worked out
        category = question.category
        facilities = facilities_after(question.edits, self._facilities).of(category)
        if question.at is not None:
            facilities = facilities.open_at(question.at)
        if len(facilities) == 0:
            self._say_why(question)
        network = self._network_after(question.edits, question.profile, today)
        doors = self._doors_on(network)
        if question.edits and network is today and len(self._facilities.of(category)) > 0:
            try:
                before = self._of(question._replace(edits=()), today)
            except NotFound:
                # All of today's are closed at that hour; the scenario's own are not.
                return cover(doors, facilities, self._places(network, facilities))
            if _same(before.facilities, facilities):
                return replace(before, facilities=facilities)
            return cover_again(before, facilities, self._places_again(before, facilities))
        return cover(doors, facilities, self._places(network, facilities), once=network is not today)

    def _search_each(self, coverage: Coverage, limit_s: float) -> Catchments:
        doors = coverage.doors
        return catchments(
            doors.network,
            doors.ends,
            coverage.homes.entrance_of,
            len(coverage.homes),
            coverage.places,
            limit_s=limit_s,
        )

    def _network_after(self, edits: Edits, profile: Profile, today: Network) -> Network:
        closed, opened = closures_after(edits, today.graph)
        if not closed and not opened:
            return today
        key = (profile, closed, opened)
        return self._networks.get(key, lambda: with_closures(today.graph, closed, opened).network(profile))

    def _doors_on(self, network: Network) -> Doors:
        assert self._homes is not None  # noqa: S101
        homes = self._homes
        return self._doors.get(network, lambda: Doors.of(network, homes, self._entrances(network)))

    def _entrances(self, network: Network) -> Snaps:
        """Where the entrances join the streets: the same ones, whatever a scenario closes."""
        assert self._homes is not None  # noqa: S101
        homes = self._homes
        key = (network.rule, network.graph.revision)
        return self._snaps.get(
            key, lambda: snap(network, homes.entrance_lon, homes.entrance_lat, limit_m=self.snap_limit_m)
        )

    def _places(self, network: Network, facilities: Facilities) -> Snaps:
        return snap(network, facilities.lon, facilities.lat, limit_m=self.snap_limit_m)

    def _places_again(self, before: Coverage, facilities: Facilities) -> Snaps:
        """Where facilities join the network; what was there before is not looked for again."""
        rows = before.facilities.rows_of(facilities)
        new = np.flatnonzero(rows < 0)
        found = self._places(before.doors.network, facilities[new])
        order = np.where(rows < 0, 0, rows)
        order[new] = len(before.facilities) + np.arange(len(new))
        return join(before.places, found)[order]

    def _say_why(self, question: Question) -> None:
        """Raise what is to be said where there is nothing to walk to."""
        with self.engine.connect() as connection:
            known = connection.execute(query("access/category"), {"category": question.category}).one_or_none()
        if known is None:
            raise NotFound(f"There is no category {question.category[:40]!r}.", where="category")
        assert self._facilities is not None  # noqa: S101
        if question.at is not None and len(facilities_after(question.edits, self._facilities).of(known.code)):
            raise NotFound(
                f"No facility of the category {known.name} ({known.code}) is open at {question.at:%Y-%m-%d %H:%M}.",
                where="at",
                hint="Ask for another hour, or leave `at` out.",
            )
        raise NotFound(
            f"There is no facility of the category {known.name} ({known.code}).",
            where="category",
            hint="Add one, or choose a category that /api/v1/facility-categories counts.",
        )


def _same(before: Facilities, after: Facilities) -> bool:
    return len(before) == len(after) and bool((before.rows_of(after) == np.arange(len(after))).all())
