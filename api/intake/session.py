"""A session at an MQTT broker that outlives connections: messages come in, and wait for their acknowledgement."""

from __future__ import annotations

import logging
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from api.intake.broker import Broker

log = logging.getLogger("yike.mqtt")

MOST_UNACKNOWLEDGED = 2000
"""Messages the broker sends before it waits for acknowledgements (Receive Maximum of MQTT 5)."""
_MOST_WAITING = 10 * MOST_UNACKNOWLEDGED
_FOR_EVER = 0xFFFFFFFF
_KEEPALIVE_S = 30
_ANSWER_WITHIN_S = 10.0
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
_LIVED_WELL_S = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and the connection on which it wants to be acknowledged."""

    topic: str
    payload: bytes
    qos: int
    mid: int
    connection: Client


class Session:
    """Keeps a connection to the broker for as long as `pump` is called. For one thread alone.

    Each connection is a client of its own: an acknowledgement can never go to a later connection, where its number
    may be another message's. What was not acknowledged comes again there.
    """

    def __init__(self, broker: Broker, topic: str) -> None:
        self.waiting: deque[Message] = deque()
        self._broker = broker
        self._topic = topic
        self._client: Client | None = None
        self._up_since: float | None = None
        self._is_away = False
        self._reason: str | None = None
        self._deadline = 0.0
        self._pause_s = _SHORTEST_PAUSE_S
        self._retry_at = 0.0

    def pump(self, patience_s: float) -> None:
        """Connect where there is no connection, else move at most one message into `waiting`."""
        now = time.monotonic()
        if self._client is None:
            if now < self._retry_at:
                time.sleep(min(patience_s, self._retry_at - now))
            else:
                self._connect()
            return
        code = self._client.loop(patience_s)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._lost(self._reason or code.name.removeprefix("MQTT_ERR_").replace("_", " ").lower())
        elif self._up_since is None and now > self._deadline:
            self._lost(self._reason or "it does not answer")

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are in safe hands; those of a lost connection come again, and are told then."""
        for message in messages:
            if message.connection is self._client:
                message.connection.ack(message.mid, message.qos)

    def close(self) -> None:
        """Disconnect; the broker keeps the session, and whatever is not acknowledged."""
        client, self._client, self._up_since = self._client, None, None
        self.waiting.clear()
        if client is not None:
            client.disconnect()
            _abandon(client)

    def _connect(self) -> None:
        client = Client(
            CallbackAPIVersion.VERSION2, self._broker.session, protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
        )
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_disconnect = self._on_message, self._on_disconnect
        client.connect_timeout = 5.0
        if self._broker.user is not None:
            client.username_pw_set(self._broker.user, self._broker.password)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _FOR_EVER
        properties.ReceiveMaximum = MOST_UNACKNOWLEDGED
        self._reason, self._client = None, client
        self._deadline = time.monotonic() + _ANSWER_WITHIN_S
        try:
            if self._broker.tls:
                client.tls_set()
            client.connect(self._broker.host, self._broker.port, _KEEPALIVE_S, clean_start=False, properties=properties)
        except (OSError, ValueError) as error:
            self._lost(str(error) or type(error).__name__)

    def _lost(self, reason: str) -> None:
        now = time.monotonic()
        lived_s = now - self._up_since if self._up_since is not None else 0.0
        client, self._client, self._up_since = self._client, None, None
        if client is not None:
            _abandon(client)
        self._pause_s = _SHORTEST_PAUSE_S if lived_s > _LIVED_WELL_S else min(_LONGEST_PAUSE_S, 2 * self._pause_s)
        self._retry_at = now + self._pause_s * random.uniform(0.5, 1.0)  # noqa: S311 — spreads reconnects, no secret
        if not self._is_away:
            self._is_away = True
            log.warning("the broker %s is away: %s", self._broker, reason)

    def _on_connect(
        self, client: Client, _: Any, flags: ConnectFlags, reason: ReasonCode, __: Properties | None
    ) -> None:
        if reason.is_failure:
            self._reason = f"it refuses us: {reason}"
            return
        if len(self.waiting) > _MOST_WAITING and flags.session_present:
            # The database has long been away. They are not acknowledged, so the broker sends them again.
            self.waiting.clear()
        # Retained messages once, not again with each connection.
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe(self._topic, options=options)

    def _on_subscribe(self, client: Client, _: Any, __: int, reasons: list[ReasonCode], ___: Properties | None) -> None:
        if any(reason.is_failure for reason in reasons):
            self._reason = f"it does not let us read {self._topic}"
            client.disconnect()
            return
        self._up_since = time.monotonic()
        log.info("the broker %s is %s", self._broker, "back" if self._is_away else "there")
        self._is_away = False

    def _on_message(self, client: Client, _: Any, message: MQTTMessage) -> None:
        if message.qos == 0 and len(self.waiting) >= _MOST_WAITING:
            return  # whoever sends without wanting an answer can lose it
        self.waiting.append(Message(message.topic, bytes(message.payload), message.qos, message.mid, client))

    def _on_disconnect(
        self, _: Client, __: Any, flags: DisconnectFlags, reason: ReasonCode, ___: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._reason = f"it ended the connection: {reason}"


def _abandon(client: Client) -> None:
    """Close the socket of a client that nobody listens to any more."""
    client.on_disconnect = None
    socket = client.socket()
    if socket is not None:
        socket.close()
