"""Administrators: accounts within their area, sources of readings, and secrets that are told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from geo.accounts.accounts import add_account
from geo.database.engine import make_engine
from tests.serving import free_port, serving
from tests.world import World, build_world, reading

PASSWORD = "correct horse battery"
STREET = "320100/s1"


@dataclass(frozen=True)
class Office:
    """A service with an administrator of everything, `chief`, and one of a street, `street`."""

    url: str
    address: str
    engine: Engine
    world: World

    @contextmanager
    def signed_in(self, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """Somebody who has signed in."""
        with httpx.Client(base_url=self.url, timeout=30) as client:
            client.post("/api/v1/session", json={"name": name, "password": password}).raise_for_status()
            yield client


@pytest.fixture(scope="module")
def office(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    address, port = clone(template), free_port()
    engine = make_engine(address)
    world = build_world(engine)
    add_account(engine, "chief", role="admin", password=PASSWORD)
    add_account(engine, "street", role="admin", password=PASSWORD, area=STREET)
    add_account(engine, "desk", role="dispatcher", password=PASSWORD)
    environment = {
        "YIKE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "YIKE_OPERATOR_KEY": "the-operators-own-key-of-the-tests",
    }
    with serving(address, tmp_path_factory.mktemp("office") / "api.log", environment, port=port) as url:
        yield Office(url, address, engine, world)
    engine.dispose()


def names(client: httpx.Client) -> set[str]:
    """The accounts a client lists; no answer of the list has a secret."""
    items = client.get("/api/v1/accounts").raise_for_status().json()["items"]
    assert all(item["password"] is None and "password_hash" not in item for item in items)
    return {item["name"] for item in items}


def test_an_account_is_made_with_a_password_that_is_told_once(office: Office) -> None:
    worker = office.world.workers[0]
    with office.signed_in("chief") as chief:
        made = chief.post("/api/v1/accounts", json={"name": "lan", "role": "worker", "worker_id": worker,
                                                    "display_name": "兰英", "area": STREET})  # fmt: skip
        assert made.status_code == 201
        assert made.headers["cache-control"] == "no-store"
        told: dict[str, Any] = made.json()
        assert (told["display_name"], told["path"], told["worker_id"]) == ("兰英", STREET, worker)
        with office.signed_in("lan", told["password"]) as lan:
            assert lan.get("/api/v1/session").json()["worker_id"] == worker
            again = chief.patch("/api/v1/accounts/lan", json={"new_password": True}).json()["password"]
            assert again != told["password"]
            refused = lan.post("/api/v1/session", json={"name": "lan", "password": told["password"]})
            assert refused.status_code == 401
        with office.signed_in("lan", again):
            assert "lan" in names(chief)


@pytest.mark.parametrize(
    ("body", "where"),
    [({"name": "Über", "role": "viewer"}, "name"), ({"name": "w", "role": "viewer"}, "name"),
     ({"name": "x1", "role": "worker"}, "worker"), ({"name": "x2", "role": "source"}, "role"),
     ({"name": "x3", "role": "viewer", "password": "chosen by hand"}, "password")],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused_with_the_field(office: Office, body: dict[str, Any], where: str) -> None:
    with office.signed_in("chief") as chief:
        before = names(chief)
        refused = chief.post("/api/v1/accounts", json=body)
        assert (refused.status_code, refused.json()["where"]) == (400, where)
        assert names(chief) == before


def test_an_administrator_of_an_area_stays_within_it(office: Office) -> None:
    with office.signed_in("street") as street:
        assert names(street).isdisjoint({"chief", "desk"})
        for body, status in (
            ({"name": "wide", "role": "viewer"}, 403),
            ({"name": "wide", "role": "viewer", "area": "320100"}, 404),
            ({"name": "wide", "role": "viewer", "area": "320100/s"}, 404),
            ({"name": "near", "role": "dispatcher", "area": f"{STREET}/c1"}, 201),
        ):
            assert street.post("/api/v1/accounts", json=body).status_code == status, body
        for name in ("chief", "desk"):
            for change in ({"disabled": True}, {"new_password": True}):
                assert street.patch(f"/api/v1/accounts/{name}", json=change).status_code == 404
        assert "near" in names(street)
        assert street.patch("/api/v1/accounts/near", json={"disabled": True}).json()["disabled_at"] is not None
        # Keys open everything, so who sees everything gives them out.
        assert street.get("/api/v1/sources").status_code == 403
        assert street.post("/api/v1/sources", json={"name": "mine"}).status_code == 403


def test_nobody_locks_everyone_out(office: Office) -> None:
    with office.signed_in("chief") as chief:
        assert chief.patch("/api/v1/accounts/chief", json={"disabled": True}).status_code == 409
        assert chief.patch("/api/v1/accounts/chief", json={"new_password": True}).status_code == 409
        assert chief.patch("/api/v1/accounts/chief", json={}).status_code == 400
        second = chief.post("/api/v1/accounts", json={"name": "second", "role": "admin"}).json()["password"]
        assert chief.patch("/api/v1/accounts/second", json={"disabled": True}).status_code == 200
        assert chief.patch("/api/v1/accounts/second", json={"disabled": False}).json()["disabled_at"] is None
    with office.signed_in("second", second) as other:
        assert other.patch("/api/v1/accounts/chief", json={"disabled": True}).status_code == 200
        assert other.patch("/api/v1/accounts/chief", json={"disabled": False}).status_code == 200
    with httpx.Client(base_url=office.url) as stranger:
        assert stranger.get("/api/v1/accounts").status_code == 401
    with office.signed_in("desk") as desk:
        assert desk.get("/api/v1/accounts").status_code == 403


def test_the_last_administrator_of_everything_stays(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    """At the machine itself nobody is signed in: there it is not one's own account that is refused."""
    log = tmp_path_factory.mktemp("machine") / "api.log"
    with serving(office.address, log) as url, httpx.Client(base_url=url, timeout=30) as here:
        for name in names(here) - {"chief"}:
            here.patch(f"/api/v1/accounts/{name}", json={"disabled": True}).raise_for_status()
        last = here.patch("/api/v1/accounts/chief", json={"disabled": True})
        assert last.status_code == 409
        assert "last administrator" in last.json()["detail"]
        for name in names(here):
            here.patch(f"/api/v1/accounts/{name}", json={"disabled": False}).raise_for_status()


def test_a_sources_key_is_told_once_and_can_be_taken_away(office: Office) -> None:
    with office.signed_in("chief") as chief, httpx.Client(base_url=office.url) as platform:
        made = chief.post("/api/v1/sources", json={"name": "meters"})
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        key = {"Authorization": f"Bearer {made.json()['key']}"}
        body = [reading("smoke", {"smoke": 0})]
        assert platform.post("/api/v1/telemetry", json=body, headers=key).status_code == 200
        assert [s["key"] for s in chief.get("/api/v1/sources").json()["items"]] == [None]
        assert chief.post("/api/v1/sources", json={"name": "meters"}).status_code == 409
        assert chief.post("/api/v1/sources", json={"name": "No Name"}).json()["where"] == "name"
        other = chief.post("/api/v1/sources", json={"name": "other"}).json()["key"]
        assert chief.post("/api/v1/sources/other/disable").json()["disabled_at"] is not None
        gone = {"Authorization": f"Bearer {other}"}
        assert platform.post("/api/v1/telemetry", json=body, headers=gone).status_code == 401
        assert chief.post("/api/v1/sources/nobody/disable").status_code == 404


def test_a_rule_that_cannot_be_says_which_field(office: Office) -> None:
    with office.signed_in("chief") as chief:
        rules = chief.get("/api/v1/rules").json()["items"]
        rule = next(rule for rule in rules if rule["type"] == "no_use")
        for change, where in (({"window_s": 5}, "window_s"), ({"comparison": ">="}, "comparison"),
                              ({"quiet_from": "22:00"}, "quiet_from"), ({"severity": 9}, "severity")):  # fmt: skip
            refused = chief.patch(f"/api/v1/rules/{rule['id']}", json=change)
            assert (refused.status_code, refused.json()["where"]) == (400, where)
