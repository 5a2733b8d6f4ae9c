"""The town as it lies on the globe: the bent plan in degrees, its parts numbered and in their areas.

All numbers here count from 0 within the town; the database gives its own when it is loaded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from shapely import (
    Geometry,
    LineString,
    MultiPolygon,
    get_coordinates,
    points,
    segmentize,
    set_coordinates,
)

from data.town.compound import wall_outline
from data.town.names import Name
from data.town.network import Network, build_network
from data.town.parcels import draw_parcels
from data.town.plan import Plan, draw_plan
from data.town.plane import Bend, Globe, Points
from data.town.regions import Regions, draw_regions
from data.town.scale import Size
from data.town.sketch import House
from data.town.terrain import GroundRow, draw_ground
from data.town.ways import RANK, Way
from geo.progress import Progress

_STEP_M = 12.0  # a line has a point at least so often, to bend smoothly
_FLOOR_M = {"old": 3.4, "shop": 3.6, "cottage": 3.3, "tower": 2.95, "slab": 2.9, "campus": 3.9}


class StreetRow(NamedTuple):
    """A piece of street. Lengths in metres, degrees WGS 84."""

    start: int
    end: int
    way: Way
    bridge: bool
    length_m: float
    line: LineString

    @property
    def has_steps(self) -> bool:
        """A bridge one climbs."""
        return self.bridge and self.way.stepped

    @property
    def drives(self) -> bool:
        """Whether vehicles may use it."""
        return self.way.rank >= RANK["service"]

    @property
    def cycles(self) -> bool:
        """Whether bicycles may use it."""
        return self.way.rank >= RANK["pedestrian"] and not self.has_steps


class CompoundRow(NamedTuple):
    """A compound and its gates."""

    name: Name
    grid: int
    outline: Geometry
    gates: Points
    bins: Points


class BuildingRow(NamedTuple):
    """A building, and what it is called by a dispatcher (`label`)."""

    house: House
    grid: int
    address: str
    label: str
    height_m: float
    outline: Geometry

    @property
    def name(self) -> tuple[str | None, str | None]:
        """Its own name in Chinese and English, if it has one: 3幢, 柳溪小学."""
        if self.house.compound is not None:
            return f"{self.house.number}幢", f"Block {self.house.number}"
        return self.house.name or (None, None)


class EntranceRow(NamedTuple):
    """A stair of a building."""

    building: int
    label: str
    at: Geometry


@dataclass(slots=True)
class Survey:
    """Everything that stands still: areas, ground, streets and buildings.

    Attributes
    ----------
    plan : Plan
    regions : Regions
        The areas of all levels; grid i is block i of the plan.
    ground : list of GroundRow
    nodes : ndarray, shape (n, 2)
        Degrees.
    streets, compounds, buildings, entrances : list
    network : Network
        The streets on the plan: edge i is street i, node i is node i.
    chart : Chart
        Takes further points from the plan to the globe.
    """

    plan: Plan
    regions: Regions
    ground: list[GroundRow]
    nodes: Points
    streets: list[StreetRow]
    compounds: list[CompoundRow]
    buildings: list[BuildingRow]
    entrances: list[EntranceRow]
    network: Network
    chart: Chart


class Chart:
    """Takes things from the plan to degrees."""

    def __init__(self, plan: Plan, seed: int) -> None:
        west, south, east, north = plan.land.bounds
        self._bend = Bend(seed, max(east - west, north - south) / 2)
        self._globe = Globe()
        houses = plan.sketch.houses
        boxes = np.array([house.outline.bounds for house in houses])
        self._centres: Points = (boxes[:, :2] + boxes[:, 2:]) / 2
        self._moved = self._bend(self._centres)
        upright = boxes[:, 3] - boxes[:, 1] > boxes[:, 2] - boxes[:, 0]
        self._axes = self._bend.axes(self._centres, self._anchors(plan), upright)
        self._stiff = np.array([house.stiff for house in houses])

    def _anchors(self, plan: Plan) -> Points:
        """Where the direction of each building is taken: within a compound all stand parallel."""
        anchors = self._centres.copy()
        middles = [wall.rect.middle for wall in plan.sketch.walls]
        for i, house in enumerate(plan.sketch.houses):
            if house.compound is not None:
                anchors[i] = middles[house.compound]
        return anchors

    def points(self, plan: Points) -> Points:
        """Points of the plan (metres) in degrees."""
        return self._globe(self._bend(plan))

    def shapes(self, shapes: Any, step_m: float = _STEP_M) -> NDArray[Any]:
        """Lines and polygons of the plan in degrees, bent smoothly."""
        fine = segmentize(np.array(shapes, dtype=object), step_m)
        return set_coordinates(fine, self.points(get_coordinates(fine)))

    def attached(self, plan: Points, house: NDArray[np.int64]) -> Points:
        """Points that belong to buildings (their numbers) in degrees: stiff ones move as one piece."""
        bent = self._bend(plan)
        stiff = self._stiff[house]
        which = house[stiff]
        bent[stiff] = self._moved[which] + np.einsum(
            "ni,nij->nj", plan[stiff] - self._centres[which], self._axes[which]
        )
        return self._globe(bent)

    def outlines(self, houses: list[House]) -> NDArray[Any]:
        """Outlines of all buildings in degrees."""
        shapes = np.array([house.outline for house in houses], dtype=object)
        plan, owner = get_coordinates(shapes, return_index=True)
        return set_coordinates(shapes, self.attached(plan, owner))


def survey(size: Size, seed: int, progress: Progress) -> Survey:
    """Draw a town and take it to the globe; the same size and seed give the same town."""
    plan = draw_plan(size, seed, progress)
    chart = Chart(plan, seed)
    network = build_network(plan.sketch.segments, plan.sketch.curves, plan.canals)
    with progress.step("Areas"):
        pieces, owner = draw_parcels(plan)
        regions = draw_regions(plan, size, chart.shapes(pieces, np.inf), owner)
        ground = draw_ground(plan, chart.shapes)
    with progress.step("Buildings"):
        nodes, streets = _streets(network, chart)
        buildings, entrances = _buildings(plan, chart)
        compounds = _compounds(plan, chart)
    return Survey(plan, regions, ground, nodes, streets, compounds, buildings, entrances, network, chart)


def _streets(network: Network, chart: Chart) -> tuple[Points, list[StreetRow]]:
    nodes = chart.points(np.array(network.nodes))
    lines = chart.shapes([LineString(edge.points) for edge in network.edges])
    rows = []
    for edge, line, length in zip(network.edges, lines.tolist(), _lengths(lines), strict=True):
        shape = line.reverse() if edge.way.oneway < 0 else line
        start, end = (edge.end, edge.start) if edge.way.oneway < 0 else (edge.start, edge.end)
        rows.append(StreetRow(start, end, edge.way, edge.bridge, round(float(length), 3), shape))
    return nodes, rows


def _lengths(lines: NDArray[Any]) -> NDArray[np.float64]:
    """Geodesic lengths in metres."""
    at, owner = get_coordinates(lines, return_index=True)
    inside = owner[:-1] == owner[1:]
    _, _, steps = Geod(ellps="WGS84").inv(at[:-1, 0], at[:-1, 1], at[1:, 0], at[1:, 1])
    weights = np.asarray(steps, np.float64)[inside]
    return np.asarray(np.bincount(owner[:-1][inside], weights, len(lines)), np.float64)


def _buildings(plan: Plan, chart: Chart) -> tuple[list[BuildingRow], list[EntranceRow]]:
    houses, walls = plan.sketch.houses, plan.sketch.walls
    addresses = _addresses(houses)
    buildings = []
    for house, address, outline in zip(houses, addresses, chart.outlines(houses).tolist(), strict=True):
        label = f"{walls[house.compound].name.zh}{house.number}幢" if house.compound is not None else address
        height = round(house.floors * _FLOOR_M[house.style] + (1.5 if house.style in ("old", "cottage") else 0.6), 1)
        buildings.append(BuildingRow(house, house.block, address or label, label, height, MultiPolygon([outline])))
    owner = np.array([i for i, house in enumerate(houses) for _ in house.doors], np.int64)
    labels = [str(k + 1) for house in houses for k in range(len(house.doors))]
    at = np.asarray(points(chart.attached(np.array([door.at for house in houses for door in house.doors]), owner)))
    entrances = [EntranceRow(*row) for row in zip(owner.tolist(), labels, at.tolist(), strict=True)]
    return buildings, entrances


def _addresses(houses: list[House]) -> list[str]:
    """Odd numbers on one side of a street, even ones on the other, in order."""
    along: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, house in enumerate(houses):
        if house.street:
            along[house.street, house.flank].append(i)
    found = [""] * len(houses)
    for (street, flank), members in along.items():
        for place, i in enumerate(sorted(members, key=lambda i: (houses[i].along, i))):
            found[i] = f"{street}{2 * place + 1 + flank}号"
    return found


def _compounds(plan: Plan, chart: Chart) -> list[CompoundRow]:
    walls = plan.sketch.walls
    if not walls:
        return []
    outlines = chart.shapes([wall_outline(wall) for wall in walls]).tolist()
    return [
        CompoundRow(wall.name, wall.block, MultiPolygon([outline]), chart.points(np.array(wall.gates)),
                    chart.points(np.array(wall.bins)))
        for wall, outline in zip(walls, outlines, strict=True)
    ]  # fmt: skip
