"""In which datum the places of a file fit what is stored: streets near them, buildings around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.database.sql import query
from geo.datum import Datum, convert
from geo.network.doubt import CLOSE_M, FAR_M, to_streets_m
from geo.network.graph import Graph

_CANDIDATES: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09")
_LOOKED_AT = 3000
_FEWEST = 5
_CLEARLY = 0.2
_MARGIN_M = 3.0
"""A street's line is this near to what stands on it, and a door to its building."""


@dataclass(frozen=True)
class Fit:
    """How places fit if they are of one datum.

    Attributes
    ----------
    street_m : float
        Median metres to the nearest street; infinite where most have none within 250 m.
    at_something : float
        Share that lies in a building, at its walls or on a street, 0 to 1. In a dense town three in ten do by chance.
    """

    datum: Datum
    street_m: float
    at_something: float

    def __str__(self) -> str:
        far = f"{self.street_m:.0f} m to the streets" if np.isfinite(self.street_m) else "no street near"
        return f"{self.datum}: {far}, {self.at_something:.0%} in a building or on a street"


def fits(engine: Engine, at: NDArray[np.float64]) -> list[Fit]:
    """How places fit in each datum; nothing when there are no streets here to compare with.

    Parameters
    ----------
    at : ndarray, shape (k, 2)
        Degrees as delivered; of very many every n-th is looked at.
    """
    if not len(at):
        return []
    graph = Graph.load(engine)
    if not len(graph.edge_id):
        return []
    network = graph.network("walk")
    some = at[:: max(1, len(at) // _LOOKED_AT)]
    found = []
    with engine.connect() as connection:
        for datum in _CANDIDATES:
            lon, lat = convert(some[:, 0], some[:, 1], source=datum, target="wgs84")
            margin = _MARGIN_M / np.cos(np.radians(np.median(lat)))
            counted = connection.execute(
                query("tables/count_at_something"), {"lon": lon.tolist(), "lat": lat.tolist(), "margin": float(margin)}
            )
            found.append(Fit(datum, to_streets_m(network, lon, lat), counted.scalar_one() / len(some)))
    return found


def is_told(found: list[Fit], count: int) -> bool:
    """Whether places fit clearly best as WGS 84; where nothing tells, a person should know that nothing does."""
    plain, *others = found
    return plain.at_something >= max(fit.at_something for fit in others) + _clearly(count)


def likeliest(found: list[Fit], count: int) -> Datum | None:
    """The datum that fits far better than WGS 84; None where none does.

    What lies in buildings or on streets in one datum and hardly so in WGS 84 is of that datum; so is what is near to
    streets in it, and far from any in WGS 84. The fewer the places, the greater the difference has to be.
    """
    if not found or count < _FEWEST:
        return None
    plain, *others = found
    best = max(others, key=lambda fit: fit.at_something)
    if best.at_something - plain.at_something >= _clearly(count):
        return best.datum
    near = [fit for fit in others if fit.street_m <= max(CLOSE_M, plain.street_m / 3)]
    if plain.street_m > FAR_M and near:
        return max(near, key=lambda fit: fit.at_something).datum
    return None


def _clearly(count: int) -> float:
    """A difference of two shares that is no chance: two and a half standard errors, a fifth at least."""
    return max(_CLEARLY, 2.5 * math.sqrt(0.5 / min(count, _LOOKED_AT)))
