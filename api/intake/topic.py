"""Our own form on MQTT: topic ``yike/<external id>/telemetry``, one reading or an array of readings of that device."""

from __future__ import annotations

from typing import Any

import orjson

from api.intake.parsed import Parsed, unreadable
from geo.live.telemetry import MAX_BATCH, Unreadable

TOPIC = "yike/+/telemetry"


def parse(topic: str, payload: bytes) -> Parsed:
    """The readings of one message. The device stands in the topic; a reading that names another is none."""
    device = topic.split("/")[1]
    try:
        content = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return unreadable(f"{topic}: no JSON: {error}", payload)
    items = content if isinstance(content, list) else [content]
    if len(items) > MAX_BATCH:
        return unreadable(f"{topic}: more than {MAX_BATCH} readings in one message", payload)
    parsed = Parsed()
    for item in items:
        if (reason := _wrong(item, device)) is not None:
            # Wrapped, so that running it again cannot take in the other device's name what was refused here.
            kept = {"topic": topic, "reading": item}
            parsed.unreadable.append(Unreadable(f"{topic}: {reason}", orjson.dumps(kept).decode()))
        else:
            parsed.readings.append({**item, "device": device})
    return parsed


def _wrong(item: Any, device: str) -> str | None:
    if not isinstance(item, dict):
        return "a reading is an object"
    if (named := item.get("device", device)) != device:
        return f"the reading is of another device, {str(named)[:100]!r}"
    return None
