"""Readings from an MQTT broker: taken in batches, acknowledged when they are committed and not before."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.intake.broker import Broker
from api.intake.parsed import Parsed, take
from api.intake.session import MOST_UNACKNOWLEDGED, Message, Session
from api.intake.topic import TOPIC, parse
from geo.database.turn import Turn
from geo.errors import DatabaseUnavailable, YikeError
from geo.live.telemetry import MAX_BATCH

log = logging.getLogger("yike.mqtt")

_GATHER_S = 0.05
"""How long a batch waits for more messages."""
_TURN_EVERY_S = 1.0
_LONGEST_PAUSE_S = 5.0


class MqttIntake:
    """Reads while it is this process's turn.

    One session at the broker for all processes, used by the one that has the turn: another takes it over with
    everything that was not acknowledged. With a session each, messages would stay with a process that never returns.
    """

    def __init__(self, engine: Engine, broker: Broker) -> None:
        self._engine = engine
        self._session = Session(broker, TOPIC)
        self._turn = Turn(engine, f"mqtt {broker.session}")
        self._is_mine = False
        self._ask_at = 0.0
        self._since: float | None = None
        self._pause_s = 0.0
        self._retry_at = 0.0

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Until told to stop. A broker or a database that is away is waited for."""
        try:
            while not is_stopping():
                if self._has_turn():
                    self._step()
                else:
                    self._session.close()
                    time.sleep(0.2)
        finally:
            self._session.close()
            self._turn.give_up()

    def _has_turn(self) -> bool:
        now = time.monotonic()
        if now >= self._ask_at:
            self._ask_at = now + _TURN_EVERY_S
            try:
                self._is_mine = self._turn.is_mine()
            except (DatabaseUnavailable, SQLAlchemyError):
                # Nothing is taken now, by nobody: whoever is connected may stay so, and keep what it holds.
                return self._is_mine
        return self._is_mine

    def _step(self) -> None:
        self._session.pump(_GATHER_S / 2)
        waiting = self._session.waiting
        now = time.monotonic()
        if not waiting:
            self._since = None
        elif self._since is None:
            self._since = now
        elif now >= self._retry_at and (now - self._since >= _GATHER_S or len(waiting) >= MOST_UNACKNOWLEDGED):
            self._take()

    def _take(self) -> None:
        batch, messages = self._gather()
        try:
            take(self._engine, batch)
        except (YikeError, SQLAlchemyError) as error:
            if not self._pause_s:
                told = error.message if isinstance(error, YikeError) else str(error).partition("\n")[0]
                log.warning("readings wait at the broker: %s", told)
            self._pause_s = min(_LONGEST_PAUSE_S, 2 * self._pause_s or 0.5)
            self._retry_at = time.monotonic() + self._pause_s
            return
        if self._pause_s:
            log.info("readings are taken again")
        self._pause_s, self._since = 0.0, None
        for _ in messages:
            self._session.waiting.popleft()
        self._session.acknowledge(messages)

    def _gather(self) -> tuple[Parsed, list[Message]]:
        """The oldest messages that wait, as many as make one batch."""
        batch = Parsed()
        messages: list[Message] = []
        for message in self._session.waiting:
            parsed = parse(message.topic, message.payload)
            if messages and (
                len(batch.readings) + len(parsed.readings) > MAX_BATCH or len(messages) == MOST_UNACKNOWLEDGED
            ):
                break
            batch.add(parsed)
            messages.append(message)
        return batch, messages
