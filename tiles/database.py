"""Tiles of stored layers, asked of PostgreSQL by one prepared statement a tile, however many layers it has.

`asyncpg` for this path alone: the statement is planned once a connection, bytes come as bytes, and a question that is
cancelled here is cancelled there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy import make_url

from geo.database.sql import numbered_query
from geo.errors import DatabaseUnavailable
from tiles.address import TileAddress
from tiles.sources import TileQuery

_WAIT_S = 10.0
_CONNECT_S = 5.0
_GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
)


@dataclass
class TileDatabase:
    """Connections for tiles; opened when they are needed, at most `connections` of them.

    Belongs to one event loop: `open` and `close` are called on it.
    """

    url: str
    connections: int = 4
    statement_timeout_s: int = 30
    _pool: asyncpg.Pool | None = field(default=None, init=False)

    async def open(self) -> None:
        """Make the pool; connects to nothing yet, so that a database that is down is no hindrance."""
        parsed = make_url(self.url).set(drivername="postgresql")
        self._pool = await asyncpg.create_pool(
            parsed.render_as_string(hide_password=False),
            min_size=0,
            max_size=self.connections,
            timeout=_CONNECT_S,
            max_inactive_connection_lifetime=300,
            server_settings={
                "application_name": "yike tiles",
                "search_path": "public",
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": str(self.statement_timeout_s * 1000),
            },
        )

    async def close(self) -> None:
        """Let the connections go, those in use within a second."""
        if self._pool is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._pool.close(), 1.0)
            self._pool.terminate()

    async def tile(self, layers: Sequence[str], address: TileAddress, tile_query: TileQuery) -> bytes:
        """The tile of these layers, joined in drawing order; empty when nothing lies there.

        Raises
        ------
        DatabaseUnavailable
            When the database does not answer, or not in time.
        """
        statement = numbered_query("tiles/layers", ("layers", "z", "x", "y", "query"))
        asked = (list(layers), address.z, address.x, address.y, tile_query.as_json())
        try:
            return await self._ask(statement, asked)
        except asyncpg.QueryCanceledError as error:
            raise DatabaseUnavailable(
                "The database took too long over this request.", hint="Ask for a smaller area, or try again."
            ) from error
        except TimeoutError as error:
            raise DatabaseUnavailable("The service is busy.", hint="Try again in a moment.") from error
        except _GONE as error:
            raise DatabaseUnavailable("The database does not answer.", hint="Try again in a moment.") from error

    async def _ask(self, statement: str, asked: tuple[object, ...]) -> bytes:
        if self._pool is None:
            raise DatabaseUnavailable("The service is not up yet.", hint="Try again in a moment.")
        for is_last in (False, True):
            async with self._pool.acquire(timeout=_WAIT_S) as connection:
                try:
                    made = await connection.fetchval(statement, *asked)
                    return bytes(made) if made else b""
                except (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, ConnectionError):
                    # A connection that did not outlive a restart of the server: once more, on another.
                    if is_last:
                        raise
                except asyncpg.InvalidCachedStatementError:
                    # The functions were made anew by a migration.
                    await connection.reload_schema_state()
                    if is_last:
                        raise
        raise AssertionError
