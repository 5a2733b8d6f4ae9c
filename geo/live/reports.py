"""What residents report without signing in, and look up by a code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from geo.accounts.passwords import digest
from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound
from geo.live.changes import number_changes
from geo.scope import AreaScope

# Without what is misread: no 0, O, 1, I or L.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10
_TITLE = 40


@dataclass(frozen=True, slots=True)
class Report:
    """How far a report is. `stage`: received, seen, sent, there, done, or closed without anyone going."""

    stage: str
    category: str | None
    category_en: str | None
    text: str
    department: str | None
    reported_at: datetime
    since: datetime
    rating: int | None
    may_rate: bool


def report(engine: Engine, *, scope: AreaScope, category: str, text: str, lon: float, lat: float) -> tuple[int, str]:
    """Record what a resident tells; returns the incident's id and the code to look it up with.

    The code is told once: only its digest is kept. What was reported is in the words of a person, so it is no title.

    Raises
    ------
    InvalidInput
        When the place lies outside of all areas, or the category is unknown.
    """
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    with engine.begin() as connection:
        known = {row.code: row.name for row in connection.execute(query("reports/categories")) if row.is_public}
        if category not in known:
            raise InvalidInput(f"There is no category {category[:40]!r}.", where="category", hint=", ".join(known))
        incident = connection.execute(
            query("live/report_incident"),
            {
                "kind": "resident_report",
                "title": f"居民上报：{known[category]}",
                "lon": lon,
                "lat": lat,
                "severity": None,
                "category": category,
                "who": "resident",
                # A place outside of all areas has the empty path, which a scope of everything begins with.
                "lower": scope.lower or " ",
                "upper": scope.upper,
            },
        ).scalar_one_or_none()
        if incident is None:
            raise InvalidInput("This place is outside the area we look after.", where="lon, lat")
        connection.execute(query("reports/add"), {"incident": incident, "code": digest(code), "text": text})
        connection.execute(query("live/tell"), {"event": "opened", "incident": incident})
    number_changes(engine)
    return int(incident), code


def find_report(engine: Engine, code: str) -> Report:
    """How far the report with this code is.

    Raises
    ------
    NotFound
        When no report has it.
    """
    row = _find(engine, code)
    stage, since = "received", row["opened_at"]
    if row["closed_at"] is not None:
        stage, since = "done" if row["order_id"] is not None else "closed", row["closed_at"]
    elif row["order_state"] is not None:
        stage = {"arrived": "there", "handled": "done", "verified": "done"}.get(row["order_state"], "sent")
        since = row["state_at"]
    elif row["acknowledged_at"] is not None:
        stage, since = "seen", row["acknowledged_at"]
    return Report(
        stage=stage,
        category=row["category_name"],
        category_en=row["category_name_en"],
        text=row["text"],
        department=row["department"],
        reported_at=row["opened_at"],
        since=since,
        rating=row["rating"],
        may_rate=row["order_state"] in ("handled", "verified", "closed"),
    )


def rate_report(engine: Engine, code: str, *, rating: int, note: str | None) -> None:
    """The resident's word on how it was done.

    Raises
    ------
    NotFound
        When no report has this code.
    Conflict
        When nothing was done yet.
    """
    row = _find(engine, code)
    with engine.begin() as connection:
        done = (
            row["order_id"] is not None
            and connection.execute(
                query("orders/rate"), {"order": row["order_id"], "rating": rating, "who": "resident", "note": note}
            ).first()
        )
    if not done:
        raise Conflict("It can be rated once something was done.")


def incident_of(engine: Engine, code: str) -> int:
    """The incident that the report with this code became.

    Raises
    ------
    NotFound
        When no report has it.
    """
    return int(_find(engine, code)["id"])


def _find(engine: Engine, code: str) -> dict[str, Any]:
    wanted = code.strip().upper().replace("-", "").replace(" ", "")
    with engine.connect() as connection:
        row = connection.execute(query("reports/find"), {"code": digest(wanted)}).mappings().one_or_none()
    if row is None:
        raise NotFound("No report has this code.", hint="Ten letters and digits; there is no 0, O, 1, I or L in it.")
    return dict(row)
