"""The quarter-hour circle over HTTP: details, areas, dwellings, gaps, basins, scenarios, siting; and bad questions.

The street of the small world: corners 0…4 some 95 m apart, the canteen at 0, the pharmacy at 4; the elder lives at 2,
the other one at 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from geo.mercator import HALF_WORLD_M, to_mercator
from tests.api.conftest import Service
from tests.world import LAT, LON, STEP

CANTEEN: dict[str, Any] = {"category": "canteen", "minutes": 4}


@pytest.fixture
def put_back(service: Service) -> Iterator[None]:
    """The facilities as they were, whatever the test did to them."""
    with service.engine.begin() as connection:
        connection.execute(text("create table kept as select id, category, name, geom, path from yike.facility"))
    yield
    with service.engine.begin() as connection:
        connection.execute(text("delete from yike.facility"))
        connection.execute(
            text("insert into yike.facility (id, category, name, geom, path) overriding system value"
                 " select id, category, name, geom, path from kept")
        )  # fmt: skip
        connection.execute(text("drop table kept"))


def get(service: Service, path: str, status: int = 200, **query: Any) -> Any:
    answer = service.http.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def facility(service: Service, category: str) -> int:
    found = get(service, "facilities", category=category)["features"]
    return int(found[0]["properties"]["id"])


def scenario(service: Service, *edits: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    made = service.http.post("/api/v1/scenarios", json={"name": name, "edits": edits})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def at_corner(n: float) -> dict[str, float]:
    return {"lon": LON + n * STEP, "lat": LAT}


def test_details_name_the_runner_up(service: Service) -> None:
    both = scenario(service, {"op": "add", "category": "canteen", **at_corner(4), "capacity": 50})
    rows = get(service, "coverage", **CANTEEN, details=True, scenario=both["id"])["features"]
    elder = rows[0]["properties"]
    assert (elder["facility_id"], elder["runner_up_id"]) == (-1, facility(service, "canteen"))
    assert elder["runner_up_minutes"] > elder["minutes"]
    assert elder["within"] == 2
    # Only the new one has a capacity, so both count as 50; gravity halves every five minutes.
    assert elder["places_per_1000"] > 0
    assert elder["gravity"] == pytest.approx(
        2 ** -(elder["minutes"] / 5) + 2 ** -(elder["runner_up_minutes"] / 5), abs=1e-3
    )
    alone = get(service, "coverage", **CANTEEN, details=True)["features"][0]["properties"]
    assert (alone["runner_up_id"], alone["within"], alone["places_per_1000"]) == (None, 1, None)


def test_by_area_and_by_dwelling_count_the_same_people(service: Service) -> None:
    areas = get(service, "coverage", **CANTEEN, by="area", level="community")["features"]
    assert [a["properties"]["residents"] for a in areas] == [2]
    assert areas[0]["properties"]["covered"] == 1
    units = get(service, "coverage", **CANTEEN, by="unit")["features"]
    assert [u["properties"]["residents_alone"] for u in units] == [1, 0]
    assert {u["geometry"]["type"] for u in units} == {"Point"}
    buildings = get(service, "coverage", **CANTEEN)["features"]
    assert [u["properties"]["minutes"] for u in units] == [b["properties"]["minutes"] for b in buildings]


def test_the_gap_is_where_the_other_lives(service: Service) -> None:
    (gap,) = get(service, "coverage/gaps", **CANTEEN)["items"]
    assert (gap["rank"], gap["residents"], gap["residents_60"], gap["buildings"]) == (1, 1, 0, 1)
    assert gap["lon"] == pytest.approx(LON + 4.2 * STEP, abs=STEP)
    assert get(service, "coverage/gaps", category="canteen", minutes=15)["items"] == []


def test_basins_share_the_people_out(service: Service) -> None:
    made = scenario(service, {"op": "add", "category": "canteen", **at_corner(4), "capacity": 50})
    one, two = get(service, "coverage/basins", category="canteen", minutes=15, scenario=made["id"])["items"]
    assert (one["residents"], two["residents"]) == (0, 2)
    assert (one["within"], two["within"]) == (2, 2)
    assert (two["facility_id"], two["capacity"]) == (-1, 50)


def test_moving_the_canteen_wins_one_and_loses_nobody(service: Service) -> None:
    there = facility(service, "canteen")
    moved = scenario(service, {"op": "move", "facility_id": there, **at_corner(3)}, name="搬到三号路口")
    found = get(service, f"scenarios/{moved['id']}/comparison", **CANTEEN)
    assert (found["before"]["covered"], found["after"]["covered"]) == (1, 2)
    assert (found["won"]["residents"], found["lost"]["residents"]) == (1, 0)
    assert found["nearer"]["residents"] == 2
    # Nothing happened to the city, nor to another category.
    assert get(service, "coverage", **CANTEEN)["summary"]["covered"] == 1
    same = get(service, f"scenarios/{moved['id']}/comparison", category="pharmacy", minutes=2)
    assert (same["won"], same["lost"]) == ({**same["won"], "buildings": 0}, {**same["lost"], "buildings": 0})
    assert [one["name"] for one in get(service, "scenarios")["items"]] == ["搬到三号路口"]


@pytest.mark.usefixtures("put_back")
def test_a_scenario_taken_up_again_equals_one_worked_out_from_nothing(service: Service) -> None:
    there = facility(service, "canteen")
    edits = [
        {"op": "move", "facility_id": there, **at_corner(2.5)},
        {"op": "add", "category": "canteen", **at_corner(0.5)},
    ]
    made = scenario(service, *edits)
    quick = get(service, "coverage", **CANTEEN, scenario=made["id"])
    with service.engine.begin() as connection:
        connection.execute(
            text("update yike.facility set geom = st_setsrid(st_makepoint(:lon, :lat), 4326) where id = :id"),
            {**at_corner(2.5), "id": there},
        )
        connection.execute(
            text(
                "insert into yike.facility (category, geom)"
                " values ('canteen', st_setsrid(st_makepoint(:lon, :lat), 4326))"
            ),
            at_corner(0.5),
        )
    plain = get(service, "coverage", **CANTEEN)
    assert quick["summary"] == plain["summary"]
    assert [f["properties"]["minutes"] for f in quick["features"]] == [
        f["properties"]["minutes"] for f in plain["features"]
    ]


def test_a_closed_street_is_walked_around_or_not_at_all(service: Service) -> None:
    with service.engine.connect() as connection:
        second = connection.execute(text("select min(id) + 1 from yike.street")).scalar_one()
    made = scenario(service, {"op": "close", "street_id": second})
    found = get(service, "coverage", **CANTEEN, scenario=made["id"])
    assert [f["properties"]["minutes"] for f in found["features"]] == [None, None], "the canteen lies beyond it"
    compared = get(service, f"scenarios/{made['id']}/comparison", **CANTEEN)
    assert (compared["lost"]["residents"], compared["won"]["residents"]) == (1, 0)
    own = scenario(service, {"op": "close", "street_id": second - 1})
    doors = get(service, "coverage", **CANTEEN, scenario=own["id"])["features"]
    today = get(service, "coverage", **CANTEEN)["features"]
    assert [f["properties"]["minutes"] for f in doors] == [f["properties"]["minutes"] for f in today], "its own street"


def test_a_draft_is_replaced_named_and_forgotten(service: Service) -> None:
    draft = scenario(service)
    assert (draft["name"], draft["revision"], draft["edits"]) == (None, 1, [])
    edits = [{"op": "add", "category": "market", **at_corner(1), "name": "新菜场"}]
    kept = service.http.put(f"/api/v1/scenarios/{draft['id']}", json={"name": "菜场", "edits": edits}).json()
    assert (kept["name"], kept["revision"], kept["edits"][0]["name"]) == ("菜场", 2, "新菜场")
    assert kept["share_url"].endswith(f"/plan?scenario={draft['id']}")
    # Nobody has one today: what the scenario adds is all there is.
    found = get(service, f"scenarios/{draft['id']}/comparison", category="market")
    assert (found["before"], found["won"]["residents"]) == (None, 2)
    assert service.http.delete(f"/api/v1/scenarios/{draft['id']}").status_code == 204
    get(service, f"scenarios/{draft['id']}", 404)


@pytest.mark.usefixtures("put_back")
def test_a_scenario_says_when_the_city_changed_under_it(service: Service) -> None:
    there = facility(service, "canteen")
    made = scenario(service, {"op": "remove", "facility_id": facility(service, "pharmacy")},
                    {"op": "move", "facility_id": there, **at_corner(3)})  # fmt: skip
    assert not made["is_stale"]
    with service.engine.begin() as connection:
        connection.execute(text("delete from yike.facility where id = :id"), {"id": there})
    assert get(service, f"scenarios/{made['id']}")["is_stale"]
    problem = get(service, "coverage", 409, **CANTEEN, scenario=made["id"])
    assert (problem["edit"], str(there) in problem["detail"]) == (1, True)


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        ({"op": "add", "category": "canteen"}, "lon"),
        ({"op": "add", "category": "palace", "lon": 120.0, "lat": 31.0}, "palace"),
        ({"op": "fly", "facility_id": 1}, "op"),
        ({"op": "resize", "facility_id": 1, "capacity": 0}, "capacity"),
        ({"op": "move", "facility_id": 1, "lon": 181, "lat": 31.0}, "lon"),
    ],
)
def test_an_edit_that_is_none_is_refused_with_the_reason(service: Service, edit: dict[str, Any], where: str) -> None:
    answer = service.http.post("/api/v1/scenarios", json={"edits": [edit]})
    assert answer.status_code == 400
    assert where in answer.text


def test_tiles_of_a_scenario_say_what_changes(service: Service) -> None:
    made = scenario(service, {"op": "move", "facility_id": facility(service, "canteen"), **at_corner(3)})
    query = {"category": "canteen", "scenario": made["id"], "rev": made["revision"], "compare": True}
    x, y = tile_of(LON + 2 * STEP, LAT, 16)
    for by, expected in (("building", 1), ("hex", 1), ("street", 3)):
        answer = service.http.get(f"/tiles/coverage/16/{x}/{y}.mvt", params={**query, "by": by})
        features = mapbox_vector_tile.decode(answer.content)["coverage"]["features"]
        assert len(features) >= expected, by
        changes = [f["properties"]["change"] for f in features]
        assert min(changes) < -0.5, by
        for feature in features:
            row = feature["properties"]
            assert row["change"] == pytest.approx(row["minutes"] - row["before"], abs=0.02)


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    x, y = to_mercator([lon], [lat])
    size = 2 * HALF_WORLD_M / 2**zoom
    return int((x[0] + HALF_WORLD_M) // size), int((HALF_WORLD_M - y[0]) // size)


@pytest.mark.usefixtures("put_back")
def test_only_what_is_open_counts(service: Service) -> None:
    with service.engine.begin() as connection:
        connection.execute(
            text("update yike.facility set opening_hours = 'Mo-Sa 11:00-13:00' where category = 'canteen'")
        )
    noon = get(service, "coverage", **CANTEEN, at="2026-11-21T12:00")
    assert noon["summary"]["covered"] == 1
    problem = get(service, "coverage", 404, **CANTEEN, at="2026-11-22T12:00")
    assert "2026-11-22 12:00" in problem["detail"]
    assert get(service, "coverage", 400, **CANTEEN, at="Sunday")["where"] == "at"


@pytest.mark.parametrize("method", ["greedy", "exact", "p_median"])
def test_one_more_canteen_goes_where_the_other_lives(service: Service, method: str) -> None:
    body = {**CANTEEN, "k": 1, "method": method, "candidates": [[LON, LAT], [LON + 4 * STEP, LAT]]}
    found = service.http.post("/api/v1/siting", json=body).json()
    assert found["chosen"][0]["lon"] == pytest.approx(LON + 4 * STEP)
    if method != "p_median":
        assert (found["before"], found["after"], found["bound"], found["is_optimal"]) == (1, 2, 2, True)
    else:
        assert found["after"] < found["before"]


def test_siting_looks_along_streets_and_at_buildings(service: Service) -> None:
    for candidates in ("streets", "buildings"):
        body = {"category": "market", "k": 2, "minutes": 1, "candidates": candidates}
        found = service.http.post("/api/v1/siting", json=body).json()
        assert found["candidates"] > 0
        assert found["before"] == 0
        assert found["after"] <= found["bound"] <= 2


@pytest.mark.parametrize(
    ("path", "query", "status", "word"),
    [
        ("coverage", {"category": "canteen", "minutes": 0}, 400, "minutes"),
        ("coverage", {"category": "canteen", "minutes": 10_000}, 400, "minutes"),
        ("coverage", {"category": "palace"}, 404, "category"),
        ("coverage", {"category": "market"}, 404, "no facility"),
        ("coverage", {"category": "canteen", "scenario": 99_999}, 404, "scenario"),
        ("coverage/gaps", {"category": "canteen", "limit": 0}, 400, "limit"),
    ],
)
def test_a_question_without_an_answer_is_told_why(
    service: Service, path: str, query: dict[str, Any], status: int, word: str
) -> None:
    assert word in str(get(service, path, status, **query))


def test_a_canteen_in_the_lake_reaches_nobody_and_nobody_is_called_far_for_it(service: Service) -> None:
    made = scenario(service, {"op": "move", "facility_id": facility(service, "canteen"), "lon": LON, "lat": LAT + 0.1})
    found = get(service, "coverage", **CANTEEN, scenario=made["id"])
    assert [f["properties"]["minutes"] for f in found["features"]] == [None, None]
    body = {**CANTEEN, "candidates": [[LON, LAT + 0.1]]}
    sited = service.http.post("/api/v1/siting", json=body).json()
    assert (sited["chosen"], sited["unconnected_candidates"]) == ([], 1)
