"""Processes of the bench of tiles: clients that replay a session, and a town whose devices change.

Started as ``python -m tests.bench.tile_load replay|status|move …``; each prints one JSON object.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from sqlalchemy import text

from geo.database.engine import make_engine
from geo.live.changes import number_changes


async def _client(host: str, port: int, paths: list[str], counter: list[int], until: float, took: list[float]) -> int:
    """One connection that always asks for the next tile of all; returns the bytes it was sent."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 22)
    received = 0
    while time.perf_counter() < until:
        counter[0] += 1
        if until == float("inf") and counter[0] > len(paths):
            break
        path = paths[(counter[0] - 1) % len(paths)]
        began = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in head[:20] and b" 204 " not in head[:20]:
            raise SystemExit(head.decode())
        if b"content-length:" in head:
            length = int(head.split(b"content-length:")[1].split(b"\r\n", 1)[0])
            received += len(await reader.readexactly(length))
        took.append(time.perf_counter() - began)
    writer.close()
    return received


async def replay(url: str, paths: list[str], connections: int, seconds: float) -> dict[str, float]:
    """Ask for each path once, or, with `seconds`, round and round so long."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    took: list[float] = []
    began = time.perf_counter()
    until = began + seconds if seconds else float("inf")
    counter = [0]
    received = await asyncio.gather(
        *(_client(parts.hostname, parts.port, paths, counter, until, took) for _ in range(connections))
    )
    spent = time.perf_counter() - began
    took.sort()
    return {
        "per_s": len(took) / spent,
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
        "mean_bytes": sum(received) / len(took),
    }


_STATUS = (
    "with back as (delete from yike.device_offline where device_id = any(:ids) returning device_id)"
    " insert into yike.device_offline (device_id) select i from unnest(cast(:ids as bigint[])) as i"
    " where i not in (select device_id from yike.device_offline)"
)
_MOVE = "update yike.device set geom = st_translate(geom, 0.00001, 0) where id = any(:ids)"


def change(database_url: str, what: str, per_s: int, seconds: float) -> dict[str, float]:
    """Change so many devices a second, ten transactions a second, numbered as the jobs do: fall silent or come back
    (`status`), or move by a metre (`move`)."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        ids = connection.execute(text("select array_agg(id order by id) from yike.device")).scalar_one()
    began, changed, late = time.perf_counter(), 0, 0.0
    while (now := time.perf_counter() - began) < seconds:
        part = [ids[(changed + n) % len(ids)] for n in range(per_s // 10)]
        with engine.begin() as connection:
            connection.execute(text(_MOVE if what == "move" else _STATUS), {"ids": part})
        number_changes(engine)
        changed += len(part)
        due = changed / per_s
        late = max(late, time.perf_counter() - began - due)
        time.sleep(max(0.0, due - (time.perf_counter() - began)))
    return {"per_s": changed / now, "late_s": late}


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    if what == "replay":
        asked = orjson.loads(Path(given[1]).read_bytes())
        found = asyncio.run(replay(given[0], asked, int(given[2]), float(given[3])))
    else:
        found = change(given[0], what, int(given[1]), float(given[2]))
    sys.stdout.buffer.write(orjson.dumps(found))
