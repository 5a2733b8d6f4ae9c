"""Ways and matrices on a town of 250,000 nodes, and across Shanghai, with other engines on the same streets.

`scripts/peers` prepares them. All get the same pairs of places, built into the streets as nodes; that their answers are
the same is looked at on each pair.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import Engine, text

from data.osm import import_osm
from geo.database.bulk import copy_rows
from geo.database.engine import make_engine
from geo.network.between import quickest
from geo.network.contraction import Contraction
from geo.network.graph import Graph, Network
from geo.network.matrix import THREADS, matrix
from geo.network.plan import plan
from geo.network.route import route
from geo.network.snap import Snaps, join, snap
from tests.bench.grid_town import GridTown, grid_town
from tests.bench.growth import timed_ms
from tests.peers import environment
from tests.peers.osm_file import feet_of, write_split
from tests.peers.places import LIMIT_M, beside_streets
from tests.peers.split import Split
from tests.verify.conftest import Figures

TITLE = "The way there"
NODES = 250_000
PAIRS = 1000
FEW = 10
"""Pairs for an engine that takes seconds."""
SHANGHAI = "shanghai/shanghai-center-roads.osm"
CSR = ("first", "target", "seconds")
FOOT = Path(environment.__file__).with_name("foot.lua")

pytestmark = pytest.mark.timeout(3600)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """A network on foot with its hierarchy, random pairs of places on it, and our seconds for each pair."""

    network: Network
    places: Snaps
    """`PAIRS` origins, then as many destinations."""
    ours_s: Floats
    split: Split
    """The network with all of them built in."""

    @classmethod
    def of(cls, network: Network) -> Case:
        """Asked about beforehand, so that nothing is compiled or loaded while time is taken."""
        places = beside_streets(network, 2 * PAIRS, seed=6)
        network.leaving.contracted.wait()
        ways = [route(network, *pair_of(places, row)) for row in range(PAIRS)]
        seconds = np.array([np.inf if way is None else way.seconds for way in ways])
        return cls(network, places, seconds, Split.of(network, places))

    def pair(self, row: int) -> tuple[Snaps, Snaps]:
        """Origin and destination."""
        return pair_of(self.places, row)

    @property
    def halves(self) -> tuple[Snaps, Snaps]:
        """All origins, all destinations."""
        return self.places[np.arange(PAIRS)], self.places[np.arange(PAIRS, 2 * PAIRS)]

    def nodes_of(self, row: int) -> tuple[int, int]:
        """The nodes that they are."""
        return int(self.split.place[row]), int(self.split.place[PAIRS + row])

    def worst(self, theirs_s: Floats) -> str:
        """How far their seconds lie from ours, of the first pairs, for the record; a minute's way at least."""
        ours_s = self.ours_s[: len(theirs_s)]
        assert (np.isfinite(ours_s) == np.isfinite(theirs_s)).all()
        far = np.isfinite(ours_s) & (ours_s >= 60)
        apart = (np.abs(theirs_s - ours_s)[far] / ours_s[far]).max()
        assert apart < 0.005
        return f"largest difference {apart:.1g} of the way"


def pair_of(places: Snaps, row: int) -> tuple[Snaps, Snaps]:
    """One of the origins and its destination."""
    return places[np.array([row])], places[np.array([PAIRS + row])]


@pytest.fixture(scope="module")
def town() -> GridTown:
    """The town of 250,000 nodes."""
    return grid_town(NODES)


@pytest.fixture(scope="module")
def case(town: GridTown) -> Case:
    return Case.of(town.graph.network("walk"))


def each_ms(what: Callable[[int], object], count: int) -> str:
    """Median and 95th percentile of so many calls."""
    took = []
    for row in range(count):
        started = time.perf_counter()
        what(row)
        took.append((time.perf_counter() - started) * 1000)
    return spread_of(np.array(took))


def spread_of(took_ms: Floats) -> str:
    return "median **{:.2f} ms**, p95 **{:.2f} ms**".format(*np.percentile(took_ms, [50, 95]))


def test_shanghai(template: str, clone: Callable[[str], str], real_data: Path, figures: Figures) -> None:
    engine = make_engine(clone(template))
    import_osm(engine, real_data / SHANGHAI)
    network = Graph.load(engine).network("walk")
    engine.dispose()
    started = time.perf_counter()
    network.leaving.contracted.wait()
    built_s = time.perf_counter() - started
    case = Case.of(network)
    figures.add("**Yike**, a route across Shanghai's centre with its line, in process (wanted: p95 5 ms)", (
        f"{each_ms(lambda row: route(network, *case.pair(row)), PAIRS)};"
        f" {network.graph.nodes:,} nodes, prepared in {built_s:.1f} s"))  # fmt: skip
    figures.add("  with three other ways, where there are", (
        each_ms(lambda row: plan(network, join(*case.pair(row)), alternatives=3), 200)))  # fmt: skip


def test_ours(town: GridTown, case: Case, figures: Figures) -> None:
    network, graph = case.network, town.graph
    built = timed_ms(lambda: Contraction.build(*[getattr(network.leaving, name) for name in CSR]), 1)
    figures.add("nodes, edges; pairs of places", f"{graph.nodes:,}, {len(graph.edge_id):,}; {PAIRS}")
    figures.add("**Yike**, preparation of a network, counted once", f"{built / 1000:.1f} s")
    figures.add("**Yike**, a route with its line", each_ms(lambda row: route(network, *case.pair(row)), PAIRS))
    figures.add("  and joining its two ends to the streets", (
        each_ms(lambda row: route(network, *joined(network, case.places, row)), PAIRS)))  # fmt: skip
    shut = np.zeros(len(graph.edge_id), bool)

    def round_the_middle(row: int) -> None:
        way = quickest(network, *case.pair(row))
        assert way is not None
        shut[way.edge[len(way.edge) // 2]] = True
        quickest(network, *case.pair(row), shut)
        shut[:] = False

    figures.add("  round a street closed for this question alone", each_ms(round_the_middle, 100))
    figures.add("  with three other ways", (
        each_ms(lambda row: plan(network, join(*case.pair(row)), alternatives=3), 50)))  # fmt: skip
    bare = replace(network, leaving=replace(network.leaving))
    bare.leaving.contracted.at_hand = lambda: None  # type: ignore[method-assign]
    figures.add("  while the preparation still runs", each_ms(lambda row: route(bare, *case.pair(row)), 100))


def joined(network: Network, places: Snaps, row: int) -> tuple[Snaps, Snaps]:
    both = np.array([row, PAIRS + row])
    found = snap(network, places.lon[both], places.lat[both], limit_m=LIMIT_M)
    return found[np.array([0])], found[np.array([1])]


def test_our_matrix(case: Case, figures: Figures) -> None:
    origins, destinations = case.halves
    took = timed_ms(lambda: matrix(case.network, origins, destinations), 5)
    figures.add(
        f"**Yike**, a matrix of {PAIRS} × {PAIRS} (wanted: 3 s)", f"**{took / 1000:.2f} s** on {THREADS} threads"
    )


@pytest.mark.parametrize("algorithm", ["CH", "MLD"])
def test_osrm(case: Case, figures: Figures, tmp_path: Path, algorithm: str) -> None:
    if reason := environment.missing("osrm"):
        figures.add(f"OSRM, {algorithm}", reason)
        pytest.skip(reason)
    file = tmp_path / "town.osm.pbf"
    at = write_split(case.network, case.split, case.places, file, places_apart=True)
    answer = environment.ask(
        "osrm", osm=str(file), profile=str(FOOT), algorithm=algorithm, origins=at[:PAIRS], destinations=at[PAIRS:],
        pairs=np.stack((at[:PAIRS], at[PAIRS:]), axis=1),
    )  # fmt: skip
    figures.add(f"OSRM, {algorithm}: preparation, counted once", f"{float(answer['prepared_s']):.0f} s")
    figures.add(f"OSRM, {algorithm}, in process: a route with its line, its ends joined", (
        f"{spread_of(answer['took_s'] * 1000)}; {case.worst(answer['routes_s'])}"))  # fmt: skip
    ours = matrix(case.network, *case.halves)
    worst = float((np.abs(answer["seconds"] - ours) / np.maximum(ours, 60)).max())
    figures.add(f"OSRM, {algorithm}, in process: a table of {PAIRS} × {PAIRS}", (
        f"{float(answer['asked_s']):.2f} s on one thread, its answer unpacked; largest difference"
        f" {worst:.1g} of the way"))  # fmt: skip
    assert worst < 0.003


def test_valhalla(case: Case, figures: Figures, tmp_path: Path) -> None:
    if reason := environment.missing("valhalla"):
        figures.add("Valhalla", reason)
        pytest.skip(reason)
    file, nobody, count = tmp_path / "town.osm.pbf", case.places[np.zeros(0, np.intp)], 200
    write_split(case.network, Split.of(case.network, nobody), nobody, file)
    feet = np.column_stack(feet_of(case.network, case.places))
    answer = environment.ask(
        "valhalla", osm=str(file), kmh=case.network.rule.speed_mps * 3.6,
        pairs=np.stack((feet[:count], feet[PAIRS : PAIRS + count]), axis=1),
    )  # fmt: skip
    theirs_s = answer["routes_s"] + case.places.access_s[:count] + case.places.access_s[PAIRS : PAIRS + count]
    figures.add(f"Valhalla, in process: a route with its line, its ends joined ({count} pairs)", (
        f"{spread_of(answer['took_s'] * 1000)}; {case.worst(theirs_s)}"))  # fmt: skip


@pytest.fixture(scope="module")
def arcs(case: Case) -> csr_array:
    """From place to place, as plain arcs; no two of them parallel in this town."""
    start, end, seconds = case.split.arcs()
    # A hair longer: a weight of 0 would mean that there is no arc.
    return csr_array((seconds + 1e-12, (start, end)), shape=(case.split.nodes, case.split.nodes))


def test_scipy(case: Case, figures: Figures, arcs: csr_array) -> None:
    nodes = case.split.place
    started = time.perf_counter()
    rows = dijkstra(arcs, indices=nodes[:FEW])
    took = (time.perf_counter() - started) * 1000 / FEW
    ours = matrix(case.network, *case.halves)[:FEW]
    worst = max(
        float(np.abs(rows[:, nodes[PAIRS:]] - ours).max()),
        float(np.abs(rows[np.arange(FEW), nodes[PAIRS : PAIRS + FEW]] - case.ours_s[:FEW]).max()),
    )
    figures.add("scipy: dijkstra from one place to everywhere, a route or a row of the matrix", (
        f"{took:.0f} ms; largest difference {worst:.1g} s"))  # fmt: skip
    assert worst < 1e-6


def test_networkx(case: Case, figures: Figures, arcs: csr_array) -> None:
    rows = arcs.tocoo()
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_weighted_edges_from(zip(*(part.tolist() for part in (rows.row, rows.col, rows.data)), strict=True))
    found: list[float] = []
    took = each_ms(lambda row: found.append(nx.bidirectional_dijkstra(graph, *case.nodes_of(row))[0]), FEW)
    figures.add(f"networkx: bidirectional_dijkstra ({FEW} pairs)", f"{took}; {case.worst(np.array(found))}")


def test_pgrouting(case: Case, figures: Figures, database: Engine, arcs: csr_array) -> None:
    with database.begin() as connection:
        try:
            connection.execute(text("create extension pgrouting"))
        except Exception as error:  # noqa: BLE001 — whatever the reason, it is said
            reason = f"not to be had here: {str(error).splitlines()[0]}"
            figures.add("pgRouting", reason)
            pytest.skip(reason)
        connection.execute(text("create table arcs (id bigint, source bigint, target bigint, cost float8)"))
        rows = arcs.tocoo()
        written = zip(range(rows.nnz), rows.row.tolist(), rows.col.tolist(), rows.data.tolist(), strict=True)
        copy_rows(connection, "arcs", ("id", "source", "target", "cost"), written)
        version = connection.execute(text("select pgr_version()")).scalar_one()
    asked = text(
        "select max(agg_cost) from pgr_bdDijkstra('select id, source, target, cost from arcs',"
        " cast(:start as bigint), cast(:end as bigint))"
    )
    found: list[float] = []
    with database.connect() as connection:

        def ask(row: int) -> None:
            start, end = case.nodes_of(row)
            found.append(connection.execute(asked, {"start": start, "end": end}).scalar_one())

        took = each_ms(ask, FEW)
    figures.add(f"pgRouting {version}: pgr_bdDijkstra, arcs in a table ({FEW} pairs)", (
        f"{took}; {case.worst(np.array(found))}"))  # fmt: skip
