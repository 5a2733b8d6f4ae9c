"""The `yike` command as an operator uses it: up, twice, down, and what it says when something is in the way."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of this module's own, where PostgreSQL's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="yike-command-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    yike(folder, "down")
    shutil.rmtree(folder)


def yike(home: Path, *arguments: str, status: int | None = 0) -> str:
    """Run the command; what it told, on both channels."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YIKE_")}
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments], env={**environment, "YIKE_HOME": str(home), "COLUMNS": "200"},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert status is None or done.returncode == status, told
    assert "Traceback" not in told
    return told


def alive(home: Path) -> list[str]:
    """Processes that mention this home: ours and PostgreSQL's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if int(process.name) != os.getpid() and (str(home) in command or f"YIKE_HOME={home}".encode() in environment):
            found.append(command)
    return found


def test_up_twice_and_down_leaves_nothing(home: Path) -> None:
    port = free_port()
    told = yike(home, "up", "--no-demo", "--detach", "--port", str(port))
    assert f"http://127.0.0.1:{port}" in told
    assert httpx.get(f"http://127.0.0.1:{port}/readyz").json()["current"] is True
    started = time.monotonic()
    assert "is running" in yike(home, "up", "--no-demo", "--detach", "--port", str(port))
    assert time.monotonic() - started < 15
    assert len(alive(home)) >= 4
    _kill_the_api(port)
    assert "stopped" in yike(home, "down")
    assert alive(home) == []
    assert "nothing was running" in yike(home, "down")


def _kill_the_api(port: int) -> None:
    """It is started again."""
    api = next(
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if b"api.cli\0serve" in _read(process / "cmdline")
        and f"YIKE_PORT={port}".encode() in _read(process / "environ")
    )
    os.kill(api, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.3)
        try:
            if not Path(f"/proc/{api}/fd").exists():
                httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2)
                return
        except httpx.TransportError:
            continue
    raise AssertionError("the service was not started again")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def test_ctrl_c_ends_it_cleanly(home: Path) -> None:
    port = free_port()
    environment = {**os.environ, "YIKE_HOME": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "up", "--no-demo", "--port", str(port)], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2).status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 0, told
    assert "stopped" in told
    assert "Traceback" not in told
    assert alive(home) == []


def test_a_taken_port_is_said(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = yike(home, "up", "--no-demo", "--port", str(port), status=1)
    assert f"Port {port} on 127.0.0.1 is taken" in told
    assert "--port" in told


def test_beyond_this_machine_somebody_must_be_able_to_sign_in(home: Path) -> None:
    told = yike(home, "up", "--no-demo", "--host", "0.0.0.0", status=2)  # noqa: S104
    assert "there is no account" in told
    assert "yike account add" in told


def test_over_https_with_an_account_and_a_source(home: Path) -> None:
    password = re.search(r"password: (\S+)", yike(home, "account", "add", "boss", "--role", "admin"))
    assert password is not None
    key = re.search(r"Authorization: Bearer (\S+)", yike(home, "source", "add", "meters"))
    assert key is not None
    port = free_port()
    told = yike(home, "up", "--no-demo", "--detach", "--tls", "--host", "0.0.0.0", "--port", str(port))  # noqa: S104
    assert "https://" in told
    authority = home / "tls/authority.crt"
    assert str(authority) in told
    trusted = ssl.create_default_context(cafile=str(authority))
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted, headers=elsewhere) as http:
        assert http.get("/api/v1/devices").status_code == 401
        body = {"name": "boss", "password": password[1]}
        assert "secure" in http.post("/api/v1/session", json=body).headers["set-cookie"].lower()
        assert http.get("/api/v1/devices").status_code == 200
        sent = httpx.post(f"https://127.0.0.1:{port}/api/v1/telemetry", verify=trusted, json=[],
                          headers={**elsewhere, "Authorization": f"Bearer {key[1]}"})  # fmt: skip
        assert sent.status_code == 200
    yike(home, "account", "disable", "boss")
    assert "disabled" in yike(home, "account", "list")
    assert "no account" in yike(home, "account", "disable", "nobody", status=1)
    assert "taken" in yike(home, "account", "add", "boss", "--role", "viewer", status=1)
    yike(home, "down")


def test_backup_and_restore_bring_everything_back_in_a_new_life(home: Path, real_data: Path, tmp_path: Path) -> None:
    yike(home, "import", "osm", str(real_data / "nanjing/nanjing-xinjiekou-2021-06.osm"))
    file = tmp_path / "yike.backup"
    yike(home, "db", "backup", str(file))
    yike(home, "db", "reset", "--yes")
    assert "0 new" not in yike(home, "db", "restore", str(file), "--yes")
    assert "nothing changed" in yike(home, "import", "osm", str(real_data / "nanjing/nanjing-xinjiekou-2021-06.osm"))
    assert "current" in yike(home, "db", "status")
    broken = tmp_path / "broken.backup"
    broken.write_bytes(file.read_bytes()[:20_000])
    assert "backup" in yike(home, "db", "restore", str(broken), "--yes", status=1)
    assert "nothing changed" in yike(home, "import", "osm", str(real_data / "nanjing/nanjing-xinjiekou-2021-06.osm"))


def test_openapi_is_printed(home: Path) -> None:
    assert '"/api/v1/telemetry"' in yike(home, "openapi")
