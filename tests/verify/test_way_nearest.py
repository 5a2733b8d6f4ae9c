"""Nearest workers of 1,000 incidents on real streets against brute force: everyone on their own network, one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import PCG64, Generator
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import Engine, make_url, text

from geo.database.engine import make_engine
from geo.live.nearest import nearest_workers
from geo.live.place import Place
from geo.live.roster import Roster
from geo.network.profiles import Profile
from geo.network.snap import snap
from geo.network.store import NetworkStore
from geo.network.trace import seconds_of
from geo.scope import AreaScope
from tests.oracles.network import ExplicitGraph
from tests.verify.conftest import Figures

TITLE = "Nearest workers against brute force (central Nanjing)"
LIMIT_M = 250.0
INCIDENTS, WORKERS, K = 1000, 60, 5
PROFILES: tuple[Profile, ...] = ("walk", "ebike", "wheelchair")


def test_five_nearest_of_sixty_at_a_thousand_incidents(
    nanjing_url: str, clone: Callable[[str], str], figures: Figures
) -> None:
    engine = make_engine(clone(str(make_url(nanjing_url).database)))
    networks = NetworkStore(engine)
    rng = Generator(PCG64(11))
    with engine.connect() as connection:
        west, south, east, north = connection.execute(
            text("select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)"
                 " from (select st_extent(geom) as e from yike.building) as b")
        ).one()  # fmt: skip
    at = rng.uniform((west, south), (east, north), (WORKERS, 2))
    places = rng.uniform((west, south), (east, north), (INCIDENTS, 2))
    moves = [PROFILES[i % 3] for i in range(WORKERS)]
    ids = _hire(engine, at, moves)
    expected = np.full((INCIDENTS, WORKERS), np.inf)
    for profile in PROFILES:
        network, rows = networks.network(profile), np.array([i for i in range(WORKERS) if moves[i] == profile])
        movers = snap(network, at[rows, 0], at[rows, 1], limit_m=LIMIT_M)
        spots = snap(network, places[:, 0], places[:, 1], limit_m=LIMIT_M)
        explicit = ExplicitGraph(network, movers, spots)
        found = dijkstra(explicit.matrix, directed=True, indices=explicit.nodes_of(0))
        expected[:, rows] = found[:, explicit.nodes_of(1)].T
    graph = networks.network("walk").graph
    oneway = int((graph.oneway_cycle | graph.oneway_walk).sum())
    figures.add("streets; of them one way on foot or by bicycle, stairs", (
        f"{len(graph.edge_id):,}; {oneway:,}, {int(graph.steps.sum()):,}"))  # fmt: skip
    roster = Roster(engine, networks, LIMIT_M)
    worst_s, drawn_worst_s, compared, crow, nobody = 0.0, 0.0, 0, 0, 0
    row_of = {worker: row for row, worker in enumerate(ids)}
    for number, (lon, lat) in enumerate(places.tolist()):
        answer = nearest_workers(roster, Place(lon, lat), k=K, scope=AreaScope.everything()).workers
        best = np.sort(expected[number])[:K]
        best = best[np.isfinite(best)]
        assert len(answer) == len(best), (lon, lat)
        nobody += not answer
        for one, seconds in zip(answer, best.tolist(), strict=True):
            worst_s = max(worst_s, abs(one.seconds - seconds))
            row = row_of[one.worker_id]
            worst_s = max(worst_s, abs(one.seconds - float(expected[number, row])))
            network = networks.network(PROFILES[row % 3], revision=graph.revision)
            here = snap(network, [lon, at[row, 0]], [lat, at[row, 1]], limit_m=LIMIT_M)
            pieces_s = seconds_of(network, one.way) + float(here.access_s.sum())
            drawn_worst_s = max(drawn_worst_s, abs(pieces_s - one.seconds))
            compared += 1
        if answer:
            straight = np.hypot((at[:, 0] - lon) * np.cos(np.radians(lat)), at[:, 1] - lat)
            crow += ids[int(np.argmin(straight))] != answer[0].worker_id
    engine.dispose()
    figures.add(f"ways compared ({K} of {WORKERS} workers on foot, by e-bike, by wheelchair; {INCIDENTS} incidents)", (
        f"{compared}; at {nobody} incidents nobody can be"))  # fmt: skip
    figures.add("largest difference of their seconds to brute force", f"{worst_s:.2e}")
    figures.add("largest difference between a way's seconds and its own pieces", f"{drawn_worst_s:.2e}")
    figures.add("incidents where the nearest by air is not the first there", str(crow))
    assert compared > 3000
    assert worst_s < 1e-6
    assert drawn_worst_s < 1e-6


def _hire(engine: Engine, at: np.ndarray[tuple[int, int], np.dtype[np.float64]], moves: list[Profile]) -> list[int]:
    with engine.begin() as connection:
        connection.execute(text("update yike.worker set on_duty = false"))
        return [
            connection.execute(
                text("insert into yike.worker (name, on_duty, profile, path, post) values ('甲', true, :moves, '',"
                     " st_setsrid(st_makepoint(:lon, :lat), 4326)) returning id"),
                {"moves": how, "lon": lon, "lat": lat},
            ).scalar_one()
            for how, (lon, lat) in zip(moves, at.tolist(), strict=True)
        ]  # fmt: skip
