"""Tiles: cold against the database alone, kept ones against tipg, and both while devices move.

`YIKE_BENCH_TILES` distinct tiles (2,000) of the town of `YIKE_BENCH_SCALE` (district).
"""

from __future__ import annotations

import gzip
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import mapbox_vector_tile
import orjson
import pytest
from sqlalchemy import Engine, create_engine, text

from data.catalogue import load_catalogue
from data.town import Scale, build_town
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.server import LocalServer
from geo.settings import default_home
from tests.peers.environment import folder, missing
from tests.serving import free_port, serving
from tests.verify.conftest import Figures

TITLE = "Tiles"
TILES = int(os.environ.get("YIKE_BENCH_TILES", "2000"))
SCALE = Scale(os.environ.get("YIKE_BENCH_SCALE", "district"))
SECONDS = float(os.environ.get("YIKE_BENCH_SECONDS", "20"))
ROOT = Path(__file__).resolve().parents[2]
LAYERS = "area,ground,street,building,facility,device"
AT_ONCE = 4
PEER_LAYERS = ("street", "building", "facility")
_VIEW = (3, 2)
"""Tiles of 512 pixels across a screen, on each side of the middle."""

pytestmark = pytest.mark.timeout(3000)

# Tiles of the session are asked for once by a service with nothing kept; a service prepares its streets beside its
# first answers, which is not what is measured here.
ROUNDS, WARM_AFTER_S = 3, 25.0

Tile = tuple[int, int, int]


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[Engine, str]]:
    """The town in a cluster as `yike up` makes it, and the database's address."""
    cluster = LocalServer(default_home().with_name(default_home().name + "-bench"))
    cluster.start()
    admin = create_engine(
        cluster.url_of("postgres").replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.exec_driver_sql("drop database if exists bench_tiles with (force)")
        connection.exec_driver_sql("create database bench_tiles")
    engine = make_engine(cluster.url_of("bench_tiles"), statement_timeout_s=900)
    migrate(engine)
    load_catalogue(engine)
    build_town(engine, SCALE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        connection.execute(text("checkpoint"))
    yield engine, cluster.url_of("bench_tiles")
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("drop database bench_tiles with (force)")
    admin.dispose()
    cluster.stop()


def session(engine: Engine) -> list[Tile]:
    """What the map of somebody asks for who pans and zooms over the town, until there are enough distinct tiles."""
    with engine.connect() as connection:
        west, south, east, north = connection.execute(
            text("select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from"
                 " (select st_extent(geom_3857) as e from yike.building) as b")
        ).one()  # fmt: skip
    half = 20037508.342789244
    chance = random.Random(7)
    seen: dict[Tile, None] = {}
    x, y, z = (west + east) / 2, (south + north) / 2, 12
    for _ in range(100_000):
        size = 2 * half / 2**z
        column, row = math.floor((x + half) / size), math.floor((half - y) / size)
        for dx in range(-_VIEW[0], _VIEW[0] + 1):
            for dy in range(-_VIEW[1], _VIEW[1] + 1):
                left, top = (column + dx) * size - half, half - (row + dy) * size
                # The map asks for nothing outside the bounds of the TileJSON.
                if left < east and left + size > west and top > south and top - size < north:
                    seen[z, column + dx, row + dy] = None
        if len(seen) >= TILES:
            break
        step = chance.random()
        if step < 0.35:
            z = min(max(z + chance.choice((-1, 1, 1)), 10), 16)
        elif step < 0.45:
            x, y = chance.uniform(west, east), chance.uniform(south, north)
        else:
            x = min(max(x + chance.uniform(-2, 2) * size, west), east)
            y = min(max(y + chance.uniform(-2, 2) * size, south), north)
    return list(seen)[:TILES]


def run(*arguments: object) -> dict[str, Any]:
    """What a process of `tests.bench.tile_load` measured."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.tile_load", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def replay(url: str, paths: list[str], scratch: Path, seconds: float = 0) -> dict[str, Any]:
    """Each path once, or round and round for so long, by `AT_ONCE` clients."""
    file = scratch / "paths.json"
    file.write_bytes(orjson.dumps(paths))
    return run("replay", url, file, AT_ONCE, seconds)


def first_asked(url: str, paths: list[str], scratch: Path) -> dict[str, Any]:
    """Each tile once from a service that has only just begun, when it has its streets and homes."""
    time.sleep(WARM_AFTER_S)
    return replay(url, paths, scratch)


def pgbench(engine: Engine, url: str, tiles: list[Tile], scratch: Path) -> float:
    """Tiles a second of the database alone: the same statement on the same tiles, prepared, by as many connections."""
    with engine.begin() as connection:
        connection.execute(text("drop table if exists public.bench_tile"))
        connection.execute(text("create table public.bench_tile (n int primary key, z int, x int, y int)"))
        connection.execute(
            text("insert into public.bench_tile values (:n, :z, :x, :y)"),
            [{"n": n, "z": z, "x": x, "y": y} for n, (z, x, y) in enumerate(tiles)],
        )
    script = scratch / "tiles.sql"
    script.write_text(
        f"\\set i :i + 1\n\\set n :i * {AT_ONCE} + :client_id\n"
        f"select yike.tile_layers('{{{LAYERS}}}', z, x, y, '{{}}') from public.bench_tile where n = :n;\n"
    )
    program = shutil.which("pgbench") or max(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    done = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(AT_ONCE), "-j", "1", "-t", str(len(tiles) // AT_ONCE),
         "-D", "i=-1", "-f", script, url],
        capture_output=True, text=True, check=True, env={**os.environ, "PGOPTIONS": "-c jit=off"},
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def hammer(url: str, paths: list[str], scratch: Path) -> dict[str, float]:
    """Requests a second for kept tiles, by wrk where it is to be had, so that the clients are not what is slow."""
    if shutil.which("wrk") is None:
        return replay(url, paths, scratch, SECONDS)
    script = scratch / "wrk.lua"
    listed = ",".join(f'"{path}"' for path in paths)
    script.write_text(
        f'local paths = {{{listed}}}\nlocal i = 0\nwrk.headers["Accept-Encoding"] = "gzip"\n'
        'request = function() i = i % #paths + 1; return wrk.format("GET", paths[i]) end\n'
        'done = function(s, l) io.write(string.format(\'{"per_s":%f,"p50_ms":%f,"p99_ms":%f,"mean_bytes":%f,'
        '"bad":%d}\', s.requests / s.duration * 1e6, l:percentile(50) / 1000, l:percentile(99) / 1000,'
        " s.bytes / s.requests, s.errors.status + s.errors.read + s.errors.timeout)) end\n"
    )
    done = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{SECONDS:.0f}s", "-s", script, url], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = orjson.loads(done.stdout[done.stdout.rindex("{") :])
    assert found["bad"] == 0, done.stdout
    return found


@contextmanager
def tipg(engine: Engine, url: str, log: Path) -> Iterator[str]:
    """tipg over views of the same rows, with what our tiles carry near the ground."""
    with engine.begin() as connection:
        for statement in (
            "drop schema if exists peer cascade",
            "create schema peer",
            "create view peer.street as select id, street_class as class, name, coalesce(name_en, name) as name_en,"
            " oneway_drive as oneway, bridge, tunnel, closed, geom_3857 as geom from yike.street where not across",
            "create view peer.building as select id, use, floors, coalesce(height_m, floors * 3.0)::real as height_m,"
            " name, coalesce(name_en, name) as name_en, geom_3857 as geom from yike.building",
            "create view peer.facility as select id, category, name, coalesce(name_en, name) as name_en,"
            " geom_3857 as geom from yike.facility",
        ):
            connection.execute(text(statement))
    port = free_port()
    # It takes no address without a host: the socket's folder stands in its place.
    parts = urlsplit(url)
    folder_of_socket = dict(parse_qsl(parts.query)).get("host")
    if folder_of_socket:
        url = f"postgresql://{parts.username}@{quote(folder_of_socket, safe='')}{parts.path}"
    settings = {"DATABASE_URL": url, "TIPG_DB_SCHEMAS": '["peer"]', "TIPG_MAX_FEATURES_PER_TILE": "100000",
                "TIPG_DB_MIN_CONN_SIZE": "1", "TIPG_DB_MAX_CONN_SIZE": str(AT_ONCE)}  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(
            [folder() / "tipg" / "bin" / "python", "-m", "uvicorn", "tipg.main:app", "--port", str(port),
             "--no-access-log"],
            env={**os.environ, **settings}, cwd=log.parent, stdout=output, stderr=output,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not _is_up(address):
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _is_up(address: str) -> bool:
    try:
        return httpx.get(f"{address}/collections", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def ids(content: bytes) -> set[int]:
    """Of all features of a tile; tipg gives the id as a property."""
    return {
        feature["properties"].get("id", feature.get("id"))
        for layer in (mapbox_vector_tile.decode(content) if content else {}).values()
        for feature in layer["features"]
    }


def ours(layer: str, tile: Tile) -> str:
    return f"/tiles/{layer}/{'/'.join(map(str, tile))}.mvt"


def theirs(layer: str, tile: Tile) -> str:
    return f"/collections/peer.{layer}/tiles/WebMercatorQuad/{'/'.join(map(str, tile))}"


def test_tiles(town: tuple[Engine, str], tmp_path: Path, figures: Figures) -> None:
    engine, database = town
    tiles = session(engine)
    paths = [ours(LAYERS, tile) for tile in tiles]
    zooms = ", ".join(f"{z}: {sum(t[0] == z for t in tiles)}" for z in sorted({t[0] for t in tiles}))
    figures.add("distinct tiles of the session, by zoom; layers of each", f"{len(tiles):,} ({zooms}); {LAYERS}")
    pgbench(engine, database, tiles, tmp_path)
    settings = {"YIKE_TILE_CONNECTIONS": str(AT_ONCE), "YIKE_TILE_CACHE_MB": "1000"}
    rounds = []
    for _ in range(ROUNDS - 1):
        with serving(database, tmp_path / "api.log", settings) as url:
            rounds.append((first_asked(url, paths, tmp_path), pgbench(engine, database, tiles, tmp_path)))
    with serving(database, tmp_path / "api.log", settings) as url:
        rounds.append((first_asked(url, paths, tmp_path), pgbench(engine, database, tiles, tmp_path)))
        shares = sorted(cold["per_s"] / limit for cold, limit in rounds)
        cold, limit = sorted(rounds, key=lambda one: one[0]["per_s"] / one[1])[ROUNDS // 2]
        figures.add(
            f"**Yike**, cold, from the database, packed by gzip (the middle one of {ROUNDS} rounds)",
            f"**{cold['per_s']:,.0f} tiles/s**, p50 {cold['p50_ms']:.1f} ms, p99 {cold['p99_ms']:.1f} ms,"
            f" {cold['mean_bytes'] / 1000:.1f} kB each",
        )
        figures.add(
            "pgbench: the same statement on the same tiles, prepared, as many connections, after each round",
            f"{limit:,.0f} tiles/s; Yike has **{cold['per_s'] / limit:.0%}** of it,"
            f" {shares[0]:.0%} to {shares[-1]:.0%} (wanted: 55 %)",
        )
        with httpx.Client(base_url=url) as http:
            sizes = {p: len(gzip.compress(http.get(p).content, 5)) for p in paths[:: max(1, len(paths) // 400)]}
        like_20 = sorted(sizes, key=lambda p: abs(sizes[p] - 20_000))[:20]
        hot = hammer(url, like_20, tmp_path)
        figures.add(
            "**Yike**, kept tiles of about 20 kB, one process",
            f"**{hot['per_s']:,.0f} tiles/s**, p50 {hot['p50_ms']:.2f} ms, p99 {hot['p99_ms']:.2f} ms,"
            f" {hot['mean_bytes'] / 1000:.1f} kB each (wanted: 20,000)",
        )
        against_tipg(engine, database, url, tiles, tmp_path, figures)
        while_devices_change(database, url, paths, tmp_path, figures)


def while_devices_change(database: str, url: str, paths: list[str], scratch: Path, figures: Figures) -> None:
    """The session round and round, first while nothing changes."""
    quiet = replay(url, paths, scratch, SECONDS)
    figures.add("the session round and round", f"{quiet['per_s']:,.0f} tiles/s, p99 {quiet['p99_ms']:.1f} ms")
    for what, told in (("status", "fall silent or come back (wanted: 20 % less at most)"), ("move", "move")):
        changing = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.tile_load", what, database, "1000", str(SECONDS)],
            cwd=ROOT, stdout=subprocess.PIPE,
        )  # fmt: skip
        found = replay(url, paths, scratch, SECONDS)
        changed = orjson.loads(changing.communicate(timeout=SECONDS * 5 + 30)[0])
        figures.add(
            f"  while 1,000 devices a second {told}",
            f"{found['per_s']:,.0f} tiles/s, p99 {found['p99_ms']:.1f} ms, with {changed['per_s']:,.0f} changes/s:"
            f" **{1 - found['per_s'] / quiet['per_s']:.0%}** less",
        )


def against_tipg(engine: Engine, database: str, url: str, tiles: list[Tile], scratch: Path, figures: Figures) -> None:
    """One layer at a time, as tipg serves them, at zooms where both show everything."""
    if (reason := missing("tipg")) is not None:
        figures.add("tipg", reason)
        return
    asked = [(layer, tile) for tile in tiles if tile[0] >= 15 for layer in PEER_LAYERS][:TILES]
    with tipg(engine, database, scratch / "tipg.log") as peer:
        extra = 0
        with httpx.Client() as http:
            for layer, tile in asked[:: max(1, len(asked) // 60)]:
                mine = ids(http.get(url + ours(layer, tile)).content)
                known = ids(http.get(peer + theirs(layer, tile)).content)
                assert known <= mine, (layer, tile, sorted(known - mine)[:5])
                extra += len(mine - known)
        found = replay(peer, [theirs(*one) for one in asked], scratch)
        cold = replay(url, [ours(*one) for one in asked], scratch)
        hot = hammer(url, [ours(*one) for one in asked[:200]], scratch)
        hot_peer = hammer(peer, [theirs(*one) for one in asked[:200]], scratch)
    figures.add(
        "tipg, one layer a tile (street, building, facility; 15 and 16), the same features",
        f"{found['per_s']:,.0f} tiles/s, p99 {found['p99_ms']:.1f} ms, {found['mean_bytes'] / 1000:.1f} kB each;"
        f" Yike has {extra} more features of the sample, in the buffer around the tile",
    )
    figures.add(
        "**Yike**, the same, first asked for",
        f"{cold['per_s']:,.0f} tiles/s, p99 {cold['p99_ms']:.1f} ms, {cold['mean_bytes'] / 1000:.1f} kB each:"
        f" **{cold['per_s'] / found['per_s']:.1f} ×** tipg",
    )
    figures.add(
        "200 of them asked for again: tipg; **Yike**",
        f"{hot_peer['per_s']:,.0f} tiles/s; {hot['per_s']:,.0f} tiles/s,"
        f" **{hot['per_s'] / hot_peer['per_s']:.0f} ×** (wanted: 10 ×)",
    )
