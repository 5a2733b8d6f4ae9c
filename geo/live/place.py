"""Where one must go: for a device, an incident, a building or a point; how far up, and what its alarm asks for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.scope import AreaScope


@dataclass(frozen=True, slots=True)
class Place:
    """Where one must go: WGS 84 degrees, the area it lies in, how far up, and the skill its alarm asks for."""

    lon: float
    lat: float
    path: str = ""
    floor: int | None = None
    has_lift: bool | None = None
    skill: str | None = None


def place_of(
    engine: Engine,
    *,
    scope: AreaScope,
    device_id: int | None = None,
    incident_id: int | None = None,
    building_id: int | None = None,
    floor: int | None = None,
) -> Place:
    """Where one must go for a device, an incident or a building: its entrance, if known, and how far up.

    Raises
    ------
    NotFound
        When there is no such thing in the scope.
    """
    given = {"device": device_id, "incident": incident_id, "building": building_id}
    with engine.connect() as connection:
        row = connection.execute(
            query("live/place_of"), {**given, "floor": floor, "lower": scope.lower, "upper": scope.upper}
        ).one_or_none()
    if row is None:
        kind, number = next((kind, number) for kind, number in given.items() if number is not None)
        raise NotFound(f"There is no {kind} {number}.")
    return Place(row.lon, row.lat, row.path, row.floor, row.has_lift, row.skill)


def place_at(engine: Engine, lon: float, lat: float) -> Place:
    """A point in WGS 84 degrees, with the area it lies in."""
    with engine.connect() as connection:
        path = connection.execute(query("live/path_at"), {"lon": lon, "lat": lat}).scalar_one()
    return Place(lon, lat, path)


def check_skill(engine: Engine, *skills: str) -> None:
    """Raises InvalidInput, with what there is, unless all are skills of the catalogue."""
    with engine.connect() as connection:
        known = [row.code for row in connection.execute(query("catalogue/list_skills"))]
    for skill in skills:
        if skill not in known:
            raise InvalidInput(f"There is no skill {skill[:40]!r}.", where="skill", hint=f"Known: {', '.join(known)}.")
