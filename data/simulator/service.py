"""The service as devices and phones see it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from ssl import SSLContext
from typing import Any

import httpx

log = logging.getLogger("yike.simulate")


class Service:
    """A few calls of the API. A service that is away costs a warning, never the simulator's life."""

    def __init__(self, url: str, key: str | None = None, trusted: SSLContext | bool = True) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(base_url=url, timeout=20.0, headers=headers, verify=trusted)
        self._is_away = False

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def send(self, readings: Sequence[dict[str, Any]]) -> bool:
        """Post readings; whether they were taken."""
        return await self._ask("POST", "/api/v1/telemetry", json=list(readings)) is not None

    async def open_incidents(self) -> list[dict[str, Any]]:
        """Properties of all open incidents, sample or not."""
        found = await self._ask("GET", "/api/v1/incidents", params={"state": "open", "limit": 10_000})
        return [feature["properties"] for feature in found["features"]] if found else []

    async def open_orders(self) -> list[dict[str, Any]]:
        """All orders that are not at an end."""
        found = await self._ask("GET", "/api/v1/orders", params={"open": True, "limit": 10_000})
        return list(found["items"]) if found else []

    async def step(self, order_id: int, step: str, note: str | None = None) -> bool:
        """One step of an order; whether it was done."""
        return await self._ask("POST", f"/api/v1/orders/{order_id}/{step}", json={"note": note}) is not None

    async def check(self, device_id: int, note: str) -> None:
        """Someone looked after a device."""
        await self._ask("POST", f"/api/v1/devices/{device_id}/manual-check", json={"note": note})

    async def move(self, worker_id: int, lon: float, lat: float) -> None:
        """A phone tells where it is."""
        body = {"lon": lon, "lat": lat, "accuracy_m": 8}
        await self._ask("PUT", f"/api/v1/workers/{worker_id}/position", json=body)

    async def way(self, start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
        """Points of the way on foot; empty where there is none."""
        body = {
            "from": dict(zip(("lon", "lat"), start, strict=True)),
            "to": dict(zip(("lon", "lat"), end, strict=True)),
        }
        found = await self._ask("POST", "/api/v1/routes", json=body)
        return [(x, y) for x, y in found["geometry"]["coordinates"]] if found else []

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **more)
        except httpx.TransportError as error:
            if not self._is_away:
                log.warning("the service is away: %s", error)
            self._is_away = True
            return None
        if self._is_away:
            log.info("the service is back")
            self._is_away = False
        if answer.is_error:
            log.debug("%s %s: %s %s", method, path, answer.status_code, answer.text[:200])
            return None
        return answer.json()
