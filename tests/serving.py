"""Starts the real service, as a process of its own, over a database of a test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.starter import Started, start

_UP_WITHIN_S = 60.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    database_url: str, log: Path, environment: Mapping[str, str] | None = None, *, port: int | None = None
) -> Iterator[str]:
    """``yike serve`` on a free port, or the one given; yields its address once it is ready."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    key = (environment or {}).get("YIKE_OPERATOR_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    settings = {"YIKE_DATABASE_URL": database_url, "YIKE_PORT": str(port), "YIKE_HOST": "127.0.0.1"}
    process = _started({**os.environ, **settings, **(environment or {})}, log)
    try:
        deadline = time.monotonic() + _UP_WITHIN_S
        while not _ready(address, headers):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the service did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 15
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)


def _started(environment: Mapping[str, str], log: Path) -> Started | subprocess.Popen[bytes]:
    # What is measured or proved is a process that has been nothing else before.
    if os.environ.get("YIKE_BENCH") or os.environ.get("YIKE_VERIFY"):
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "api.cli", "serve"], env=environment, stdout=output, stderr=output
            )
    return start(["serve"], environment, log)


def _ready(address: str, headers: Mapping[str, str]) -> bool:
    try:
        return httpx.get(f"{address}/readyz", headers=headers, timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
