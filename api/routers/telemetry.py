"""The intake of readings over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.packed import body_of
from api.parameters import Bundle, needs
from api.schemas.live import ReadingIn, ReadingReceipt, RejectedReading
from geo.errors import InvalidInput
from geo.live.telemetry import MAX_BATCH, take_readings

router = APIRouter(prefix="/api/v1", tags=["live"])

MAX_BYTES = 16 * 1024 * 1024
_SCHEMA = {"type": "array", "maxItems": MAX_BATCH, "items": ReadingIn.model_json_schema()}


@router.post(
    "/telemetry",
    dependencies=[Depends(needs("send"))],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": _SCHEMA},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
async def take(request: Request, bundle: Bundle) -> ReadingReceipt:
    """Take up to 10,000 readings: a JSON array, or one JSON object a line (NDJSON); packed by gzip or not.

    Answered once the batch is committed. A reading that cannot be taken is named in `rejected`, and the rest lands.
    """
    batch = _parse(await body_of(request, MAX_BYTES))
    receipt = await run_in_threadpool(take_readings, bundle.engine, batch)
    return ReadingReceipt(
        accepted=receipt.accepted,
        duplicate=receipt.duplicate,
        late=receipt.late,
        rejected=[RejectedReading(index=r.index, reason=r.reason) for r in receipt.rejected],
    )


def _parse(body: bytes) -> list[Any]:
    text = body.strip()
    if not text:
        raise InvalidInput("The body is empty.", hint="A JSON array of readings, or one reading a line.")
    if text.startswith(b"["):
        try:
            batch: list[Any] = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidInput(f"The body is not JSON: {error}.", where="body") from None
        return batch
    lines = [line for line in text.splitlines() if line.strip()]
    return [_line(line) for line in lines]


def _line(line: bytes) -> Any:
    """One reading; a line that is not JSON is refused alone, as the text it is, and the others land."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return line.decode(errors="replace")
