"""Valhalla: seconds from every origin to every destination, single ways, an isochrone. Reads an OpenStreetMap file."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import valhalla
from numpy.typing import NDArray
from valhalla.config import get_config

Floats = NDArray[np.float64]
AT_ONCE = 40
"""Destinations a question: of all of them its memory would grow with the square."""


def main() -> None:
    given = np.load(sys.argv[1])
    base = Path(str(given["osm"]))
    tiles = base.with_suffix(".tiles")
    tiles.mkdir(exist_ok=True)
    config = get_config(tile_extract="", tile_dir=str(tiles), verbose=False)
    config["mjolnir"] |= {"admin": "", "timezone": "", "logging": {"type": ""}, "concurrency": 2}
    config["mjolnir"]["data_processing"] |= {"infer_internal_intersections": False, "infer_turn_channels": False}
    config["thor"]["logging"] = config["loki"]["logging"] = {"type": ""}
    # The other one, `costmatrix`, stops early: up to 60 s too much on ways of half an hour in Monaco.
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    config["service_limits"]["pedestrian"] |= {
        "max_distance": 2_000_000.0, "max_matrix_distance": 500_000.0, "max_matrix_location_pairs": 10**9,
        "max_locations": 10**6,
    }  # fmt: skip
    config["service_limits"]["isochrone"] |= {"max_contours": 4, "max_time_contour": 10_000}
    file = base.with_suffix(".json")
    file.write_text(json.dumps(config))
    started = time.perf_counter()
    subprocess.run([Path(valhalla.PYVALHALLA_DIR) / "bin" / "valhalla_build_tiles", "-c", file, base], check=True)
    prepared_s = time.perf_counter() - started
    engine = valhalla.Actor(str(file))
    costing = {
        "costing": "pedestrian",
        "costing_options": {"pedestrian": {
            "walking_speed": float(given["kmh"]), "walkway_factor": 1.0, "sidewalk_factor": 1.0, "alley_factor": 1.0,
            "driveway_factor": 1.0, "step_penalty": 0, "service_penalty": 0, "destination_only_penalty": 0,
            "use_hills": 0.5, "use_lit": 0, "max_distance": 1_000_000, "max_hiking_difficulty": 6,
        }},
    }  # fmt: skip
    answers = {"prepared_s": np.array(prepared_s)}
    if "origins" in given:
        started = time.perf_counter()
        answers["seconds"] = matrix(engine, costing, given["origins"], given["destinations"])
        answers["asked_s"] = np.array(time.perf_counter() - started)
    if "pairs" in given:
        answers["routes_s"], answers["took_s"] = routes(engine, costing, given["pairs"])
    if "centre" in given:
        took = []
        for _ in range(int(given["repeat"])):
            started = time.perf_counter()
            found = engine.isochrone({
                **costing, "locations": [place(*given["centre"].tolist())], "polygons": True, "denoise": 0,
                "generalize": 0, "contours": [{"time": float(given["minutes"])}],
            })  # fmt: skip
            took.append(time.perf_counter() - started)
        answers["isochrone_s"] = np.array(took)
        answers["isochrone"] = np.array(json.dumps(found["features"][0]["geometry"]))
    np.savez(sys.argv[2], **answers)  # type: ignore[arg-type]


def place(lon: float, lat: float) -> dict[str, float]:
    return {"lon": lon, "lat": lat, "radius": 0, "minimum_reachability": 0, "node_snap_tolerance": 0}


def routes(engine: valhalla.Actor, costing: dict[str, Any], pairs: Floats) -> tuple[Floats, Floats]:
    """Seconds of each way, shape (k, 2, 2) of degrees; and how long each took to find."""
    seconds, took = np.full(len(pairs), np.inf), np.zeros(len(pairs))
    for row, pair in enumerate(pairs.tolist()):
        started = time.perf_counter()
        try:
            answer = engine.route({**costing, "locations": [place(*one) for one in pair], "directions_type": "none"})
            seconds[row] = answer["trip"]["summary"]["time"]
        except RuntimeError:
            pass  # No way: it stays infinite.
        took[row] = time.perf_counter() - started
    return seconds, took


def matrix(engine: valhalla.Actor, costing: dict[str, Any], origins: Floats, destinations: Floats) -> Floats:
    columns = []
    for first in range(0, len(destinations), AT_ONCE):
        answer = engine.matrix({
            **costing, "sources": [place(*pair) for pair in origins.tolist()],
            "targets": [place(*pair) for pair in destinations[first : first + AT_ONCE].tolist()],
            "verbose": False,
        })  # fmt: skip
        found = answer["sources_to_targets"]["durations"]
        columns.append([[np.inf if value is None else value for value in row] for row in found])
    return np.concatenate([np.array(column, float).reshape(len(origins), -1) for column in columns], axis=1)


if __name__ == "__main__":
    main()
