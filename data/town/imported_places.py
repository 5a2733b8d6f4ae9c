"""Where devices can hang in an imported district: its junctions, streets, gates and larger buildings."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from shapely import get_coordinates, point_on_surface
from sqlalchemy import Connection

from data.town.homes import Stair
from data.town.imported import DEGREE_M, Imported
from data.town.places import Places, Spot
from data.town.plane import Points
from geo.database.sql import query

_MAIN = {"motorway", "trunk", "primary", "secondary", "tertiary"}
_QUIET = {"footway", "path", "steps", "cycleway"}
_LIFT_FLOORS = 8
_DOOR_FLOORS = 4
_ASIDE_M = 2.0  # from the middle of a street to a post beside it


def find_imported_places(connection: Connection, land: Imported, stairs: list[Stair]) -> list[Places]:
    """The places of each community of an import."""
    found = [Places() for _ in land.communities]
    community = {grid: number for number, grids in enumerate(land.communities) for grid in grids}
    _streets(connection, land, found, community)
    gates = connection.execute(query("town/real_gates")).all()
    at = np.array([(row.lon, row.lat) for row in gates]).reshape(-1, 2)
    for row, grid in zip(gates, land.grids_at(at), strict=True):
        if grid >= 0:
            spot = Spot((row.lon, row.lat), grid, f"{row.name}大门", f"网关 {row.name}")
            found[community[grid]].gates.append(spot)
    _buildings(land, stairs, found, community)
    return found


def _streets(connection: Connection, land: Imported, found: list[Places], community: dict[int, int]) -> None:
    streets = connection.execute(query("town/real_streets")).all()
    names: dict[int, list[str]] = defaultdict(list)
    degree: dict[int, int] = defaultdict(int)
    for row in streets:
        for node in (row.from_node_id, row.to_node_id):
            degree[node] += 1
            if row.name and row.name not in names[node]:
                names[node].append(row.name)
    at = _roadside(np.array([(row.lon, row.lat, row.lon_2, row.lat_2) for row in streets]).reshape(-1, 4))
    for row, (lon, lat), grid in zip(streets, at.tolist(), land.grids_at(at), strict=True):
        if grid < 0 or row.bridge or row.tunnel:
            continue
        others = [name for node in (row.from_node_id, row.to_node_id) for name in names[node] if name != row.name]
        title = row.name or land.grid_names[grid]
        where = f"{title}（近{others[0]}）" if others else title
        spot = Spot((lon, lat), grid, where, f"网关 {title}")
        places = found[community[grid]]
        places.posts[grid].append(spot)
        if row.street_class not in _QUIET:
            places.covers.append(spot)
        if row.street_class in _MAIN:
            places.main_roads.append(spot)
        elif row.street_class == "service":
            places.yards.append(spot)
        else:
            places.lanes.append(spot)
    nodes = [row for row in connection.execute(query("town/real_nodes")) if degree[row.id] >= 3]
    at = np.round(np.array([(row.lon, row.lat) for row in nodes]).reshape(-1, 2) + _ASIDE_M / 2 / DEGREE_M, 7)
    for row, (lon, lat), grid in zip(nodes, at.tolist(), land.grids_at(at), strict=True):
        if grid >= 0:
            title = "与".join(names[row.id][:2]) or land.grid_names[grid]
            spot = Spot((lon, lat), grid, f"{title}路口", f"网关 {title}")
            found[community[grid]].junctions.append(spot)


def _roadside(middles: NDArray[np.float64]) -> Points:
    """A step aside from the middle of each street (columns lon, lat, lon and lat further on), degrees."""
    east, north = middles[:, 2] - middles[:, 0], middles[:, 3] - middles[:, 1]
    shrink = np.cos(np.radians(middles[:, 1]))
    length = np.maximum(np.hypot(east * shrink, north), 1e-12)
    aside = np.column_stack([-north / shrink, east * shrink]) / length[:, None] * _ASIDE_M / DEGREE_M
    return np.asarray(np.round(middles[:, :2] + aside, 7))


def _buildings(land: Imported, stairs: list[Stair], found: list[Places], community: dict[int, int]) -> None:
    by_key = {footprint.key: footprint for footprint in land.footprints}
    used = dict.fromkeys(stair.building for stair in stairs)
    shapes = np.array([by_key[key].shape for key in used], dtype=object)
    middles = dict(zip(used, get_coordinates(point_on_surface(shapes)).tolist(), strict=True)) if used else {}
    seen: set[int] = set()
    for stair in stairs:
        lon, lat = middles[stair.building]
        places = found[community[stair.grid]]
        title = f"{stair.label}{stair.number}单元" if stair.number else stair.label
        at = round(lon, 7), round(lat, 7)
        spot = Spot(at, stair.grid, title, f"网关 {stair.label}", stair.building, 1)
        if stair.floors >= _DOOR_FLOORS:
            places.stairs.append(spot)
        if stair.floors >= _LIFT_FLOORS:
            places.lifts.append(spot)
        if stair.building not in seen:
            seen.add(stair.building)
            if stair.style == "old":
                places.old_houses.append(spot)
            elif stair.floors >= _DOOR_FLOORS:
                places.tall.append(spot)
