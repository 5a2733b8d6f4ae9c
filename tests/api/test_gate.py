"""Who may ask what: strangers, people of each role and area, sources of readings, and other sites' scripts."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.tls import lan_address
from geo.accounts.accounts import add_account, set_disabled, set_password
from geo.accounts.sources import add_source, disable_source
from geo.database.engine import make_engine
from geo.settings import Settings
from tests.serving import serving
from tests.world import World, build_world, reading

PASSWORD = "correct horse battery"
OPERATOR = "an-operator-key-of-this-test"

# Everything that answers a stranger, whatever the gate thinks.
PUBLIC = {
    "GET /healthz", "GET /nearby", "HEAD /nearby", "GET /sign-in", "HEAD /sign-in", "GET /favicon.svg",
    "GET /manifest.webmanifest", "GET /sw.js", "GET /styles/{name}.json", "GET /api/v1/nearby",
    "GET /api/v1/nearby/qr.svg", "POST /api/v1/routes",
    "GET /api/v1/facility-categories", "GET /api/v1/incident-categories", "POST /api/v1/reports",
    "GET /api/v1/reports/{code}", "POST /api/v1/reports/{code}/photos", "POST /api/v1/reports/{code}/rate",
    "GET /report", "HEAD /report", "GET /api/v1/session", "POST /api/v1/session", "DELETE /api/v1/session",
    "GET /ogc", "GET /ogc/conformance", "GET /ogc/api", "GET /ogc/collections", "GET /ogc/tileMatrixSets",
    "GET /ogc/tileMatrixSets/{matrix_set_id}", "GET /ogc/tiles", "GET /ogc/tiles/{matrix_set_id}",
    "GET /ogc/tiles/{matrix_set_id}/{z}/{row}/{column}",
}  # fmt: skip
PUBLIC_LAYERS = {"area", "ground", "street", "building", "facility"}


@dataclass(frozen=True)
class Open:
    """A service other machines can reach, and what is in its database."""

    url: str
    port: int
    engine: Engine
    world: World
    key: str

    def stranger(self) -> httpx.Client:
        """Somebody elsewhere."""
        return httpx.Client(base_url=self.url, headers={"X-Forwarded-For": "203.0.113.9"}, timeout=30)

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        """Somebody elsewhere who has signed in."""
        with self.stranger() as client:
            client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).raise_for_status()
            yield client


@pytest.fixture(scope="module")
def service(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    with engine.begin() as connection:
        connection.execute(
            text("insert into yike.area (level, label, path, name, geom) values ('district', '320200', '320200', 'far',"
                 " st_multi(st_makeenvelope(121, 31, 121.1, 31.1, 4326)))")
        )  # fmt: skip
    for role in ("viewer", "planner", "dispatcher", "admin"):
        add_account(engine, role, role=role, password=PASSWORD, display_name=f"{role} 李梅")
    add_account(engine, "worker", role="worker", password=PASSWORD, worker_id=world.workers[0])
    add_account(engine, "elsewhere", role="dispatcher", password=PASSWORD, area="320200")
    add_account(engine, "street", role="dispatcher", password=PASSWORD, area="320100/s1")
    key = add_source(engine, "meters")
    settings = {"YIKE_HOST": "0.0.0.0", "YIKE_OPERATOR_KEY": OPERATOR}  # noqa: S104
    with serving(address, tmp_path_factory.mktemp("gate") / "api.log", settings) as url:
        yield Open(url, int(url.rsplit(":", 1)[1]), engine, world, key)
    engine.dispose()


def every_route() -> list[tuple[str, str]]:
    """Method and path of every route the service has, documented or not."""

    def walk(routes: Sequence[Any]) -> Iterator[tuple[str, str]]:
        for route in routes:
            if (router := getattr(route, "original_router", None)) is not None:
                yield from walk(router.routes)
            else:
                yield from ((method, route.path) for method in sorted(getattr(route, "methods", None) or {"GET"}))

    return list(walk(create_app(Settings(), "postgresql:///unused").routes))


def strangers(service: Open) -> list[httpx.Client]:
    """Through a proxy, by a name somebody pointed here, and, where there is a network, from its address."""
    found = [service.stranger(), httpx.Client(base_url=service.url, headers={"Host": "yike.example"})]
    if (lan := lan_address()) is not None:
        found.append(httpx.Client(base_url=f"http://{lan}:{service.port}"))
    return found


def fill(path: str, layer: str = "device") -> str:
    filled = path.replace("{layers}", layer).replace("{z}/{x}/{y}", "14/13653/6691").replace("{step}", "accept")
    return re.sub(r"\{[a-z_]+\}", "1", filled.replace("{name}", "day"))


def test_without_signing_in_only_the_public_pages_answer(service: Open) -> None:
    walked = 0
    for client in strangers(service):
        for method, path in every_route():
            if path == "/assets" or f"{method} {path}" in PUBLIC:
                continue
            answer = client.request(method, fill(path), json={})
            redirected = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=/")
            assert answer.status_code == 401 or redirected, f"{method} {path}: {answer.status_code}"
            if answer.status_code == 401 and method != "HEAD":
                assert answer.headers["content-type"] == "application/problem+json"
            walked += 1
        client.close()
    assert walked > 100


def test_what_is_public_answers(service: Open) -> None:
    with service.stranger() as client:
        for layer in PUBLIC_LAYERS:
            assert client.get(f"/tiles/{layer}.json").status_code == 200
            assert client.get(f"/tiles/{layer}/14/13653/6691.mvt").status_code in (200, 204)
        assert client.get(f"/tiles/{','.join(sorted(PUBLIC_LAYERS))}.json").status_code == 200
        for layers in ("device", "device_status", "coverage", "street,device", "device_status,street", ",device"):
            assert client.get(f"/tiles/{layers}.json").status_code == 401
            assert client.get(f"/tiles/{layers}/14/13653/6691.mvt").status_code == 401
        for path in ("/healthz", "/styles/day.json", "/api/v1/facility-categories"):
            assert client.get(path).status_code == 200
        near = client.get("/api/v1/nearby", params={"lon": 120.001, "lat": 31.0, "minutes": 15})
        assert len(near.json()["features"]) >= 1


def test_of_the_ogc_api_a_stranger_has_the_public_layers(service: Open) -> None:
    with service.stranger() as client:
        listed = {one["id"] for one in client.get("/ogc/collections").json()["collections"]}
        assert listed == PUBLIC_LAYERS
        assert {one["id"] for one in client.get("/ogc/tiles/WebMercatorQuad").json()["layers"]} == PUBLIC_LAYERS
        assert "device" not in "".join(client.get("/ogc/api").json()["paths"])
        for layer in PUBLIC_LAYERS:
            assert client.get(f"/ogc/collections/{layer}/items").headers["cache-control"] == "public, no-cache"
        for closed in ("device", "compound", "gate", "resident", "street,device"):
            for path in ("", "/items", "/items/1", "/schema", "/tiles/WebMercatorQuad/14/6691/13653"):
                assert client.get(f"/ogc/collections/{closed}{path}").status_code == 401
        tile = "/ogc/tiles/WebMercatorQuad/14/6691/13653"
        assert client.get(tile).status_code in (200, 204)
        assert client.get(tile, params={"collections": "street,device"}).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["//api/v1/devices", "/ogc/collections/street/../device/items", "/ogc/collections/device/items",
     "/ogc/collections/street%2f..%2fdevice/items",
     "/api/v1/nearby/../devices", "/api/v1/nearby%2f..%2fdevices", "/healthz/../api/v1/devices",
     "/assets/../api/v1/devices", "/tiles/street/../device/14/1/1.mvt", "/api/v1/devices/", "/api/v1/devices#/nearby",
     "/api/v1/devices?x=/healthz", "/api/v1/devices;/nearby", "/healthz\n/api/v1/devices", "/styles/day.json/"],
)  # fmt: skip
def test_no_spelling_of_a_path_slips_through(service: Open, path: str) -> None:
    with socket.create_connection(("127.0.0.1", service.port), 5) as raw:
        sent = path.replace("\n", "%0a").replace("#", "%23")
        raw.sendall(f"GET {sent} HTTP/1.1\r\nHost: yike.example\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b"")).decode(errors="replace")
    status = int(answer.split(" ", 2)[1])
    assert status in (303, 307, 401, 404), answer[:300]
    assert "external_id" not in answer


@pytest.mark.parametrize(
    "header",
    [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=203.0.113.9"), ("X-Real-IP", "203.0.113.9"),
     ("X-Forwarded-Host", "yike.example")],
)  # fmt: skip
def test_what_a_proxy_passes_on_is_not_from_here(service: Open, header: tuple[str, str]) -> None:
    assert httpx.get(f"{service.url}/api/v1/devices", headers=dict([header])).status_code == 401


def test_at_the_machine_itself_nobody_has_to_sign_in(service: Open) -> None:
    answer = httpx.get(f"{service.url}/api/v1/session").json()
    assert (answer["account"], answer["role"]) == (None, "admin")
    assert httpx.get(f"{service.url}/api/v1/devices").status_code == 200


def test_another_sites_script_is_a_stranger_even_here(service: Open) -> None:
    foreign = {"Origin": "http://elsewhere.example"}
    refused = httpx.get(f"{service.url}/api/v1/devices", headers=foreign)
    assert refused.status_code == 401
    # So that the script is told why, and not just that something failed.
    assert refused.headers["access-control-allow-origin"] == "*"
    assert httpx.post(f"{service.url}/api/v1/telemetry", headers=foreign, json=[]).status_code == 401
    assert httpx.get(f"{service.url}/tiles/street.json", headers=foreign).status_code == 200
    for here in (service.url, "http://localhost:5173"):
        assert httpx.get(f"{service.url}/api/v1/devices", headers={"Origin": here}).status_code == 200
    with service.signed_in("admin") as client:
        assert client.get("/api/v1/devices", headers=foreign).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts(service: Open) -> None:
    with service.stranger() as client:
        answer = client.post("/api/v1/session", json={"name": "viewer", "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "secure" not in cookie
        # It outlives the session, which is prolonged by being used: a wall is not asked again after thirty days.
        assert int(re.search(r"max-age=(\d+)", cookie)[1]) > 300 * 86400  # type: ignore[index]
        assert answer.json()["rights"] == ["read"]
        https = client.post("/api/v1/session", json={"name": "viewer", "password": PASSWORD},
                            headers={"X-Forwarded-Proto": "https"})  # fmt: skip
        assert "secure" in https.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("role", "may"),
    [("viewer", set()), ("planner", {"close"}), ("worker", {"report"}),
     ("dispatcher", {"report", "check", "acknowledge", "close"}),
     ("admin", {"report", "check", "acknowledge", "close", "send", "administer"})],
)  # fmt: skip
def test_each_role_may_do_its_own_and_no_more(service: Open, role: str, may: set[str]) -> None:
    with service.signed_in(role) as client:
        assert client.get("/api/v1/devices").status_code == 200
        told = {"kind": "patrol_finding", "title": "井盖松动", "lon": 120.001, "lat": 31.0}
        asked = {
            "report": ("/api/v1/incidents", told),
            "check": (f"/api/v1/devices/{service.world.devices['smoke']}/manual-check", {}),
            "acknowledge": ("/api/v1/incidents/0/acknowledge", {}),
            "close": ("/api/v1/streets/999999/close", {}),
            "administer": ("/api/v1/dead-letters/run-again", {"ids": []}),
            "send": ("/api/v1/telemetry", [reading("smoke", {"smoke": 0})]),
        }
        for name, (path, body) in asked.items():
            status = client.post(path, json=body).status_code
            assert (status != 403) == (name in may), f"{role} {name}: {status}"


def test_a_worker_moves_their_own_order_and_position_only(service: Open) -> None:
    mine, other = service.world.workers
    with service.signed_in("worker") as worker, service.signed_in("dispatcher") as dispatcher:
        orders = []
        for addressee in (mine, other):
            told = {"kind": "patrol_finding", "title": "路灯不亮", "lon": 120.002, "lat": 31.0}
            incident = dispatcher.post("/api/v1/incidents", json=told).json()["id"]
            made = dispatcher.post(f"/api/v1/incidents/{incident}/orders", json={"worker_id": addressee})
            orders.append(made.json()["id"])
        accepted = worker.post(f"/api/v1/orders/{orders[0]}/accept", json={})
        assert accepted.json()["state"] == "accepted"
        assert worker.post(f"/api/v1/orders/{orders[1]}/accept", json={}).status_code == 403
        assert worker.post(f"/api/v1/orders/{orders[0]}/cancel", json={}).status_code == 403
        # Who did it stands on record under the name they signed in with.
        assert [step["who"] for step in accepted.json()["steps"]] == ["dispatcher 李梅", "worker"]
        spot = {"lon": 120.001, "lat": 31.0}
        assert worker.put(f"/api/v1/workers/{mine}/position", json=spot).status_code == 200
        assert worker.put(f"/api/v1/workers/{other}/position", json=spot).status_code == 403
        for order in orders:
            dispatcher.post(f"/api/v1/orders/{order}/cancel", json={})


def test_an_account_sees_its_area_and_nothing_else(service: Open) -> None:
    world = service.world
    device = world.devices["gas"]
    assert httpx.post(f"{service.url}/api/v1/telemetry", json=[reading("gas", {"gas_lel_pct": 90})]).status_code == 200
    with service.signed_in("street") as street:
        assert len(street.get("/api/v1/devices").json()["features"]) == len(world.devices)
        incident = street.get("/api/v1/incidents", params={"state": "open"}).json()["features"][0]["id"]
        order = street.post(f"/api/v1/incidents/{incident}/orders", json={"worker_id": world.workers[0]}).json()["id"]
        assert street.get("/api/v1/session").json()["area_id"] is not None
    with service.signed_in("elsewhere") as elsewhere:
        for path in ("devices", "workers", "buildings", "incidents", "facilities"):
            assert elsewhere.get(f"/api/v1/{path}").json()["features"] == [], path
        assert elsewhere.get("/api/v1/orders").json()["items"] == []
        for path in (
            f"devices/{device}", f"devices/{device}/telemetry", f"buildings/{world.home}", f"areas/{world.grid}",
            f"areas/{world.grid}/summary", f"areas/{world.grid}/ancestors", f"workers/{world.workers[0]}",
            f"incidents/{incident}", f"orders/{order}", f"nearest-workers?device={device}",
            f"nearest-workers?incident={incident}", f"devices?area={world.grid}", f"summary?area={world.path}",
            f"area-numbers?area={world.path}", "devices?area=320100", f"live?area={world.path}",
        ):  # fmt: skip
            assert elsewhere.get(f"/api/v1/{path}").status_code == 404, path
        for path in (
            f"devices/{device}/manual-check", f"incidents/{incident}/acknowledge", f"incidents/{incident}/false-alarm",
            f"orders/{order}/cancel",
        ):  # fmt: skip
            assert elsewhere.post(f"/api/v1/{path}", json={}).status_code == 404, path
        away = elsewhere.post(f"/api/v1/incidents/{incident}/orders", json={"worker_id": world.workers[0]})
        assert away.status_code == 404
        outside = {"kind": "patrol_finding", "title": "x", "lon": 120.001, "lat": 31.0}
        assert elsewhere.post("/api/v1/incidents", json=outside).status_code == 400
        assert elsewhere.get("/tiles/device/14/13653/6691.mvt").status_code == 204
        for name, key in (("device", device), ("building", world.home), ("area", world.grid)):
            page = elsewhere.get(f"/ogc/collections/{name}/items")
            assert page.headers["cache-control"] == "private, no-cache"
            assert not any(one["properties"]["path"].startswith(world.path) for one in page.json()["features"])
            assert elsewhere.get(f"/ogc/collections/{name}/items/{key}").status_code == 404
            assert elsewhere.get(f"/ogc/collections/{name}/items?area={world.path}").status_code == 404
        tile = "/ogc/collections/device/tiles/WebMercatorQuad/14/6691/13653"
        assert elsewhere.get(tile, params={"filter": "id > 0"}).status_code == 204
        assert elsewhere.get("/api/v1/summary").json()["residents"] == 0
        assert elsewhere.get("/api/v1/search", params={"q": "gas"}).json()["items"] == []
        with elsewhere.stream("GET", "/api/v1/live") as stream:
            first = next(line for line in stream.iter_lines() if line.startswith("data: "))
        assert '"devices":[]' in first
        assert '"incidents":[]' in first
    httpx.post(f"{service.url}/api/v1/devices/{device}/manual-check", json={})


def test_tiles_that_differ_by_account_are_kept_by_no_proxy(service: Open) -> None:
    with service.stranger() as stranger, service.signed_in("street") as street:
        shared = stranger.get("/tiles/street/14/13653/6691.mvt").headers
        assert shared["cache-control"].startswith("public")
        for layers in ("device", "device_status", "street,device", "street"):
            headers = street.get(f"/tiles/{layers}/14/13653/6691.mvt").headers
            assert headers["cache-control"].startswith("private"), layers
            assert "cookie" in headers["vary"].lower()


def test_a_sources_key_sends_readings_and_nothing_else(service: Open) -> None:
    body = [reading("video_camera", {"online": 1})]
    with service.stranger() as client:
        key = {"Authorization": f"Bearer {service.key}"}
        assert client.post("/api/v1/telemetry", json=body, headers=key).status_code == 200
        assert client.get("/api/v1/devices", headers=key).status_code == 403
        wrong = client.post("/api/v1/telemetry", json=body, headers={"Authorization": "Bearer wrong"})
        assert wrong.status_code == 401
        gone = add_source(service.engine, "gone")
        disable_source(service.engine, "gone")
        refused = client.post("/api/v1/telemetry", json=body, headers={"Authorization": f"Bearer {gone}"})
        assert refused.status_code == 401
        operator = client.get("/metrics", headers={"Authorization": f"Bearer {OPERATOR}"})
        assert operator.status_code == 200


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(service: Open) -> None:
    with service.signed_in("planner") as client:
        kept = dict(client.cookies)
        assert client.delete("/api/v1/session").status_code == 204
        assert "yike_session" not in client.cookies
        with service.stranger() as thief:
            thief.cookies.update(kept)
            assert thief.get("/api/v1/devices").status_code == 401


@pytest.mark.long
def test_a_disabled_account_is_out_and_its_streams_end(service: Open) -> None:
    for name in ("leaver", "changer"):
        add_account(service.engine, name, role="viewer", password=PASSWORD)
    with (
        service.signed_in("leaver") as client,
        service.signed_in("changer") as again,
        client.stream("GET", "/api/v1/live") as stream,
    ):
        set_disabled(service.engine, "leaver", disabled=True)
        set_password(service.engine, "changer", "another password")
        began = time.monotonic()
        for _ in stream.iter_bytes():
            assert time.monotonic() - began < 40, "the stream goes on"
        assert client.get("/api/v1/devices").status_code == 401
        # What the gate remembers of a token lasts ten seconds.
        time.sleep(max(0.0, began + 10.5 - time.monotonic()))
        assert again.get("/api/v1/devices").status_code == 401
        assert again.post("/api/v1/session", json={"name": "changer", "password": PASSWORD}).status_code == 401


def test_guessing_is_slowed_down(service: Open) -> None:
    with httpx.Client(base_url=service.url, headers={"X-Forwarded-For": "203.0.113.77"}) as guesser:
        for _ in range(10):
            answer = guesser.post("/api/v1/session", json={"name": "admin", "password": "guess"})
            assert answer.status_code == 401
            assert answer.json()["detail"] == "Name or password is wrong."
        right = guesser.post("/api/v1/session", json={"name": "admin", "password": PASSWORD})
        assert right.status_code == 429
    # Others are not kept out by it.
    with service.signed_in("admin") as admin:
        assert admin.get("/api/v1/session").json()["role"] == "admin"


def test_a_name_that_is_unknown_is_answered_like_a_wrong_password(service: Open) -> None:
    with service.stranger() as client:
        body = client.post("/api/v1/session", json={"name": "nobody", "password": PASSWORD}).json()
    assert body["detail"] == "Name or password is wrong."
