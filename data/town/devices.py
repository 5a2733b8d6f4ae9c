"""Devices of all kinds where they belong: with elders, in kitchens, at gates, on junctions, under the street."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data.town.chance import shares
from data.town.homes import Dwelling, Stair
from data.town.households import ELDER_SHARE
from data.town.people import Dice
from data.town.places import Places, Spot
from data.town.plane import Points
from data.town.readings import kinds, normal_values

# How likely a flat without elders is to have one, against 1.5 for a flat with someone of 60.
_CARE = {"water_meter": 0.12, "gas": 0.25, "smoke": 0.3, "door_magnet": 0.02, "call_button": 0.004, "bracelet": 0.002,
         "home_camera": 0.002}  # fmt: skip
_ROOMS = {"smoke": ("厨房", "客厅", "卧室", "走道"), "gas": ("厨房", "厨房二")}

_POOLS: dict[str, Callable[[Places], list[Spot]]] = {
    "video_camera": lambda p: p.junctions + p.gates + p.main_roads + p.yards,
    "access_gate": lambda p: p.stairs,
    "vehicle_barrier": lambda p: p.gates,
    "fire_point": lambda p: p.lanes + p.yards,
    "falling_object_camera": lambda p: p.tall,
    "tilt": lambda p: p.old_houses,
    "manhole": lambda p: p.covers,
    "lift": lambda p: p.lifts,
    "fire_lane_camera": lambda p: p.yards or p.lanes,
    "waste_camera": lambda p: p.bins + p.lanes[::12],
    "parking_camera": lambda p: p.main_roads,
    "street_camera": lambda p: p.main_roads + p.junctions[::6],
}
# What a second device on the same spot is called after its number.
_NUMBERED = {"video_camera": "号机", "vehicle_barrier": "号闸", "lift": "号梯", "access_gate": "号门禁"}


class DeviceRow(NamedTuple):
    """A device with what it last reported; `at` in degrees."""

    external_id: str
    kind: str
    name: str
    grid: int
    building: int | None
    unit: int | None
    floor: int | None
    gateway: str
    installed_at: datetime
    at: tuple[float, float]
    values: dict[str, float]


@dataclass(slots=True)
class Registry:
    """Gives out external ids, counted by kind: ``S-WATER_METER-000123``."""

    prefix: str = "S"
    _counts: dict[str, int] = field(default_factory=dict)

    def take(self, kind: str) -> str:
        """The next id of a kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self.prefix}-{kind.upper()}-{self._counts[kind]:06d}"


def allot(
    devices: Mapping[str, int], places: Sequence[Places], stairs: Sequence[Sequence[Stair]]
) -> list[dict[str, int]]:
    """How many devices of each kind each community gets: by its elders, or by its spots for the kind."""
    elders = [sum(stair.homes * ELDER_SHARE[stair.people] for stair in members) for members in stairs]
    found: list[dict[str, int]] = [{} for _ in places]
    for kind, total in devices.items():
        weights = elders if kind in _CARE else [len(_POOLS[kind](place)) for place in places]
        for community, count in enumerate(shares(total, weights).tolist()):
            found[community][kind] = count
    return found


def hang_devices(
    counts: dict[str, int],
    places: Places,
    dwellings: Sequence[Dwelling],
    locate: Callable[[list[Dwelling]], Points],
    today: date,
    rng: Generator,
    registry: Registry,
) -> list[DeviceRow]:
    """The devices of one community.

    Parameters
    ----------
    counts : dict
        By kind, see `allot`.
    places : Places
    dwellings : sequence of Dwelling
    locate : callable
        Where in their building dwellings lie, degrees.
    today : date
        Everything was installed before.
    rng : Generator
    registry : Registry
    """
    rows: list[DeviceRow] = []
    dice = Dice(rng)
    lived = [dwelling for dwelling in dwellings if dwelling.people]
    need = np.array([_need(dwelling) for dwelling in lived])
    for kind, count in counts.items():
        if kind in _CARE:
            if lived:
                chosen = _weighted(rng, need + _CARE[kind], count)
                rows += _in_flats(kind, [(lived[i], turn) for i, turn in chosen], locate, today, dice, registry)
            continue
        pool = _POOLS[kind](places)
        for place, turn in _evenly(rng, len(pool), count):
            rows.append(_on_spot(kind, pool[place], turn, today, dice, registry))
    return rows


def _need(dwelling: Dwelling) -> float:
    """How much a flat calls for care devices."""
    age = dwelling.oldest
    need = 9.0 if age >= 80 else 6.0 if age >= 70 else 1.5 if age >= 60 else 0.0
    return need * (3 if dwelling.alone else 1)


def _weighted(rng: Generator, weights: NDArray[np.float64], count: int) -> list[tuple[int, int]]:
    """Draws without replacement, likelier the heavier; beyond all of them another turn begins."""
    found: list[tuple[int, int]] = []
    turn = 0
    while len(found) < count:
        keys = rng.exponential(size=len(weights)) / weights
        found += [(int(i), turn) for i in np.argsort(keys, kind="stable")[: count - len(found)]]
        turn += 1
    return found


def _evenly(rng: Generator, size: int, count: int) -> list[tuple[int, int]]:
    """The same with equal weights."""
    return _weighted(rng, np.ones(size), count) if size else []


def _in_flats(
    kind: str, chosen: list[tuple[Dwelling, int]], locate: Callable[[list[Dwelling]], Points], today: date, dice: Dice,
    registry: Registry,
) -> list[DeviceRow]:  # fmt: skip
    title = kinds()[kind]["name"]
    at = locate([dwelling for dwelling, _ in chosen]).tolist() if chosen else []
    rows = []
    for (dwelling, turn), (lon, lat) in zip(chosen, at, strict=True):
        rooms = _ROOMS.get(kind, ("",))
        room = rooms[turn % len(rooms)]
        name = f"{title} {dwelling.address}{f'（{room}）' if room else ''}"
        stair = dwelling.stair
        rows.append(
            DeviceRow(registry.take(kind), kind, name, stair.grid, stair.building, dwelling.unit, dwelling.floor,
                      f"网关 {stair.label}", _installed(today, dice), (lon, lat), normal_values(kind, dice))
        )  # fmt: skip
    return rows


def _on_spot(kind: str, spot: Spot, turn: int, today: date, dice: Dice, registry: Registry) -> DeviceRow:
    number = f" {turn + 1}{_NUMBERED.get(kind, '号')}" if turn or kind == "lift" else ""
    return DeviceRow(
        registry.take(kind), kind, f"{kinds()[kind]['name']} {spot.where}{number}", spot.grid, spot.building, None,
        spot.floor, spot.gateway, _installed(today, dice), spot.at, normal_values(kind, dice),
    )  # fmt: skip


def _installed(today: date, dice: Dice) -> datetime:
    return datetime.combine(today - timedelta(days=20 + dice.of(1500)), time(1 + dice.of(9)), UTC)
