"""Another server than the private one: what it lacks is said, with what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from geo.errors import DatabaseUnavailable, EnvironmentMissing, SettingsError


@pytest.fixture
def bare_database(admin: Engine) -> Iterator[str]:
    """A database with nothing in it, and a user `guest` who may only connect."""
    with admin.connect() as connection:
        connection.execute(text("drop database if exists test_bare"))
        connection.execute(text("drop role if exists guest"))
        connection.execute(text("create database test_bare template template0"))
        connection.execute(text("create role guest login"))
    yield "test_bare"
    with admin.connect() as connection:
        connection.execute(text("drop database test_bare with (force)"))
        connection.execute(text("drop role guest"))


def test_a_missing_right_is_said_with_the_grant_that_helps(server: LocalServer, bare_database: str) -> None:
    engine = make_engine(server.url_of(bare_database).replace("yike@", "guest@"))
    with pytest.raises(EnvironmentMissing) as raised:
        migrate(engine)
    engine.dispose()
    assert "guest may not create" in str(raised.value)
    assert "GRANT CREATE ON DATABASE" in str(raised.value)


def test_a_user_who_owns_the_schema_needs_nobody_once_the_extension_is_there(
    server: LocalServer, bare_database: str, admin: Engine
) -> None:
    owner = make_engine(server.url_of(bare_database))
    with owner.begin() as connection:
        connection.execute(text("create extension postgis"))
        connection.execute(text("grant create on database test_bare to guest"))
    owner.dispose()
    engine = make_engine(server.url_of(bare_database).replace("yike@", "guest@"))
    assert migrate(engine) is True
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("drop database test_bare with (force)"))
        connection.execute(text("create database test_bare"))


def test_a_server_that_does_not_answer(server: LocalServer) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable):
        migrate(engine)


def test_an_address_that_is_none() -> None:
    with pytest.raises(SettingsError, match="not a database address"):
        make_engine("postgresql://user@host:port/x")
