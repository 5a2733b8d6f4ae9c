"""The roster's own connection to the database."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from geo.database.engine import make_engine
from geo.live.roster import Roster
from geo.network.store import NetworkStore


def test_a_restart_of_the_server_between_two_questions_is_not_noticed(
    template: str, clone: Callable[[str], str]
) -> None:
    engine = make_engine(clone(template))
    roster = Roster(engine, NetworkStore(engine), 250)
    with roster.present() as crew:
        before = crew.ids()
    with engine.begin() as connection:
        connection.execute(text(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        ))  # fmt: skip
        connection.execute(text("insert into yike.worker (name) values ('甲')"))
    with roster.present() as crew:
        assert len(crew.ids() - before) == 1
    roster.close()
    with roster.present() as crew:
        assert len(crew.ids() - before) == 1
    roster.close()
    engine.dispose()
