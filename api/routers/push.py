"""Platforms that push readings in a form of their own."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.intake.adapters import ADAPTERS
from api.intake.parsed import Parsed, take
from api.packed import body_of
from api.parameters import Bundle, needs
from api.schemas.live import PushReceipt, RejectedReading
from geo.errors import NotFound
from geo.live.telemetry import Receipt

router = APIRouter(prefix="/api/v1", tags=["live"])

MAX_BYTES = 1024 * 1024


@router.post(
    "/push/{platform}",
    dependencies=[Depends(needs("send"))],
    openapi_extra={
        "parameters": [
            {
                "name": "key",
                "in": "query",
                "schema": {"type": "string"},
                "description": "A source's key, for a platform that cannot send it as a bearer token",
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {}}}},
    },
)
async def push(request: Request, bundle: Bundle, platform: str) -> PushReceipt:
    """Take what a platform pushes: `ctwing` (China Telecom).

    Answered 200 once it is stored, as a reading or, with the reason, as a dead letter: sending it again would
    change nothing, and a platform that is refused stops sending for a while. 503 when it could not be stored.
    """
    adapter = ADAPTERS.get(platform)
    if adapter is None:
        raise NotFound(f"There is no platform {platform[:40]!r}.", where="platform", hint=", ".join(sorted(ADAPTERS)))
    parsed = adapter.parse(await body_of(request, MAX_BYTES))
    receipt = await run_in_threadpool(take, bundle.engine, parsed)
    return _told(receipt, parsed)


def _told(receipt: Receipt, parsed: Parsed) -> PushReceipt:
    rejected = [RejectedReading(index=r.index, reason=r.reason) for r in receipt.rejected]
    rejected += [
        RejectedReading(index=len(parsed.readings) + n, reason=u.reason) for n, u in enumerate(parsed.unreadable)
    ]
    return PushReceipt(
        accepted=receipt.accepted,
        duplicate=receipt.duplicate,
        late=receipt.late,
        rejected=rejected,
        ignored=parsed.ignored,
    )
