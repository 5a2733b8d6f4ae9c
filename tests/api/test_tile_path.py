"""The plain path of tiles: codings and their tags, what it refuses, who waits together, and who goes away."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import httpx
import mapbox_vector_tile
import pytest
from backports import zstd
from sqlalchemy import Engine, text

from tests.api.conftest import Service
from tests.api.test_tiles import address
from tests.serving import serving

UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}
FOREIGN = {"Origin": "http://elsewhere.example"}


def path(layers: str, z: int = 15) -> str:
    z, x, y = address(z)
    return f"/tiles/{layers}/{z}/{x}/{y}.mvt"


def raw(service: Service, target: str, coding: str, **headers: str) -> tuple[httpx.Response, bytes]:
    sent = {"Accept-Encoding": coding, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with service.http.stream("GET", target, headers=sent) as answer:
        return answer, b"".join(answer.iter_raw())


def test_every_coding_holds_the_same_tile_and_has_a_tag_of_its_own(service: Service) -> None:
    plain, content = raw(service, path("street,building"), "identity")
    assert "content-encoding" not in plain.headers
    tags = {plain.headers["etag"]}
    for coding, unpack in UNPACK.items():
        answer, packed = raw(service, path("street,building"), f"{coding}, *;q=0.1")
        assert answer.headers["content-encoding"] == coding
        assert int(answer.headers["content-length"]) == len(packed) < len(content)
        assert unpack(packed) == content
        assert "accept-encoding" in answer.headers["vary"].lower()
        tags.add(answer.headers["etag"])
        tag = answer.headers["etag"]
        for known in (tag, f'"other", W/{tag}', "*"):
            unchanged, nothing = raw(service, path("street,building"), coding, If_None_Match=known)
            assert (unchanged.status_code, nothing) == (304, b"")
            assert unchanged.headers["etag"] == tag
            assert unchanged.headers["vary"] == answer.headers["vary"]
        assert raw(service, path("street,building"), coding, If_None_Match=plain.headers["etag"])[0].status_code == 200
    assert len(tags) == 4
    assert not any(tag.startswith("W/") for tag in tags)


def test_the_order_of_layers_makes_no_other_tile(service: Service) -> None:
    assert raw(service, path("street,building"), "gzip")[1] == raw(service, path("building,street,street"), "gzip")[1]


def test_head_says_what_get_would(service: Service) -> None:
    got = service.http.get(path("street"))
    told = service.http.head(path("street"))
    for name in ("etag", "content-length", "content-type", "cache-control", "vary", "content-encoding"):
        assert told.headers[name] == got.headers[name]
    assert (told.status_code, told.content) == (200, b"")


@pytest.mark.parametrize(
    ("target", "status", "where"),
    [
        ("/tiles/street/15/1/1.mvt?foo=1", 400, "foo"),
        ("/tiles/street/15/1/1.mvt?kind=%00", 400, "kind"),
        ("/tiles/street/15/1/1.mvt?area=%00", 400, "area"),
        ("/tiles/street/15/1/1.mvt?area=" + "9" * 4000, 400, "area"),
        ("/tiles/street/15/1/1.mvt?kind=%ff%fe", 204, None),
        ("/tiles/street/15/1/1.mvt?at=yesterday", 400, "at"),
        ("/tiles/street/15/1/1.mvt?scenario=x", 400, "scenario"),
        ("/tiles/street/15/1/1.mvt?scenario=1", 404, "scenario"),
        ("/tiles/street/15/1/1.mvt?by=moon", 400, "by"),
        ("/tiles/street/15/1/1.mvt?compare=perhaps", 400, "compare"),
        ("/tiles/street/15/1.0/1.mvt", 400, "x"),
        ("/tiles/street/15/1/" + "1" * 400 + ".mvt", 400, "y"),
        ("/tiles/street/15/%D9%A1/1.mvt", 400, "x"),
        ("/tiles//15/1/1.mvt", 404, None),
        ("/tiles/street%2Cnix/15/1/1.mvt", 404, None),
        ("/tiles/%00/15/1/1.mvt", 404, None),
        ("/tiles/" + ",".join(["street"] * 50) + "/15/1/1.mvt", 204, None),
    ],
)
def test_what_cannot_be_is_told_with_where(service: Service, target: str, status: int, where: str | None) -> None:
    answer = service.http.get(target)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "etag" in answer.headers["access-control-expose-headers"].lower()
    if status != 204:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json().get("where") == where


def test_a_script_of_another_site_is_told_why_it_gets_nothing(service: Service) -> None:
    refused = service.http.get(path("device"), headers=FOREIGN)
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "*"
    assert refused.headers["www-authenticate"]
    assert service.http.get(path("street"), headers=FOREIGN).status_code == 200


def test_the_document_describes_the_path(service: Service) -> None:
    told = service.http.get("/openapi.json").json()["paths"]["/tiles/{layers}/{z}/{x}/{y}.mvt"]["get"]
    named = {parameter["name"] for parameter in told["parameters"]}
    assert {"layers", "z", "x", "y", "kind", "category", "area", "scenario", "filter", "filter-lang"} <= named
    assert {"200", "204", "304"} <= set(told["responses"])


def test_an_edit_is_soon_in_the_tile_and_in_coverage_at_once(service: Service) -> None:
    def names() -> set[str]:
        content = service.http.get(path("facility", 16)).content
        return {f["properties"]["name"] for f in mapbox_vector_tile.decode(content)["facility"]["features"]}

    coverage = service.http.get(path("coverage", 16)).headers["etag"]
    assert "changed" not in names()
    with service.engine.begin() as connection:
        category, moved = connection.execute(
            text("update yike.facility set name = 'changed', geom = st_translate(geom, 0.0003, 0) where id ="
                 " (select min(id) from yike.facility) returning category, id")
        ).one()  # fmt: skip
    assert moved
    assert service.http.get(path("coverage", 16), params={"category": category}).headers["etag"] != coverage
    deadline = time.monotonic() + 5
    while "changed" not in names():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def asking(engine: Engine) -> int:
    """How many questions for tiles the database works on."""
    with engine.connect() as connection:
        return int(
            connection.execute(
                text("select count(*) from pg_stat_activity where application_name = 'yike tiles'"
                     " and state = 'active' and datname = current_database()")
            ).scalar_one()
        )  # fmt: skip


def wait_for(engine: Engine, questions: int) -> None:
    deadline = time.monotonic() + 10
    while asking(engine) != questions:
        assert time.monotonic() < deadline, f"{asking(engine)} questions, not {questions}"
        time.sleep(0.02)


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Nobody reads the ground meanwhile."""
    with engine.begin() as connection:
        connection.execute(text("lock table yike.ground in access exclusive mode"))
        yield


def knock(service: Service, target: str) -> socket.socket:
    """A client that has asked and not been answered yet."""
    parts = urlsplit(service.url)
    client = socket.create_connection((parts.hostname, parts.port), 10)
    client.sendall(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    return client


def test_many_who_wait_are_one_question_and_the_last_to_leave_ends_it(service: Service) -> None:
    with locked(service.engine):
        clients = [knock(service, path("ground", 12)) for _ in range(8)]
        wait_for(service.engine, 1)
        for client in clients[1:]:
            client.close()
        time.sleep(0.2)
        assert asking(service.engine) == 1
        clients[0].close()
        wait_for(service.engine, 0)
    assert service.http.get(path("ground", 12)).status_code in (200, 204)


def test_who_stays_gets_the_tile_though_others_left(service: Service) -> None:
    with ThreadPoolExecutor(1) as pool:
        with locked(service.engine):
            leaves = knock(service, path("ground,street", 13))
            wait_for(service.engine, 1)
            stays = pool.submit(service.http.get, path("ground,street", 13))
            time.sleep(0.2)
            leaves.close()
            time.sleep(0.2)
            assert asking(service.engine) == 1
        assert stays.result(10).status_code == 200


def test_a_tile_that_takes_too_long_is_a_503_and_the_next_one_comes(service: Service, tmp_path: Path) -> None:
    database = service.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with serving(database, tmp_path / "api.log", {"YIKE_STATEMENT_TIMEOUT_S": "1"}) as url:
        with locked(service.engine):
            answer = httpx.get(f"{url}{path('ground,street')}", timeout=20, headers=FOREIGN)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert httpx.get(f"{url}{path('ground,street')}").status_code == 200
