"""Pushes of China Telecom's CTWing (AEP): one JSON message a request, its content transparent (base64) or values.

As CTWing sends them: ``payload`` is ``{"APPdata": base64}`` for a transparent product; ``{name: value}`` or
``{"serviceId": …, "serviceData": {name: value}}`` for one with a model; an event has ``eventContent``. ``IMEI`` may be
empty, ``IMSI`` may be "undefined", ``upPacketSN`` may be -1 or empty.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from api.intake.parsed import Parsed, unreadable

_NO_VALUES = ("deviceOnlineOfflineReport", "commandResponse")
_NOTHING = ("", "undefined", "null")


class Ctwing:
    """The adapter of CTWing."""

    name = "ctwing"

    def key(self, query: Mapping[str, str]) -> str | None:
        """``?key=``: a subscription is an address and nothing else."""
        return query.get("key") or None

    def parse(self, body: bytes) -> Parsed:
        """The reading of a data or event report; other kinds of message are ignored."""
        if not body.strip():
            return Parsed(ignored=1)  # the platform tries the address
        try:
            message = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return unreadable(f"ctwing: no JSON: {error}", body)
        if not isinstance(message, dict):
            return unreadable("ctwing: a message is an object", body)
        kind = message.get("messageType")
        if kind in _NO_VALUES:
            return Parsed(ignored=1)
        try:
            return _reading(message, kind)
        except _NoReading as error:
            return unreadable(f"ctwing: {error}", body)


class _NoReading(Exception):
    """Why a message is no reading."""


def _reading(message: dict[str, Any], kind: Any) -> Parsed:
    if kind == "dataReport":
        values = _values(_content(message))
    elif kind == "eventReport":
        values = _values(message.get("eventContent"))
    else:
        raise _NoReading(f"messageType: {kind!r} is not known")
    imei, device = _text(message.get("IMEI")), _text(message.get("deviceId"))
    first = imei or device
    if first is None:
        raise _NoReading("IMEI and deviceId are missing")
    stamp, observed_at = _time(message.get("timestamp"))
    reading = {"device": first, "observed_at": observed_at, "values": values}
    if (number := _number(message.get("upPacketSN"))) is not None:
        reading["id"] = f"ctwing:{device or imei}:{number}:{stamp}"
    other_ids = {imei: device} if imei is not None and device is not None and imei != device else {}
    return Parsed([reading], other_ids=other_ids)


def _content(message: dict[str, Any]) -> Any:
    payload = message.get("payload")
    packed = payload.get("APPdata") if isinstance(payload, dict) else payload
    if packed is None:
        packed = message.get("APPdata")
    if packed is None:
        # A product with a model: the platform has read the values already.
        return payload.get("serviceData", payload) if isinstance(payload, dict) else None
    if not isinstance(packed, str):
        raise _NoReading("APPdata: is no text")
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise _NoReading("APPdata: is no base64") from None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise _NoReading("APPdata: holds no JSON, and no other form is known of this device") from None


def _values(content: Any) -> dict[str, Any]:
    """The numbers in it: names, cells and other texts stand among them and are no values."""
    if not isinstance(content, dict):
        raise _NoReading("its content is no object of values")
    values = {name: value for name, value in content.items() if isinstance(value, int | float)}
    if not values:
        raise _NoReading("its content holds no number")
    return values


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value not in _NOTHING else None


def _time(value: Any) -> tuple[int, str]:
    """Milliseconds since 1970, and the same as ISO 8601."""
    stamp = _number(value)
    if stamp is None:
        raise _NoReading(f"timestamp: {value!r} is no number of milliseconds")
    try:
        return stamp, datetime.fromtimestamp(stamp / 1000, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        raise _NoReading(f"timestamp: {value!r} is no number of milliseconds") from None


def _number(value: Any) -> int | None:
    """A number that is not negative, written as one or as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
