"""Where devices other than those in flats can hang: junctions, roadsides, gates, stairs, walls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from shapely import STRtree, box, points

from data.town.plane import Points
from data.town.survey import Survey
from data.town.ways import Way

_ASIDE_M = {9: 7.0, 8: 5.5, 7: 4.0, 6: 3.0, 5: 2.2, 4: 1.8, 3: 1.0, 2: 0.9, 1: 0.8}
_ON_IT_M = {9: 2.5, 8: 2.0, 7: 1.6, 6: 1.2}
_LONG_M = 9.0  # of a street worth a spot
_APART_M = 55.0  # from one spot to the next along a long street


class Spot(NamedTuple):
    """A place for a device.

    Attributes
    ----------
    at : tuple of float
        Degrees.
    grid : int
    where : str
        For a dispatcher: 柳溪路（近桃花弄）.
    gateway : str
    building, floor : int or None
    """

    at: tuple[float, float]
    grid: int
    where: str
    gateway: str
    building: int | None = None
    floor: int | None = None


@dataclass(slots=True)
class Places:
    """The spots of one community, by what they are."""

    junctions: list[Spot] = field(default_factory=list)
    main_roads: list[Spot] = field(default_factory=list)
    covers: list[Spot] = field(default_factory=list)
    lanes: list[Spot] = field(default_factory=list)
    yards: list[Spot] = field(default_factory=list)
    gates: list[Spot] = field(default_factory=list)
    bins: list[Spot] = field(default_factory=list)
    stairs: list[Spot] = field(default_factory=list)
    lifts: list[Spot] = field(default_factory=list)
    old_houses: list[Spot] = field(default_factory=list)
    tall: list[Spot] = field(default_factory=list)
    posts: dict[int, list[Spot]] = field(default_factory=lambda: defaultdict(list))
    """Roadside spots by grid: where workers stand, where buses stop."""


def find_places(survey: Survey) -> list[Places]:
    """The places of each community of a town."""
    found = [Places() for _ in survey.regions.communities]
    _streets(survey, found)
    _buildings(survey, found)
    _compounds(survey, found)
    return found


def _streets(survey: Survey, found: list[Places]) -> None:
    network, community = survey.network, survey.regions.community_of
    meeting: dict[int, list[str]] = defaultdict(list)
    degree: dict[int, int] = defaultdict(int)
    over_water = {node for edge in network.edges if edge.bridge for node in (edge.start, edge.end)}
    for edge in network.edges:
        for node in (edge.start, edge.end):
            degree[node] += 1
            if edge.way.place and edge.way.place not in meeting[node]:
                meeting[node].append(edge.way.place)
    # Both kinds of spot are laid out on the plan first, and taken to the globe at once.
    spots: list[tuple[float, float, str, Way, str]] = []
    for edge in network.edges:
        (x, y), (x2, y2) = edge.points[0], edge.points[-1]
        length = float(np.hypot(x2 - x, y2 - y))
        if edge.bridge or length < _LONG_M or len(edge.points) > 2:
            continue
        near = next((name for node in (edge.start, edge.end) for name in meeting[node] if name != edge.way.place), "")
        where = f"{edge.way.place}（近{near}）" if near else edge.way.place
        across = (y - y2) / length, (x2 - x) / length
        count = max(1, round(length / _APART_M))
        for i in range(count):
            part, side = (i + 0.5) / count, 1 if (i + edge.start) % 2 else -1
            middle = x + (x2 - x) * part, y + (y2 - y) * part
            for kind, reach in (("side", _ASIDE_M[edge.way.rank]), ("on", _ON_IT_M.get(edge.way.rank, 0.3))):
                away = reach * side
                spots.append((middle[0] + away * across[0], middle[1] + away * across[1], kind, edge.way, where))
    for node, (x, y) in enumerate(network.nodes):
        names = meeting[node]
        if degree[node] >= 3 and names and node not in over_water:
            where = f"{names[0]}与{names[1]}路口" if len(names) > 1 else f"{names[0]}路口"
            spots.append((x + 0.7, y + 0.7, "junction", Way("steps", None, names[0]), where))
    plan = np.array([(x, y) for x, y, *_ in spots])
    at = survey.chart.points(plan).tolist()
    for (_, _, kind, way, where), (lon, lat), grid in zip(spots, at, grids_at(survey, plan), strict=True):
        if grid >= 0:
            _put(found[community[grid]], kind, way, Spot((lon, lat), int(grid), where, f"网关 {way.place}"))


def _put(places: Places, kind: str, way: Way, spot: Spot) -> None:
    if kind == "junction":
        places.junctions.append(spot)
        return
    if kind == "on":
        if way.street_class not in ("footway", "steps"):
            places.covers.append(spot)
        return
    places.posts[spot.grid].append(spot)
    if way.rank >= 7:
        places.main_roads.append(spot)
    elif way.name is not None:
        places.lanes.append(spot)
    elif way.street_class == "service":
        places.yards.append(spot)


def grids_at(survey: Survey, plan: Points) -> list[int]:
    """The grid whose block or half-streets hold each point of the plan (metres); -1 before the shore."""
    leaves = np.array([box(*leaf.bounds.rect) for leaf in survey.plan.skeleton.leaves])
    found = np.full(len(plan), -1)
    at, leaf = STRtree(leaves).query(points(plan), predicate="within")
    found[at] = leaf
    grids: list[int] = found.tolist()
    return grids


def _buildings(survey: Survey, found: list[Places]) -> None:
    community = survey.regions.community_of
    entrances = iter(survey.entrances)
    plan = [(door.at[0] + 1.4 * door.inward[0], door.at[1] + 1.4 * door.inward[1])
            for building in survey.buildings for door in building.house.doors]  # fmt: skip
    owner = np.array([i for i, building in enumerate(survey.buildings) for _ in building.house.doors])
    inside = iter(survey.chart.attached(np.array(plan), owner).tolist())
    for number, building in enumerate(survey.buildings):
        house, places = building.house, found[community[building.grid]]
        for place, _ in enumerate(house.doors):
            lon, lat = next(inside)
            entrance = next(entrances)
            stair = f"{building.label}{entrance.label}单元" if len(house.doors) > 1 else building.label
            spot = Spot((lon, lat), building.grid, stair, f"网关 {building.label}", number, 1)
            if house.compound is not None:
                places.stairs.append(spot)
            if house.lift:
                places.lifts.append(spot)
            if place == 0 and house.style == "old":
                places.old_houses.append(spot)
            if place == 0 and house.floors >= 5 and house.compound is not None:
                places.tall += [spot] * (4 if house.floors > 7 else 1)


def _compounds(survey: Survey, found: list[Places]) -> None:
    for compound in survey.compounds:
        places = found[survey.regions.community_of[compound.grid]]
        name = compound.name.zh
        for number, (lon, lat) in enumerate(compound.gates.tolist()):
            title = f"{name}正门" if number == 0 else f"{name}{number + 1}号门"
            places.gates.append(Spot((lon, lat), compound.grid, title, f"网关 {name}"))
        for number, (lon, lat) in enumerate(compound.bins.tolist()):
            places.bins.append(Spot((lon, lat), compound.grid, f"{name}{number + 1}号垃圾房", f"网关 {name}"))
