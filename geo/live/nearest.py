"""Who of those on duty can be at a place first, by the streets."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import NotFound
from geo.network.graph import Network
from geo.network.route import Way, nearest_ways
from geo.network.snap import snap
from geo.scope import AreaScope


@dataclass(frozen=True, slots=True)
class NearestWorker:
    """A worker and the way there. `position_age_s` is None where the post stands in for a position."""

    worker_id: int
    name: str
    position_age_s: float | None
    open_orders: int
    way: Way


@dataclass(frozen=True, slots=True)
class NearestWorkers:
    """Nearest first. `reason` says why there are none, or fewer than asked for."""

    workers: list[NearestWorker]
    reason: str | None


def place_of(
    engine: Engine, *, scope: AreaScope, device_id: int | None = None, incident_id: int | None = None
) -> tuple[float, float]:
    """Longitude and latitude (WGS 84) one must walk to for a device or an incident: its entrance, if known.

    Raises
    ------
    NotFound
        When there is no such device or incident in the scope.
    """
    with engine.connect() as connection:
        row = connection.execute(
            query("live/place_of"),
            {"device": device_id, "incident": incident_id, "lower": scope.lower, "upper": scope.upper},
        ).one_or_none()
    if row is None:
        kind, number = ("device", device_id) if device_id is not None else ("incident", incident_id)
        raise NotFound(f"There is no {kind} {number}.")
    return row.lon, row.lat


def nearest_workers(
    engine: Engine,
    network: Network,
    lon: float,
    lat: float,
    *,
    k: int,
    scope: AreaScope,
    snap_limit_m: float,
    exclude: frozenset[int] = frozenset(),
) -> NearestWorkers:
    """The k workers on duty who are there first by network time, each with the way.

    Parameters
    ----------
    lon, lat : float
        The place, WGS 84 degrees.
    k : int
    scope : AreaScope
        Whose workers may be sent.
    snap_limit_m : float
        How far from a street a place may lie.
    exclude : frozenset of int
        Workers not to be sent, who were asked before for instance.
    """
    with engine.connect() as connection:
        rows = connection.execute(query("workers/on_duty"), {"lower": scope.lower, "upper": scope.upper}).all()
    rows = [row for row in rows if row.id not in exclude]
    if not rows:
        return NearestWorkers([], "Nobody is on duty.")
    place = snap(network, [lon], [lat], limit_m=snap_limit_m)
    if not place.joined[0]:
        return NearestWorkers([], f"No street lies within {snap_limit_m:.0f} m of the place.")
    movers = snap(network, [row.lon for row in rows], [row.lat for row in rows], limit_m=snap_limit_m)
    if not movers.joined.any():
        return NearestWorkers([], f"{len(rows)} are on duty, but none is near a street.")
    ways = nearest_ways(network, place, movers, k)
    found = [
        NearestWorker(
            worker_id=rows[way.mover].id,
            name=rows[way.mover].name,
            position_age_s=None if rows[way.mover].position_age_s is None else float(rows[way.mover].position_age_s),
            open_orders=rows[way.mover].open_orders,
            way=way,
        )
        for way in ways
    ]
    if not found:
        return NearestWorkers([], f"{len(rows)} are on duty, but no way leads from any of them to the place.")
    return NearestWorkers(found, None)
