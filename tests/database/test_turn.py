"""A turn: one process has it, and it goes on when that one or its connection ends."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from geo.database.turn import Turn
from geo.errors import DatabaseUnavailable


def test_one_has_it_and_another_gets_it_when_the_connection_ends(database: Engine) -> None:
    first, second, other = Turn(database, "a"), Turn(database, "a"), Turn(database, "b")
    assert [first.is_mine(), first.is_mine(), second.is_mine(), other.is_mine()] == [True, True, False, True]
    other.give_up()
    with database.connect() as connection:
        connection.execute(
            text("select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'"
                 " and database = (select oid from pg_database where datname = current_database())")
        )  # fmt: skip
    with pytest.raises(DatabaseUnavailable):
        first.is_mine()
    assert second.is_mine()
    assert not first.is_mine()
    second.give_up()
    assert first.is_mine()
    first.give_up()
