"""Names of places and people, put together from parts; no two main streets are called the same."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from data.town.chance import pick, stream


class Name(NamedTuple):
    """A name in Chinese and in English."""

    zh: str
    en: str


@cache
def words() -> dict[str, Any]:
    """The parts, as `words.toml` lists them."""
    return tomllib.loads((resources.files("data.town") / "words.toml").read_text(encoding="utf-8"))


class PlaceNames:
    """Hands out names of streets, areas and compounds, each stem once.

    Parameters
    ----------
    seed : int
        The same seed gives the same names in the same order.
    """

    def __init__(self, seed: int) -> None:
        self._rng = stream(seed, "names")
        stems = [
            Name(head[0] + tail[0], head[1] + tail[1])
            for head in _parts("heads")
            for tail in _parts("tails")
            if head[0] != tail[0]
        ]
        self._stems = [stems[i] for i in self._rng.permutation(len(stems))]
        self._next = 0

    def stem(self) -> Name:
        """A two-character stem nobody has yet; after some thousands they come back with a direction in front."""
        turn, place = divmod(self._next, len(self._stems))
        self._next += 1
        stem = self._stems[place]
        before = _DIRECTIONS[turn % len(_DIRECTIONS)]
        return Name(before.zh + stem.zh, before.en + stem.en.lower() if before.en else stem.en)

    def named(self, kind: str, stem: Name | None = None) -> Name:
        """A name of one kind (a key of `suffixes` in `words.toml`), of a new stem unless one is given."""
        return with_suffix(self._rng, kind, stem or self.stem())


def with_suffix(rng: Generator, kind: str, stem: Name) -> Name:
    """A stem with one of the endings of its kind: 柳溪 and 路."""
    zh, en = pick(rng, words()["suffixes"][kind]).split("|")
    return Name(stem.zh + zh, f"{stem.en} {en}")


_DIRECTIONS = [
    Name(*pair.split("-"))
    for pair in (
        "-",
        "东-Dong",
        "西-Xi",
        "南-Nan",
        "北-Bei",
        "上-Shang",
        "下-Xia",
        "前-Qian",
        "后-Hou",
        "大-Da",
        "小-Xiao",
    )
]


def _parts(kind: str) -> list[list[str]]:
    return [entry.split(" ") for entry in words()[kind]]


@cache
def surnames() -> tuple[list[str], np.ndarray[Any, np.dtype[np.float64]]]:
    """Surnames and how likely each is."""
    parts = words()["people"]["surnames"].split()
    weights = np.array([int(weight) for weight in parts[1::2]], np.float64)
    return parts[0::2], weights / weights.sum()


def given_names(age: int, gender: str) -> str:
    """The characters that given names of an age (years) and gender are made of."""
    people: dict[str, str] = words()["people"]
    if age < 22:
        return people["girls" if gender == "female" else "boys"]
    if age < 58:
        return people["women" if gender == "female" else "men"]
    return people["elder_women" if gender == "female" else "elder_men"]
