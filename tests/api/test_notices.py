"""Channels and notifications over HTTP: who may make which, what never comes out, trials, telling again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Engine, text

from api.channels import FILE_NAME
from geo.accounts.accounts import add_account
from geo.database.engine import make_engine
from tests.receiving import receiver
from tests.serving import serving
from tests.world import World, build_world

PASSWORD = "correct horse battery"
SECRET = "SEC-never-comes-out-0123"
HOOK: dict[str, Any] = {
    "name": "短信网关", "type": "webhook", "url": "https://sms.example/send/KEY-never-comes-out", "secret": SECRET,
    "events": ["dispatched"], "audiences": ["elder", "relative"],
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """A service, its database and home, and a client at the machine itself."""

    url: str
    http: httpx.Client
    engine: Engine
    world: World
    home: Path

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """Somebody elsewhere."""
        with httpx.Client(base_url=self.url, headers={"X-Forwarded-For": "203.0.113.9"}) as client:
            client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).raise_for_status()
            yield client


@pytest.fixture(scope="module")
def office(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    add_account(engine, "street", role="admin", password=PASSWORD, area="320100/s1")
    add_account(engine, "dispatcher", role="dispatcher", password=PASSWORD)
    home = tmp_path_factory.mktemp("office")
    settings = {"YIKE_HOME": str(home), "YIKE_PRIVATE_CHANNELS": "true"}
    with serving(address, home / "api.log", settings) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Office(url, client, engine, world, home)
    engine.dispose()


@pytest.fixture(autouse=True)
def as_at_first(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("delete from yike.incident"))
        connection.execute(text("delete from yike.channel where name <> 'trial'"))


def add(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post("/api/v1/channels", json={**HOOK, **more})


def test_a_channel_is_made_changed_and_removed_and_keeps_its_secrets(office: Office) -> None:
    answers = [add(office.http)]
    made = answers[0].json()
    assert answers[0].status_code == 201
    assert (made["host"], made["has_secret"], made["area"], made["edited_by"]) == (
        "sms.example",
        True,
        None,
        "dispatcher",
    )
    path = f"/api/v1/channels/{made['id']}"
    answers.append(office.http.patch(path, json={"enabled": False, "settings": {"language": "en"}}))
    assert (answers[1].json()["enabled"], answers[1].json()["settings"]["language"]) == (False, "en")
    answers.append(office.http.get("/api/v1/channels"))
    assert [item["name"] for item in answers[2].json()["items"]] == ["trial", "短信网关"]
    with office.engine.connect() as connection:
        kept = connection.execute(text("select url, secret from yike.channel where type = 'webhook'")).one()
    assert tuple(kept) == (HOOK["url"], SECRET)
    assert add(office.http).status_code == 409
    assert office.http.patch("/api/v1/channels/1", json={"name": "短信网关"}).status_code == 409
    answers.append(office.http.patch(path, json={"url": "http://8.8.8.8/x?KEY-never-comes-out"}))
    assert answers[-1].status_code == 400
    assert not any("never-comes-out" in answer.text for answer in answers)
    assert office.http.delete(path).status_code == 204
    assert office.http.delete(path).status_code == 404
    assert office.http.delete("/api/v1/channels/1").status_code == 409


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": None}, "needs a url"),
        ({"url": "ftp://sms.example/"}, "https://"),
        ({"url": "https://169.254.169.254/"}, "not allowed"),
        ({"secret": "short"}, "16 characters"),
        ({"type": "wecom"}, "cannot reach elder, relative"),
        ({"type": "smtp", "url": None, "audiences": ["worker"]}, "cannot reach worker"),
        ({"type": "smtp", "url": None, "audiences": ["duty"]}, "host, port, from and to"),
        ({"type": "smtp", "url": None, "audiences": ["duty"],
          "settings": {"host": "mail.example", "port": 25, "from": "a@b.c\r\nBcc: x@y.z", "to": {"duty": ["a@b.c"]}}},
         "match"),
        ({"events": ["nonsense"]}, "Input should be"),
        ({"area": "999999"}, "no area"),
        ({"phone": "1"}, "Extra inputs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(office: Office, change: dict[str, Any], words: str) -> None:
    answer = add(office.http, **change)
    assert answer.status_code in (400, 404)
    assert words in answer.json()["detail"]
    assert SECRET not in answer.text


def test_an_administrator_of_a_street_makes_channels_of_that_street(office: Office) -> None:
    everywhere = add(office.http, name="全市").json()["id"]
    with office.signed_in("street") as street, office.signed_in("dispatcher") as dispatcher:
        assert dispatcher.get("/api/v1/channels").status_code == 403
        assert dispatcher.get("/api/v1/notifications").status_code == 403
        assert add(street).status_code == 403
        assert add(street, area="320100").status_code == 404
        made = add(street, area=office.world.grid)
        assert made.json()["area"] == office.world.path
        number = made.json()["id"]
        assert [item["id"] for item in street.get("/api/v1/channels").json()["items"]] == [number]
        assert street.patch(f"/api/v1/channels/{number}", json={"area": None}).status_code == 403
        assert street.patch(f"/api/v1/channels/{number}", json={"area": "320100"}).status_code == 404
        for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/test")):
            assert street.request(method, f"/api/v1/channels/{everywhere}{path}", json={}).status_code == 404
        assert street.delete(f"/api/v1/channels/{number}").status_code == 204


def test_a_password_does_not_follow_to_another_mail_server(office: Office) -> None:
    mail = {"host": "mail.example", "port": 465, "security": "tls", "user": "yike", "from": "yike@a.example",
            "to": {"duty": ["duty@a.example"]}}  # fmt: skip
    made = add(office.http, type="smtp", url=None, events=["opened"], audiences=["duty"], settings=mail).json()
    assert made["settings"] == {**mail, "language": "zh"}
    path = f"/api/v1/channels/{made['id']}"
    other = {**mail, "host": "mail.elsewhere.example"}
    refused = office.http.patch(path, json={"settings": other})
    assert (refused.status_code, refused.json()["where"]) == (400, "secret")
    assert office.http.patch(path, json={"settings": other, "secret": "new"}).json()["host"] == "mail.elsewhere.example"


def test_a_trial_is_sent_at_once_and_its_outcome_told(office: Office) -> None:
    with receiver() as robot:
        given = {"type": "wecom", "url": f"{robot.url}?key=KEY", "events": ["opened"], "audiences": ["duty"]}
        number = add(office.http, **given, enabled=False).json()["id"]
        assert office.http.post(f"/api/v1/channels/{number}/test").json() == {"told": True, "error": None}
        assert "测试消息" in orjson.loads(robot.posts[0].body)["text"]["content"]
        robot.answers = [(200, b'{"errcode": 93000}')]
        outcome = office.http.post(f"/api/v1/channels/{number}/test").json()
        assert outcome == {"told": False, "error": "The robot answered errcode 93000."}
    assert office.http.post("/api/v1/channels/1/test").json()["told"]
    assert "测试消息" in (office.home / FILE_NAME).read_text()


def test_what_was_told_is_listed_and_what_failed_told_again(office: Office) -> None:
    told = {"kind": "patrol_finding", "title": "井盖松动", "lon": 120.001, "lat": 31.0}
    add(office.http)
    incidents = [office.http.post("/api/v1/incidents", json=told).json()["id"] for _ in range(3)]
    order = office.http.post(f"/api/v1/incidents/{incidents[0]}/orders", json={"worker_id": office.world.workers[0]})
    answer = office.http.get("/api/v1/notifications").json()
    assert [(item["event"], item["audience"]) for item in answer["items"]] == [
        ("dispatched", "worker"),
        *[("opened", "duty")] * 3,
    ]
    assert not {"phone", "to", "resident_id", "contact_id"} & set(answer["items"][0])
    of_order = office.http.get("/api/v1/notifications", params={"order": order.json()["id"]}).json()["items"]
    assert [item["event"] for item in of_order] == ["dispatched"]
    of_incident = office.http.get("/api/v1/notifications", params={"incident": incidents[2]}).json()["items"]
    assert len(of_incident) == 1
    first = office.http.get("/api/v1/notifications", params={"limit": 3}).json()
    second = httpx.get(first["next"]).json()
    assert [item["id"] for item in first["items"] + second["items"]] == [item["id"] for item in answer["items"]]
    number = of_incident[0]["id"]
    assert office.http.post(f"/api/v1/notifications/{number}/again").status_code == 409
    for state in ("failed", "unsure"):
        with office.engine.begin() as connection:
            failed = text("update yike.notification set state = :state, attempts = 6, error = 'x' where id = :id")
            connection.execute(failed, {"state": state, "id": number})
        found = office.http.get("/api/v1/notifications", params={"state": state}).json()["items"]
        assert [item["id"] for item in found] == [number]
        again = office.http.post(f"/api/v1/notifications/{number}/again").json()
        assert (again["state"], again["attempts"], again["error"]) == ("waiting", 0, None)
    assert office.http.post("/api/v1/notifications/0/again").status_code == 404
