"""Intake over HTTP: JSON, NDJSON, and everything that comes broken."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from tests.api.conftest import Service
from tests.world import reading


def post(service: Service, body: bytes) -> tuple[int, dict[str, Any]]:
    answer = service.http.post("/api/v1/telemetry", content=body)
    return answer.status_code, answer.json()


def test_a_json_array(service: Service) -> None:
    status, receipt = post(service, orjson.dumps([reading("gas", {"gas_lel_pct": 0.1})]))
    assert (status, receipt) == (200, {"accepted": 1, "duplicate": 0, "late": 0, "rejected": []})


def test_ndjson_with_a_broken_line(service: Service) -> None:
    lines = [orjson.dumps(reading("smoke", {"smoke": 0})), b'{"device": "x-smoke", ', b""]
    status, receipt = post(service, b"\n".join(lines))
    assert status == 200
    assert receipt["accepted"] == 1
    assert receipt["rejected"] == [{"index": 1, "reason": "a reading is an object"}]


def test_an_unknown_device_a_non_number_and_the_future_are_named(service: Service) -> None:
    batch = [
        {**reading("gas", {"gas_lel_pct": 1}), "device": "nobody"},
        reading("gas", {"gas_lel_pct": "NaN"}),
        {**reading("gas", {"gas_lel_pct": 1}), "observed_at": "2126-01-01T00:00:00Z"},
    ]
    status, receipt = post(service, orjson.dumps(batch))
    assert status == 200
    assert [entry["reason"] for entry in receipt["rejected"]] == [
        "there is no device with this id",
        "values.gas_lel_pct: 'NaN' is not a number",
        "observed_at: 2126-01-01T00:00:00Z lies in the future",
    ]


@pytest.mark.parametrize("body", [b"", b"   ", b"[", b"[1,", b'["a" "b"]'])
def test_a_body_that_is_no_batch_is_a_problem(service: Service, body: bytes) -> None:
    answer = service.http.post("/api/v1/telemetry", content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_batch_that_is_too_large_is_a_problem(service: Service) -> None:
    answer = service.http.post("/api/v1/telemetry", content=b"[" + b" " * (17 * 1024 * 1024) + b"]")
    assert answer.status_code == 400
    assert "smaller batches" in answer.json()["hint"]


def test_a_reading_shows_in_the_devices_history(service: Service) -> None:
    post(service, orjson.dumps([reading("water_meter", {"total_m3": 3.5})]))
    device = service.world.devices["water_meter"]
    items = service.http.get(f"/api/v1/devices/{device}/telemetry").json()["items"]
    assert items[0]["values"] == {"total_m3": 3.5}


def packed(service: Service, body: bytes, encoding: str = "gzip") -> tuple[int, dict[str, Any]]:
    answer = service.http.post("/api/v1/telemetry", content=body, headers={"Content-Encoding": encoding})
    return answer.status_code, answer.json()


def test_a_packed_batch_in_one_member_or_several(service: Service) -> None:
    lines = [orjson.dumps(reading("smoke", {"smoke": 0}, id=f"packed-{n}")) + b"\n" for n in range(6)]
    status, receipt = packed(service, gzip.compress(b"".join(lines[:3])))
    assert (status, receipt["accepted"]) == (200, 3)
    status, receipt = packed(service, gzip.compress(lines[3]) + gzip.compress(b"".join(lines[4:])))
    assert (status, receipt["accepted"]) == (200, 3)


@pytest.mark.parametrize(
    ("body", "encoding", "told"),
    [
        (b"[]", "gzip", "not gzip"),
        (gzip.compress(b'{"device": "x-smoke"}\n' * 50)[:-9], "gzip", "ends in the middle"),
        (gzip.compress(b"[]") + b"rest", "gzip", "not gzip"),
        (b"[]", "br", "packed as 'br'"),
        (gzip.compress(b" " * 40_000_000), "gzip", "More than 16777216 bytes"),
    ],
    ids=["plain", "cut", "with a rest", "brotli", "bomb"],
)
def test_a_body_that_is_not_what_its_header_says_is_a_problem(
    service: Service, body: bytes, encoding: str, told: str
) -> None:
    status, problem = packed(service, body, encoding)
    assert status == 400
    assert told in problem["detail"]


def test_dead_letters_are_listed_with_the_reason_and_run_again(service: Service) -> None:
    service.http.post("/api/v1/dead-letters/run-again", json={})
    with service.engine.begin() as connection:
        connection.execute(text("delete from yike.dead_letter"))
    batch = [{**reading("gas", {"gas_lel_pct": 0.2}), "device": "x-new"}, "nonsense", {**reading("gas", {})}]
    service.http.post("/api/v1/telemetry", json=batch)
    listed = service.http.get("/api/v1/dead-letters").json()["items"]
    assert [letter["reason"] for letter in listed] == [
        "there is no device with this id", "a reading is an object", "values: at least one measured value is missing",
    ]  # fmt: skip
    assert orjson.loads(listed[0]["reading"])["device"] == "x-new"
    with service.engine.begin() as connection:
        connection.execute(text("update yike.device set external_id = 'x-new' where external_id = 'x-gas'"))
    one = service.http.post("/api/v1/dead-letters/run-again", json={"ids": [listed[1]["id"]]}).json()
    assert one == {"taken": 0, "rejected": 1, "remaining": 3}
    every = service.http.post("/api/v1/dead-letters/run-again", json={}).json()
    assert every == {"taken": 1, "rejected": 2, "remaining": 2}
    device = service.http.get(f"/api/v1/devices/{service.world.devices['gas']}/telemetry", params={"limit": 1}).json()
    assert device["items"][0]["values"] == {"gas_lel_pct": 0.2}
    with service.engine.begin() as connection:
        connection.execute(text("update yike.device set external_id = 'x-gas' where external_id = 'x-new'"))
