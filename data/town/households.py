"""Who lives together: kinds of household, how many of each, and how old their members are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data.town.chance import dealt

ELDER = 60
"""Age in years from which a resident counts as elder."""


class Kind(NamedTuple):
    """A kind of household. Roles: E elder, S elder's spouse, C their grown child, P the child's partner,
    A adult, B the adult's partner, K child, Y a young adult.
    """

    roles: str
    rented: float  # how likely the home is rented


KINDS: dict[str, Kind] = {
    "elder_alone": Kind("E", 0.05),
    "elder_couple": Kind("ES", 0.03),
    "elder_child": Kind("ESC", 0.02),
    "three_generations": Kind("ESCPK", 0.02),
    "elder_family": Kind("ECPK", 0.03),
    "couple": Kind("AB", 0.34),
    "family": Kind("ABK", 0.22),
    "family_of_four": Kind("ABKK", 0.18),
    "single": Kind("Y", 0.80),
    "sharers": Kind("YYY", 1.0),
}

_WITH_ELDERS = {
    "elder_alone": 6.0,
    "elder_couple": 6.5,
    "elder_child": 2.5,
    "three_generations": 2.0,
    "elder_family": 2.0,
}
_WITHOUT = {
    "old": {"couple": 5.0, "family": 4.0, "family_of_four": 0.8, "single": 4.0, "sharers": 1.6},
    "slab": {"couple": 5.0, "family": 6.0, "family_of_four": 1.5, "single": 2.5, "sharers": 1.2},
    "tower": {"couple": 4.0, "family": 7.0, "family_of_four": 2.5, "single": 2.0, "sharers": 0.5},
    "cottage": {"couple": 4.0, "family": 3.0, "family_of_four": 2.0, "single": 3.0, "sharers": 4.0},
}
ELDER_SHARE = {"old": 0.38, "slab": 0.27, "tower": 0.13, "cottage": 0.22}
"""Share of residents of 60 and more, by the kind of home."""


def mix(style: str) -> dict[str, float]:
    """How likely each kind of household is where homes are of a style, so that the share of elders comes out."""
    share = ELDER_SHARE[style]
    with_elders, without = _normal(_WITH_ELDERS), _normal(_WITHOUT[style])
    elders = sum(weight * sum(role in "ES" for role in KINDS[kind].roles) for kind, weight in with_elders.items())
    people, others = mean_size(with_elders), mean_size(without)
    part = share * others / (elders - share * (people - others))
    return {**{k: w * part for k, w in with_elders.items()}, **{k: w * (1 - part) for k, w in without.items()}}


def mean_size(weights: dict[str, float]) -> float:
    """Persons a household, where kinds are so likely."""
    return sum(weight * len(KINDS[kind].roles) for kind, weight in weights.items()) / sum(weights.values())


def deal_households(rng: Generator, style: str, count: int) -> list[str]:
    """Kinds for so many households of a style, in exact proportion."""
    return dealt(rng, count, mix(style))


def ages(rng: Generator, kind: str, count: int) -> NDArray[np.float64]:
    """Ages in years of the members of `count` households of a kind, shape (count, members)."""
    roles = KINDS[kind].roles
    found = np.zeros((count, len(roles)))
    head = found[:, 0]
    for place, role in enumerate(roles):
        if role == "E":
            oldest = 4.5 if kind == "elder_alone" else 0
            head[:] = ELDER + 0.1 + np.minimum(rng.gamma(1.7, 6.2, count) + oldest * rng.random(count), 38)
        elif role == "S":
            found[:, place] = np.maximum(head - 1.5 + rng.normal(0, 2.6, count), ELDER + rng.random(count))
        elif role == "C":
            found[:, place] = np.clip(head - rng.uniform(23, 33, count), 23, 59.4)
        elif role == "A":
            low, high = (27, 54) if "K" in roles else (25, 59.5)
            found[:, place] = rng.uniform(low, high, count)
        elif role in "PB":
            found[:, place] = np.clip(found[:, place - 1] - 1 + rng.normal(0, 2.4, count), 21, 59.6)
        elif role == "K":
            parent = found[:, roles.index("P" if "P" in roles else "B")]
            found[:, place] = np.clip(parent - rng.uniform(24, 33, count), 0.1, 27)
        else:
            found[:, place] = rng.uniform(19, 44, count) if kind == "single" else rng.uniform(18.5, 38, count)
    return found


def _normal(weights: dict[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {kind: weight / total for kind, weight in weights.items()}
