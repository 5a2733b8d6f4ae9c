"""Shops, offices and public places: what people walk to."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from data.town.chance import dealt, pick, shuffled, stream
from data.town.names import Name, words
from data.town.people import Dice
from data.town.places import Places
from data.town.survey import Survey

_EMPTY_SHOPS = 0.12


class FacilityRow(NamedTuple):
    """A place of service; `at` in degrees."""

    category: str
    name: Name
    grid: int
    building: int | None
    capacity: int | None
    opening_hours: str | None
    at: tuple[float, float]


class Front(NamedTuple):
    """A shop window: where a facility can be."""

    building: int
    grid: int
    at: tuple[float, float]


@cache
def services() -> dict[str, dict[str, dict[str, Any]]]:
    """What `services.toml` lists."""
    return tomllib.loads((resources.files("data.town") / "services.toml").read_text(encoding="utf-8"))


@cache
def _english() -> dict[str, str]:
    file = resources.files("data.catalogue") / "facility_categories.toml"
    return {c["code"]: c["name_en"] for c in tomllib.loads(file.read_text(encoding="utf-8"))["category"]}


def find_facilities(survey: Survey, places: list[Places], seed: int) -> list[FacilityRow]:
    """All facilities of a town."""
    rows = _campuses(survey, seed)
    rows += _spots(survey)
    fronts = _fronts(survey)
    communities = survey.regions.communities
    offices = _spread(services()["offices"], len(communities), seed)
    posts = _spread(services()["posts"], len(communities), seed)
    for number, community in enumerate(communities):
        rng = stream(seed, "facilities", number)
        stem = Name(community.name.zh.removesuffix("社区"), community.name.en.removesuffix(" Community"))
        free = shuffled(rng, fronts[number])
        for category in offices[number][: len(free)]:
            rows.append(_office(category, stem, free.pop(), Dice(rng)))
        rows += _shops(free, rng)
        spots = [spot for grid in sorted(places[number].posts) for spot in places[number].posts[grid]]
        main = places[number].main_roads or spots
        for category in posts[number]:
            spot = pick(rng, main if category in ("bus_stop", "metro", "fuel") else spots)
            street = spot.gateway.removeprefix("网关 ")
            settings = services()["posts"][category]
            name = Name(street + settings["ending"], _english()[category])
            rows.append(FacilityRow(category, name, spot.grid, None, _seats(settings, Dice(rng)), settings.get("hours"),
                                    spot.at))  # fmt: skip
    return rows


def _fronts(survey: Survey) -> dict[int, list[Front]]:
    """Shop windows by community."""
    owners = [i for i, b in enumerate(survey.buildings) if b.house.style == "shop" for _ in b.house.fronts]
    plan = [front for b in survey.buildings if b.house.style == "shop" for front in b.house.fronts]
    found: dict[int, list[Front]] = defaultdict(list)
    if plan:
        at = survey.chart.attached(np.array(plan), np.array(owners)).tolist()
        for building, (lon, lat) in zip(owners, at, strict=True):
            grid = survey.buildings[building].grid
            found[int(survey.regions.community_of[grid])].append(Front(building, grid, (lon, lat)))
    return found


def _spread(settings: dict[str, dict[str, Any]], communities: int, seed: int) -> list[list[str]]:
    """Which of these categories each community has, and how often: all together in the given proportion."""
    found: list[list[str]] = [[] for _ in range(communities)]
    for category, setting in settings.items():
        total = max(1, round(setting["per"] * communities))
        each, rest = divmod(total, communities)
        lucky = stream(seed, "spread", category).permutation(communities)[:rest]
        for number in range(communities):
            found[number] += [category] * (each + int(number in lucky))
    return found


def _office(category: str, stem: Name, front: Front, dice: Dice) -> FacilityRow:
    setting = services()["offices"][category]
    name = Name(stem.zh + setting["ending"], f"{stem.en} {_english()[category]}")
    return FacilityRow(category, name, front.grid, front.building, _seats(setting, dice), setting["hours"], front.at)


def _shops(fronts: list[Front], rng: np.random.Generator) -> list[FacilityRow]:
    settings, dice = services()["shops"], Dice(rng)
    open_ones = fronts[: round(len(fronts) * (1 - _EMPTY_SHOPS))]
    categories = dealt(rng, len(open_ones), {category: setting["weight"] for category, setting in settings.items()})
    rows = []
    for front, category in zip(open_ones, categories, strict=True):
        name = _shop_name(category, dice)
        seats, hours = _seats(settings[category], dice), settings[category]["hours"]
        rows.append(FacilityRow(category, name, front.grid, front.building, seats, hours, front.at))
    return rows


def _shop_name(category: str, dice: Dice) -> Name:
    heads, tails, endings = words()["heads"], words()["tails"], words()["shops"][category]
    (zh, en), (zh2, en2) = heads[dice.of(len(heads))].split(" "), tails[dice.of(len(tails))].split(" ")
    return Name(zh + zh2 + endings[dice.of(len(endings))], f"{en}{en2} {_english()[category]}")


def _campuses(survey: Survey, seed: int) -> list[FacilityRow]:
    dice = Dice(stream(seed, "campuses"))
    numbers = [i for i, building in enumerate(survey.buildings) if building.house.program]
    if not numbers:
        return []
    plan = np.array([survey.buildings[i].house.fronts[0] for i in numbers])
    rows = []
    for i, (lon, lat) in zip(numbers, survey.chart.points(plan).tolist(), strict=True):
        building = survey.buildings[i]
        setting = services()["campuses"][building.house.program]
        category = setting.get("category", building.house.program)
        name = building.house.name or Name(building.label, building.label)
        rows.append(FacilityRow(category, name, building.grid, i, _seats(setting, dice), setting["hours"], (lon, lat)))
    return rows


def _spots(survey: Survey) -> list[FacilityRow]:
    """Parks, playgrounds and the like, where the plan has them."""
    spots = survey.plan.sketch.spots
    if not spots:
        return []
    rows = []
    at = survey.chart.points(np.array([spot.at for spot in spots])).tolist()
    for spot, (lon, lat) in zip(spots, at, strict=True):
        setting = services()["spots"][spot.category]
        community = survey.regions.communities[survey.regions.community_of[spot.block]].name
        name = spot.name or Name(community.zh.removesuffix("社区") + setting["ending"], _english()[spot.category])
        rows.append(FacilityRow(spot.category, name, spot.block, None, None, setting.get("hours"), (lon, lat)))
    return rows


def _seats(setting: dict[str, Any], dice: Dice) -> int | None:
    if "seats" not in setting:
        return None
    low, high = setting["seats"]
    return int(low + dice.of(high - low + 1))
