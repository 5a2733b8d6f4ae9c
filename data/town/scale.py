"""How large a sample town is, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Scale(StrEnum):
    """The four sizes of `yike town`."""

    VILLAGE = "village"
    TOWN = "town"
    DISTRICT = "district"
    CITY = "city"


@dataclass(frozen=True, slots=True)
class Size:
    """What a scale means in numbers.

    Attributes
    ----------
    columns, rows : int
        Superblocks of the lattice of main streets, west to east and south to north.
    communities : int
        How many of the superblocks are land; the rest is lake.
    old : tuple of int
        First column, first row, columns and rows of the old quarter.
    old_slabs : float
        Share of the old quarter's blocks that were cleared for slabs.
    subdistricts, old_subdistricts : int
        Subdistricts in all, and how many of them the old quarter makes up.
    grids : int
        Blocks of the town, each one grid.
    block_m2 : float
        Gross area of a block in square metres.
    residents : int
        People living there; as many homes stand empty as follows from it.
    quarters : mapping
        Weights of the kinds of block outside the old quarter.
    devices : mapping
        Devices by kind.
    """

    columns: int
    rows: int
    communities: int
    old: tuple[int, int, int, int]
    old_slabs: float
    subdistricts: int
    old_subdistricts: int
    grids: int
    block_m2: float
    residents: int
    quarters: Mapping[str, float]
    devices: Mapping[str, int]


_TOWN_DEVICES = {
    "water_meter": 330, "gas": 170, "smoke": 240, "door_magnet": 140, "call_button": 110, "bracelet": 90,
    "home_camera": 50, "video_camera": 330, "access_gate": 110, "vehicle_barrier": 30, "fire_point": 70,
    "falling_object_camera": 20, "tilt": 60, "manhole": 110, "lift": 25, "fire_lane_camera": 30,
    "waste_camera": 35, "parking_camera": 25, "street_camera": 25,
}  # fmt: skip

# Gusu: 8,000 sensors and 20,000 cameras.
_DISTRICT_DEVICES = {
    "water_meter": 2000, "gas": 900, "smoke": 1500, "door_magnet": 700, "call_button": 500, "bracelet": 400,
    "home_camera": 300, "video_camera": 17000, "access_gate": 500, "vehicle_barrier": 250, "fire_point": 350,
    "falling_object_camera": 400, "tilt": 300, "manhole": 400, "lift": 200, "fire_lane_camera": 700,
    "waste_camera": 600, "parking_camera": 500, "street_camera": 500,
}  # fmt: skip

# A million for load: nearly every flat has a meter and a smoke detector.
_CITY_DEVICES = {
    "water_meter": 170_000, "gas": 120_000, "smoke": 260_000, "door_magnet": 90_000, "call_button": 70_000,
    "bracelet": 60_000, "home_camera": 20_000, "video_camera": 120_000, "access_gate": 12_000,
    "vehicle_barrier": 2_000, "fire_point": 12_000, "falling_object_camera": 4_000, "tilt": 20_000,
    "manhole": 25_000, "lift": 3_000, "fire_lane_camera": 4_000, "waste_camera": 4_000, "parking_camera": 2_000,
    "street_camera": 2_000,
}  # fmt: skip

_TOWN_QUARTERS = {
    "slab": 16, "tower": 4, "cottage": 3, "park": 3, "school": 2, "hospital": 1, "market": 1, "civic": 1,
    "industry": 1,
}  # fmt: skip

_VILLAGE = Size(
    columns=2, rows=1, communities=2, old=(0, 0, 1, 1), old_slabs=0, subdistricts=1, old_subdistricts=0, grids=8,
    block_m2=13_500, residents=1_200,
    quarters={"slab": 1, "tower": 1, "civic": 1, "park": 1},
    devices={kind: max(3, round(number * 0.12)) for kind, number in _TOWN_DEVICES.items()},
)  # fmt: skip

_TOWN = Size(
    columns=3, rows=3, communities=8, old=(0, 0, 2, 2), old_slabs=0.04, subdistricts=1, old_subdistricts=0, grids=64,
    block_m2=29_500, residents=30_000, quarters=_TOWN_QUARTERS, devices=_TOWN_DEVICES,
)  # fmt: skip

_DISTRICT = Size(
    columns=15, rows=15, communities=169, old=(5, 4, 6, 7), old_slabs=0.2, subdistricts=8, old_subdistricts=2,
    grids=1400, block_m2=29_500, residents=400_000, devices=_DISTRICT_DEVICES,
    quarters={
        "slab": 260, "tower": 50, "cottage": 375, "park": 135, "school": 60, "hospital": 12, "market": 40,
        "civic": 40, "industry": 80,
    },
)  # fmt: skip

_CITY = replace(_DISTRICT, devices=_CITY_DEVICES)

SIZES: dict[Scale, Size] = {
    Scale.VILLAGE: _VILLAGE,
    Scale.TOWN: _TOWN,
    Scale.DISTRICT: _DISTRICT,
    Scale.CITY: _CITY,
}
