"""pandana: seconds from every node to the nearest place of each category, over arcs given as arrays."""

from __future__ import annotations

import sys
import time

import numpy as np
import pandana
import pandas as pd

FINER = 10
"""It cuts each arc off to a thousandth; a long way has hundreds of them."""


def main() -> None:
    given = np.load(sys.argv[1])
    nodes, limit, repeat = int(given["nodes"]), float(given["limit_s"]) * FINER, int(given["repeat"])
    # It finds the node of a place by coordinates: a node's number stands for them, so that it finds the right one.
    x, y = pd.Series(np.arange(nodes, dtype=float)), pd.Series(np.zeros(nodes))
    started = time.perf_counter()
    network = pandana.Network(
        x,
        y,
        pd.Series(given["start"]),
        pd.Series(given["end"]),
        pd.DataFrame({"s": given["seconds"] * FINER}),
        twoway=False,
    )
    prepared_s = time.perf_counter() - started
    answers, took, set_s = [], np.zeros((len(given["first"]) - 1, repeat)), 0.0
    for category in range(len(took)):
        place = given["place"][given["first"][category] : given["first"][category + 1]]
        started = time.perf_counter()
        network.set_pois(str(category), limit, 1, pd.Series(place.astype(float)), pd.Series(np.zeros(len(place))))
        set_s += time.perf_counter() - started
        for turn in range(repeat):
            started = time.perf_counter()
            found = network.nearest_pois(limit, str(category), num_pois=1)
            took[category, turn] = time.perf_counter() - started
        seconds = found[1].reindex(np.arange(nodes)).to_numpy(float)[given["asked"]]
        answers.append(np.where(seconds >= limit, np.inf, seconds / FINER))
    np.savez(sys.argv[2], seconds=np.array(answers), prepared_s=prepared_s, set_s=set_s, took_s=took)


if __name__ == "__main__":
    main()
