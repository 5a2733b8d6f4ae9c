"""What lies around a place by the streets 周边资源: workers, facilities, cameras, care homes, fire points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from geo.database.sql import query
from geo.live.place import Place
from geo.live.roster import Roster
from geo.network.graph import Network
from geo.network.search import from_places
from geo.network.snap import snap
from geo.scope import AreaScope

Group = Literal["worker", "facility", "camera", "care_home", "fire_point"]
GROUPS: tuple[Group, ...] = ("worker", "facility", "camera", "care_home", "fire_point")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something around. `kind` is a facility's category, a device's kind, or how a worker moves."""

    group: Group
    id: int
    name: str
    name_en: str | None
    kind: str
    lon: float
    lat: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Group by group, the nearest first. `is_joined` is False where no street is near the place."""

    things: list[Thing]
    counts: dict[Group, int]
    is_joined: bool


def around(
    engine: Engine,
    roster: Roster,
    network: Network,
    place: Place,
    *,
    limit_s: float,
    scope: AreaScope,
    fresh_s: float,
    snap_limit_m: float,
    most: int,
) -> Surroundings:
    """All that is within `limit_s` of a place, counted, and the nearest `most` of each group.

    Parameters
    ----------
    network : Network
        Of whoever goes there; ways lead from the place outwards.
    limit_s : float
        Seconds on that network.
    fresh_s : float
        A worker whose position is older than this is taken to be at the post.
    """
    origin = snap(network, [place.lon], [place.lat], limit_m=snap_limit_m)
    counts: dict[Group, int] = dict.fromkeys(GROUPS, 0)
    if not origin.joined[0]:
        return Surroundings([], counts, is_joined=False)
    # Nobody walks farther than straight ahead: what lies beyond this circle is beyond the limit by any street.
    metres = limit_s * network.rule.speed_mps
    with engine.connect() as connection:
        rows = connection.execute(
            query("live/around"),
            {"lon": place.lon, "lat": place.lat, "metres": metres, "lower": scope.lower, "upper": scope.upper},
        ).all()
    things = [*_workers(roster, scope, fresh_s), *(Thing(*row) for row in rows)]
    if not things:
        return Surroundings([], counts, is_joined=True)
    places = snap(network, [one.lon for one in things], [one.lat for one in things], limit_m=snap_limit_m)
    seconds = from_places(network, origin, places, limit_s=limit_s)
    listed: list[Thing] = []
    for row in np.argsort(seconds, kind="stable")[: int(np.isfinite(seconds).sum())].tolist():
        one = things[row]
        counts[one.group] += 1
        if counts[one.group] <= most:
            listed.append(
                Thing(one.group, one.id, one.name, one.name_en, one.kind, one.lon, one.lat, float(seconds[row]))
            )
    listed.sort(key=lambda one: GROUPS.index(one.group))
    return Surroundings(listed, counts, is_joined=True)


def _workers(roster: Roster, scope: AreaScope, fresh_s: float) -> list[Thing]:
    """Who is on duty, where they are or are taken to be."""
    with roster.present() as crew:
        at, _ = crew.whereabouts(roster.now(), fresh_s)
        rows = np.arange(len(crew))
        lon, lat = crew.lon[rows, at], crew.lat[rows, at]
        return [
            Thing("worker", int(crew.id[row]), crew.names[row], None, crew.profiles[crew.profile[row]],
                  float(lon[row]), float(lat[row]))
            for row in np.flatnonzero(crew.within(scope) & crew.on_duty & np.isfinite(lon)).tolist()
        ]  # fmt: skip
