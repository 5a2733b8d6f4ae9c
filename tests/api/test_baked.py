"""A service with a baked file: what it is asked for comes from the file, until somebody edits what lies behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest
from sqlalchemy import text

from geo.database.engine import make_engine
from geo.scope import AreaScope
from tests.api.conftest import Service
from tests.api.test_tiles import address
from tests.serving import serving
from tests.world import build_world
from tiles.bake import bake, bakeable


@pytest.fixture
def baked(template: str, clone: Callable[[str], str], tmp_path: Path) -> Iterator[Service]:
    """Over a file that says "from the file" where the database says something else, without anybody having noticed."""
    url = clone(template)
    engine = make_engine(url)
    world = build_world(engine)
    file = tmp_path / "hamlet.pmtiles"
    _rename(engine, "from the file")
    bake(engine, file, layers=bakeable("building,facility,street"), zooms=(16, 16), scope=AreaScope.real())
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(text("update yike.facility set name = 'from the database'"))
    with (
        serving(url, tmp_path / "api.log", {"YIKE_BAKED": str(file)}) as running,
        httpx.Client(base_url=running) as http,
    ):
        yield Service(running, http, engine, world)
    engine.dispose()


def _rename(engine: Any, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update yike.facility set name = :name"), {"name": name})


def names(service: Service, layers: str, zoom: int = 16, **query: Any) -> set[str]:
    z, x, y = address(zoom)
    content = service.http.get(f"/tiles/{layers}/{z}/{x}/{y}.mvt", params=query).content
    return {feature["properties"]["name"] for feature in mapbox_vector_tile.decode(content)["facility"]["features"]}


def test_a_file_answers_for_what_it_holds_and_for_nothing_else(baked: Service) -> None:
    assert names(baked, "facility") == {"from the file"}
    assert names(baked, "area,facility,device_status,street") == {"from the file"}
    # Another zoom, a filter, another scope.
    assert names(baked, "facility", 15) == {"from the database"}
    assert names(baked, "facility", category="canteen") == {"from the database"}
    assert names(baked, "facility", area=baked.world.path) == {"from the database"}
    _rename(baked.engine, "edited")
    deadline = time.monotonic() + 10
    while names(baked, "facility") != {"edited"} and time.monotonic() < deadline:
        time.sleep(0.1)
    assert names(baked, "facility") == {"edited"}


def test_a_wrong_file_is_one_line_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "wrong.pmtiles"
    file.write_bytes(b"no archive")
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "serve"],
        env={**os.environ, "YIKE_BAKED": str(file), "YIKE_DATABASE_URL": "postgresql:///unused"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "YIKE_BAKED" in done.stderr
    assert "Traceback" not in done.stderr
