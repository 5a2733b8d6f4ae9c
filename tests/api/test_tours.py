"""Visits and tours over HTTP: who may, what is due, a day from proposal to done, and one that is cut short."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.accounts.accounts import add_account
from geo.database.engine import make_engine
from geo.live.dispatch import create_order, move_order
from geo.model import Resident, Unit
from geo.network.store import NetworkStore
from geo.scope import AreaScope
from geo.tours.hours import CHINA, today
from geo.tours.replan import Replanner
from tests.serving import serving
from tests.world import LAT, LON, World, build_world

PASSWORD = "correct horse battery"
TOMORROW_NINE = datetime.combine(today() + timedelta(1), time(9), CHINA)
"""No test depends on the hour it runs at: days begin tomorrow."""


@dataclass(frozen=True)
class Office:
    url: str
    http: httpx.Client
    engine: Engine
    world: World
    homes: list[int]


@pytest.fixture(scope="module")
def office(template: str, clone: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    with Session(engine) as session:
        homes = [Unit(building_id=world.home, floor=n + 1, room=f"{n + 1}01", path=world.path) for n in range(3)]
        session.add_all(homes)
        session.flush()
        session.add_all(
            Resident(unit_id=home.id, name=f"李秀{n}", tags=["living_alone"], path=world.path)
            for n, home in enumerate(homes)
        )
        session.commit()
        units = [world.unit, *(home.id for home in homes)]
    for number, worker in enumerate(world.workers):
        add_account(engine, f"worker{number}", role="worker", password=PASSWORD, worker_id=worker)
    add_account(engine, "desk", role="dispatcher", password=PASSWORD)
    log: Path = tmp_path_factory.mktemp("tours") / "api.log"
    with serving(address, log) as url, httpx.Client(base_url=url, timeout=60) as http:
        yield Office(url, http, engine, world, units)
    engine.dispose()


@pytest.fixture
def rule(office: Office) -> Iterator[int]:
    made = office.http.post("/api/v1/visit-rules", json={"tag": "living_alone", "every_days": 7, "visit_s": 600})
    assert made.status_code == 201, made.text
    yield made.json()["id"]
    for tour in office.http.get("/api/v1/tours", params={"last_day": str(today() + timedelta(7))}).json()["items"]:
        office.http.post(f"/api/v1/tours/{tour['id']}/discard")
    assert office.http.delete(f"/api/v1/visit-rules/{made.json()['id']}").status_code == 204


def propose(office: Office, day: int = 1, **more: Any) -> Any:
    body = {"first_day": str(today() + timedelta(day)), "even": False, **more}
    answer = office.http.post("/api/v1/tours", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@contextmanager
def signed_in(office: Office, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=office.url, timeout=60) as client:
        client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).raise_for_status()
        yield client


def test_from_what_is_due_to_done(office: Office, rule: int) -> None:
    due = office.http.get("/api/v1/due-visits").json()
    assert (due["total"], {item["unit_id"] for item in due["items"]}) == (4, set(office.homes))
    assert due["items"][0]["people"] == ["张**"]
    assert "张桂芳" not in str(due)
    wish = {"opens": "15:00", "closes": "17:00", "note": "=午睡后"}
    assert office.http.put(f"/api/v1/visit-wishes/{office.world.unit}", json=wish).status_code == 204
    plan = propose(office)
    assert plan["unassigned"] == []
    (tour,) = plan["tours"]
    elder = next(visit for visit in tour["visits"] if visit["unit_id"] == office.world.unit)
    begins = datetime.fromisoformat(elder["arrive_at"]).astimezone(CHINA) + timedelta(seconds=elder["wait_s"])
    assert "15:00" <= begins.strftime("%H:%M") <= "16:50"
    # Only proposed: nobody's day, nothing to be done, still due and unplanned.
    own = {"worker": tour["worker_id"], "first_day": tour["day"]}
    assert office.http.get("/api/v1/tours", params={**own, "state": "accepted"}).json()["items"] == []
    assert office.http.post(f"/api/v1/visits/{elder['id']}/done", json={}).status_code == 409

    twin = propose(office)
    assert office.http.post(f"/api/v1/tour-plans/{plan['id']}/accept").json()["items"][0]["state"] == "accepted"
    clash = office.http.post(f"/api/v1/tour-plans/{twin['id']}/accept")
    assert clash.status_code == 409
    assert "propose again" in clash.json()["hint"]
    planned = office.http.get("/api/v1/due-visits").json()["items"]
    assert {item["planned_on"] for item in planned} == {tour["day"]}
    assert propose(office)["tours"] == []
    way = office.http.get(f"/api/v1/tours/{tour['id']}/way").json()
    assert way["geometry"]["type"] == "LineString"
    assert way["properties"]["length_m"] > 300

    done = office.http.post(f"/api/v1/visits/{elder['id']}/missed", json={"note": "无人应门"}).json()
    assert (done["state"], done["note"]) == ("missed", "无人应门")
    done = office.http.post(f"/api/v1/visits/{elder['id']}/done", json={"note": "=1+1"}).json()
    assert [step["step"] for step in done["steps"]] == ["planned", "missed", "done"]
    assert office.http.post(f"/api/v1/visits/{elder['id']}/done", json={}).json()["note"] == "=1+1"
    assert office.http.post(f"/api/v1/visits/{elder['id']}/skip", json={}).status_code == 409
    assert office.http.get("/api/v1/due-visits").json()["total"] == 3

    sheet = load_workbook(BytesIO(office.http.get("/api/v1/tours.xlsx", params=own).content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 5
    text = str(rows)
    assert "张**" in text
    assert "张桂芳" not in text
    assert "'=1+1" in text
    calendar = office.http.get("/api/v1/tours.ics", params=own)
    events = Calendar.from_ical(calendar.content).walk("VEVENT")
    assert {str(event["uid"]) for event in events} == {
        f"visit-{visit['id']}@yike" for visit in tour["visits"] if visit["id"] != elder["id"]
    }
    assert all(event["dtstart"].params["TZID"] == "Asia/Shanghai" for event in events)
    assert "张" not in calendar.text
    assert office.http.delete(f"/api/v1/visit-wishes/{office.world.unit}").status_code == 204
    with office.engine.begin() as connection:
        connection.exec_driver_sql("update yike.visit set state = 'planned', done_at = null")


def test_the_most_pressing_of_more_than_is_wanted(office: Office, rule: int) -> None:
    plan = propose(office, most=2)
    asked = [visit["unit_id"] for tour in plan["tours"] for visit in tour["visits"]]
    due = office.http.get("/api/v1/due-visits", params={"until": str(today() + timedelta(1))}).json()
    assert sorted(asked) == sorted(home["unit_id"] for home in due["items"][:2])
    assert due["total"] == 4


def test_who_may(office: Office, rule: int) -> None:
    plan = propose(office, 2)
    tour = plan["tours"][0]
    mine = office.world.workers.index(tour["worker_id"])
    with signed_in(office, f"worker{mine}") as own, signed_in(office, f"worker{1 - mine}") as other:
        for client in (own, other):
            assert client.post("/api/v1/tours", json={"first_day": tour["day"]}).status_code == 403
            assert client.get("/api/v1/due-visits").status_code == 403
            assert client.post("/api/v1/visit-rules", json={"tag": "x1", "every_days": 1}).status_code == 403
            assert client.post(f"/api/v1/tours/{tour['id']}/accept").status_code == 403
            assert client.get("/api/v1/tours", params={"first_day": tour["day"]}).status_code == 403
            # A proposal is nobody's day yet.
            assert client.get(f"/api/v1/tours/{tour['id']}").status_code == 403
        assert office.http.post(f"/api/v1/tours/{tour['id']}/accept").json()["state"] == "accepted"
        asked = {"worker": tour["worker_id"], "first_day": tour["day"]}
        assert [row["id"] for row in own.get("/api/v1/tours", params=asked).json()["items"]] == [tour["id"]]
        for path in ("/api/v1/tours", "/api/v1/tours.xlsx", "/api/v1/tours.ics"):
            assert other.get(path, params=asked).status_code == 403
        visit = tour["visits"][0]["id"]
        assert other.post(f"/api/v1/visits/{visit}/done", json={}).status_code == 403
        assert own.post(f"/api/v1/visits/{visit}/skip", json={"note": "住院"}).json()["state"] == "skipped"
    with signed_in(office, "desk") as desk:
        assert desk.post(f"/api/v1/tours/{tour['id']}/discard").status_code == 204
        left = desk.get(f"/api/v1/tours/{tour['id']}").json()
        assert [row["state"] for row in left["visits"]] == ["skipped"]
    with office.engine.begin() as connection:
        connection.exec_driver_sql("update yike.visit set state = 'planned', done_at = null")


def test_what_cannot_be_asked(office: Office, rule: int) -> None:
    tomorrow = str(today() + timedelta(1))
    worker = office.world.workers[0]
    for body, where in (
        ({"first_day": str(today() - timedelta(1))}, "first_day"),
        ({"first_day": tomorrow, "workers": [{"worker_id": 999}]}, "workers"),
        ({"first_day": tomorrow, "workers": []}, "workers"),
        ({"first_day": tomorrow, "days": 8}, "days"),
        ({"first_day": tomorrow, "starts": "17:00", "ends": "08:00"}, None),
    ):
        refused = office.http.post("/api/v1/tours", json=body)
        assert (refused.status_code, refused.json().get("where")) == (400, where), refused.text
    early = {"opens": "05:00", "closes": "06:00"}
    office.http.put(f"/api/v1/visit-wishes/{office.homes[1]}", json=early)
    with Session(office.engine) as session:
        lake = Unit(building_id=office.world.home, floor=9, room="901", path=office.world.path)
        session.add(lake)
        session.flush()
        session.add(Resident(unit_id=lake.id, name="湖", tags=["living_alone"], path=office.world.path))
        session.commit()
        far = lake.id
    with office.engine.begin() as connection:
        building = ("insert into yike.building (name, path, geom) select '船', path, st_translate(geom, 1, 0) from "
                    "yike.building where id = %s returning id")  # fmt: skip
        boat = connection.exec_driver_sql(building, (office.world.home,)).scalar_one()
        connection.exec_driver_sql(
            "update yike.unit set building_id = %s, entrance_id = null where id = %s", (boat, far)
        )
    plan = propose(office, 1, workers=[{"worker_id": worker, "ends": "12:00"}])
    assert {row["unit_id"]: row["reason"] for row in plan["unassigned"]} == {
        office.homes[1]: "window",
        far: "unreachable",
    }
    office.http.delete(f"/api/v1/visit-wishes/{office.homes[1]}")
    with Session(office.engine) as session:
        session.delete(session.get_one(Unit, far))
        session.commit()
    for path in ("/api/v1/tours/999", "/api/v1/tour-plans/999"):
        assert office.http.get(path).status_code == 404
    assert office.http.post("/api/v1/visits/999/done", json={}).status_code == 404
    twice = office.http.post("/api/v1/visit-rules", json={"tag": "living_alone", "every_days": 3})
    assert (twice.status_code, twice.json()["where"]) == (409, "tag")


def called_away(office: Office, worker: int) -> int:
    """The worker takes an order; the background job looks."""
    incident = open_incident_at(office)
    order = create_order(office.engine, incident, scope=AreaScope.everything(), who="desk", worker_id=worker)
    move_order(office.engine, order, "accept", scope=AreaScope.everything(), who="worker")
    replanner = Replanner(office.engine, NetworkStore(office.engine), snap_limit_m=250)
    assert replanner.replan_due(TOMORROW_NINE) == 1
    assert replanner.replan_due(TOMORROW_NINE) == 0
    return order


def open_incident_at(office: Office) -> int:
    body = {"kind": "patrol_finding", "title": "井盖", "lon": LON, "lat": LAT}
    return int(office.http.post("/api/v1/incidents", json=body).json()["properties"]["id"])


def test_who_is_called_away_is_stood_in_for(office: Office, rule: int) -> None:
    first, second = office.world.workers
    plan = propose(office, 1, workers=[{"worker_id": first}], units=office.homes[:3])
    helper = propose(office, 1, workers=[{"worker_id": second}], units=office.homes[3:])
    for each in (plan, helper):
        office.http.post(f"/api/v1/tour-plans/{each['id']}/accept").raise_for_status()
    tour = plan["tours"][0]
    office.http.post(f"/api/v1/visits/{tour['visits'][0]['id']}/done", json={}).raise_for_status()
    order = called_away(office, first)
    now = office.http.get(f"/api/v1/tours/{tour['id']}").json()
    assert (now["reason"], now["away_order_id"]) == ("called_away", order)
    assert [visit["state"] for visit in now["visits"]] == ["done"]
    over = office.http.get(f"/api/v1/tours/{helper['tours'][0]['id']}").json()
    assert {visit["unit_id"] for visit in over["visits"]} == set(office.homes) - {tour["visits"][0]["unit_id"]}
    moved = next(visit for visit in over["visits"] if visit["unit_id"] == tour["visits"][1]["unit_id"])
    assert (moved["reason"], moved["steps"][-1]["step"], moved["steps"][-1]["worker_id"]) == (
        "called_away",
        "moved",
        second,
    )
    # Nobody is left that day: the rest waits for the second's next one, and nothing is lost.
    called_away(office, second)
    later = office.http.get("/api/v1/tours", params={"first_day": str(today() + timedelta(2)), "worker": second}).json()
    assert len(later["items"][0]["visits"]) == 3
    assert later["items"][0]["state"] == "accepted"
    with office.engine.begin() as connection:
        connection.exec_driver_sql("update yike.visit set state = 'planned', done_at = null")
