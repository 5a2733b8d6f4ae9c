"""The chart's route: what may be asked, and what lies outside a scope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from geo.errors import NotFound
from geo.live.rollup import read_chart
from geo.scope import AreaScope
from tests.api.conftest import Service
from tests.world import build_world, reading


def test_a_chart_begins_with_what_the_rule_judges(service: Service) -> None:
    service.http.post("/api/v1/telemetry", json=[reading("gas", {"battery_pct": 80, "gas_lel_pct": 3})])
    path = f"/api/v1/devices/{service.world.devices['gas']}/chart"
    chart = service.http.get(path).json()
    assert (chart["metric"], chart["comparison"], chart["threshold"], chart["step_s"]) == (
        "gas_lel_pct",
        ">=",
        10,
        3600,
    )
    assert chart["points"][-1]["last"] == 3
    other = service.http.get(path, params={"metric": "battery_pct", "days": 30}).json()
    assert (other["threshold"], other["points"][-1]["max"]) == (None, 80)


@pytest.mark.parametrize("query", ["hours=0", "hours=49", "days=401", "hours=24&days=30", "hours=x"])
def test_a_chart_of_no_time_is_a_problem(service: Service, query: str) -> None:
    answer = service.http.get(f"/api/v1/devices/{service.world.devices['gas']}/chart?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_lies_outside_the_scope_is_not_found(database: Engine) -> None:
    world = build_world(database)
    day = timedelta(days=1)
    with database.connect() as connection:
        assert read_chart(connection, world.devices["gas"], None, day, scope=AreaScope.below(world.path)).points == []
        with pytest.raises(NotFound):
            read_chart(connection, world.devices["gas"], None, day, scope=AreaScope.below("320100/s2"))
