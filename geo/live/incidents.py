"""Incidents that people report, and the checks and closings that people record."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.changes import number_changes
from geo.scope import AreaScope

ReportKind = Literal["resident_report", "patrol_finding"]


def report_incident(
    engine: Engine,
    *,
    scope: AreaScope,
    kind: ReportKind,
    title: str,
    lon: float,
    lat: float,
    severity: int | None = None,
    category: str | None = None,
    who: str,
) -> int:
    """Record what a person saw at a place (WGS 84, degrees); returns the incident's id.

    It is sorted to the department that sees to its category there. Without a severity it has its category's.

    Raises
    ------
    InvalidInput
        When the place lies outside the scope.
    """
    with engine.begin() as connection:
        incident_id = connection.execute(
            query("live/report_incident"),
            {
                "kind": kind,
                "title": title,
                "lon": lon,
                "lat": lat,
                "severity": severity,
                "category": category,
                "who": who,
                "lower": scope.lower,
                "upper": scope.upper,
            },
        ).scalar_one_or_none()
        if incident_id is not None:
            connection.execute(query("live/tell"), {"event": "opened", "incident": incident_id})
    if incident_id is None:
        raise InvalidInput("This place lies outside your area.", where="lon, lat")
    number_changes(engine)
    return int(incident_id)


def manual_check(
    engine: Engine,
    device_id: int,
    *,
    scope: AreaScope,
    who: str,
    note: str | None,
    away_until: datetime | None = None,
) -> int:
    """A person has looked after a device: close what stands on it, latched or not.

    With `away_until` the household is known to be away: rules that mind absence stay quiet until then.

    Returns
    -------
    int
        How many incidents that closed; 0 when nothing stood.

    Raises
    ------
    NotFound
        When there is no such device in the scope.
    """
    with engine.begin() as connection:
        checked = connection.execute(
            query("live/manual_check"),
            {
                "device": device_id,
                "who": who,
                "note": note,
                "away_until": away_until,
                "lower": scope.lower,
                "upper": scope.upper,
            },
        ).one_or_none()
    if checked is None:
        raise NotFound(f"There is no device {device_id}.")
    number_changes(engine)
    return int(checked.closed)


def merge(engine: Engine, incident_id: int, *, into: int, scope: AreaScope, who: str) -> None:
    """Two incidents are one to the person who must go: this one follows the other.

    Raises
    ------
    NotFound
        When one of them is not in the scope.
    Conflict
        When one is closed, an order stands on this one, or they are the same.
    """
    with engine.begin() as connection:
        found = connection.execute(
            query("live/merge"),
            {"incident": incident_id, "leader": into, "who": who, "lower": scope.lower, "upper": scope.upper},
        ).one_or_none()
    if found is None:
        raise NotFound(f"There is no incident {incident_id}, or no incident {into}.")
    if found.against is not None:
        raise Conflict(found.against)
    number_changes(engine)


def acknowledge(engine: Engine, incident_id: int, *, scope: AreaScope, who: str) -> None:
    """A dispatcher has seen it: the marker stops pulsing.

    Raises
    ------
    NotFound
        When there is no such open incident in the scope.
    """
    with engine.begin() as connection:
        seen = connection.execute(
            query("live/acknowledge"),
            {"incident": incident_id, "who": who, "lower": scope.lower, "upper": scope.upper},
        ).one_or_none()
    if seen is None:
        raise NotFound(f"There is no open incident {incident_id}.")
    number_changes(engine)


def false_alarm(engine: Engine, incident_id: int, *, scope: AreaScope, who: str, note: str | None) -> None:
    """A person found that nothing was wrong; closes the incident and calls off its order.

    Raises
    ------
    NotFound
        When there is no such open incident in the scope.
    """
    with engine.begin() as connection:
        closed = connection.execute(
            query("live/false_alarm"),
            {"incident": incident_id, "who": who, "note": note, "lower": scope.lower, "upper": scope.upper},
        ).scalar_one()
    if not closed:
        raise NotFound(f"There is no open incident {incident_id}.")
    number_changes(engine)
