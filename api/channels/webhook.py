"""A signed POST to whoever is to pass the message on: the gateway of text messages, the district's own platform.

Signed as the Standard Webhooks specification says, so that receivers find a library: `webhook-id`, `webhook-timestamp`
and `webhook-signature: v1,<base64>`, HMAC-SHA256 over `id.timestamp.body`. A secret that begins with `whsec_` is base64
after that, any other is taken as it stands. `Idempotency-Key` is the same for every attempt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import orjson

from api.channels.addresses import Reach
from api.channels.http import post
from geo.live.outbox import Notice

_TO_PHONES = ("elder", "relative", "worker")


def send(notice: Notice, text: str, reach: Reach) -> None:
    """Send it; any answer of 2xx means that it was taken."""
    body = orjson.dumps(content(notice, text))
    timestamp = str(int(time.time()))
    signature = sign(notice.secret or "", notice.key, timestamp, body)
    headers = {
        "Idempotency-Key": notice.key,
        "webhook-id": notice.key,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
    post(notice.url or "", body, reach, headers)


def content(notice: Notice, text: str) -> dict[str, object]:
    """What is sent. `to` stands only where one person is meant."""
    told: dict[str, object] = {
        "id": notice.key,
        "at": notice.at,
        "event": notice.event,
        "audience": notice.audience,
        "severity": notice.severity,
        "incident_id": notice.incident_id,
        "order_id": notice.order_id,
        "text": text,
    }
    if notice.audience in _TO_PHONES and notice.phone is not None:
        told["to"] = {"phone": notice.phone}
    return told


def sign(secret: str, key: str, timestamp: str, body: bytes) -> str:
    """The signature, base64."""
    raw = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
