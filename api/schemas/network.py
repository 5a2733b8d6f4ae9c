"""The network as the API tells of it."""

from __future__ import annotations

from pydantic import BaseModel


class StreetState(BaseModel):
    """A street, and whether it is closed now."""

    id: int
    name: str | None
    closed: bool
