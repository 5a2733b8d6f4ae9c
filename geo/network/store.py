"""The newest graph, swapped in whole when the streets were edited."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine

from geo.database.sql import query
from geo.network.graph import Graph, Network
from geo.network.profiles import Profile

log = logging.getLogger("yike.network")


@dataclass
class NetworkStore:
    """Gives out networks of the present revision; builds each once, whoever asks first.

    Readers keep the network they were given: an edit in between makes a new one, it never changes theirs.
    """

    engine: Engine
    _graph: Graph | None = None
    _networks: dict[Profile, Network] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def network(self, profile: Profile, *, revision: int | None = None) -> Network:
        """The network of a profile, of the revision that the database holds now; one just read saves the look."""
        if revision is None:
            with self.engine.connect() as connection:
                revision = int(connection.execute(query("places/revision"), {"topic": "network"}).scalar_one())
        with self._lock:
            if self._graph is None or self._graph.revision != revision:
                started = time.perf_counter()
                self._graph = Graph.load(self.engine)
                self._networks = {}
                log.info(
                    "network revision %d: %d streets, %d nodes in %.2f s",
                    self._graph.revision,
                    len(self._graph.edge_id),
                    self._graph.nodes,
                    time.perf_counter() - started,
                )
            if profile not in self._networks:
                self._networks[profile] = self._graph.network(profile)
            return self._networks[profile]
