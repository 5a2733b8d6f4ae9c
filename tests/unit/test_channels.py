"""Channels by themselves: formats, signatures checked by another library, and where none may lead."""

from __future__ import annotations

import base64
import email
import email.policy
import http.server
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from api.channels import FILE_NAME, teller
from api.channels import http as channel_http
from api.channels.addresses import Reach
from api.channels.http import post
from api.channels.texts import text_of
from api.tls import certificate_for
from geo.errors import InvalidInput
from geo.live.outbox import Notice, NotTold, PerhapsTold
from geo.model.notice import AUDIENCES, EVENTS
from geo.settings import Settings
from tests.receiving import OK, mail_server, receiver
from tests.serving import free_port

NEAR = Reach(private=True)


def notice(kind: str, url: str | None = None, **more: Any) -> Notice:
    given: dict[str, Any] = {
        "id": 7, "at": datetime(2026, 3, 1, 8, 30, tzinfo=UTC), "event": "dispatched", "audience": "worker",
        "channel": "一号", "type": kind, "url": url, "secret": "SEC0123456789abcdef", "settings": {}, "severity": 4,
        "incident_id": 3, "order_id": 12, "title": "长按求助", "title_en": "Call for help", "place": "3幢",
        "place_en": "Building 3",
    }  # fmt: skip
    return Notice(**{**given, **more})


def tell(told: Notice, home: Path = Path("/nowhere"), **settings: Any) -> None:
    teller(Settings(home=home, private_channels=True, **settings))(told)


def is_signed(signature: str, secret: bytes, content: bytes) -> None:
    mac = HMAC(secret, SHA256())
    mac.update(content)
    mac.verify(base64.b64decode(signature))


def test_wecom_is_sent_a_text() -> None:
    with receiver() as robot:
        tell(notice("wecom", f"{robot.url}?key=k1", place="长" * 900), public_url="https://yike.example")
    (came,) = robot.posts
    body = orjson.loads(came.body)
    assert came.path == "/hook?key=k1"
    assert body["msgtype"] == "text"
    assert body["text"]["content"].startswith("【一刻】新工单 12（危及生命）：长按求助，长长")
    assert len(body["text"]["content"].encode()) <= 2048


def test_dingtalk_is_signed_in_its_address() -> None:
    with receiver() as robot:
        tell(notice("dingtalk", f"{robot.url}?access_token=t%2B1"))
    given = parse_qs(urlsplit(robot.posts[0].path).query)
    assert given["access_token"] == ["t+1"]
    (timestamp,), (sign,) = given["timestamp"], given["sign"]
    assert len(timestamp) == 13
    is_signed(sign, b"SEC0123456789abcdef", f"{timestamp}\nSEC0123456789abcdef".encode())


@pytest.mark.parametrize("secret", ["SEC0123456789abcdef", "whsec_" + base64.b64encode(b"sixteen bytes!!!").decode()])
def test_a_webhook_is_signed_and_says_to_whom(secret: str) -> None:
    with receiver() as hook:
        tell(notice("webhook", hook.url, secret=secret, audience="relative", phone="14088887777"))
    (came,) = hook.posts
    body = orjson.loads(came.body)
    assert body["to"] == {"phone": "14088887777"}
    assert body["text"].startswith("【一刻】您的家人家中的设备")
    headers = came.headers
    assert headers["idempotency-key"] == headers["webhook-id"] == body["id"]
    raw = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + came.body
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1"
    is_signed(signature, raw, content)


def test_what_a_robot_says_decides() -> None:
    with receiver() as robot:
        robot.answers = [(200, b'{"errcode": 93000, "errmsg": "key=SECRET"}'), (200, b"<html>"), (502, b""), (200, OK)]
        told = notice("wecom", f"{robot.url}?key=SECRET")
        for expected, words in ((NotTold, "errcode 93000"), (PerhapsTold, "not a robot's"), (NotTold, "502")):
            with pytest.raises(expected, match=words) as failure:
                tell(told)
            assert type(failure.value) is expected
            assert "SECRET" not in str(failure.value)
        tell(told)


def test_no_redirect_is_followed() -> None:
    with receiver() as hook:
        hook.answers = [(307, b"")]
        with pytest.raises(NotTold, match="307"):
            tell(notice("webhook", hook.url))
        assert len(hook.posts) == 1


def test_a_silent_server_and_one_that_drips_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_http, "TOTAL_S", 0.4)
    with receiver(opened=False) as hook, pytest.raises(PerhapsTold, match="in time"):
        tell(notice("webhook", hook.url))
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not ended.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(PerhapsTold, match="in time"):
            tell(notice("webhook", f"http://127.0.0.1:{server.getsockname()[1]}/"))
        ended.set()
        thread.join(10)
    with pytest.raises(NotTold, match="No connection") as failure:
        tell(notice("webhook", f"http://127.0.0.1:{free_port()}/"))
    assert type(failure.value) is NotTold


@contextmanager
def https(home: Path) -> Iterator[tuple[int, list[str]]]:
    """An HTTPS server with a certificate of the local authority; yields its port and the hosts asked for."""
    made = certificate_for(Settings(home=home, tls=True))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(http.server.HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that does not trust us breaks off

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def test_the_certificate_is_checked_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context()
    with https(tmp_path) as (port, asked):
        monkeypatch.setattr(channel_http, "_context", lambda: context)
        with pytest.raises(NotTold, match="No connection"):
            post(f"https://localhost:{port}/", b"{}", NEAR)
        context.load_verify_locations(tmp_path / "tls" / "authority.crt")
        post(f"https://localhost:{port}/", b"{}", NEAR)
        assert asked == [f"localhost:{port}"]
        # The same address by a name that the certificate does not hold.
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda _, *a, **k: real("127.0.0.1", *a, **k))
        with pytest.raises(NotTold, match="No connection"):
            post(f"https://gateway.example:{port}/", b"{}", NEAR)


@pytest.mark.parametrize(
    ("url", "far", "near"),
    [
        ("https://gateway.example/x", True, True),
        ("https://8.8.8.8/x", True, True),
        ("http://gateway.example", False, True),
        ("http://8.8.8.8/", False, False),
        ("https://127.0.0.1/", False, True),
        ("http://192.168.3.4:8080/", False, True),
        ("https://[::1]/", False, True),
        ("https://[::ffff:10.0.0.1]/", False, True),
        ("https://169.254.169.254/", False, False),
        ("https://0.0.0.0/", False, False),
        ("https://224.0.0.1/", False, False),
        ("ftp://gateway.example/", False, False),
        ("file:///etc/passwd", False, False),
        ("https://user:word@gateway.example/", False, False),
        ("https://gateway.example:0/", False, False),
        ("https://gateway.example:x/", False, False),
        ("https://", False, False),
        ("https://a b/", False, False),
        ("nonsense", False, False),
    ],
)
def test_where_a_channel_may_lead(url: str, far: bool, near: bool) -> None:
    for reach, allowed in ((Reach(), far), (NEAR, near)):
        if allowed:
            reach.check_url(url)
        else:
            with pytest.raises(InvalidInput):
                reach.check_url(url)


def test_a_name_that_leads_into_the_house_is_found_out_when_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as hook:
        with pytest.raises(NotTold, match="not allowed"):
            post(hook.url.replace("127.0.0.1", "localhost").replace("http:", "https:"), b"{}", Reach())
        # Even when only one of its addresses does.
        found = [(2, 1, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        with pytest.raises(NotTold, match="not allowed"):
            post("https://gateway.example/", b"{}", Reach())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found[:1])
        with pytest.raises(NotTold, match="not allowed"):
            post("http://gateway.example/", b"{}", NEAR)
        assert hook.posts == []


MAIL = {"host": "127.0.0.1", "security": "none", "from": "yike@community.example",
        "to": {"duty": ["a@x.example", "b@x.example"], "supervisor": ["c@x.example"]}}  # fmt: skip


def test_mail_goes_to_the_list_of_its_audience_with_a_lasting_id() -> None:
    with mail_server() as server:
        told = notice("smtp", "smtp://x", settings={**MAIL, "port": server.port}, event="escalated", audience="duty")
        tell(told)
        tell(told)
    recipients, content = server.taken[0]
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert recipients == ["a@x.example", "b@x.example"]
    assert message["Subject"] == "【一刻】长按求助"
    assert "工单 12 超时无人接单" in message.get_body().get_content()  # type: ignore[union-attr]
    assert b"a@x.example" not in content
    again = email.message_from_bytes(server.taken[1][1], policy=email.policy.default)
    assert message["Message-ID"] == again["Message-ID"] == f"<{told.key}@community.example>"


def test_mail_that_is_refused_is_not_told_and_gives_no_address_away() -> None:
    with mail_server() as server:
        server.code_of_data = 451
        told = notice("smtp", "smtp://x", settings={**MAIL, "port": server.port}, event="escalated", audience="duty")
        with pytest.raises(NotTold, match=r"^The mail server answered 451\.$"):
            tell(told)
        # Encryption that the server does not have is not done without.
        plain = {**MAIL, "port": server.port, "security": "starttls"}
        with pytest.raises(NotTold, match="could not be used"):
            tell(notice("smtp", "smtp://x", settings=plain, event="escalated", audience="duty"))
        assert server.taken == []


def test_the_file_holds_each_once_and_survives_a_torn_line(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    for number in (1, 2, 1):
        tell(notice("file", None, id=number), tmp_path)
    # A crash in the middle of a line: the next one begins where the last whole one ended.
    with file.open("ab") as tail:
        tail.write(b'{"id":"yike-3-1772353800000000","at":"20')
    for number in (3, 2):
        tell(notice("file", None, id=number), tmp_path)
    assert [orjson.loads(line)["id"].split("-")[1] for line in file.read_bytes().splitlines()] == ["1", "2", "3"]
    assert file.stat().st_mode & 0o777 == 0o600
    # After a reset numbers begin anew: the same number at another time is something else.
    tell(notice("file", None, id=1, at=datetime(2026, 4, 1, tzinfo=UTC)), tmp_path)
    assert len(file.read_bytes().splitlines()) == 4


def test_every_event_has_words_for_everybody_it_is_told_to_in_both_languages() -> None:
    hears = {"opened": {"duty"}, "escalated": {"duty", "supervisor"}, "dispatched": {"worker", "elder", "relative"},
             "closed": {"worker", "elder", "relative"}}  # fmt: skip
    assert set(hears) == set(EVENTS)
    for language in ("zh", "en"):
        for event in EVENTS:
            for audience in AUDIENCES:
                told = notice(
                    "file", event=event, audience=audience, settings={"language": language}, phone="14000000000"
                )
                if audience not in hears[event]:
                    with pytest.raises(NotTold):
                        text_of(told, None)
                    continue
                spoken = text_of(told, "https://yike.example")
                assert "{" not in spoken
                assert "None" not in spoken
                assert "140" not in spoken
                # Families read that somebody comes, not what it is about or where.
                assert ("3" in spoken.replace("12", "")) == (audience not in ("elder", "relative"))
    assert text_of(notice("file", settings={"language": "en"}), "https://yike.example").endswith(
        "Building 3. https://yike.example/work"
    )
