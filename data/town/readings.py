"""What a device reports when all is well: the metrics its rule judges, well away from the threshold."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from data.town.people import Dice


@cache
def kinds() -> dict[str, dict[str, Any]]:
    """The catalogue's kinds of device by code."""
    file = resources.files("data.catalogue") / "device_kinds.toml"
    return {kind["code"]: kind for kind in tomllib.loads(file.read_text(encoding="utf-8"))["kind"]}


# The metric of the rule, from and to; whole numbers stay whole. Then what else such a device sends.
_NORMAL: dict[str, tuple[str, float, float, tuple[tuple[str, float, float], ...]]] = {
    "water_meter": ("no_use_h", 0, 11, (("total_m3", 12.0, 900.0), ("battery_pct", 55, 99))),
    "gas": ("gas_lel_pct", 0, 2, ()),
    "smoke": ("smoke", 0, 0, (("battery_pct", 50, 99),)),
    "door_magnet": ("closed_h", 0, 16, (("battery_pct", 50, 99),)),
    "call_button": ("pressed", 0, 0, (("battery_pct", 60, 99),)),
    "bracelet": ("fall", 0, 0, (("heart_rate", 58, 88), ("battery_pct", 35, 99))),
    "home_camera": ("motionless_h", 0, 5, ()),
    "video_camera": ("blocked", 0, 0, ()),
    "access_gate": ("open_min", 0, 1, ()),
    "vehicle_barrier": ("stuck", 0, 0, ()),
    "fire_point": ("pressure_mpa", 0.25, 0.45, ()),
    "falling_object_camera": ("falling_objects", 0, 0, ()),
    "tilt": ("tilt_permille", 0.1, 1.4, (("settlement_mm", 0.0, 4.5),)),
    "manhole": ("tilt_deg", 0, 3, (("battery_pct", 50, 99),)),
    "lift": ("trapped", 0, 0, ()),
    "fire_lane_camera": ("blocked_min", 0, 1, ()),
    "waste_camera": ("fill_pct", 5, 70, ()),
    "parking_camera": ("illegal_min", 0, 2, ()),
    "street_camera": ("findings", 0, 0, ()),
}


def normal_values(kind: str, dice: Dice) -> dict[str, float]:
    """Readings of a device of a kind on an ordinary day."""
    metric, low, high, others = _NORMAL[kind]
    return {name: _between(a, b, dice) for name, a, b in ((metric, low, high), *others)}


def _between(low: float, high: float, dice: Dice) -> float:
    if isinstance(low, int) and isinstance(high, int):
        return low + dice.of(high - low + 1)
    return round(low + (high - low) * dice.roll(), 2)
