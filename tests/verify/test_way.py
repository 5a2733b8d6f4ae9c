"""Ways on real streets: every pair against an independent Dijkstra, and against OSRM and Valhalla on the same streets.

`scripts/peers` prepares those two. What each is given, and why, stands with its comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Geod

from data.osm import import_osm
from geo.database.engine import make_engine
from geo.network.graph import Graph, Network
from geo.network.matrix import matrix
from geo.network.profiles import Profile
from geo.network.route import Way, route
from geo.network.snap import Snaps
from tests.conftest import NANJING
from tests.oracles.ways import ways_by_dijkstra
from tests.peers import environment
from tests.peers.osm_file import TIMES_LARGER, Magnified, feet_of, write_split
from tests.peers.places import beside_streets
from tests.peers.split import Split
from tests.peers.unclear import joins_unclearly
from tests.verify.conftest import Figures

TITLE = "The way there"
PAIRS = 1000
FILES = {
    "Nanjing": NANJING,
    "Shanghai": "shanghai/shanghai-center-roads.osm",
    "Monaco": "monaco/monaco-2023-11.osm.pbf",
}
FOOT = Path(environment.__file__).with_name("foot.lua")

pytestmark = pytest.mark.timeout(1800)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """Random pairs of places in a town, and what Yike says of them."""

    name: str
    network: Network
    places: Snaps
    """The origins, then the destinations."""

    @classmethod
    def of(cls, name: str, graph: Graph, profile: Profile) -> Case:
        """The pairs of a profile."""
        network = graph.network(profile)
        return cls(name, network, beside_streets(network, 2 * PAIRS, seed=5))

    @cached_property
    def split(self) -> Split:
        """The network with all of them built in."""
        return Split.of(self.network, self.places)

    @cached_property
    def ways(self) -> list[Way | None]:
        """Ours, pair by pair."""
        self.network.leaving.contracted.wait()
        return [
            route(self.network, self.places[np.array([row])], self.places[np.array([PAIRS + row])])
            for row in range(PAIRS)
        ]

    @cached_property
    def ours_s(self) -> Floats:
        """Seconds of each; infinite without a way."""
        return np.array([np.inf if way is None else way.seconds for way in self.ways])


@pytest.fixture(scope="module", params=FILES)
def graph(
    request: pytest.FixtureRequest, template: str, clone: Callable[[str], str], real_data: Path
) -> Iterator[tuple[str, Graph]]:
    engine = make_engine(clone(template))
    import_osm(engine, real_data / FILES[request.param])
    yield request.param, Graph.load(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def case(graph: tuple[str, Graph]) -> Case:
    return Case.of(*graph, "walk")


@pytest.mark.parametrize("profile", ["walk", "ebike"])
def test_scipy(graph: tuple[str, Graph], figures: Figures, profile: Profile) -> None:
    """Time, length, the line that is drawn, and the same pairs out of a matrix."""
    case = Case.of(*graph, profile)
    seconds, metres = ways_by_dijkstra(case.network, case.places, case.split)
    found = np.isfinite(seconds)
    assert (np.isfinite(case.ours_s) == found).all()
    ours_m = np.array([np.inf if way is None else way.length_m for way in case.ways])
    worst_s = np.abs(case.ours_s[found] - seconds[found]).max()
    worst_m = np.abs(ours_m[found] - metres[found]).max()
    table = matrix(case.network, case.places[np.arange(PAIRS)], case.places[np.arange(PAIRS, 2 * PAIRS)])
    worst_table_s = np.abs(np.diag(table)[found] - seconds[found]).max()
    assert (np.isfinite(np.diag(table)) == found).all()
    drawn = np.array([np.inf if way is None else _drawn_m(way) for way in case.ways])
    worst_drawn = (np.abs(drawn[found] - ours_m[found]) / np.maximum(ours_m[found], 50.0)).max()
    figures.add(f"{case.name}, {profile}, scipy: pairs, of which with a way (allowed: 1e-06 s, 1e-06 m)", (
        f"{PAIRS}, {int(found.sum())}; largest difference {worst_s:.1e} s, {worst_m:.1e} m;"
        f" in a matrix {worst_table_s:.1e} s; line drawn and length {worst_drawn:.2%} apart at most"))  # fmt: skip
    assert max(worst_s, worst_m, worst_table_s) < 1e-6
    assert worst_drawn < 0.01


def _drawn_m(way: Way) -> float:
    return float(Geod(ellps="WGS84").line_length(*way.coordinates.T))


def test_osrm(case: Case, figures: Figures, tmp_path: Path) -> None:
    """Over a file in which each piece of street is a way with the seconds it takes, places drawn apart."""
    need("osrm", case, figures)
    at = write_split(case.network, case.split, case.places, tmp_path / "seconds.osm.pbf", places_apart=True)
    compare(case, figures, "OSRM, time", ask_osrm(tmp_path / "seconds.osm.pbf", at), share=0.003, least_s=0.05)


def test_osrm_by_its_own_lengths(case: Case, figures: Figures, tmp_path: Path) -> None:
    """At one speed over lengths that OSRM measures itself. It rounds places to a tenth of a metre."""
    need("osrm", case, figures)
    at = write_split(case.network, case.split, case.places, tmp_path / "lengths.osm.pbf")
    compare(case, figures, "OSRM, length", ask_osrm(tmp_path / "lengths.osm.pbf", at), share=0.003, least_s=0.5)


def test_valhalla(case: Case, figures: Figures, tmp_path: Path) -> None:
    """Over every street as a way, places joined by itself where their feet stand.

    It measures lengths itself and keeps whole metres, so that the town is drawn ten times larger for it.
    """
    need("valhalla", case, figures)
    nobody = case.places[np.zeros(0, np.intp)]
    draw = Magnified(case.network)
    file = tmp_path / "larger.osm.pbf"
    write_split(case.network, Split.of(case.network, nobody), nobody, file, draw=draw)
    feet = np.column_stack(draw(*feet_of(case.network, case.places)))
    answer = environment.ask(
        "valhalla", osm=str(file), kmh=case.network.rule.speed_mps * 3.6,
        pairs=np.stack((feet[:PAIRS], feet[PAIRS:]), axis=1),
    )  # fmt: skip
    access_s = case.places.access_s[:PAIRS] + case.places.access_s[PAIRS:]
    compare(case, figures, "Valhalla", answer["routes_s"] / TIMES_LARGER + access_s, share=0.005, least_s=0.5)


def need(peer: environment.Peer, case: Case, figures: Figures) -> None:
    """Leave the comparison out, and say so in the record, where an engine is not to be had."""
    if reason := environment.missing(peer):
        figures.add(f"{case.name}, {peer}", reason)
        pytest.skip(reason)


def ask_osrm(file: Path, at: Floats) -> Floats:
    """Seconds of each pair."""
    pairs = np.stack((at[:PAIRS], at[PAIRS:]), axis=1)
    return environment.ask("osrm", osm=str(file), profile=str(FOOT), pairs=pairs)["routes_s"]


def compare(case: Case, figures: Figures, engine: str, theirs_s: Floats, *, share: float, least_s: float) -> None:
    """Our seconds and theirs for every pair: within `share` of them, or `least_s`; what is not, with its cause."""
    ours_s = case.ours_s
    both = np.isfinite(ours_s) & np.isfinite(theirs_s)
    with np.errstate(invalid="ignore"):
        apart = np.where(both, np.abs(ours_s - theirs_s), 0.0)
    wrong = (np.isfinite(ours_s) != np.isfinite(theirs_s)) | (apart > np.maximum(share * ours_s, least_s))
    unclear = joins_unclearly(case.network, case.places)
    unclear = unclear[:PAIRS] | unclear[PAIRS:]
    causes = Counter[str]()
    listed = []
    for row in np.flatnonzero(wrong).tolist():
        cause = _cause(ours_s[row], theirs_s[row], is_unclear=bool(unclear[row]))
        causes[cause] += 1
        listed.append(f"pair {row}: {ours_s[row]:.2f} s, {engine} {theirs_s[row]:.2f} s: {cause}")
    right = both & ~wrong
    far = right & (ours_s >= 60)
    line = (
        f"{1 - wrong.mean():.1%} of the pairs; of these at most {(apart[far] / ours_s[far]).max(initial=0.0):.2%} apart"
    )
    line += f", median {np.median(apart[far] / ours_s[far]):.4%}"
    line += "".join(f"; {count} where {cause}" for cause, count in causes.items())
    figures.add(f"{case.name}, {engine} (allowed: {share:.1%} or {least_s:g} s, for 99.5% of the pairs)", line)
    print("\n".join(listed))
    assert wrong.mean() <= 0.005, "\n".join(listed[:40])


def _cause(ours_s: float, theirs_s: float, *, is_unclear: bool) -> str:
    if is_unclear:
        return "another street is as near to an end, and it joined that one"
    if not np.isfinite(theirs_s):
        return "it finds no way"
    if not np.isfinite(ours_s):
        return "only it finds a way"
    return "its own lengths come to more" if theirs_s > ours_s else "its own lengths come to less"
