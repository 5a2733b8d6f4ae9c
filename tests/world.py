"""A hamlet small enough to reason about: one street with a side lane, two buildings, some devices and workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.live.changes import number_changes
from geo.model import (
    Area,
    Building,
    Contact,
    Department,
    Device,
    Entrance,
    Facility,
    Resident,
    Street,
    StreetNode,
    Unit,
    Worker,
    WorkerPosition,
)

LON, LAT = 120.0, 31.0
STEP = 0.001
"""Degrees between two corners: about 95 m east, 111 m north."""


def square(column: int, row: int, size: float = 0.2) -> str:
    """A small building at a corner of the lattice, as EWKT."""
    x, y, d = LON + column * STEP + 0.0001, LAT + row * STEP + 0.0001, STEP * size
    ring = f"{x} {y}, {x + d} {y}, {x + d} {y + d}, {x} {y + d}, {x} {y}"
    return f"SRID=4326;MULTIPOLYGON((({ring})))"


def point(column: float, row: float) -> str:
    """A corner of the lattice, as EWKT."""
    return f"SRID=4326;POINT({LON + column * STEP} {LAT + row * STEP})"


@dataclass(frozen=True)
class World:
    """Ids of what was made."""

    grid: int
    path: str
    home: int
    unit: int
    devices: dict[str, int]
    workers: list[int]
    department: int
    resident: int


KINDS = ("water_meter", "call_button", "waste_camera", "smoke", "video_camera", "gas")


def build_world(engine: Engine) -> World:
    """Corners 0…4 in a row joined by a street; a lane goes north from corner 2; workers stand at both ends.

    Devices ``x-<kind>`` hang in a flat of the building at corner 2.
    """
    with Session(engine) as session:
        root = _area(session, None, "district", "320100", -1, 6)
        street = _area(session, root, "subdistrict", "s1", -1, 6)
        community = _area(session, street, "community", "c1", -1, 6)
        grid = _area(session, community, "grid", "g1", -1, 6)
        path = "320100/s1/c1/g1"
        corners = [StreetNode(geom=point(n, 0)) for n in range(5)] + [StreetNode(geom=point(2, 1))]
        session.add_all(corners)
        session.flush()
        pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (2, 5)]
        session.add_all(_street(corners, a, b, "临河路" if b < 5 else "井巷") for a, b in pairs)
        homes = [
            Building(geom=square(2, 0), path=path, use="residential", floors=5, name="3幢", address="临河路3号"),
            Building(geom=square(4, 0), path=path, use="residential", floors=2, name="5幢"),
        ]
        session.add_all(homes)
        session.flush()
        doors = [Entrance(building_id=homes[0].id, label="1", geom=point(2.1, 0.1)),
                 Entrance(building_id=homes[1].id, label="1", geom=point(4.1, 0.1))]  # fmt: skip
        session.add_all(doors)
        session.flush()
        flat = Unit(building_id=homes[0].id, entrance_id=doors[0].id, floor=4, room="402", path=path)
        other = Unit(building_id=homes[1].id, entrance_id=doors[1].id, floor=1, room="101", path=path)
        session.add_all([flat, other])
        session.flush()
        elder = Resident(unit_id=flat.id, name="张桂芳", gender="female", born=date(1941, 5, 1), phone="14012348000",
                         tags=["living_alone"], path=path)  # fmt: skip
        session.add_all([elder, Resident(unit_id=other.id, name="王小明", born=date(1999, 1, 1), path=path)])
        session.flush()
        session.add(Contact(resident_id=elder.id, name="张秀英", relation="女儿", phone="14088887777"))
        devices = [
            Device(external_id=f"x-{kind}", kind=kind, name=f"{kind} 3幢402", building_id=homes[0].id, unit_id=flat.id,
                   floor=4, path=path, geom=point(2.15, 0.15), installed_at=datetime.now(UTC) - timedelta(hours=1))
            for kind in KINDS
        ]  # fmt: skip
        session.add_all(devices)
        workers = [Worker(name=f"网格员{n}", on_duty=True, path=path, post=point(n * 4, 0)) for n in range(2)]
        department = Department(name="燃气公司", path=path)
        session.add_all([*workers, department])
        session.flush()
        session.add(WorkerPosition(worker_id=workers[1].id, geom=point(3.5, 0)))
        session.add_all(
            [
                Facility(category="canteen", name="一号食堂", geom=point(0, 0.05), path=path),
                Facility(category="pharmacy", name="百草堂", geom=point(4, 0.05), path=path, opening_hours="24/7"),
            ]
        )
        session.commit()
        world = World(
            grid=grid.id,
            path=path,
            home=homes[0].id,
            unit=flat.id,
            devices={device.kind: device.id for device in devices},
            workers=[worker.id for worker in workers],
            department=department.id,
            resident=elder.id,
        )
    number_changes(engine)
    return world


def reading(kind: str, values: dict[str, Any], *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A reading of the device of a kind."""
    moment = at or datetime.now(UTC)
    return {"device": f"x-{kind}", "observed_at": moment.isoformat(), "values": values, **more}


def _area(session: Session, parent: Area | None, level: str, label: str, low: int, high: int) -> Area:
    a, b = LON + low * STEP, LON + high * STEP
    south, north = LAT + low * STEP, LAT + high * STEP
    ring = f"{a} {south}, {b} {south}, {b} {north}, {a} {north}, {a} {south}"
    area = Area(level=level, label=label, path=label, name=f"{level} {label}", parent_id=parent.id if parent else None,
                geom=f"SRID=4326;MULTIPOLYGON((({ring})))")  # fmt: skip
    session.add(area)
    session.flush()
    session.refresh(area)
    return area


def _street(corners: list[StreetNode], a: int, b: int, name: str) -> Street:
    ends = [(n, 0) if n < 5 else (2, 1) for n in (a, b)]
    line = ", ".join(f"{LON + x * STEP} {LAT + y * STEP}" for x, y in ends)
    return Street(from_node_id=corners[a].id, to_node_id=corners[b].id, name=name, street_class="residential",
                  length_m=95.5 if b < 5 else 110.9, walk=True, cycle=True, drive=True,
                  geom=f"SRID=4326;LINESTRING({line})")  # fmt: skip
