"""What a worker's track of a shift has passed of the worker's own area, and what not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Engine, Row

from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.mercator import to_mercator
from geo.network.graph import Graph, Network
from geo.network.patrol import Piece, Track, cut, match
from geo.network.profiles import PROFILES
from geo.network.store import NetworkStore
from geo.scope import AreaScope

LONGEST = timedelta(hours=24)
_MOST_STREETS = 20_000


@dataclass(frozen=True, eq=False)
class Patrol:
    """Streets in pieces, passed and missed; devices passed by, and rows of those that were not."""

    area: str
    area_name: str
    pieces: list[Piece]
    devices: int
    missed_devices: list[Row[Any]]
    positions: int
    joined: int
    graph: Graph


def patrol(
    engine: Engine,
    networks: NetworkStore,
    worker_id: int,
    *,
    since: datetime,
    until: datetime,
    within_m: float,
    scope: AreaScope,
) -> Patrol:
    """The streets and devices of a worker's area against the worker's track.

    Parameters
    ----------
    within_m : float
        How near, in metres, the track must come to a device to have passed it.

    Raises
    ------
    NotFound
        When there is no such worker in the scope.
    InvalidInput
        When the worker belongs to no area, the area is too large, or the time is no shift.
    """
    if not timedelta(0) < until - since <= LONGEST:
        raise InvalidInput("A shift ends after it begins, and within a day.", where="from, to")
    network = networks.network("walk")
    with engine.connect() as connection:
        bounds = {"lower": scope.lower, "upper": scope.upper}
        worker = connection.execute(query("patrol/worker"), {"worker": worker_id, **bounds}).one_or_none()
        if worker is None:
            raise NotFound(f"There is no worker {worker_id}.")
        if worker.path is None:
            raise InvalidInput(f"Worker {worker_id} belongs to no area.", hint="Give the worker a grid.")
        edges = _streets(connection, network, worker.path)
        track = _track(connection, worker_id, since, until)
        own = AreaScope.below(worker.path)
        devices = connection.execute(query("patrol/devices"), {"lower": own.lower, "upper": own.upper}).all()
    matched = match(network, track, speed_mps=PROFILES[worker.profile].speed_mps)
    pieces = cut(network.graph, matched.legs, shapely.from_wkb(bytes(worker.outline)), edges)
    near = _near(devices, track, pieces, within_m)
    return Patrol(
        area=worker.path,
        area_name=worker.name,
        pieces=pieces,
        devices=len(devices),
        missed_devices=[row for row, is_near in zip(devices, near, strict=True) if not is_near],
        positions=len(track),
        joined=int(matched.joined.sum()),
        graph=network.graph,
    )


def _streets(connection: Connection, network: Network, path: str) -> np.ndarray[Any, np.dtype[np.intp]]:
    found = connection.execute(query("patrol/streets"), {"path": path, "limit": _MOST_STREETS + 1}).scalars().all()
    if len(found) > _MOST_STREETS:
        raise InvalidInput("The worker's area is too large to be gone round in one shift.", where="worker")
    ids = np.array(found, np.int64)
    known = network.graph.edge_id
    place = np.searchsorted(known, ids)
    # A street that came since the network was read is in the next answer.
    good = place < len(known)
    good[good] = known[place[good]] == ids[good]
    return place[good]


def _track(connection: Connection, worker_id: int, since: datetime, until: datetime) -> Track:
    rows = connection.execute(query("patrol/track"), {"worker": worker_id, "since": since, "until": until}).all()
    columns = np.array([tuple(row) for row in rows], float).reshape(-1, 3)
    return Track(columns[:, 1], columns[:, 2], columns[:, 0]).thinned()


def _near(devices: Sequence[Row[Any]], track: Track, pieces: list[Piece], within_m: float) -> list[bool]:
    """Which devices lie near a street that was passed, or a position itself."""
    passed = [piece.line for piece in pieces if piece.passed]
    passed += [shapely.Point(x, y) for x, y in zip(*to_mercator(track.lon, track.lat), strict=True)]
    if not devices or not passed:
        return [False] * len(devices)
    lon, lat = np.array([(row.lon, row.lat) for row in devices], float).T
    points = np.atleast_1d(np.asarray(shapely.points(*to_mercator(lon, lat)), object))
    tree = shapely.STRtree(passed)
    # Mercator's metres are longer than those on the ground by 1/cos(latitude).
    hits = tree.query_nearest(points, all_matches=False)
    metres = shapely.distance(points[hits[0]], np.array(passed, object)[hits[1]]) * np.cos(np.radians(lat[hits[0]]))
    near = np.zeros(len(devices), bool)
    near[hits[0]] = metres <= within_m
    answer: list[bool] = near.tolist()
    return answer
