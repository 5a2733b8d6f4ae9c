"""A private Mosquitto, and `yike work` beside it; nothing of the system's own broker is used."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson
from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion

from tests.serving import free_port

PATIENCE_S = 60.0


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something that will be so."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


class Mosquitto:
    """A broker in a folder of its own, on one port for its life, whatever restarts come between."""

    def __init__(self, folder: Path, settings: str | None = None, authority: Path | None = None) -> None:
        self.folder = folder
        self.authority = authority
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        shared = "persistence true\nautosave_interval 1\nmax_queued_messages 0\nallow_anonymous true\n"
        own = f"listener {self.port} 127.0.0.1\nuser {getpass.getuser()}\npersistence_location {folder}/\n"
        (folder / "conf").write_text(own + (shared if settings is None else settings))

    def start(self) -> None:
        program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert program is not None, "Mosquitto is missing: scripts/test installs it"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([program, "-c", str(self.folder / "conf")], stdout=log, stderr=log)
        until(self._answers, "the broker")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None

    def url(self, user: str = "") -> str:
        return f"mqtt{'s' if self.authority else ''}://{user}127.0.0.1:{self.port}"

    def client(self, name: str, user: str | None = None, password: str | None = None) -> Client:
        """A device's connection, with a session the broker keeps; it comes back by itself."""
        client = Client(CallbackAPIVersion.VERSION2, name, clean_session=False)
        client.username_pw_set(user, password)
        if self.authority is not None:
            client.tls_set(str(self.authority))
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        until(client.is_connected, "the broker's answer")
        return client


def send(client: Client, device: str, payload: object) -> MQTTMessageInfo:
    """Publish with QoS 1; bytes as they are, anything else as JSON."""
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return client.publish(f"yike/{device}/telemetry", body, qos=1)


class Worker:
    """A `yike work` and what it logs."""

    def __init__(self, database_url: str, broker_url: str, log: Path, more: Mapping[str, str]) -> None:
        self._log = log
        environment = {**os.environ, **more, "YIKE_DATABASE_URL": database_url, "YIKE_MQTT_URL": broker_url}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "work"], env=environment, stdout=output, stderr=output
            )

    def told(self) -> str:
        return self._log.read_text()

    def tells(self, what: str) -> None:
        """Wait until it has logged something."""
        until(lambda: what in self.told() or self.process.poll() is not None, what)
        assert what in self.told(), self.told()[-3000:]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)


@contextmanager
def running(broker: Mosquitto) -> Iterator[Mosquitto]:
    """A broker that is stopped in the end."""
    broker.start()
    try:
        yield broker
    finally:
        broker.stop(signal.SIGKILL)


@contextmanager
def working(database_url: str, broker_url: str, log: Path, more: Mapping[str, str] | None = None) -> Iterator[Worker]:
    """A worker that is stopped in the end, if the test has not done so."""
    worker = Worker(database_url, broker_url, log, more or {})
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.stop()
