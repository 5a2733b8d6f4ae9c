"""OSRM: seconds from every origin to every destination. Reads an OpenStreetMap file, writes a matrix."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import osrm


def main() -> None:
    given = np.load(sys.argv[1])
    base = Path(str(given["osm"]))
    started = time.perf_counter()
    # Small parts count like any other: an island is no reason to walk somewhere else.
    prepare("extract", "--profile", str(given["profile"]), "--small-component-size", "1", str(base))
    graph = str(base).removesuffix(".osm.pbf") + ".osrm"
    prepare("contract", graph)
    prepared_s = time.perf_counter() - started
    engine = osrm.OSRM(
        storage_config=graph, algorithm="CH", use_shared_memory=False, max_locations_distance_table=10**6
    )
    origins, destinations = given["origins"], given["destinations"]
    started = time.perf_counter()
    table = osrm.TableParameters(
        coordinates=[tuple(pair) for pair in np.concatenate((origins, destinations)).tolist()],
        sources=list(range(len(origins))),
        destinations=list(range(len(origins), len(origins) + len(destinations))),
        annotations=["duration"],
    )
    answer = engine.Table(table)
    seconds = np.array(
        [[np.inf if value is None else value for value in row] for row in answer["durations"]], float
    ).reshape(len(origins), len(destinations))
    np.savez(sys.argv[2], seconds=seconds / 100, prepared_s=prepared_s, asked_s=time.perf_counter() - started)


def prepare(command: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "osrm", command, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
