"""Who is sent: departments of a subdistrict, its supervisors, and a worker for each grid."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.random import Generator

from data.town.names import Name
from data.town.people import Dice, Numbers, full_name, surname

# Each with the categories of incident it sees to, see data/catalogue/incident_categories.toml.
DEPARTMENTS = (
    (Name("社区服务中心", "Community Services"), ("care", "security", "other")),
    (Name("燃气抢修队", "Gas Emergency Team"), ("gas",)),
    (Name("消防救援站", "Fire and Rescue"), ("fire",)),
    (Name("市政养护所", "Street Maintenance"), ("road", "building")),
    (Name("物业管理办公室", "Property Management"), ("property", "parking")),
    (Name("社区卫生服务中心", "Community Health Centre"), ()),
    (Name("自来水营业所", "Water Supply"), ("water",)),
    (Name("电梯维保站", "Lift Maintenance"), ("lift",)),
    (Name("环境卫生所", "Waste and Cleaning"), ("waste", "appearance")),
)
SUPERVISORS = 2
# Who can do what, see data/catalogue/skills.toml.
SKILLS: tuple[tuple[str, ...], ...] = (
    (), ("first_aid",), ("elder_care",), ("fire",), ("first_aid", "elder_care"), ("gas",), ("electric",), ("lift",),
)  # fmt: skip


class DepartmentRow(NamedTuple):
    """An office of a subdistrict; `path` is that of its area."""

    name: Name
    path: str
    categories: tuple[str, ...]


class WorkerRow(NamedTuple):
    """A worker; `post` and `position` in degrees. `department` is a number in the list of departments."""

    name: str
    phone: str
    department: int
    profile: str
    skills: tuple[str, ...]
    path: str
    post: tuple[float, float]
    position: tuple[float, float]
    accuracy_m: float


def departments(subdistricts: list[str]) -> list[DepartmentRow]:
    """The departments of each subdistrict (their paths)."""
    return [DepartmentRow(name, path, categories) for path in subdistricts for name, categories in DEPARTMENTS]


def skills(path: str, name: str) -> tuple[str, ...]:
    """What a worker can do, by their area and name; draws nothing, so that a seed keeps its town."""
    return SKILLS[crc32(f"{path} {name}".encode()) % len(SKILLS)]


def hire(
    path: str, department: int, spots: list[tuple[float, float]], centre: tuple[float, float], rng: Generator,
    numbers: Numbers,
) -> WorkerRow:  # fmt: skip
    """A worker for the area with this path.

    Parameters
    ----------
    path : str
    department : int
    spots : list of (float, float)
        Roadside places of the area, degrees; the post is the one nearest to the centre.
    centre : (float, float)
        Degrees.
    rng : Generator
    numbers : Numbers
    """
    dice = Dice(rng)
    age, gender = 24 + 32 * dice.roll(), "female" if dice.roll() < 0.55 else "male"
    name = full_name(dice, surname(dice), age, gender)
    away = np.hypot(*((np.array(spots or [centre]) - centre) * [0.855, 1]).T)
    order = np.argsort(away, kind="stable")
    post = (spots or [centre])[int(order[0])]
    position = (spots or [centre])[int(order[dice.of(max(1, len(order) // 2))])]
    return WorkerRow(
        name, numbers.take(), department, "ebike" if dice.roll() < 0.45 else "walk", skills(path, name), path, post,
        position,
        round(4 + 14 * dice.roll(), 1),
    )  # fmt: skip
