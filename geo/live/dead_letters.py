"""Readings that could not be taken: looked at, and run again once the reason is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine

from geo.database.sql import query
from geo.live.changes import number_changes
from geo.live.telemetry import MAX_BATCH, store_readings


@dataclass(frozen=True, slots=True)
class Again:
    """What became of dead letters that were run again, and how many there are now."""

    taken: int
    rejected: int
    remaining: int


def run_again(engine: Engine, ids: Sequence[int] | None = None) -> Again:
    """Try dead letters once more, oldest first, at most `MAX_BATCH`; those taken are no letters any more.

    Parameters
    ----------
    ids : sequence of int, optional
        Only these.
    """
    with engine.begin() as connection:
        letters = connection.execute(
            query("live/lock_dead_letters"), {"ids": list(ids) if ids is not None else None, "limit": MAX_BATCH}
        ).all()
        again = [_decoded(letter.reading) for letter in letters]
        receipt = store_readings(connection, again)
        refused = {r.index: r.reason for r in receipt.rejected}
        taken = [letter.id for index, letter in enumerate(letters) if index not in refused]
        # What never was a reading keeps the reason that its adapter gave.
        still = [
            {"id": letters[index].id, "reason": reason}
            for index, reason in refused.items()
            if isinstance(again[index], dict) and "device" in again[index]
        ]
        connection.execute(query("live/drop_dead_letters"), {"ids": taken})
        remaining = connection.execute(
            query("live/explain_dead_letters"), {"letters": orjson.dumps(still).decode()}
        ).scalar_one()
    number_changes(engine)
    return Again(len(taken), len(refused), int(remaining))


def _decoded(text: str) -> Any:
    """What came. One that was cut is no JSON any more: it stays the text it is, and is refused again."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
