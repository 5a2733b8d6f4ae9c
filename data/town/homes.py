"""Units and who lives in them. Works from stairs alone, whether drawn or imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from data.town.households import KINDS, ages, deal_households, mean_size, mix
from data.town.people import Dice, Household, Numbers, Person, Relative, furnish_household

VACANT_AT_LEAST, VACANT_AT_MOST = 0.03, 0.35


class Stair(NamedTuple):
    """A stair with homes.

    Attributes
    ----------
    building, entrance, grid : int
    floors, homes : int
    style : str
        ``old``, ``slab``, ``tower`` or ``cottage``: how it is built.
    people : str
        The same words: whom one finds there.
    label : str
        What the building is called: 杏花苑3幢.
    number : str
        The stair's own number, empty where the building has but one.
    """

    building: int
    entrance: int
    grid: int
    floors: int
    homes: int
    style: str
    people: str
    label: str
    number: str


class UnitRow(NamedTuple):
    """A dwelling."""

    building: int
    entrance: int
    grid: int
    floor: int
    room: str
    tenure: str


class ResidentRow(NamedTuple):
    """A person in a dwelling."""

    unit: int
    grid: int
    person: Person


class ContactRow(NamedTuple):
    """A relative of a resident."""

    resident: int
    priority: int
    relative: Relative


class Dwelling(NamedTuple):
    """What devices need to know of a unit: where it is and who needs care in it."""

    unit: int
    stair: Stair
    floor: int
    place: int
    address: str
    oldest: float
    alone: bool
    people: int


@dataclass(slots=True)
class Homes:
    """Dwellings of one part of the town. Numbers go on from those of the parts before it."""

    first_unit: int
    first_resident: int
    units: list[UnitRow] = field(default_factory=list)
    residents: list[ResidentRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)

    def extend(self, more: Homes) -> None:
        """Add the homes of another part that goes on from this one; who only hangs devices is not kept."""
        self.units += more.units
        self.residents += more.residents
        self.contacts += more.contacts


def vacancy(stairs: Sequence[Stair], residents: int) -> float:
    """Which share of all homes stands empty when so many people live in them."""
    persons = sum(stair.homes * mean_size(mix(stair.people)) for stair in stairs)
    return float(np.clip(1 - residents / persons, VACANT_AT_LEAST, VACANT_AT_MOST)) if persons else 0.0


def furnish_homes(
    stairs: Sequence[Stair], empty: float, today: date, rng: Generator, numbers: Numbers, first: tuple[int, int]
) -> Homes:
    """Units for all stairs, and households for all but the empty ones.

    Parameters
    ----------
    stairs : sequence of Stair
    empty : float
        Share of homes without residents.
    today : date
        The day ages are counted to.
    rng : Generator
    numbers : Numbers
        Gives out telephone numbers.
    first : tuple of int
        Number of the first unit and of the first resident.
    """
    homes = Homes(*first)
    for people in dict.fromkeys(stair.people for stair in stairs):
        _furnish(homes, [stair for stair in stairs if stair.people == people], people, empty, today, rng, numbers)
    return homes


def _furnish(
    homes: Homes, stairs: list[Stair], style: str, empty: float, today: date, rng: Generator, numbers: Numbers
) -> None:
    doors = [(stair, home) for stair in stairs for home in range(stair.homes)]
    lived = round(len(doors) * (1 - empty))
    kinds = [*deal_households(rng, style, lived), *([""] * (len(doors) - lived))]
    kinds = [kinds[i] for i in rng.permutation(len(kinds))]
    counts = {kind: kinds.count(kind) for kind in KINDS}
    drawn = {kind: iter(ages(rng, kind, count).tolist()) for kind, count in counts.items() if count}
    chances, dice = rng.random((len(doors), 2)).tolist(), Dice(rng)
    for (stair, home), kind, (rent, extra) in zip(doors, kinds, chances, strict=True):
        per_floor = -(-stair.homes // stair.floors)
        floor, place = home // per_floor + 1, home % per_floor
        room = f"{floor}{place + 1:02d}"
        tenure = "vacant" if not kind else "rented" if rent < KINDS[kind].rented else "owned"
        unit = homes.first_unit + len(homes.units)
        homes.units.append(UnitRow(stair.building, stair.entrance, stair.grid, floor, room, tenure))
        oldest, people = 0.0, 0
        if kind:
            household = furnish_household(kind, next(drawn[kind]), tenure == "rented", extra, today, dice, numbers)
            oldest, people = _settle(homes, unit, stair.grid, household)
        homes.dwellings.append(
            Dwelling(unit, stair, floor, place, _address(stair, room), oldest, kind == "elder_alone", people)
        )


def _settle(homes: Homes, unit: int, grid: int, household: Household) -> tuple[float, int]:
    """Add a household's people; returns the age of the oldest and how many live here."""
    first = homes.first_resident + len(homes.residents)
    homes.residents.extend(ResidentRow(unit, grid, person) for person in household.people)
    homes.contacts.extend(
        ContactRow(first + place, priority, relative) for place, priority, relative in household.relatives
    )
    here = [person for person in household.people if person.lives_here]
    return max(person.age for person in here), len(here)


def _address(stair: Stair, room: str) -> str:
    if stair.homes == 1:
        return stair.label
    gap = " " if stair.label[-1].isascii() else ""
    return f"{stair.label}{gap}{stair.number}单元{room}" if stair.number else f"{stair.label}{gap}{room}室"
