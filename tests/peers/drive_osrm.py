"""OSRM: seconds from every origin to every destination, and single ways. Reads an OpenStreetMap file."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import osrm
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def main() -> None:
    given = np.load(sys.argv[1])
    base = Path(str(given["osm"]))
    algorithm = str(given["algorithm"]) if "algorithm" in given else "CH"
    started = time.perf_counter()
    # Small parts count like any other: an island is no reason to walk somewhere else.
    prepare("extract", "--profile", str(given["profile"]), "--small-component-size", "1", str(base))
    graph = str(base).removesuffix(".osm.pbf") + ".osrm"
    for command in ("contract",) if algorithm == "CH" else ("partition", "customize"):
        prepare(command, graph)
    answers = {"prepared_s": np.array(time.perf_counter() - started)}
    engine = osrm.OSRM(
        storage_config=graph, algorithm=algorithm, use_shared_memory=False, max_locations_distance_table=10**6
    )
    if "origins" in given:
        started = time.perf_counter()
        answers["seconds"] = table(engine, given["origins"], given["destinations"])
        answers["asked_s"] = np.array(time.perf_counter() - started)
    if "pairs" in given:
        answers["routes_s"], answers["took_s"] = routes(engine, given["pairs"])
    np.savez(sys.argv[2], **answers)  # type: ignore[arg-type]


def table(engine: osrm.OSRM, origins: Floats, destinations: Floats) -> Floats:
    answer = engine.Table(osrm.TableParameters(
        coordinates=[tuple(pair) for pair in np.concatenate((origins, destinations)).tolist()],
        sources=list(range(len(origins))),
        destinations=list(range(len(origins), len(origins) + len(destinations))),
        annotations=["duration"],
    ))  # fmt: skip
    found = [[np.inf if value is None else value for value in row] for row in answer["durations"]]
    return np.array(found, float).reshape(len(origins), len(destinations)) / 100


def routes(engine: osrm.OSRM, pairs: Floats) -> tuple[Floats, Floats]:
    """Seconds of each way with its whole line, shape (k, 2, 2) of degrees; and how long each took to find."""
    seconds, took = np.full(len(pairs), np.inf), np.zeros(len(pairs))
    for row, pair in enumerate(pairs.tolist()):
        started = time.perf_counter()
        try:
            answer = engine.Route(
                osrm.RouteParameters(
                    coordinates=[tuple(place) for place in pair], overview="full", geometries="polyline"
                )
            )
            seconds[row] = answer["routes"][0]["duration"] / 100
        except RuntimeError:
            pass  # No way: it stays infinite.
        took[row] = time.perf_counter() - started
    return seconds, took


def prepare(command: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "osrm", command, *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
