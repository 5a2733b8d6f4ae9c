"""Rows that are drawn lie on disk in the order of a Hilbert curve, so that a tile reads neighbouring pages."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from geo.database.engine import make_engine
from geo.hilbert import hilbert_order


def test_the_order_keeps_neighbours_together() -> None:
    side = np.arange(16)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    steps = np.abs(np.diff(places[hilbert_order(places)], axis=0)).sum(axis=1)
    assert (steps == 1).all()
    assert hilbert_order(shapely.points([(0.0, 0.0)])).tolist() == [0]
    assert hilbert_order([]).tolist() == []


LOADED = [("nanjing_url", "building"), ("nanjing_url", "street"), ("nanjing_url", "facility"),
          ("village_url", "building"), ("village_url", "street"), ("village_url", "device")]  # fmt: skip


@pytest.mark.parametrize(("source", "layer"), LOADED)
def test_loaded_rows_lie_along_the_curve(request: pytest.FixtureRequest, source: str, layer: str) -> None:
    engine = make_engine(request.getfixturevalue(source))
    with engine.connect() as connection:
        found = connection.execute(text(f"select st_asbinary(geom) from yike.{layer} order by ctid")).scalars().all()
    engine.dispose()
    box = shapely.bounds(shapely.from_wkb([bytes(one) for one in found]))
    middle = (box[:, :2] + box[:, 2:]) / 2

    def way(places: NDArray[np.float64]) -> float:
        return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())

    # The database's curve is laid over the whole world, this one over what there is.
    assert way(middle) < 1.3 * way(middle[hilbert_order(middle)])
