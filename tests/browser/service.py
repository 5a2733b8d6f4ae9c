"""A running service as the browser tests speak to it beside the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from tests.world import World, reading


@dataclass(frozen=True)
class Service:
    """A running service, a client of it, and what is in its database."""

    url: str
    http: httpx.Client
    world: World

    def report(self, kind: str, values: dict[str, Any]) -> None:
        """Post a reading of the hamlet's device of a kind."""
        answer = self.http.post("/api/v1/telemetry", json=[reading(kind, values)]).raise_for_status().json()
        assert answer["accepted"] == 1

    def open_incidents(self) -> list[dict[str, Any]]:
        """Properties of the incidents that stand."""
        answer = self.http.get("/api/v1/incidents", params={"state": "open"}).json()
        return [feature["properties"] for feature in answer["features"]]

    def send(self, incident: int, worker: int) -> dict[str, Any]:
        """An order, made by somebody else than the page."""
        made = self.http.post(f"/api/v1/incidents/{incident}/orders", json={"worker_id": worker}).raise_for_status()
        order: dict[str, Any] = made.json()
        return order

    def order(self, number: int) -> dict[str, Any]:
        """An order as it stands."""
        found: dict[str, Any] = self.http.get(f"/api/v1/orders/{number}").json()
        return found

    def find(self, title: str, lon: float = 120.001, lat: float = 31.0) -> int:
        """Something a person saw on their round, away from the flat in which all devices hang."""
        body = {"kind": "patrol_finding", "title": title, "lon": lon, "lat": lat}
        return int(self.http.post("/api/v1/incidents", json=body).raise_for_status().json()["id"])

    def hand_over(self, order: int, worker: int) -> None:
        """Give an order to another worker."""
        self.http.post(f"/api/v1/orders/{order}/hand-over", json={"worker_id": worker}).raise_for_status()

    def move(self, order: int, step: str) -> None:
        """A step of an order, made elsewhere."""
        self.http.post(f"/api/v1/orders/{order}/{step}", json={}).raise_for_status()

    def calm(self) -> None:
        """Close whatever stands, with the orders on it; what was merged into it may then stand by itself."""
        while standing := self.open_incidents():
            for incident in standing:
                if incident["device_id"] is not None:
                    self.http.post(f"/api/v1/devices/{incident['device_id']}/manual-check", json={})
                else:
                    self.http.post(f"/api/v1/incidents/{incident['id']}/false-alarm", json={})
