"""Measures one size of town in a process of its own, so that its memory is its own; prints JSON.

python -m tests.bench.growth 100000
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.access.coverage import Coverage, Doors, cover, cover_again
from geo.access.facilities import Facilities
from geo.network.graph import Network
from geo.network.snap import Snaps, join, snap
from tests.bench.grid_town import grid_town

LIMIT_M = 250.0


def join_all(network: Network, facilities: Facilities) -> Snaps:
    """Where facilities join the network."""
    return snap(network, facilities.lon, facilities.lat, limit_m=LIMIT_M)


def move_one(before: Coverage, row: int, by: float = 0.003) -> Coverage:
    """The coverage after one of its facilities went some 300 m away, as a drag on the map asks for it."""
    lon = before.facilities.lon.copy()
    lon[row] += by
    network = before.doors.network
    moved = snap(network, [lon[row]], [before.facilities.lat[row]], limit_m=LIMIT_M)
    order = np.arange(len(lon))
    order[row] = len(lon)
    return cover_again(before, replace(before.facilities, lon=lon), join(before.places, moved)[order])


def timed_ms(what: Callable[[], object], repeat: int) -> float:
    """The median of several turns, in milliseconds."""
    took = []
    for _ in range(repeat):
        started = time.perf_counter()
        what()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def status_mb(name: str) -> float:
    """A line of this process's status, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def measure(nodes: int) -> dict[str, Any]:
    """Seconds and memory of the steps from streets to minutes."""
    town = grid_town(nodes)
    held_mb = status_mb("VmRSS")
    # Forgets the peak so far: making up the town takes more than using it.
    Path("/proc/self/clear_refs").write_text("5")
    started = time.perf_counter()
    network = town.graph.network("walk")
    build_s = time.perf_counter() - started
    started = time.perf_counter()
    homes = town.homes
    doors = Doors.of(network, homes, snap(network, homes.entrance_lon, homes.entrance_lat, limit_m=LIMIT_M))
    doors_s = time.perf_counter() - started
    categories = [town.facilities.of(str(one)) for one in np.unique(town.facilities.category)]
    places = [join_all(network, facilities) for facilities in categories]

    def all_of_them() -> list[Coverage]:
        return [cover(doors, *pair) for pair in zip(categories, places, strict=True)]

    coverages = all_of_them()
    twelve_ms = timed_ms(all_of_them, 5)
    row = iter(range(10**6))
    one = coverages[5]
    move_one(one, 0)
    again_ms = timed_ms(lambda: move_one(one, next(row) % len(one.facilities)), 15)
    return {
        "nodes": town.graph.nodes,
        "edges": len(town.graph.edge_id),
        "buildings": len(homes),
        "build_s": build_s,
        "doors_s": doors_s,
        "twelve_ms": twelve_ms,
        "again_ms": again_ms,
        "streets_mb": held_mb,
        "peak_mb": status_mb("VmHWM"),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
