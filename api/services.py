"""What the application is made of: one typed bundle, made in the lifespan, reached by dependency."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine

from api.live.hub import Hub
from geo.access.standards import Standard
from geo.access.store import CoverageStore
from geo.database.sql import query
from geo.errors import YikeError
from geo.live.changes import Waker
from geo.live.nearest import Preferences, nearest_workers, preferences_of
from geo.live.place import Place
from geo.live.roster import Roster
from geo.network.between import quickest
from geo.network.nearest import nearest_movers
from geo.network.snap import middle_of_a_street
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from geo.settings import Settings
from tiles.maker import TileMaker

log = logging.getLogger("yike.api")
_LOOK_EVERY_S = 0.1
_SCOPE_FOR_S = 1.0


@dataclass
class Services:
    """Everything a request may need."""

    settings: Settings
    engine: Engine
    hub: Hub
    networks: NetworkStore
    roster: Roster
    coverages: CoverageStore
    standards: Mapping[str, Standard]
    tiles: TileMaker
    _default_scope: tuple[float, AreaScope] = (0.0, AreaScope.everything())
    limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    def preferences(self) -> Preferences:
        """Whom the operator wants sent first."""
        return preferences_of(self.settings)

    def default_scope(self) -> AreaScope:
        """All real data; the sample town where there is nothing else. It asks the database at most once a second."""
        if (known := self.known_default_scope()) is not None:
            return known
        with self.engine.connect() as connection:
            has_real = connection.execute(query("places/has_real")).scalar_one()
        scope = AreaScope.real() if has_real else AreaScope.everything()
        self._default_scope = (time.monotonic() + _SCOPE_FOR_S, scope)
        return scope

    def known_default_scope(self) -> AreaScope | None:
        """The same where it is known without asking."""
        until, scope = self._default_scope
        return scope if time.monotonic() < until else None

    def keep_roster(self) -> Waker:
        """A thread that joins workers to the streets as they move, until stopped; answers do not depend on it."""
        waker = Waker(self.engine, self._keep)
        threading.Thread(target=waker.run, name="yike-roster", daemon=True).start()
        return waker

    def _keep(self) -> None:
        self.roster.keep()
        # A flood of positions is one look a while, not one each.
        time.sleep(_LOOK_EVERY_S)

    def warm_up(self) -> None:
        """Load the streets and homes and compile the searches, so that no first user waits for it.

        Nothing depends on it: what fails here is done, or fails, again when it is asked for.
        """
        try:
            network = self.networks.network("walk")
            category = self.coverages.default_category()
            if category is not None:
                self.coverages.coverage(category, "walk")
            anywhere = middle_of_a_street(network)
            nearest_movers(network, anywhere, anywhere, 1)
            quickest(network, anywhere, anywhere)
            nearest_workers(self.roster, Place(*network.graph.middle()), k=1, scope=AreaScope.everything())
        except YikeError as error:
            log.warning("warming up: %s", error)
