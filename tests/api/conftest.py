"""A real service over the hamlet of `tests.world`, one a test module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from geo.database.engine import make_engine
from tests.serving import serving
from tests.world import World, build_world


@dataclass(frozen=True)
class Service:
    """A running service, a client of it, and its database."""

    url: str
    http: httpx.Client
    engine: Engine
    world: World


@pytest.fixture(scope="module")
def service(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    log: Path = tmp_path_factory.mktemp("service") / "api.log"
    with serving(address, log) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield Service(url, http, engine, world)
    engine.dispose()
