"""The streets as a network: closures, and what does not connect."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from api.parameters import Bundle, Closer
from api.schemas.network import StreetState
from geo.network.closures import close_street

router = APIRouter(prefix="/api/v1", tags=["network"])


@router.post("/streets/{street_id}/{act}")
def close_or_open(
    bundle: Bundle, who: Closer, street_id: Annotated[int, Path(ge=1, lt=2**63)], act: Literal["close", "open"]
) -> StreetState:
    """Close a street to everyone, or open it again; coverage and ways count so at once."""
    closed = act == "close"
    name = close_street(bundle.engine, street_id, closed=closed, scope=who.scope, who=who.name)
    return StreetState(id=street_id, name=name, closed=closed)
