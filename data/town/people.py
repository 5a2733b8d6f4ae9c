"""People with names, ages, tags and relatives. Nobody of them exists, nor do their telephone numbers."""

from __future__ import annotations

from bisect import bisect
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from data.town.households import ELDER, KINDS
from data.town.names import given_names, surnames, words

_YEAR_DAYS = 365.2425
_AWAY = 0.03  # registered here, living elsewhere


class Person(NamedTuple):
    """A resident. `age` in years on the day the town was drawn."""

    name: str
    gender: str
    born: date
    age: float
    phone: str | None
    is_registered: bool
    lives_here: bool
    tags: list[str]


class Relative(NamedTuple):
    """Whom to tell."""

    name: str
    relation: str
    phone: str


class Household(NamedTuple):
    """People of one home; relatives with the place of the person they belong to, and their priority."""

    people: list[Person]
    relatives: list[tuple[int, int, Relative]]


class Numbers:
    """Telephone numbers nobody can own: the prefix 140 belongs to machines, whose numbers have thirteen digits."""

    _MODULUS, _FACTOR = 10**8, 61_803_399  # no common divisor: every number comes once

    def __init__(self, seed: int, first: int = 0) -> None:
        self._next = (seed * 7_919 + first) % self._MODULUS

    def take(self) -> str:
        """A number not yet given out."""
        self._next = (self._next + 1) % self._MODULUS
        return f"140{self._next * self._FACTOR % self._MODULUS:08d}"


class Dice:
    """Small draws by the block: asking numpy for one number at a time is slow."""

    _BLOCK = 1 << 14

    def __init__(self, rng: Generator) -> None:
        self._rng = rng
        self._left: list[float] = []

    def roll(self) -> float:
        """A number from 0 to 1."""
        if not self._left:
            self._left = self._rng.random(self._BLOCK).tolist()
        return self._left.pop()

    def of(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        return int(self.roll() * count)


@cache
def _surname_steps() -> tuple[list[str], list[float]]:
    names, weights = surnames()
    return names, np.cumsum(weights).tolist()


def surname(dice: Dice) -> str:
    """A surname, common ones more often."""
    names, steps = _surname_steps()
    return names[min(bisect(steps, dice.roll()), len(names) - 1)]


def full_name(dice: Dice, family: str, age: float, gender: str) -> str:
    """A name as people of that age and gender bear it."""
    pool = _pool(int(min(age, 90) // 10), gender)
    first = pool[dice.of(len(pool))]
    return family + first + (pool[dice.of(len(pool))] if dice.roll() < 0.72 else "")


@cache
def _pool(decade: int, gender: str) -> str:
    return given_names(decade * 10 + 5, gender)


def furnish_household(
    kind: str, ages: list[float], rented: bool, extra: float, today: date, dice: Dice, numbers: Numbers
) -> Household:
    """The people of one household, their tags, and whom to tell."""
    roles = KINDS[kind].roles
    genders = _genders(roles, dice)
    families = _families(roles, genders, dice)
    people = []
    for role, age, gender, family in zip(roles, ages, genders, families, strict=True):
        registered = dice.roll() < (0.28 if rented else 0.94)
        people.append(_person(kind, role, age, gender, family, registered, True, today, dice, numbers))
    if extra < _AWAY and not rented and kind != "elder_alone":
        age = 62 + 25 * dice.roll() if dice.roll() < 0.33 else 20 + 38 * dice.roll()
        gender = "female" if dice.roll() < 0.5 else "male"
        people.append(_person(kind, "Z", age, gender, families[0], True, False, today, dice, numbers))
    return Household(people, list(_relatives(roles, people, dice, numbers)))


def _genders(roles: str, dice: Dice) -> list[str]:
    found: list[str] = []
    for role in roles:
        if role == "E":
            men = 0.32 if roles == "E" else 0.3 if "S" not in roles else 1.0
            found.append("male" if dice.roll() < men else "female")
        elif role == "S":
            found.append("female")
        elif role in "PB":
            found.append("female" if found[-1] == "male" else "male")
        else:
            found.append("male" if dice.roll() < 0.5 else "female")
    return found


def _families(roles: str, genders: list[str], dice: Dice) -> list[str]:
    """Surnames: children bear their father's."""
    own, father = surname(dice), ""
    found: list[str] = []
    for role, gender in zip(roles, genders, strict=True):
        if role in "SPBY":
            found.append(surname(dice))
        elif role == "C":
            # A widow's child bears the late husband's name.
            found.append(own if genders[0] == "male" else surname(dice))
        elif role == "K":
            found.append(father or own)
        else:
            found.append(own)
        if role in "CPAB" and gender == "male":
            father = found[-1]
    return found


def _person(
    kind: str, role: str, age: float, gender: str, family: str, registered: bool, here: bool, today: date, dice: Dice,
    numbers: Numbers,
) -> Person:  # fmt: skip
    reach = 0.0 if age < 12 else 0.6 if age >= 80 else 0.97
    return Person(
        full_name(dice, family, age, gender), gender, today - timedelta(days=int(age * _YEAR_DAYS) + 1), age,
        numbers.take() if dice.roll() < reach else None, registered or not here, here,
        _tags(kind, role, age, dice),
    )  # fmt: skip


def _tags(kind: str, role: str, age: float, dice: Dice) -> list[str]:
    elder = role in "ES"
    tags = []
    if kind == "elder_alone" and elder:
        tags.append("living_alone")
    if kind in ("elder_alone", "elder_couple") and elder:
        tags.append("empty_nest")
    if dice.roll() < (0.06 if elder else 0.015):
        tags.append("disabled")
    if dice.roll() < (0.06 if kind == "elder_alone" else 0.012):
        tags.append("minimum_income")
    if age >= 75 and dice.roll() < (0.09 if age >= 85 else 0.03):
        tags.append("bedridden")
    if age >= 25 and dice.roll() < (0.16 if age >= ELDER else 0.08):
        tags.append("party_member")
    return tags


def _relatives(roles: str, people: list[Person], dice: Dice, numbers: Numbers) -> list[tuple[int, int, Relative]]:
    """Relatives of the elders: a child at home, or one or two who live elsewhere."""
    found: list[tuple[int, int, Relative]] = []
    child = roles.find("C")
    for place, role in enumerate(roles):
        if role not in "ES":
            continue
        priority = 1
        if child >= 0 and (phone := people[child].phone) is not None:
            relation = "儿子" if people[child].gender == "male" else "女儿"
            found.append((place, priority, Relative(people[child].name, relation, phone)))
            priority += 1
        for chance in (0.95, 0.45) if child < 0 else (0.3,):
            if dice.roll() < chance:
                found.append((place, priority, _kin(people[place], dice, numbers)))
                priority += 1
    return found


def _kin(person: Person, dice: Dice, numbers: Numbers) -> Relative:
    gender = "female" if dice.roll() < 0.55 else "male"
    kin: list[str] = words()["kin"][gender]
    relation = kin[dice.of(len(kin))]
    father = person.gender == "male" and relation in ("女儿", "儿子", "侄子", "侄女")
    family = person.name[0] if father else surname(dice)
    return Relative(full_name(dice, family, max(25.0, person.age - 28), gender), relation, numbers.take())
