"""Fixtures for all tests: one real PostGIS for the run, one cloned database a test."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, create_engine

from data.catalogue import load_catalogue
from data.osm import import_osm
from data.town import Scale, build_town
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from geo.settings import default_home
from tests.browsing import chromium

NANJING = "nanjing/nanjing-xinjiekou-2021-06.osm"

# Nothing here has to survive a crash.
_FAST = (
    "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nlog_min_duration_statement = -1\n"
    # It visits every database in turn, several a second when there are hundreds.
    "autovacuum = off\n"
)
_numbers = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Tests that wait long for something real: `scripts/verify long` runs them, and not `scripts/test`."""
    config.addinivalue_line("markers", "long: waits longer than what is run many times a day may")


@pytest.fixture(scope="session")
def server() -> Iterator[LocalServer]:
    """A private cluster of the tests' own, next to the one `yike up` uses, never the same."""
    home = Path(os.environ.get("YIKE_TEST_HOME", default_home().with_name(default_home().name + "-test")))
    # Of two processes that test side by side each has its own.
    cluster = LocalServer(home.with_name(home.name + os.environ.get("YIKE_TEST_PART", "")))
    cluster.start(configuration=_FAST)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def admin(server: LocalServer) -> Iterator[Engine]:
    """An engine on the cluster's own database, to make and drop others."""
    engine = create_engine(
        server.url_of("postgres").replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT"
    )
    yield engine
    engine.dispose()


class Copies:
    """Copies of databases, dropped as soon as nobody needs them: hundreds of them fill the disk and the memory."""

    def __init__(self, admin: Engine, server: LocalServer) -> None:
        self._admin = admin
        self._server = server

    def make(self, template: str) -> str:
        """Copy a database and return the copy's name."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"create database {name} template {template} strategy file_copy")
        return name

    def url_of(self, name: str) -> str:
        """A copy's address."""
        return self._server.url_of(name)

    def drop(self, name: str) -> None:
        """Remove a copy, whoever is still connected."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def copies(admin: Engine, server: LocalServer) -> Copies:
    """Copies of databases of the test cluster."""
    return Copies(admin, server)


@pytest.fixture(scope="module")
def clone(copies: Copies) -> Iterator[Callable[[str], str]]:
    """Copies a database and returns the copy's address. The copies of a module are dropped with it."""
    names: list[str] = []

    def copy(template: str) -> str:
        names.append(copies.make(template))
        return copies.url_of(names[-1])

    yield copy
    for name in names:
        copies.drop(name)


@contextmanager
def copied(copies: Copies, template: str) -> Iterator[Engine]:
    """An engine on a copy that lasts no longer."""
    name = copies.make(template)
    engine = make_engine(copies.url_of(name))
    try:
        yield engine
    finally:
        engine.dispose()
        copies.drop(name)


@pytest.fixture(scope="session")
def template(admin: Engine, server: LocalServer) -> str:
    """Name of a migrated, empty database with the catalogue, to be cloned."""
    with admin.connect() as connection:
        stale = connection.exec_driver_sql("select datname from pg_database where datname ~ '^(test|template)_'")
        for (name,) in stale.all():
            connection.exec_driver_sql(f"drop database if exists {name} with (force)")
        connection.exec_driver_sql("create database template_yike")
    engine = make_engine(server.url_of("template_yike"))
    migrate(engine)
    load_catalogue(engine)
    engine.dispose()
    return "template_yike"


@pytest.fixture
def database(template: str, copies: Copies) -> Iterator[Engine]:
    """An engine on an empty database of this test's own, tables, functions and catalogue in place."""
    with copied(copies, template) as engine:
        yield engine


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real map extracts."""
    folder = os.environ.get("YIKE_REAL_DATA")
    if folder is None or not Path(folder).is_dir():
        pytest.fail("YIKE_REAL_DATA must name the folder of real map extracts; this test reads them.")
    return Path(folder)


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Calls a function with each argument, each in a thread of its own, all released at one moment."""

    def run(function: Callable[[Any], Any], arguments: Sequence[Any]) -> list[Any]:
        barrier = threading.Barrier(len(arguments))

        def call(argument: Any) -> Any:
            barrier.wait(30)
            return function(argument)

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(call, arguments))

    return run


@pytest.fixture(scope="session")
def nanjing_url(template: str, copies: Copies, real_data: Path) -> str:
    """Address of a database with central Nanjing, to be cloned or read."""
    url = copies.url_of(copies.make(template))
    engine = make_engine(url)
    import_osm(engine, real_data / NANJING)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def village_url(template: str, copies: Copies) -> str:
    """Address of a database with the sample village, to be cloned."""
    url = copies.url_of(copies.make(template))
    engine = make_engine(url)
    build_town(engine, Scale.VILLAGE)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests that need one; each opens a context of its own."""
    with chromium() as running:
        yield running
