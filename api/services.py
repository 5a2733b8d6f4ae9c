"""What the application is made of: one typed bundle, made in the lifespan, reached by dependency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from api.live.hub import Hub
from geo.access.store import CoverageStore
from geo.database.sql import query
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from geo.settings import Settings
from tiles.coverage import CoverageSource
from tiles.layers import LAYERS
from tiles.sources import SqlSource, TileSource
from tiles.status import StatusSource


@dataclass
class Services:
    """Everything a request may need."""

    settings: Settings
    engine: Engine
    hub: Hub
    networks: NetworkStore
    coverages: CoverageStore
    tile_sources: Mapping[str, TileSource] = field(default_factory=dict)

    def default_scope(self) -> AreaScope:
        """All real data; the sample town where there is nothing else."""
        with self.engine.connect() as connection:
            has_real = connection.execute(query("places/has_real")).scalar_one()
        return AreaScope.real() if has_real else AreaScope.everything()


def make_services(settings: Settings, engine: Engine) -> Services:
    """Wire the services together; nothing is started yet."""
    hub = Hub(engine)
    sources: dict[str, TileSource] = {
        layer.name: SqlSource(engine, layer) for layer in LAYERS.values() if not layer.lives
    }
    networks = NetworkStore(engine)
    coverages = CoverageStore(engine, networks, settings.snap_limit_m)
    sources["device_status"] = StatusSource(hub.live_state)
    sources["coverage"] = CoverageSource(coverages)
    return Services(settings, engine, hub, networks, coverages, sources)
