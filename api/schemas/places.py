"""Areas, buildings, facilities, and the catalogue."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

Level = Literal["city", "district", "subdistrict", "community", "grid"]


class AreaProperties(BaseModel):
    """An area; `area` is its path."""

    id: int
    level: Level
    name: str
    name_en: str | None
    area: str
    parent_id: int | None
    official_code: str | None
    origin: str


class AreaName(BaseModel):
    """An area by name, for a breadcrumb; `path` is what ``?area=`` takes."""

    id: int
    level: Level
    name: str
    name_en: str
    path: str


class KindCount(BaseModel):
    """Devices of one kind: all, and those that are red or grey now."""

    kind: str
    total: int
    abnormal: int
    offline: int


class Summary(BaseModel):
    """The numbers of an area. Durations in seconds; `sample_…` tells how much of it is sample data."""

    buildings: int
    homes: int
    residents: int
    residents_60: int
    living_alone: int
    devices: int
    abnormal: int
    offline: int
    open_incidents: int
    waiting_incidents: int
    handled_today: int
    median_arrival_s: float | None
    workers_on_duty: int
    facilities: int
    sample_residents: int
    sample_devices: int
    kinds: list[KindCount]


class AreaNumbers(AreaName):
    """An area beside its neighbours. `lon` and `lat` (WGS 84, or the datum asked for) lie inside it."""

    lon: float
    lat: float
    residents: int
    devices: int
    abnormal: int
    open_orders: int


class BuildingProperties(BaseModel):
    """A building."""

    id: int
    name: str | None
    name_en: str | None
    address: str | None
    compound: str | None
    use: str
    floors: int | None
    height_m: float | None
    area: str
    origin: str


class MaskedContact(BaseModel):
    """A relative, masked."""

    name: str
    relation: str
    phone: str


class MaskedResident(BaseModel):
    """A resident, masked; `age` in years."""

    id: int
    name: str
    gender: Literal["female", "male"] | None
    age: int | None
    phone: str | None
    tags: list[str]
    contacts: list[MaskedContact]


class Home(BaseModel):
    """A dwelling and who lives in it."""

    id: int
    entrance: str | None
    floor: int
    room: str
    tenure: Literal["owned", "rented", "vacant"]
    residents: list[MaskedResident]


class BuildingDetails(BuildingProperties):
    """A building with its dwellings."""

    units: list[Home]


class FacilityProperties(BaseModel):
    """A place of service."""

    id: int
    category: str
    name: str | None
    name_en: str | None
    capacity: int | None
    opening_hours: str | None
    building_id: int | None
    area: str
    origin: str


class FacilityCategory(BaseModel):
    """A category of service; `facilities` counts those in the scope."""

    code: str
    name: str
    name_en: str
    glyph: str
    facilities: int


class DeviceKind(BaseModel):
    """A kind of device with its rule."""

    code: str
    device_class: Literal["care", "security", "street"]
    name: str
    name_en: str
    glyph: str
    heartbeat_s: int | None
    rule: str | None
    rule_en: str | None
    metric: str | None
    clearing: Literal["self_clearing", "latched"] | None
    severity: int | None
