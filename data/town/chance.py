"""Chance that is the same for the same seed, whatever is drawn elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import ArrayLike, NDArray

T = TypeVar("T")


def stream(seed: int, *purpose: str | int) -> Generator:
    """A generator of its own for one purpose, so that a new draw in one place moves nothing in another.

    Parameters
    ----------
    seed : int
        Of the whole town, not negative.
    purpose : str or int
        What it is for: ``"homes", 12``.
    """
    keys = [part if isinstance(part, int) else crc32(part.encode()) for part in purpose]
    return Generator(PCG64(SeedSequence([seed, *keys])))


def pick(rng: Generator, options: Sequence[T]) -> T:
    """One of the options, each as likely."""
    return options[int(rng.integers(len(options)))]


def shuffled(rng: Generator, options: Sequence[T]) -> list[T]:
    """The options in a random order."""
    return [options[i] for i in rng.permutation(len(options))]


def shares(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """`total` split by weight into whole numbers that add up to it (largest remainder).

    Parameters
    ----------
    total : int
    weights : array_like of float, shape (n,)
        Not negative; all zero gives all zero.
    """
    parts: NDArray[np.float64] = np.asarray(weights, np.float64)
    if parts.size == 0 or parts.sum() == 0:
        return np.zeros(parts.size, np.int64)
    exact = parts * (total / parts.sum())
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    # Ties go to the first; a plain sort would leave their order to the machine.
    rest = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[rest] += 1
    return whole


def dealt(rng: Generator, total: int, weights: dict[str, float]) -> list[str]:
    """`total` labels in exact proportion to their weights, in random order."""
    counts = shares(total, list(weights.values()))
    labels: list[Any] = np.repeat(np.array(list(weights)), counts).tolist()
    return shuffled(rng, labels)
