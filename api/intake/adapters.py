"""The platforms that push readings to us, by the name in ``POST /api/v1/push/{platform}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from api.intake.ctwing import Ctwing
from api.intake.parsed import Parsed


class Adapter(Protocol):
    """Knows one platform: how it says who it is, and how it writes readings."""

    name: str

    def key(self, query: Mapping[str, str]) -> str | None:
        """The source's key in a request's query, for a platform that cannot send it as a bearer token."""

    def parse(self, body: bytes) -> Parsed:
        """The readings of one push. Whatever comes can be parsed: what is no reading is told as such."""


ADAPTERS: Mapping[str, Adapter] = {adapter.name: adapter for adapter in (Ctwing(),)}
