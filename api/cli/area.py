"""The area a command is asked for."""

from __future__ import annotations

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import NotFound
from geo.scope import AreaScope


def scope_of(engine: Engine, area: str | None) -> AreaScope:
    """The area a command names by id or path; all real data without one, the sample where there is nothing else."""
    with engine.connect() as connection:
        if area is None:
            has_real = connection.execute(query("places/has_real")).scalar_one()
            return AreaScope.real() if has_real else AreaScope.everything()
        number = int(area) if area.isascii() and area.isdigit() and len(area) < 19 else None
        path = connection.execute(query("places/area_path"), {"id": number, "path": area}).scalar_one_or_none()
    if path is None:
        raise NotFound(f"There is no area {area[:80]!r}.", where="--area")
    return AreaScope.below(path)
