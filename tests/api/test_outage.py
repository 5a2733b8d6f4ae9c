"""The database goes away and comes back: clear answers, nothing half-written, the stream tells that it is blind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from data.catalogue import load_catalogue
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from tests.serving import free_port, serving
from tests.world import World, build_world, reading


@pytest.fixture(scope="module")
def own_server() -> Iterator[LocalServer]:
    """A cluster to be stopped at will. Not below pytest's folder: PostgreSQL's user cannot enter it."""
    home = Path(tempfile.mkdtemp(prefix="yike-outage-", dir="/var/tmp"))
    home.chmod(0o755)
    server = LocalServer(home)
    server.start(configuration="fsync = off\n")
    yield server
    server.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def world(own_server: LocalServer) -> World:
    engine = make_engine(own_server.url)
    migrate(engine)
    load_catalogue(engine)
    made = build_world(engine)
    engine.dispose()
    return made


def until(url: str, status: int, within_s: float = 20.0) -> httpx.Response:
    deadline = time.monotonic() + within_s
    while True:
        answer = httpx.get(url, timeout=15)
        if answer.status_code == status or time.monotonic() > deadline:
            assert answer.status_code == status, answer.text
            return answer
        time.sleep(0.2)


def test_away_and_back(own_server: LocalServer, world: World, tmp_path: Path) -> None:
    with serving(own_server.url, tmp_path / "api.log") as url:
        batch = [reading("waste_camera", {"fill_pct": 99}, id="before")]
        assert httpx.post(f"{url}/api/v1/telemetry", json=batch).json()["accepted"] == 1
        with httpx.stream("GET", f"{url}/api/v1/live", timeout=30) as stream:
            lines = stream.iter_lines()
            while not next(lines).startswith("data"):
                pass
            own_server.stop()
            for path in ("/readyz", "/api/v1/devices", "/tiles/street/15/27307/13400.mvt", "/api/v1/summary"):
                answer = until(url + path, 503)
                assert answer.headers["content-type"] == "application/problem+json"
                assert "does not answer" in answer.json()["detail"]
                assert answer.headers["retry-after"]
            lost = [reading("waste_camera", {"fill_pct": 1}, id="during")]
            assert httpx.post(f"{url}/api/v1/telemetry", json=lost, timeout=15).status_code == 503
            pushed = {"messageType": "dataReport", "IMEI": "x-waste_camera", "payload": {"fill_pct": 1}, "timestamp": 0}
            assert httpx.post(f"{url}/api/v1/push/ctwing", json=pushed, timeout=15).status_code == 503
            assert httpx.get(f"{url}/healthz").status_code == 200
            own_server.start()
            until(f"{url}/readyz", 200)
            # The same batch again, as a device does: it is taken once, and the open stream tells of it.
            assert httpx.post(f"{url}/api/v1/telemetry", json=lost, timeout=15).json()["accepted"] == 1
            told = next(line for line in lines if line.startswith("data"))
            assert '"normal"' in told


@pytest.mark.long
def test_a_service_started_while_the_database_is_down_comes_up_with_it(
    own_server: LocalServer, world: World, tmp_path: Path
) -> None:
    own_server.stop()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "YIKE_DATABASE_URL": own_server.url, "YIKE_PORT": str(port)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "api.cli", "serve"], env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{url}/readyz", timeout=10).status_code == 503:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        assert httpx.get(f"{url}/readyz", timeout=10).status_code == 503
        own_server.start()
        until(f"{url}/readyz", 200)
    finally:
        process.terminate()
        process.wait(15)


def test_the_command_says_which_server_does_not_answer(tmp_path: Path) -> None:
    nobody = "postgresql://someone:secret@127.0.0.1:1/x"
    environment = {**os.environ, "YIKE_DATABASE_URL": nobody, "YIKE_HOME": str(tmp_path), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "up"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "127.0.0.1:1/x" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
