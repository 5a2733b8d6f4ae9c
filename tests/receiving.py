"""The other side of channels: an HTTP server and a mail server of the test's own, that keep what they are sent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OK = b'{"errcode": 0, "errmsg": "ok"}'


@dataclass
class Post:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and how it is answered: `answers` first, then 200; while `open` is not set, not at all."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    came: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0


@contextmanager
def receiver(*, opened: bool = True) -> Iterator[Receiver]:
    """A server on this machine."""
    found = Receiver()
    if opened:
        found.open.set()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                found.at_once += 1
                found.most_at_once = max(found.at_once, found.most_at_once)
                found.posts.append(Post(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, content = found.answers.pop(0) if found.answers else (200, OK)
            found.came.set()
            found.open.wait(60)
            with lock:
                found.at_once -= 1
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who asked has gone

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.open.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Mails:
    """What a mail server took: recipients and message."""

    port: int = 0
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    code_of_data: int = 250


@contextmanager
def mail_server() -> Iterator[Mails]:
    """A mail server (RFC 5321, the part a client without TLS needs) on this machine."""
    found = Mails()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self) -> None:
            recipients: list[str] = []
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ", 1)[0].upper()
                if verb == "RCPT":
                    recipients.append(line.partition("<")[2].partition(">")[0])
                if verb == "DATA":
                    self.say("354 go on")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    if found.code_of_data == 250:
                        found.taken.append((recipients, b"".join(lines)))
                    self.say(f"{found.code_of_data} done")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
