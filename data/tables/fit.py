"""In which datum the places of a file fit what is stored: streets near them, buildings around them."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Fit:
    """How places fit if they are of one datum.

    Attributes
    ----------
    street_m : float
        Median metres to the nearest street; infinite where most have none within 250 m.
    in_buildings : float
        Share that lies in a building, 0 to 1.
    """

    datum: Datum
    street_m: float
    in_buildings: float

    def __str__(self) -> str:
        far = f"{self.street_m:.0f} m to the streets" if np.isfinite(self.street_m) else "no street near"
        return f"{self.datum}: {far}, {self.in_buildings:.0%} in buildings"


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
            inside = connection.execute(query("tables/count_in_buildings"), {"lon": lon.tolist(), "lat": lat.tolist()})
            found.append(Fit(datum, to_streets_m(network, lon, lat), inside.scalar_one() / len(some)))
    return found


def likeliest(found: list[Fit], count: int) -> Datum | None:
    """The datum that fits far better than WGS 84; None where none does.

    Streets tell when they are near in one datum and far in the other. In a dense town something is always near; there
    places that lie in buildings tell, when they hardly do so as WGS 84.
    """
    if not found or count < _FEWEST:
        return None
    plain, *others = found
    by_street = min(others, key=lambda fit: fit.street_m)
    if plain.street_m > FAR_M and by_street.street_m <= max(CLOSE_M, plain.street_m / 3):
        return by_street.datum
    by_building = max(others, key=lambda fit: fit.in_buildings)
    if by_building.in_buildings >= 0.4 and by_building.in_buildings >= 2 * plain.in_buildings:
        return by_building.datum
    return None
