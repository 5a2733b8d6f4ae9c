"""CQL2 on tiles: what a filter lets through, in any spelling; and as true as a tile without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from tests.api.conftest import Service
from tests.api.test_tile_path import path
from tests.world import reading


def ids(service: Service, layer: str, **parameters: Any) -> set[int]:
    answer = service.http.get(path(layer, 16), params=parameters)
    assert answer.status_code in (200, 204), answer.text
    found = mapbox_vector_tile.decode(answer.content)[layer]["features"] if answer.content else ()
    return {feature["id"] for feature in found}


def until(service: Service, wanted: set[int], layer: str, filter_text: str) -> None:
    deadline = time.monotonic() + 5
    while (seen := ids(service, layer, filter=filter_text)) != wanted:
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)


def test_a_filter_is_the_same_in_text_and_json(service: Service) -> None:
    everything = ids(service, "device")
    gas = {service.world.devices["gas"]}
    tree = '{"op": "=", "args": [{"property": "kind"}, "gas"]}'
    assert gas < everything
    assert ids(service, "device", filter="kind = 'gas'") == gas
    assert ids(service, "device", **{"filter": tree, "filter-lang": "cql2-json"}) == gas
    assert ids(service, "device", filter="kind <> 'gas'") == everything - gas
    assert ids(service, "device", filter="kind = 'gas'", kind="smoke") == set()


@pytest.fixture
def capacity(service: Service) -> Iterator[int]:
    """A facility, whose capacity no tile shows."""
    with service.engine.connect() as connection:
        key: int = connection.execute(text("select min(id) from yike.facility")).scalar_one()
    yield key
    with service.engine.begin() as connection:
        connection.execute(text("update yike.facility set capacity = null where id = :id"), {"id": key})


def test_an_edit_of_what_a_filter_asks_for_is_in_the_tile(service: Service, capacity: int) -> None:
    until(service, set(), "facility", "capacity = 77")
    with service.engine.begin() as connection:
        connection.execute(text("update yike.facility set capacity = 77 where id = :id"), {"id": capacity})
    until(service, {capacity}, "facility", "capacity = 77")


def test_the_status_of_devices_is_as_it_is_now(service: Service) -> None:
    until(service, set(), "device", "status = 'abnormal'")
    service.http.post("/api/v1/telemetry", json=[reading("gas", {"gas_lel_pct": 50})])
    try:
        until(service, {service.world.devices["gas"]}, "device", "status = 'abnormal'")
    finally:
        service.http.post(f"/api/v1/devices/{service.world.devices['gas']}/manual-check", json={})
    until(service, set(), "device", "status = 'abnormal'")


@pytest.mark.parametrize(
    ("layers", "filter_text"),
    [
        ("device,street", "kind = 'gas'"), ("device_status", "kind = 'gas'"), ("coverage", "minutes > 3"),
        ("device", "kind ="), ("device", "secret = 1"), ("device", "(" * 200 + "kind = 'gas'" + ")" * 200),
    ],
)  # fmt: skip
def test_what_is_no_filter_of_a_tile_is_refused(service: Service, layers: str, filter_text: str) -> None:
    answer = service.http.get(path(layers, 16), params={"filter": filter_text})
    assert answer.status_code == 400
    assert answer.json()["where"] == "filter"
