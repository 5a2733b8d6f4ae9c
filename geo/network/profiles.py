"""Who moves, how fast, and over what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Profile = Literal["walk", "elder", "wheelchair", "ebike"]
Mode = Literal["walk", "cycle"]


@dataclass(frozen=True, slots=True)
class ProfileRule:
    """Speed in metres a second, the right of way it needs, and whether steps can be used."""

    speed_mps: float
    mode: Mode
    steps: bool


PROFILES: dict[Profile, ProfileRule] = {
    # 1.0 m/s is the Chinese planning figure: GB 50180-2018 puts a quarter of an hour at 800–1000 m.
    "walk": ProfileRule(1.0, "walk", steps=True),
    "elder": ProfileRule(0.8, "walk", steps=True),
    "wheelchair": ProfileRule(0.8, "walk", steps=False),
    "ebike": ProfileRule(4.0, "cycle", steps=False),
}
