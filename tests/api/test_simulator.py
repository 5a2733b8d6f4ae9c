"""The simulator keeps a sample village alive: things go wrong, workers walk there, things come right again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import Engine, make_url, text

from geo.database.engine import make_engine
from tests.serving import serving

Found = TypeVar("Found")


@pytest.fixture
def village(village_url: str, clone: Callable[[str], str]) -> Iterator[Engine]:
    engine = make_engine(clone(str(make_url(village_url).database)))
    yield engine
    engine.dispose()


@pytest.mark.long
def test_a_day_in_the_village_in_half_a_minute(village: Engine, tmp_path: Path) -> None:
    address = village.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    with serving(address, tmp_path / "api.log") as url, (tmp_path / "simulate.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "simulate", "--url", url, "--rate", "150", "--per-hour", "120"],
            env={**os.environ, "YIKE_DATABASE_URL": address}, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            with httpx.Client(base_url=url, timeout=30) as http:
                incident = wait(lambda: latched(http), 45)
                order = http.post(
                    f"/api/v1/incidents/{incident['id']}/orders", json={"worker_id": nearest(http, incident)}
                )
                assert order.status_code == 201
                number = order.json()["id"]
                wait(lambda: closed(http, number), 60)
                steps = [step["state"] for step in http.get(f"/api/v1/orders/{number}").json()["steps"]]
                assert steps == ["dispatched", "accepted", "arrived", "handled", "verified", "closed"]
        finally:
            process.terminate()
            assert process.wait(15) == 0, (tmp_path / "simulate.log").read_text()
    with village.connect() as connection:
        heard, alarms = connection.execute(
            text("select (select count(*) from yike.telemetry), (select count(*) from yike.incident)")
        ).one()
        strangers = connection.execute(
            text("select count(*) from yike.incident i left join yike.device d on d.id = i.device_id"
                 " where d.origin is distinct from 'sample'")
        ).scalar_one()  # fmt: skip
        dead = connection.execute(text("select count(*) from yike.dead_letter")).scalar_one()
    assert heard > 0
    assert alarms >= 2
    assert strangers == 0
    assert dead == 0


def latched(http: httpx.Client) -> dict[str, Any] | None:
    """The newest open incident that does not go away by itself, and has no order yet.

    The newest: what nobody answers for a while is looked after by a neighbour.
    """
    kinds = {"call_button", "smoke", "gas", "bracelet", "water_meter", "lift", "tilt", "falling_object_camera"}
    features = http.get("/api/v1/incidents", params={"state": "open"}).json()["features"]
    found: list[dict[str, Any]] = [feature["properties"] for feature in features]
    waiting = [one for one in found if one["device_kind"] in kinds and one["order_id"] is None]
    return max(waiting, key=lambda one: one["opened_at"], default=None)


def closed(http: httpx.Client, order: int) -> bool | None:
    """True once the order is at its end."""
    return True if http.get(f"/api/v1/orders/{order}").json()["state"] == "closed" else None


def nearest(http: httpx.Client, incident: dict[str, Any]) -> int:
    found = http.get("/api/v1/nearest-workers", params={"incident": incident["id"]}).json()
    return int(found["features"][0]["properties"]["worker_id"])


def wait(look: Callable[[], Found | None], within_s: float) -> Found:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(0.5)
    raise AssertionError("it did not come")


def test_without_sample_devices_it_says_so(database: Engine) -> None:
    address = database.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    environment = {**os.environ, "YIKE_DATABASE_URL": address, "COLUMNS": "200"}
    command = [sys.executable, "-m", "api.cli", "simulate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no sample devices" in done.stderr
    assert "yike town" in done.stderr
    assert "Traceback" not in done.stderr
