"""The sample town as a place: nothing stands in the way of anything else, and everyone can walk everywhere."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely import STRtree

from data.town.plane import CENTRE
from data.town.scale import Scale
from data.town.survey import StreetRow
from data.town.town import Town, draw_town

_METRES = Transformer.from_crs(
    "EPSG:4326", f"+proj=aeqd +lon_0={CENTRE[0]} +lat_0={CENTRE[1]} +datum=WGS84 +units=m", always_xy=True
)
_HALF_WIDTH_M = {"primary": 6, "secondary": 5, "tertiary": 3.5, "residential": 2.75, "living_street": 2, "service": 1.6,
                 "pedestrian": 0.9, "footway": 0.6}  # fmt: skip

Shapes = NDArray[Any]


class Ground:
    """A town's geometries in metres."""

    def __init__(self, town: Town) -> None:
        land = town.survey
        self.town, self.land = town, land
        self.buildings = _metric([row.outline for row in land.buildings])
        self.streets = _metric([row.line for row in land.streets])
        self.entrances = _metric([row.at for row in land.entrances])
        self.water = _metric([row.shape for row in land.ground if row.kind == "water"])
        self.compounds = _metric([row.outline for row in land.compounds])
        self.areas = _metric([row.outline for row in land.regions.areas])
        self.grids = self.areas[[row.level == "grid" for row in land.regions.areas]]


@pytest.fixture(scope="module", params=[(Scale.TOWN, 1), (Scale.TOWN, 4), (Scale.VILLAGE, 1)], ids=str)
def ground(request: pytest.FixtureRequest) -> Ground:
    scale, seed = request.param
    return Ground(draw_town(scale, seed))


def _metric(shapes: Any) -> Shapes:
    def project(degrees: Any) -> Any:
        return np.column_stack(_METRES.transform(degrees[:, 0], degrees[:, 1]))

    moved: Shapes = shapely.transform(np.asarray(shapes, dtype=object), project)
    return moved


def _overlaps(first: Shapes, second: Shapes) -> Shapes:
    """Areas (or lengths) that pairs of intersecting shapes share."""
    i, j = STRtree(second).query(first, predicate="intersects")
    shared: Shapes = shapely.intersection(first[i], second[j])
    return shared


def test_all_shapes_are_valid(ground: Ground) -> None:
    for shapes in (ground.buildings, ground.streets, ground.water, ground.compounds, ground.areas):
        assert shapely.is_valid(shapes).all()


def test_buildings_do_not_overlap(ground: Ground) -> None:
    i, j = STRtree(ground.buildings).query(ground.buildings, predicate="intersects")
    pairs = i < j
    shared = shapely.area(shapely.intersection(ground.buildings[i[pairs]], ground.buildings[j[pairs]]))
    assert shared.max(initial=0) < 0.3


def test_no_building_stands_in_water(ground: Ground) -> None:
    assert shapely.area(_overlaps(ground.buildings, ground.water)).max(initial=0) < 0.3


def test_no_street_runs_through_a_building(ground: Ground) -> None:
    assert shapely.length(_overlaps(ground.streets, ground.buildings)).max(initial=0) < 0.3


def test_no_building_stands_on_a_street(ground: Ground) -> None:
    halves = [_HALF_WIDTH_M[row.way.street_class] for row in ground.land.streets]
    wide = shapely.buffer(ground.streets, halves, cap_style="flat")
    assert shapely.area(_overlaps(wide, ground.buildings)).max(initial=0) < 1.0


def test_streets_cross_water_on_bridges_only(ground: Ground) -> None:
    dry = ground.streets[[not row.bridge for row in ground.land.streets]]
    assert shapely.length(_overlaps(dry, ground.water)).max(initial=0) < 0.5
    bridges = ground.streets[[row.bridge for row in ground.land.streets]]
    assert len(bridges) >= 5
    _, away = STRtree(ground.water).query_nearest(bridges, return_distance=True, all_matches=False)
    assert away.max() < 1.0


def test_a_canal_separates_people(ground: Ground) -> None:
    """Without its bridges the town falls apart."""
    assert len(_quarters(ground.land.streets)) == 1
    dry = _quarters([row for row in ground.land.streets if not row.bridge])
    # A few metres of path between two bridges are no part of the town.
    assert sum(pieces > 5 for pieces in dry.values()) >= 3


def _quarters(streets: list[StreetRow]) -> Counter[int]:
    """Pieces of street in each part of the town one can walk through."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = parent.setdefault(above, above)
            node = parent[node]
        return node

    for row in streets:
        parent[root(row.start)] = root(row.end)
    return Counter(root(row.start) for row in streets)


def test_the_way_between_steps_and_wheels(ground: Ground) -> None:
    """Steps are bridges of small lanes: nobody rides or drives there, and there is another way."""
    stairs = [row for row in ground.land.streets if row.has_steps]
    assert all(row.bridge and not row.drives and not row.cycles for row in stairs)
    assert len(_quarters([row for row in ground.land.streets if not row.has_steps])) == 1


def test_streets_are_split_at_their_junctions(ground: Ground) -> None:
    lines = ground.streets
    i, j = STRtree(lines).query(lines, predicate="crosses")
    pairs = i < j
    crossings = shapely.intersection(lines[i[pairs]], lines[j[pairs]])
    ends = shapely.boundary(lines[i[pairs]])
    # Lines that bend apart may graze one another next to the node they share; none may cross in the middle.
    assert shapely.distance(crossings, ends).max(initial=0) < 0.5


def test_ends_of_streets_are_their_nodes(ground: Ground) -> None:
    for row in ground.land.streets:
        first, last = row.line.coords[0], row.line.coords[-1]
        assert np.allclose(first, ground.land.nodes[row.start], atol=1e-9)
        assert np.allclose(last, ground.land.nodes[row.end], atol=1e-9)


def test_lengths_are_geodesic(ground: Ground) -> None:
    geod = Geod(ellps="WGS84")
    for row in ground.land.streets[::7]:
        assert row.length_m == pytest.approx(geod.geometry_length(row.line), abs=0.002)


def test_every_entrance_is_near_a_street(ground: Ground) -> None:
    _, away = STRtree(ground.streets).query_nearest(ground.entrances, return_distance=True, all_matches=False)
    assert away.max() < 60
    homes = np.array([ground.land.buildings[row.building].house.style for row in ground.land.entrances])
    assert away[homes == "slab"].max() < 9


def test_doors_lie_on_their_building(ground: Ground) -> None:
    owners = [row.building for row in ground.land.entrances]
    walls = shapely.boundary(ground.buildings[owners])
    assert shapely.distance(walls, ground.entrances).max() < 0.15


def test_walls_are_crossed_at_gates_only(ground: Ground) -> None:
    walls = shapely.boundary(ground.compounds)
    i, j = STRtree(walls).query(ground.streets, predicate="intersects")
    for street, compound in zip(i.tolist(), j.tolist(), strict=True):
        gates = shapely.multipoints(_metric(shapely.points(ground.land.compounds[compound].gates)))
        for crossing in shapely.get_parts(shapely.intersection(ground.streets[street], walls[compound])):
            assert shapely.distance(gates, crossing) < 0.2
    for number, row in enumerate(ground.land.compounds):
        assert 1 <= len(row.gates) <= 3
        gates = _metric(shapely.points(row.gates))
        assert shapely.distance(walls[number], gates).max() < 0.05
        assert STRtree(ground.streets).query_nearest(gates, return_distance=True, all_matches=False)[1].max() < 0.2


def test_slabs_look_south(ground: Ground) -> None:
    """Long sides within twenty degrees of east and west, and all of a compound parallel."""
    turns: dict[int, list[float]] = {}
    for row, shape in zip(ground.land.buildings, ground.buildings, strict=True):
        if row.house.style == "slab":
            ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
            steps = np.diff(ring, axis=0)
            long = steps[np.argmax(np.hypot(*steps.T))]
            turn = (np.degrees(np.arctan2(long[1], long[0])) + 90) % 180 - 90
            turns.setdefault(row.house.compound or 0, []).append(float(turn))
    assert turns
    for compound in turns.values():
        assert max(map(abs, compound)) < 20
        assert max(compound) - min(compound) < 1


def test_areas_cover_their_parent_without_overlap(ground: Ground) -> None:
    rows = ground.land.regions.areas
    for level in ("subdistrict", "community", "grid"):
        members = [i for i, row in enumerate(rows) if row.level == level]
        parts = np.array([part for i in members for part in shapely.get_parts(rows[i].outline)])
        assert shapely.coverage_is_valid(parts)
        assert shapely.area(ground.areas[members]).sum() == pytest.approx(shapely.area(ground.areas[0]), rel=1e-9)
    for number, row in enumerate(rows[1:], 1):
        assert row.parent is not None
        assert row.path == f"{rows[row.parent].path}/{row.label}"
        apart = shapely.area(shapely.difference(ground.areas[number], shapely.buffer(ground.areas[row.parent], 0.05)))
        assert apart < 0.01


def test_what_stands_lies_in_its_grid(ground: Ground) -> None:
    grids = [row.grid for row in ground.land.buildings]
    assert shapely.covered_by(ground.buildings, ground.grids[grids]).all()
    grids = [row.grid for row in ground.land.compounds]
    assert shapely.covered_by(ground.compounds, ground.grids[grids]).all()
    places = _metric(shapely.points([row.at for row in ground.town.facilities]))
    assert shapely.covered_by(places, ground.grids[[row.grid for row in ground.town.facilities]]).all()
    workers = [row for row in ground.town.workers if row.path.count("/") == 3]
    assert len(workers) == len(ground.grids)
    for at in ("post", "position"):
        spots = _metric(shapely.points([getattr(row, at) for row in workers]))
        assert shapely.covered_by(spots, ground.grids).all()


def test_devices_hang_where_they_belong(ground: Ground) -> None:
    for part in ground.town.parts():
        spots = _metric(shapely.points([row.at for row in part.devices]))
        assert shapely.covered_by(spots, ground.grids[[row.grid for row in part.devices]]).all()
        inside = [i for i, row in enumerate(part.devices) if row.building is not None]
        homes = ground.buildings[[row.building for row in part.devices if row.building is not None]]
        assert shapely.covered_by(spots[inside], homes).all()
        outside = [i for i, row in enumerate(part.devices) if row.building is None]
        assert len(STRtree(ground.buildings).query(spots[outside], predicate="within")[0]) <= len(outside) // 100
        assert len(STRtree(ground.water).query(spots, predicate="within")[0]) == 0


def test_nothing_looks_like_graph_paper(ground: Ground) -> None:
    """Main streets bend: over half a kilometre they leave the straight line."""
    by_name: dict[str, list[int]] = {}
    for number, row in enumerate(ground.land.streets):
        if row.way.name and row.way.rank >= 7:
            by_name.setdefault(row.way.name.zh, []).append(number)
    bows = []
    for members in by_name.values():
        line = shapely.line_merge(shapely.union_all(ground.streets[members]))
        if isinstance(line, shapely.LineString) and line.length > 300:
            chord = shapely.LineString([line.coords[0], line.coords[-1]])
            bows.append(shapely.hausdorff_distance(line, chord))
    assert bows
    assert np.median(bows) > 9


def test_it_lies_in_the_open_water_of_lake_tai(ground: Ground) -> None:
    west, south, east, north = shapely.total_bounds(np.array([row.shape for row in ground.land.ground]))
    assert 120.10 < west < 120.15 < east < 120.20
    assert 31.15 < south < 31.20 < north < 31.25
