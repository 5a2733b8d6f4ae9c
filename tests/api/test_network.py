"""Closures, isochrones and what does not connect, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Service
from tests.world import LAT, LON, STEP


def get(service: Service, path: str, **parameters: Any) -> Any:
    answer = service.http.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def streets(service: Service) -> list[int]:
    from sqlalchemy import text

    with service.engine.connect() as connection:
        return list(connection.execute(text("select id from yike.street order by id")).scalars())


def test_a_closure_counts_at_once_and_what_it_cuts_off_is_not_reached(service: Service) -> None:
    first = streets(service)[0]
    # The canteen stands at corner 0, on the one street that is closed.
    try:
        closed = service.http.post(f"/api/v1/streets/{streets(service)[1]}/close")
        assert closed.json() == {"id": first + 1, "name": "临河路", "closed": True}
        found = get(service, "/api/v1/coverage", category="canteen")
        assert [feature["properties"]["minutes"] for feature in found["features"]] == [None, None]
        assert found["summary"]["covered"] == 0
        body = {"from": {"lon": LON, "lat": LAT}, "to": {"lon": LON + 4 * STEP, "lat": LAT}}
        assert service.http.post("/api/v1/routes", json=body).status_code == 404
    finally:
        service.http.post(f"/api/v1/streets/{first + 1}/open")
    assert service.http.post("/api/v1/routes", json=body).status_code == 200
    minutes = get(service, "/api/v1/coverage", category="canteen")["features"][0]["properties"]["minutes"]
    assert minutes == pytest.approx((2.1 * 95.5 + 11.1 + 5.5) / 60, abs=0.02)


@pytest.mark.parametrize(
    ("path", "status"), [("999999/close", 404), ("1/shut", 400), ("x/close", 400), ("0/open", 400)]
)
def test_what_cannot_be_closed_is_a_problem(service: Service, path: str, status: int) -> None:
    answer = service.http.post(f"/api/v1/streets/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
