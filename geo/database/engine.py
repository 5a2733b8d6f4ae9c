"""The SQLAlchemy engine, and the one place where the driver's errors become ours."""

from __future__ import annotations

from typing import Any

import orjson
import psycopg2
from psycopg2 import errorcodes
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url

from geo.errors import DatabaseUnavailable, SettingsError

_UNAVAILABLE = {
    errorcodes.ADMIN_SHUTDOWN,
    errorcodes.CRASH_SHUTDOWN,
    errorcodes.CANNOT_CONNECT_NOW,
    errorcodes.TOO_MANY_CONNECTIONS,
    errorcodes.DISK_FULL,
    errorcodes.OUT_OF_MEMORY,
}


def make_engine(url: str, *, pool_size: int = 5, statement_timeout_s: int | None = None) -> Engine:
    """An engine on schema `yike` whose connection troubles surface as `DatabaseUnavailable`.

    Parameters
    ----------
    url : str
        ``postgresql://…``; ``?host=/folder`` for a socket.
    pool_size : int
        Connections kept at most; a request beyond them waits 10 s.
    statement_timeout_s : int, optional
        Seconds after which the server gives up on one statement.

    Raises
    ------
    SettingsError
        When the address cannot be read.
    """
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg2")
    except Exception as error:
        raise SettingsError(
            "is not a database address.", where="YIKE_DATABASE_URL", hint="postgresql://user@host/database"
        ) from error
    options = ["-c search_path=public", "-c timezone=UTC", "-c jit=off"]
    if statement_timeout_s is not None:
        options.append(f"-c statement_timeout={statement_timeout_s * 1000}")
    engine = create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={
            "options": " ".join(options),
            "connect_timeout": 5,
            "application_name": "yike",
            # A server that vanished without a word is noticed in half a minute, not in two hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        },
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "handle_error", _translate)
    return engine


def own_connection(engine: Engine) -> Connection:
    """A connection outside the pool, in autocommit: to listen with, or to ask often. Closing it ends it."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()
    return connection


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """What a driver's error means, when it means that the database does not answer; else None."""
    if not isinstance(error, psycopg2.Error):
        return None
    code = error.pgcode
    if code == errorcodes.QUERY_CANCELED:
        return DatabaseUnavailable(
            "The database took too long over this request.", hint="Ask for a smaller area, or try again."
        )
    lost = isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError) and code is None
    if lost or code in _UNAVAILABLE:
        return DatabaseUnavailable("The database does not answer.", hint="Nothing was changed; try again in a moment.")
    return None


def _translate(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        # A connection of the pool that did not outlive a restart of the server: the pool opens another by itself.
        return
    if (told := unavailable(context.original_exception)) is not None:
        raise told from context.original_exception
