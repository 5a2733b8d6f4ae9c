"""What a device reports when all is well: the metrics its rule judges, well away from the threshold."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

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
    "bracelet": ("fall", 0, 0, (("heart_rate_bpm", 58, 88), ("spo2_pct", 95, 99), ("battery_pct", 35, 99))),
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


class Shape(NamedTuple):
    """How a metric of a kind runs over the days.

    Figures stand every `every_h` hours, and every `lately_h` on the last day; devices differ by `vary`, the day
    swings by `swing`, chance moves by `spread`. A counter grows by `per_day`.
    """

    kind: str
    metric: str
    every_h: int
    lately_h: int
    level: float = 0.0
    vary: float = 0.0
    swing: float = 0.0
    spread: float = 0.0
    per_day: float = 0.0


# Those with something to see; in steps of the chart of thirty days, or as often as meters on NB-IoT report.
HISTORY = (
    Shape("water_meter", "total_m3", 24, 6, per_day=0.28),
    Shape("water_meter", "no_use_h", 24, 6, level=5, vary=2, swing=3, spread=4),
    Shape("bracelet", "heart_rate_bpm", 4, 1, level=71, vary=6, swing=9, spread=14),
    Shape("bracelet", "spo2_pct", 8, 1, level=96.5, vary=0.8, swing=0.5, spread=1.5),
    Shape("gas", "gas_lel_pct", 8, 2, level=0.8, vary=0.4, swing=0.3, spread=1.0),
    Shape("door_magnet", "closed_h", 24, 6, level=7, vary=3, swing=3, spread=5),
    Shape("home_camera", "motionless_h", 8, 1, level=2.5, vary=1, swing=-2, spread=1.5),
    Shape("fire_point", "pressure_mpa", 24, 6, level=0.35, vary=0.04, swing=0.03, spread=0.04),
    Shape("tilt", "tilt_permille", 24, 6, level=0.7, vary=0.4, swing=0.1, spread=0.15),
    Shape("manhole", "tilt_deg", 24, 6, level=1.2, vary=0.8, spread=0.6),
    Shape("waste_camera", "fill_pct", 4, 1, level=40, vary=8, swing=22, spread=16),
    Shape("access_gate", "open_min", 8, 2, level=0.4, swing=0.3, spread=0.5),
    Shape("fire_lane_camera", "blocked_min", 8, 1, level=0.4, swing=0.4, spread=0.6),
    Shape("parking_camera", "illegal_min", 8, 1, level=0.8, swing=0.7, spread=1.0),
)


def normal_values(kind: str, dice: Dice) -> dict[str, float]:
    """Readings of a device of a kind on an ordinary day."""
    metric, low, high, others = _NORMAL[kind]
    return {name: _between(a, b, dice) for name, a, b in ((metric, low, high), *others)}


def _between(low: float, high: float, dice: Dice) -> float:
    if isinstance(low, int) and isinstance(high, int):
        return low + dice.of(high - low + 1)
    return round(low + (high - low) * dice.roll(), 2)
