"""Work that one process of many may do at a time."""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from geo.database.engine import own_connection
from geo.database.sql import query
from geo.errors import DatabaseUnavailable


class Turn:
    """A turn that at most one process on a database has: a session's advisory lock on a connection of its own.

    It ends with the process, however that ends, and with the connection.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._connection: Connection | None = None

    def is_mine(self) -> bool:
        """Whether this process has the turn; takes it where it is free, never waits for it.

        Raises
        ------
        DatabaseUnavailable
            When that cannot be known now; whoever had the turn has lost it.
        """
        try:
            if self._connection is not None:
                self._connection.execute(query("turns/keep"))
                return True
            connection = own_connection(self._engine)
            if connection.execute(query("turns/take"), {"name": self._name}).scalar_one():
                self._connection = connection
                return True
            connection.close()
        except DatabaseUnavailable:
            self.give_up()
            raise
        return False

    def give_up(self) -> None:
        """Leave the turn to another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, DatabaseUnavailable):
                connection.close()
