"""Pushes of CTWing: real shapes of its messages, and everything that comes broken is kept and answered 200."""

from __future__ import annotations

import base64
import gzip
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Engine, text

from geo.accounts.sources import add_source
from tests.api.conftest import Service
from tests.serving import serving

PATH = "/api/v1/push/ctwing"


def packed(values: Any) -> str:
    return base64.b64encode(values if isinstance(values, bytes) else orjson.dumps(values)).decode()


def message(payload: Any = None, **more: Any) -> dict[str, Any]:
    """A data report as the platform sends it, of the smoke alarm unless told otherwise."""
    sent = {
        "upPacketSN": -1, "upDataSN": -1, "topic": "v1/up/ad", "timestamp": int(time.time() * 1000),
        "tenantId": "2000033629", "serviceId": "", "protocol": "lwm2m", "productId": "15114816", "payload": payload,
        "messageType": "dataReport", "deviceType": "", "deviceId": "40edca19b0124480864366de4621de99",
        "assocAssetId": "", "IMSI": "undefined", "IMEI": "x-smoke",
    }  # fmt: skip
    return {**sent, **more}


def push(service: Service, body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = service.http.post(PATH, content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def newest(service: Service, kind: str) -> Any:
    device = service.world.devices[kind]
    return service.http.get(f"/api/v1/devices/{device}/telemetry", params={"limit": 1}).json()["items"][0]["values"]


def letters(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text("select reason, reading from yike.dead_letter order by id")))


@pytest.fixture(autouse=True)
def _no_letters(service: Service) -> Iterator[None]:
    yield
    with service.engine.begin() as connection:
        connection.execute(text("delete from yike.dead_letter"))


TAKEN = {"accepted": 1, "duplicate": 0, "late": 0, "rejected": [], "ignored": 0}


@pytest.mark.parametrize(
    ("more", "values"),
    [
        ({"payload": {"APPdata": packed({"smoke": 0, "battery_pct": 98, "model": "SA-2"})}},
         {"smoke": 0, "battery_pct": 98}),
        ({"payload": {"smoke": 1, "muted": False, "Cell_ID": "38848339"}}, {"smoke": 1, "muted": False}),
        ({"payload": {"serviceId": "notification", "serviceData": {"smoke": 0, "CSQ": 5, "IMEI": "860374051096202"}}},
         {"smoke": 0, "CSQ": 5}),
        ({"messageType": "eventReport", "serviceId": 1002, "eventType": 2, "eventContent": {"battery_state": 1}},
         {"battery_state": 1}),
        ({"APPdata": packed({"smoke": 0.5})}, {"smoke": 0.5}),
    ],
    ids=["transparent", "model", "service", "event", "beside"],
)  # fmt: skip
def test_the_forms_of_a_report(service: Service, more: dict[str, Any], values: dict[str, Any]) -> None:
    assert push(service, message(**more)) == TAKEN
    assert newest(service, "smoke") == values


def test_a_device_goes_by_its_imei_else_by_its_device_id(service: Service) -> None:
    payload = {"APPdata": packed({"gas_lel_pct": 0.25})}
    assert push(service, message(payload, IMEI="869976030000000", deviceId="x-gas")) == TAKEN
    assert newest(service, "gas") == {"gas_lel_pct": 0.25}
    payload = {"APPdata": packed({"gas_lel_pct": 0.5})}
    assert push(service, message(payload, IMEI="", deviceId="x-gas")) == TAKEN
    assert newest(service, "gas") == {"gas_lel_pct": 0.5}
    # Both are registered: the IMEI it is.
    assert push(service, message({"smoke": 0.25}, deviceId="x-gas")) == TAKEN
    assert newest(service, "smoke") == {"smoke": 0.25}


def test_the_same_push_again_is_one_reading(service: Service) -> None:
    at = int(time.time() * 1000)
    for number in (7, -1, "", "8"):
        at += 1
        sent = message({"APPdata": packed({"fill_pct": 3})}, IMEI="x-waste_camera", upPacketSN=number, timestamp=at)
        assert push(service, sent) == TAKEN
        assert push(service, sent) == {**TAKEN, "accepted": 0, "duplicate": 1}
    with service.engine.connect() as connection:
        ids = connection.execute(text("select reading_id from yike.receipt where reading_id ~ '^ctwing' order by 1"))
        assert [re.sub(r"\d{13}$", "T", id_) for id_ in ids.scalars()] == [
            f"ctwing:40edca19b0124480864366de4621de99:{number}:T" for number in (7, 8)
        ]


def test_a_packed_push(service: Service) -> None:
    body = gzip.compress(orjson.dumps(message({"gas_lel_pct": 0.75}, IMEI="x-gas")))
    assert push(service, body, {"Content-Encoding": "gzip"}) == TAKEN
    assert newest(service, "gas") == {"gas_lel_pct": 0.75}


@pytest.mark.parametrize("kind", ["deviceOnlineOfflineReport", "commandResponse"])
def test_messages_without_values_are_counted_and_no_more(service: Service, kind: str) -> None:
    sent = {"timestamp": 1589444231825, "tenantId": "10461180", "protocol": "lwm2m", "messageType": kind,
            "iccid": "undefined", "eventType": 1, "deviceId": "x-smoke"}  # fmt: skip
    assert push(service, sent) == {**TAKEN, "accepted": 0, "ignored": 1}
    assert push(service, b"") == {**TAKEN, "accepted": 0, "ignored": 1}
    assert letters(service.engine) == []


TLV = "AQFWMS4wAAAAACMAAAAH/wAlODYyNTkyMDUxNjUxNDcyAAEAMjUAODAAAAAAAAABAQAAAAEAAASD"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (message({"APPdata": TLV}), "ctwing: APPdata: holds no JSON, and no other form is known of this device"),
        (message({"APPdata": "no base64!"}), "ctwing: APPdata: is no base64"),
        (message({"APPdata": 7}), "ctwing: APPdata: is no text"),
        (message({"APPdata": packed([1])}), "ctwing: its content is no object of values"),
        (message({"model": "SA-2"}), "ctwing: its content holds no number"),
        (message(), "ctwing: its content is no object of values"),
        (message({"smoke": 0}, IMEI="undefined", deviceId=""), "ctwing: IMEI and deviceId are missing"),
        (message({"smoke": 0}, timestamp="soon"), "ctwing: timestamp: 'soon' is no number of milliseconds"),
        (message({"smoke": 0}, timestamp=10**18), f"ctwing: timestamp: {10**18} is no number of milliseconds"),
        (message({"smoke": 0}, messageType="dataReportAll"), "ctwing: messageType: 'dataReportAll' is not known"),
        ([message({"smoke": 0})], "ctwing: a message is an object"),
        (b'{"upPacketSN":-1,', "ctwing: no JSON"),
    ],
    ids=["tlv", "base64", "number", "array", "texts", "nothing", "nobody", "time", "far", "type", "list", "cut"],
)  # fmt: skip
def test_what_is_no_reading_is_kept_as_it_came(service: Service, body: Any, reason: str) -> None:
    told = push(service, body)
    assert told["accepted"] == 0
    assert told["rejected"][0]["reason"].startswith(reason)
    ((kept, text_),) = letters(service.engine)
    assert kept.startswith(reason)
    assert text_ == (body if isinstance(body, bytes) else orjson.dumps(body)).decode()
    # Running it again does not cover the reason up by another.
    assert service.http.post("/api/v1/dead-letters/run-again", json={}).json() == {
        "taken": 0, "rejected": 1, "remaining": 1,
    }  # fmt: skip
    assert letters(service.engine)[0].reason == kept


def test_an_unknown_device_is_taken_once_it_is_known(service: Service) -> None:
    told = push(service, message({"APPdata": packed({"gas_lel_pct": 0.125})}, IMEI="x-later"))
    assert told["rejected"] == [{"index": 0, "reason": "there is no device with this id"}]
    with service.engine.begin() as connection:
        connection.execute(text("update yike.device set external_id = 'x-later' where external_id = 'x-gas'"))
    again = service.http.post("/api/v1/dead-letters/run-again", json={}).json()
    assert again == {"taken": 1, "rejected": 0, "remaining": 0}
    with service.engine.begin() as connection:
        connection.execute(text("update yike.device set external_id = 'x-gas' where external_id = 'x-later'"))


def test_another_platform_is_not_there(service: Service) -> None:
    answer = service.http.post("/api/v1/push/elsewhere", json={})
    assert (answer.status_code, answer.json()["hint"]) == (404, "ctwing")


def test_the_key_in_the_address_opens_the_push_alone_and_stands_in_no_log(service: Service, tmp_path: Path) -> None:
    key = add_source(service.engine, "ctwing")
    address = service.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    log = tmp_path / "api.log"
    settings = {"YIKE_PUBLIC_URL": "http://yike.example", "YIKE_OPERATOR_KEY": "an-operator-key-of-this-test",
                "YIKE_LOG_LEVEL": "debug"}  # fmt: skip
    with serving(address, log, settings) as url, httpx.Client(base_url=url, timeout=30) as http:
        sent = message({"smoke": 0})
        assert http.post(f"{PATH}?key={key}", json=sent).json() == TAKEN
        assert http.post(PATH, json=sent, headers={"Authorization": f"Bearer {key}"}).json()["duplicate"] == 1
        for query in ("", "?key=", "?key=wrong", f"?KEY={key}", f"?k%65y={key}x", f"?key={key}x"):
            assert http.post(f"{PATH}{query}", json=sent).status_code == 401, query
        assert http.post(f"{PATH}?key=wrong", json=sent).json()["where"] == "key"
        for path in ("/api/v1/telemetry", "/api/v1/push/elsewhere", "/api/v1/devices/1/manual-check"):
            assert http.post(f"{path}?key={key}", json=[]).status_code == 401, path
        source = {"Authorization": f"Bearer {key}"}
        assert http.post("/api/v1/push/elsewhere", json=[], headers=source).status_code == 403
        assert http.get(PATH, headers=source).status_code == 405
    told = log.read_text()
    assert f"POST {PATH}?*** HTTP" in told
    assert "POST /api/v1/telemetry?key=*** HTTP" in told
    assert key not in told
