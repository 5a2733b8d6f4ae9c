"""Coverage of every category on every building of two real towns, against four engines that are not ours.

`scripts/peers` prepares them. All get the same streets and the same places where people and facilities join them; what
each is given beyond that, and why, stands with its comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import Engine, text

from data.osm import import_osm
from geo.access.homes import Homes
from geo.access.store import CoverageStore
from geo.database.engine import make_engine
from geo.network.graph import Network
from geo.network.snap import Snaps, join, snap
from geo.network.store import NetworkStore
from tests.conftest import NANJING
from tests.oracles.network import ExplicitGraph
from tests.peers import environment
from tests.peers.osm_file import TIMES_LARGER, Magnified, feet_of, write_split
from tests.peers.split import Split
from tests.peers.unclear import joins_unclearly
from tests.verify.conftest import Figures

TITLE = "The quarter-hour circle against other engines"
LIMIT_M = 250.0
FILES = {"Nanjing": NANJING, "Monaco": "monaco/monaco-2023-11.osm.pbf"}
FOOT = Path(environment.__file__).with_name("foot.lua")

pytestmark = pytest.mark.timeout(1800)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Town:
    """A real town: its network on foot, doors and facilities where they join it, and what Yike says of them."""

    name: str
    network: Network
    homes: Homes
    doors: Snaps
    facilities: Snaps
    category: NDArray[np.str_]
    ours_s: Floats
    """Seconds from every building to the nearest facility of each category, shape (categories, b)."""

    @classmethod
    def load(cls, name: str, engine: Engine) -> Town:
        """From a database, through the same store that the service asks."""
        networks = NetworkStore(engine)
        network, homes = networks.network("walk"), Homes.load(engine)
        with engine.connect() as connection:
            rows = connection.execute(
                text("select category, st_x(geom) as lon, st_y(geom) as lat from yike.facility order by id")
            ).all()
        category = np.array([row.category for row in rows])
        store = CoverageStore(engine, networks, LIMIT_M)
        return cls(
            name=name,
            network=network,
            homes=homes,
            doors=snap(network, homes.entrance_lon, homes.entrance_lat, limit_m=LIMIT_M),
            facilities=snap(network, [row.lon for row in rows], [row.lat for row in rows], limit_m=LIMIT_M),
            category=category,
            ours_s=np.array([store.coverage(str(one), "walk").minutes * 60 for one in np.unique(category)]),
        )

    @cached_property
    def places(self) -> Snaps:
        """All doors, then all facilities."""
        return join(self.doors, self.facilities)

    @cached_property
    def split(self) -> Split:
        """The network with all of them built in."""
        return Split.of(self.network, self.places)

    def of_buildings(self, door_s: Floats) -> Floats:
        """The best door of each building, of seconds by category and door."""
        best = np.full((len(door_s), len(self.homes)), np.inf)
        for row, seconds in enumerate(door_s):
            np.minimum.at(best[row], self.homes.entrance_of, seconds)
        return best

    def of_pairs(self, seconds: Floats) -> Floats:
        """The nearest facility of each category and the best door, of seconds by joined door and joined facility."""
        doors, facilities = np.flatnonzero(self.doors.joined), np.flatnonzero(self.facilities.joined)
        kind = self.category[facilities]
        nearest = np.full((len(np.unique(self.category)), len(self.doors)), np.inf)
        for row, category in enumerate(np.unique(self.category)):
            nearest[row, doors] = seconds[:, kind == category].min(axis=1, initial=np.inf)
        return self.of_buildings(nearest)


@pytest.fixture(scope="module", params=FILES)
def town(request: pytest.FixtureRequest, template: str, clone: Callable[[str], str], real_data: Path) -> Iterator[Town]:
    """Each of the two towns, imported as anybody would."""
    engine = make_engine(clone(template))
    import_osm(engine, real_data / FILES[request.param])
    yield Town.load(request.param, engine)
    engine.dispose()


def test_scipy(town: Town, figures: Figures) -> None:
    """One search a category over a graph in which every place is a node."""
    explicit = ExplicitGraph(town.network, town.doors, town.facilities)
    towards = explicit.matrix.T.tocsr()
    door_s = np.array(
        [
            dijkstra(towards, indices=explicit.nodes_of(1)[town.category == category], min_only=True)[
                explicit.nodes_of(0)
            ]
            for category in np.unique(town.category)
        ]
    )
    categories, buildings = town.ours_s.shape
    figures.add(f"{town.name}: buildings × categories; pairs with a way", (
        f"{buildings} × {categories}; {int(np.isfinite(town.ours_s).sum())}"))  # fmt: skip
    compare(town, figures, "scipy", town.of_buildings(door_s), share=0.0, least_s=1e-6)
    assert categories >= 30


def test_pandana(town: Town, figures: Figures) -> None:
    """Contraction hierarchies over the same arcs."""
    need("pandana", town, figures)
    start, end, seconds = town.split.arcs()
    door, place = np.split(town.split.place, [len(town.doors)])
    chosen = [place[town.category == category] for category in np.unique(town.category)]
    joined = [rows[np.isin(rows, place[town.facilities.joined])] for rows in chosen]
    answer = environment.ask(
        "pandana", nodes=town.split.nodes, start=start, end=end, seconds=seconds, limit_s=100_000.0, repeat=1,
        place=np.concatenate(joined), first=np.cumsum([0, *map(len, joined)]), asked=door,
    )  # fmt: skip
    compare(town, figures, "pandana", town.of_buildings(answer["seconds"]), share=0.0, least_s=0.05)


def test_osrm(town: Town, figures: Figures, tmp_path: Path) -> None:
    """Contraction hierarchies of OSRM over a file in which each piece of street is a way with the seconds it takes."""
    need("osrm", town, figures)
    at = write_split(town.network, town.split, town.places, tmp_path / "seconds.osm.pbf", places_apart=True)
    found = town.of_pairs(ask_osrm(town, tmp_path / "seconds.osm.pbf", at))
    compare(town, figures, "OSRM", found, share=0.003, least_s=0.05)


def test_osrm_by_its_own_lengths(town: Town, figures: Figures, tmp_path: Path) -> None:
    """The same at walking speed over lengths that OSRM measures itself. It rounds places to a tenth of a metre."""
    need("osrm", town, figures)
    at = write_split(town.network, town.split, town.places, tmp_path / "lengths.osm.pbf")
    found = town.of_pairs(ask_osrm(town, tmp_path / "lengths.osm.pbf", at))
    compare(town, figures, "OSRM by its own lengths", found, share=0.003, least_s=0.5, at_crossings=True)


def need(peer: environment.Peer, town: Town, figures: Figures) -> None:
    """Leave the comparison out, and say so in the record, where an engine is not to be had."""
    if reason := environment.missing(peer):
        figures.add(f"{town.name}, {peer}", reason)
        pytest.skip(reason)


def ask_osrm(town: Town, file: Path, at: Floats) -> Floats:
    """Seconds by joined door and joined facility."""
    doors = len(town.doors)
    answer = environment.ask(
        "osrm", osm=str(file), profile=str(FOOT), origins=at[:doors][town.doors.joined],
        destinations=at[doors:][town.facilities.joined],
    )  # fmt: skip
    return answer["seconds"]


def test_valhalla(town: Town, figures: Figures, tmp_path: Path) -> None:
    """Valhalla over every street as a way, joined by itself where the feet of doors and facilities stand.

    It measures lengths itself and keeps whole metres, so that the town is drawn ten times larger for it.
    """
    need("valhalla", town, figures)
    nobody = town.places[np.zeros(0, np.intp)]
    draw = Magnified(town.network)
    write_split(town.network, Split.of(town.network, nobody), nobody, tmp_path / "larger.osm.pbf", draw=draw)
    feet = np.column_stack(draw(*feet_of(town.network, town.places)))
    doors, facilities = town.doors.joined, town.facilities.joined
    answer = environment.ask(
        "valhalla", osm=str(tmp_path / "larger.osm.pbf"), kmh=town.network.rule.speed_mps * 3.6,
        origins=feet[: len(doors)][doors], destinations=feet[len(doors) :][facilities],
    )  # fmt: skip
    seconds = answer["seconds"] / TIMES_LARGER
    seconds += town.doors.access_s[doors][:, None] + town.facilities.access_s[facilities]
    compare(town, figures, "Valhalla", town.of_pairs(seconds), share=0.005, least_s=0.5, at_crossings=True)


def compare(
    town: Town, figures: Figures, engine: str, theirs_s: Floats, *, share: float, least_s: float,
    at_crossings: bool = False,
) -> None:  # fmt: skip
    """Our seconds and theirs for every category and building: within `share` of them, or `least_s`.

    With `at_crossings` an engine joins places by itself: where streets cross without meeting (a bridge, a tunnel), or
    the way to another door passes, it may take the other one. Such buildings and facilities are counted apart.
    """
    both = np.isfinite(town.ours_s) & np.isfinite(theirs_s)
    with np.errstate(invalid="ignore"):
        difference = np.where(both, np.abs(town.ours_s - theirs_s), 0.0)
    allowed = np.maximum(share * np.where(both, town.ours_s, 0.0), least_s)
    wrong = (np.isfinite(town.ours_s) != np.isfinite(theirs_s)) | (difference > allowed)
    excused = wrong & doubtful(town) if at_crossings else np.zeros_like(wrong)
    right = ~wrong & both
    far = right & (town.ours_s >= 60)
    worst = (difference[far] / town.ours_s[far]).max(initial=0.0)
    tolerance = f"{share:.1%} or {least_s:g} s" if share else f"{least_s:g} s"
    line = f"largest difference {difference[right].max(initial=0.0):.2g} s"
    line += f", from a minute on {worst:.2%}" if share else ""
    line += f"; other answers: {int((wrong & ~excused).sum())}"
    if at_crossings:
        line += f", and {int(excused.sum())} where another way is as near and it joined that one"
    figures.add(f"{town.name}, {engine} (allowed: {tolerance})", line)
    listed = [
        f"category {row}, building {town.homes.building_id[column]}: {town.ours_s[row, column]:.3f} s,"
        f" {engine} {theirs_s[row, column]:.3f} s"
        for row, column in np.argwhere(wrong & ~excused)[:20]
    ]
    assert not listed, "\n".join(listed)


def doubtful(town: Town) -> NDArray[np.bool_]:
    """Categories and buildings whose way begins or ends where another way is as near, shape (categories, b)."""
    unclear = joins_unclearly(town.network, town.places)
    at_home = np.zeros(len(town.homes), bool)
    at_home[town.homes.entrance_of[unclear[: len(town.doors)]]] = True
    there = [unclear[len(town.doors) :][town.category == category].any() for category in np.unique(town.category)]
    return np.array(there)[:, None] | at_home
