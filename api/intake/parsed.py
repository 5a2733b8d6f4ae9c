"""What an adapter makes of a message, and how it is taken."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Engine
from sqlalchemy.exc import DataError

from geo.live.devices import known_devices
from geo.live.telemetry import Receipt, Rejected, Unreadable, take_readings


@dataclass(slots=True)
class Parsed:
    """A message, read: each of its parts stands in one of the first three.

    Attributes
    ----------
    readings : list
        In the form of `geo.live.telemetry.take_readings`, not checked yet.
    unreadable : list of Unreadable
        What is no reading, as it came.
    ignored : int
        Messages that mean to tell no values.
    other_ids : dict of str to str
        By the device's id in a reading, another id under which it may be registered.
    """

    readings: list[Any] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    ignored: int = 0
    other_ids: dict[str, str] = field(default_factory=dict)

    def add(self, other: Parsed) -> None:
        """Join what another message held."""
        self.readings += other.readings
        self.unreadable += other.unreadable
        self.ignored += other.ignored
        self.other_ids |= other.other_ids


def unreadable(reason: str, body: bytes) -> Parsed:
    """A message that cannot be read, whole; what is no text is kept as base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = f"base64: {base64.b64encode(body).decode()}"
    return Parsed(unreadable=[Unreadable(reason, text)])


def take(engine: Engine, parsed: Parsed) -> Receipt:
    """Store what was read; returns once it is committed. Raises as `take_readings` does."""
    return _take(engine, _by_known_id(engine, parsed), parsed.unreadable)


def _by_known_id(engine: Engine, parsed: Parsed) -> list[Any]:
    if not parsed.other_ids:
        return parsed.readings
    known = known_devices(engine, {*parsed.other_ids, *parsed.other_ids.values()})
    found = {first: other for first, other in parsed.other_ids.items() if first not in known and other in known}
    return [{**reading, "device": found.get(reading["device"], reading["device"])} for reading in parsed.readings]


def _take(engine: Engine, readings: list[Any], letters: list[Unreadable]) -> Receipt:
    try:
        return take_readings(engine, readings, letters)
    except DataError as error:
        # A value the database cannot calculate with. The one that has it is found by halves, and the rest lands.
        if len(readings) > 1:
            middle = len(readings) // 2
            first, second = _take(engine, readings[:middle], letters), _take(engine, readings[middle:], [])
            moved = [Rejected(rejected.index + middle, rejected.reason) for rejected in second.rejected]
            return Receipt(
                first.accepted + second.accepted,
                first.duplicate + second.duplicate,
                first.late + second.late,
                first.rejected + moved,
            )
        if not readings:
            raise
        reason = str(error.orig).strip().partition("\n")[0]
        # Wrapped: run again with others, it would stop them.
        kept = orjson.dumps({"reading": readings[0]}).decode()
        take_readings(engine, [], [*letters, Unreadable(reason, kept)])
        return Receipt(rejected=[Rejected(0, reason)])
