"""Who lives in the sample town, what hangs there, and that the same seed is the same town."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import numpy as np
import pytest
import shapely

from data.town.chance import shares, stream
from data.town.facilities import services
from data.town.homes import ResidentRow
from data.town.households import ELDER_SHARE, KINDS, mix
from data.town.people import Dice, Numbers
from data.town.readings import kinds, normal_values
from data.town.scale import SIZES, Scale
from data.town.tables import Keys, Table, part_tables, standing_tables
from data.town.town import REFERENCE_DAY, Part, Town, draw_town

_NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> Town:
    return draw_town(Scale.TOWN, 1)


@pytest.fixture(scope="module")
def parts(town: Town) -> list[Part]:
    return list(town.parts())


def _tables(town: Town) -> list[Table]:
    standing = list(standing_tables(town, Keys(), _NOW))
    return standing + [t for part in town.parts() for t in part_tables(part, town.survey.regions.grids, Keys(), _NOW)]


def _digest(town: Town) -> str:
    """Of every value that would be written."""
    digest = hashlib.sha256()
    for table in _tables(town):
        digest.update(f"{table.name} {table.columns}".encode())
        for row in table.rows:
            values = [
                shapely.to_wkb(value, hex=True) if isinstance(value, shapely.Geometry) else value for value in row
            ]
            digest.update(repr(values).encode())
    return digest.hexdigest()


@pytest.mark.parametrize("scale", [Scale.VILLAGE, Scale.TOWN])
def test_the_same_seed_is_the_same_town(scale: Scale) -> None:
    assert _digest(draw_town(scale, 5)) == _digest(draw_town(scale, 5))


def test_another_seed_is_another_town() -> None:
    towns = [draw_town(Scale.VILLAGE, seed) for seed in (1, 2, 3)]
    assert len({_digest(town) for town in towns}) == 3
    differences: list[Callable[[Town], object]] = [
        lambda town: shapely.to_wkb(town.survey.regions.areas[0].outline),
        lambda town: shapely.to_wkb(town.survey.buildings[0].outline),
        lambda town: town.survey.regions.areas[3].name,
        lambda town: [row.person.name for row in next(town.parts()).homes.residents[:5]],
        lambda town: next(town.parts()).devices[0].at,
    ]
    for difference in differences:
        assert len({repr(difference(town)) for town in towns}) == 3


def test_parts_can_be_drawn_again(town: Town, parts: list[Part]) -> None:
    again = list(town.parts())
    assert [part.devices for part in again] == [part.devices for part in parts]
    assert [part.homes.residents for part in again] == [part.homes.residents for part in parts]


def test_a_district_has_all_its_areas() -> None:
    town = draw_town(Scale.DISTRICT, 1)
    levels = Counter(row.level for row in town.survey.regions.areas)
    assert levels == {"district": 1, "subdistrict": 8, "community": 169, "grid": 1400}
    assert 54_000 < len(town.survey.buildings) < 66_000
    assert shapely.coverage_is_valid(
        np.array(
            [p for row in town.survey.regions.areas if row.level == "grid" for p in shapely.get_parts(row.outline)]
        )
    )
    for row in town.survey.regions.subdistricts:
        # One piece each: nobody's subdistrict lies in two places.
        assert len(row.outline.geoms) == 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_town_has_its_size(seed: int) -> None:
    town = draw_town(Scale.TOWN, seed)
    parts = list(town.parts())
    levels = Counter(row.level for row in town.survey.regions.areas)
    assert levels == {"district": 1, "subdistrict": 1, "community": 8, "grid": 64}
    assert 3_500 < len(town.survey.buildings) < 4_500
    assert 0.95 * 30_000 < len(_here(parts)) < 1.02 * 30_000
    devices = Counter(row.kind for part in parts for row in part.devices)
    assert devices == SIZES[Scale.TOWN].devices
    assert sum(devices.values()) == 2_000


def test_a_village_is_small_and_has_everything() -> None:
    for seed in (1, 2, 3, 4, 5):
        village = draw_town(Scale.VILLAGE, seed)
        assert 150 < len(village.survey.buildings) < 260
        assert len({row.category for row in village.facilities}) >= 20
        assert {row.kind for part in village.parts() for row in part.devices} == set(kinds())


def test_every_third_in_the_old_quarter_is_old(town: Town, parts: list[Part]) -> None:
    old: list[bool] = []
    new: list[bool] = []
    for row in _here(parts):
        (old if town.survey.plan.blocks[row.grid].old else new).append(_age(row.person.born) >= 60)
    assert 0.37 < np.mean(old) < 0.39
    assert np.mean(new) < 0.30


@pytest.mark.parametrize("style", ELDER_SHARE)
def test_households_give_the_share_of_elders_they_should(style: str) -> None:
    weights = mix(style)
    people = sum(w * len(KINDS[kind].roles) for kind, w in weights.items())
    elders = sum(w * sum(role in "ES" for role in KINDS[kind].roles) for kind, w in weights.items())
    assert elders / people == pytest.approx(ELDER_SHARE[style])
    assert sum(weights.values()) == pytest.approx(1)


def test_ages_are_plausible(parts: list[Part]) -> None:
    ages = np.array([_age(row.person.born) for row in _here(parts)])
    assert ages.min() >= 0
    assert ages.max() < 105
    shares_by_decade = np.histogram(ages, bins=np.arange(0, 111, 10))[0] / len(ages)
    assert shares_by_decade[:9].min() > 0.01  # no decade of life is missing
    assert shares_by_decade.max() < 0.25
    assert 0.005 < (ages >= 90).mean() < 0.04


def test_living_alone_means_one_elder_alone(parts: list[Part]) -> None:
    for part in parts:
        homes: dict[int, list[ResidentRow]] = {}
        for row in part.homes.residents:
            homes.setdefault(row.unit, []).append(row)
        alone = 0
        for members in homes.values():
            here = [row.person for row in members if row.person.lives_here]
            tagged = [person for person in here if "living_alone" in person.tags]
            lone_elder = len(here) == 1 and _age(here[0].born) >= 60
            assert bool(tagged) == lone_elder
            alone += lone_elder
            if any("empty_nest" in person.tags for person in here):
                assert all(_age(person.born) >= 60 for person in here)
        assert alone > 500


def test_tags_are_the_known_ones(parts: list[Part]) -> None:
    tags = Counter(tag for row in _here(parts) for tag in row.person.tags)
    assert set(tags) == {"living_alone", "empty_nest", "disabled", "minimum_income", "bedridden", "party_member"}


def test_elders_who_live_alone_have_someone_to_tell(parts: list[Part]) -> None:
    for part in parts:
        first = part.homes.first_resident
        known = Counter(row.resident - first for row in part.homes.contacts)
        alone = [i for i, row in enumerate(part.homes.residents) if "living_alone" in row.person.tags]
        assert np.mean([known[i] > 0 for i in alone]) > 0.9
        assert len({(row.resident, row.priority) for row in part.homes.contacts}) == len(part.homes.contacts)
        relations = Counter(row.relative.relation for row in part.homes.contacts)
        assert {"女儿", "儿子"} <= set(relations)


def test_telephone_numbers_can_belong_to_nobody(town: Town, parts: list[Part]) -> None:
    phones = [row.person.phone for part in parts for row in part.homes.residents if row.person.phone]
    phones += [row.phone for row in town.workers]
    assert all(re.fullmatch(r"140\d{8}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    numbers = Numbers(3)
    assert len({numbers.take() for _ in range(100_000)}) == 100_000


def test_rooms_are_unique_and_on_a_floor_of_their_building(town: Town, parts: list[Part]) -> None:
    seen = set()
    tenure: Counter[str] = Counter()
    for part in parts:
        for row in part.homes.units:
            seen.add((row.entrance, row.room))
            tenure[row.tenure] += 1
            assert 1 <= row.floor <= town.survey.buildings[row.building].house.floors
            assert row.room.startswith(str(row.floor))
            assert town.survey.entrances[row.entrance].building == row.building
        lived = {row.unit for row in part.homes.residents}
        for number, row in enumerate(part.homes.units, part.homes.first_unit):
            assert (row.tenure == "vacant") == (number not in lived)
    total = sum(tenure.values())
    assert len(seen) == total
    assert 0.02 < tenure["vacant"] / total < 0.2
    assert 0.15 < tenure["rented"] / total < 0.45


def test_care_devices_are_with_those_who_need_them(parts: list[Part]) -> None:
    for part in parts:
        oldest: dict[int, int] = {}
        for row in part.homes.residents:
            if row.person.lives_here:
                oldest[row.unit] = max(oldest.get(row.unit, 0), _age(row.person.born))
        for kind in ("call_button", "bracelet", "home_camera", "door_magnet", "water_meter"):
            ages = [oldest[row.unit] for row in part.devices if row.kind == kind and row.unit is not None]
            assert np.mean(np.array(ages) >= 60) > 0.7
            assert np.median(ages) >= 70


def test_devices_are_named_for_a_dispatcher_and_for_nobody_else(parts: list[Part]) -> None:
    rows = [row for part in parts for row in part.devices]
    assert len({row.external_id for row in rows}) == len(rows)
    people = {row.person.name for part in parts for row in part.homes.residents if len(row.person.name) > 2}
    for row in rows:
        assert re.fullmatch(rf"S-{row.kind.upper()}-\d{{6}}", row.external_id)
        assert row.name.startswith(kinds()[row.kind]["name"])
        assert len(row.name) > len(kinds()[row.kind]["name"]) + 2
        assert not any(name in people for name in re.split(r"[ （）]", row.name))
        assert row.installed_at.date() < REFERENCE_DAY


def test_devices_of_one_flat_share_their_spot(parts: list[Part]) -> None:
    spots: dict[int, set[tuple[float, float]]] = {}
    for part in parts:
        for row in part.devices:
            if row.unit is not None:
                spots.setdefault(row.unit, set()).add(row.at)
    assert len(spots) > 500
    assert all(len(found) == 1 for found in spots.values())


def test_normal_readings_break_no_rule() -> None:
    dice = Dice(stream(1, "test"))
    for code, kind in kinds().items():
        rule: dict[str, Any] = kind["rule"]
        for _ in range(300):
            value = normal_values(code, dice)[rule["metric"]]
            if "at_least" in rule:
                assert value < rule["at_least"]
            else:
                assert value > rule["at_most"]


def test_every_community_has_what_it_needs_and_some_lack_a_canteen(town: Town) -> None:
    community = town.survey.regions.community_of
    have: dict[int, set[str]] = {}
    for row in town.facilities:
        have.setdefault(int(community[row.grid]), set()).add(row.category)
    assert len(have) == 8
    for categories in have.values():
        assert {"community_service", "convenience", "pharmacy", "bus_stop", "restaurant"} <= categories
    canteens = sum("canteen" in categories for categories in have.values())
    assert 0 < canteens < 8


def test_facilities_are_of_the_catalogue() -> None:
    file = resources.files("data.catalogue") / "facility_categories.toml"
    codes = {entry["code"] for entry in tomllib.loads(file.read_text(encoding="utf-8"))["category"]}
    for group, settings in services().items():
        for category, setting in settings.items():
            assert setting.get("category", category) in codes, (group, category)


def test_no_two_main_streets_are_called_the_same(town: Town) -> None:
    spines = [spine for spine in town.survey.plan.skeleton.spines if spine.depth]
    assert len({spine.name for spine in spines}) == len(spines)
    named = {row.way.name for row in town.survey.streets if row.way.name}
    assert len(named) > 200
    assert all(name.zh and name.en for name in named)


def test_shares_add_up() -> None:
    assert shares(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert shares(7, [0, 0]).tolist() == [0, 0]
    assert int(shares(1_000_003, np.arange(1, 200)).sum()) == 1_000_003


def _here(parts: list[Part]) -> list[ResidentRow]:
    return [row for part in parts for row in part.homes.residents if row.person.lives_here]


def _age(born: date) -> int:
    day = REFERENCE_DAY
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
