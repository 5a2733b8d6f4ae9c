"""Wires the services of one application together."""

from __future__ import annotations

from sqlalchemy import Engine

from api.live.hub import Hub
from api.services import Services
from api.tile_making import make_tiles
from data.standards import load_standards
from geo.access.store import CoverageStore
from geo.live.roster import Roster
from geo.network.store import NetworkStore
from geo.settings import Settings


def make_services(settings: Settings, engine: Engine, database_url: str) -> Services:
    """Wire the services together; nothing is started yet."""
    hub = Hub(engine)
    networks = NetworkStore(engine)
    roster = Roster(engine, networks, settings.snap_limit_m)
    coverages = CoverageStore(engine, networks, settings.snap_limit_m)
    tiles = make_tiles(settings, engine, database_url, hub, coverages)
    return Services(settings, engine, hub, networks, roster, coverages, load_standards(settings.standards), tiles)
