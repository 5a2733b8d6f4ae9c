"""The same service on an address where everyone signs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page
from sqlalchemy import Engine

from geo.accounts.accounts import add_account
from geo.accounts.reader import Role
from geo.database.engine import make_engine
from tests.browser.drivers.sign_in import SignInPage
from tests.browser.service import Service
from tests.serving import free_port, serving
from tests.world import World, build_world

PASSWORD = "correct-horse-battery"
COMMUNITY = "320100/s1/c1"

_KEY = "the-operators-own-key-of-the-tests"
_ROLES: tuple[Role, ...] = ("viewer", "planner", "dispatcher", "admin")


@dataclass(frozen=True)
class Guarded(Service):
    """A service everyone signs in to; the test's own client has the operator's key."""

    engine: Engine

    def end_sessions(self) -> None:
        """As if every account had signed out elsewhere."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("delete from yike.session")

    def sessions(self) -> int:
        """How many there are."""
        with self.engine.connect() as connection:
            return int(connection.exec_driver_sql("select count(*) from yike.session").scalar_one())

    def order_for_the_worker(self) -> dict[str, Any]:
        """A new order for the worker who has an account."""
        self.report("smoke", {"smoke": 1})
        return self.send(self.open_incidents()[0]["id"], self.world.workers[1])

    def enter(self, page: Page, name: str, path: str) -> None:
        """Open an address as somebody, through the sign-in page."""
        door = SignInPage(page, self.url)
        page.goto(f"{self.url}{path}")
        door.wait_for()
        door.sign_in(name, PASSWORD)
        door.wait_until_in()


@contextmanager
def guarding(database_url: str, log: Path) -> Iterator[Guarded]:
    """The service over the hamlet with an account a role, and one that sees a community only."""
    engine, port = make_engine(database_url), free_port()
    world = build_world(engine)
    _add_accounts(engine, world)
    # With a public address even this machine's own has to sign in.
    environment = {"YIKE_PUBLIC_URL": f"http://127.0.0.1:{port}", "YIKE_OPERATOR_KEY": _KEY}
    headers = {"Authorization": f"Bearer {_KEY}"}
    with (
        serving(database_url, log, environment, port=port) as url,
        httpx.Client(base_url=url, headers=headers, timeout=30) as http,
    ):
        yield Guarded(url, http, world, engine)
    engine.dispose()


def _add_accounts(engine: Engine, world: World) -> None:
    for role in _ROLES:
        add_account(engine, role, role=role, password=PASSWORD, display_name=f"{role} 甲")
    add_account(engine, "worker", role="worker", password=PASSWORD, display_name="网格员1", worker_id=world.workers[1])
    add_account(engine, "local", role="viewer", password=PASSWORD, area=COMMUNITY)
