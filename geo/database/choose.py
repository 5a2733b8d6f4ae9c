"""Which database: the operator's, or the private one in `YIKE_HOME`."""

from __future__ import annotations

from geo.database.server import LocalServer
from geo.settings import Settings


def local_server(settings: Settings) -> LocalServer | None:
    """The private server, or None where the operator named another."""
    return None if settings.database_url else LocalServer(settings.home)


def database_url(settings: Settings) -> str:
    """The database's address; the private server is started first when it is down.

    Raises
    ------
    EnvironmentMissing
        When there is nothing to start.
    DatabaseUnavailable
        When it does not start.
    """
    if settings.database_url:
        return settings.database_url
    server = LocalServer(settings.home)
    server.start()
    return server.url
