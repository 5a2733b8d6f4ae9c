"""Coverage, worked out when it is asked for and kept until what it stands on was edited."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Engine

from geo.access.coverage import Cells, Coverage, by_cell, cover
from geo.access.homes import Homes
from geo.database.sql import query
from geo.errors import NotFound
from geo.network.graph import Network
from geo.network.profiles import Profile
from geo.network.snap import Snaps, snap
from geo.network.store import NetworkStore
from geo.scope import AreaScope


@dataclass
class CoverageStore:
    """Gives out coverages that are true for the present streets, homes and facilities.

    Each is kept until an edit of any of the three; then all are forgotten.
    """

    engine: Engine
    networks: NetworkStore
    snap_limit_m: float
    _homes: Homes | None = None
    _entrances: tuple[Network, Homes, Snaps] | None = None
    _made_from: tuple[int, int, int] | None = None
    _coverages: dict[tuple[str, Profile], Coverage] = field(default_factory=dict)
    _cells: dict[tuple[Coverage, AreaScope, int], Cells] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def coverage(self, category: str, profile: Profile) -> Coverage:
        """Minutes to the nearest facility of a category for every building.

        Raises
        ------
        NotFound
            When there is no such category, or no facility of it: no answer is better than a silent zero.
        """
        network = self.networks.network(profile)
        with self._lock:
            homes = self._current_homes()
            revisions = (network.graph.revision, homes.revision, self._revision("facilities"))
            if revisions != self._made_from:
                self._made_from = revisions
                self._coverages.clear()
                self._cells.clear()
            if (category, profile) not in self._coverages:
                self._coverages[category, profile] = self._compute(network, homes, category)
            return self._coverages[category, profile]

    def default_category(self) -> str | None:
        """The first category of which there is a facility; None where there is no facility at all."""
        with self.engine.connect() as connection:
            found: str | None = connection.execute(query("access/default_category")).scalar_one_or_none()
        return found

    def cells(self, coverage: Coverage, scope: AreaScope, resolution: int) -> Cells:
        """A coverage in a scope by H3 cell."""
        with self._lock:
            key = (coverage, scope, resolution)
            if key not in self._cells:
                self._cells[key] = by_cell(coverage, coverage.homes.within(scope), resolution)
            return self._cells[key]

    def _revision(self, topic: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(query("places/revision"), {"topic": topic}).scalar_one())

    def _compute(self, network: Network, homes: Homes, category: str) -> Coverage:
        with self.engine.connect() as connection:
            known = connection.execute(query("access/category"), {"category": category}).one_or_none()
            if known is None:
                raise NotFound(f"There is no category {category[:40]!r}.", where="category")
            rows = connection.execute(query("access/facilities"), {"category": category}).all()
        if not rows:
            raise NotFound(
                f"There is no facility of the category {known.name} ({category}).",
                where="category",
                hint="Add one, or choose a category that /api/v1/facility-categories counts.",
            )
        facilities = snap(network, [row.lon for row in rows], [row.lat for row in rows], limit_m=self.snap_limit_m)
        ids = np.array([row.id for row in rows], np.int64)
        return cover(network, homes, self._current_entrances(network, homes), facilities, ids)

    def _current_homes(self) -> Homes:
        if self._homes is None or self._homes.revision != self._revision("homes"):
            self._homes = Homes.load(self.engine)
        return self._homes

    def _current_entrances(self, network: Network, homes: Homes) -> Snaps:
        kept = self._entrances
        if kept is None or kept[0] is not network or kept[1] is not homes:
            snaps = snap(network, homes.entrance_lon, homes.entrance_lat, limit_m=self.snap_limit_m)
            kept = self._entrances = (network, homes, snaps)
        return kept[2]
