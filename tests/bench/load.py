"""What puts a service under load, in processes of their own: readings over HTTP, and listeners of the live stream."""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

import orjson

POSTERS = 8
_STAMP = b"@when@"
_ROW = re.compile(rb"\[(\d+), ?\"(abnormal|normal|offline)\"")

# Of a hundred devices so many are of each kind, with what they report: (normal, breach or None).
MIX: dict[str, tuple[int, dict[str, float], dict[str, float] | None]] = {
    "video_camera": (38, {"blocked": 0}, None),
    "waste_camera": (20, {"fill_pct": 40}, {"fill_pct": 95}),
    "access_gate": (8, {"open_min": 0}, None),
    "fire_lane_camera": (8, {"blocked_min": 0}, None),
    "water_meter": (10, {"flow_m3": 0.02, "battery_pct": 81}, None),
    "smoke": (5, {"smoke": 0, "battery_pct": 90}, None),
    "gas": (5, {"gas_lel_pct": 0.4}, None),
    "bracelet": (4, {"heart_rate_bpm": 71, "fall": 0}, None),
    "call_button": (2, {"pressed": 0}, None),
}


def kind_of(n: int) -> str:
    """The kind of the n-th device."""
    place = n % 100
    for kind, (share, _, _) in MIX.items():
        if place < share:
            return kind
        place -= share
    raise AssertionError(n)


def bodies(devices: int, batch: int) -> list[bytes]:
    """Batches that go twice round all devices; in each round another hundredth is in breach."""
    made = []
    for round_ in range(2):
        for start in range(0, devices, batch):
            rows = []
            for n in range(start, start + batch):
                _, normal, breach = MIX[kind_of(n)]
                # A twentieth of the waste cameras, which are a fifth of all.
                fires = breach is not None and (n // 100) % 20 == round_
                rows.append({"device": f"d-{n}", "observed_at": _STAMP.decode(), "values": breach if fires else normal})
            made.append(orjson.dumps(rows))
    return made


def pour(url: str, devices: int, batch: int, seconds: float, connections: int) -> None:
    """Post batches until the time is over, several at once; print what was answered, a JSON object a line."""
    pool = bodies(devices, batch)
    turn = iter(range(10**9))
    lock = threading.Lock()
    end = time.monotonic() + seconds
    accepted, taken_s = [0] * connections, []

    def one(worker: int) -> None:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        while time.monotonic() < end:
            with lock:
                n = next(turn)
                # Two batches with the same device and moment would be duplicates.
                stamp = datetime.now(UTC).isoformat().encode()
            body = pool[n % len(pool)].replace(_STAMP, stamp)
            started = time.monotonic()
            connection.request("POST", "/api/v1/telemetry", body, {"Content-Type": "application/json"})
            answer = orjson.loads(connection.getresponse().read())
            taken_s.append(time.monotonic() - started)
            accepted[worker] += answer["accepted"] + answer["late"]

    threads = [threading.Thread(target=one, args=(n,)) for n in range(connections)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    taken_s.sort()
    print(
        orjson.dumps(
            {
                "accepted": sum(accepted),
                "seconds": took,
                "batches": len(taken_s),
                "median_s": taken_s[len(taken_s) // 2],
                "worst_s": taken_s[-1],
            }
        ).decode()
    )


async def listen(url: str, listeners: int, watched: int, bins: Sequence[int], per_s: float, seconds: float) -> None:
    """Many listeners; single readings posted at a steady pace; print the delays from POST to arrival, in ms.

    Of the listeners `watched` read what they get; the others only take it. `bins` are the ids of waste cameras, whose
    external ids are in the order of ids.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    parts = urlsplit(url)
    sent: dict[tuple[int, bytes], float] = {}
    delays: list[float] = []
    missing: list[set[tuple[int, bytes]]] = [set() for _ in range(watched)]
    ready = asyncio.Event()
    joined = 0

    async def follow(number: int) -> None:
        nonlocal joined
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 24)
        writer.write(f"GET /api/v1/live HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode())
        rest, started = b"", False
        while chunk := await reader.read(1 << 16):
            if not started and (started := b"event: snapshot" in rest + chunk or number >= watched):
                joined += 1
                if joined == listeners:
                    ready.set()
            if number >= watched:
                continue
            *events, rest = (rest + chunk).split(b"\n\n")
            now = time.monotonic()
            for event in events:
                if b"event: delta" not in event:
                    continue
                for found in _ROW.finditer(event):
                    key = (int(found[1]), found[2])
                    if key in missing[number]:
                        missing[number].discard(key)
                        delays.append((now - sent[key]) * 1000)

    following = [asyncio.create_task(follow(number)) for number in range(listeners)]
    await asyncio.wait_for(ready.wait(), 120)
    await asyncio.sleep(2)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    posted = 0

    async def post(share: int) -> None:
        # Each has devices of its own, so that red and normal follow on each other.
        nonlocal posted
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        own, made = bins[share::POSTERS], 0
        await asyncio.sleep(share / per_s)
        while loop.time() - begun < seconds:
            number = own[made % len(own)]
            red = (made // len(own)) % 2 == 0
            body = orjson.dumps(
                [{"device": f"d-{number - 1}", "observed_at": datetime.now(UTC).isoformat(),
                  "values": {"fill_pct": 95 if red else 5}}]
            )  # fmt: skip
            key = (number, b"abnormal" if red else b"normal")
            sent[key] = time.monotonic()
            for waiting in missing:
                waiting.add(key)
            writer.write(
                b"POST /api/v1/telemetry HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            answer = await reader.readexactly(int(length[1]) if length else 0)
            assert orjson.loads(answer)["accepted"] == 1, answer
            made += 1
            posted += 1
            await asyncio.sleep(max(0.0, begun + (made + share / POSTERS) * POSTERS / per_s - loop.time()))

    await asyncio.gather(*(post(share) for share in range(POSTERS)))
    took = loop.time() - begun
    await asyncio.sleep(3)
    for task in following:
        task.cancel()
    lost = sum(len(waiting) for waiting in missing)
    delays.sort()
    print(
        orjson.dumps(
            {
                "posted": posted,
                "per_s": posted / took,
                "seen": len(delays),
                "lost": lost,
                "p50_ms": delays[len(delays) // 2],
                "p99_ms": delays[int(len(delays) * 0.99)],
                "worst_ms": delays[-1],
            }
        ).decode()
    )


if __name__ == "__main__":
    what, address, *numbers = sys.argv[1:]
    if what == "pour":
        devices_, batch_, seconds_, connections_ = (int(number) for number in numbers)
        pour(address, devices_, batch_, seconds_, connections_)
    else:
        listeners_, watched_, per_s_, seconds_, *bins_ = (int(number) for number in numbers)
        asyncio.run(listen(address, listeners_, watched_, bins_, per_s_, seconds_))
