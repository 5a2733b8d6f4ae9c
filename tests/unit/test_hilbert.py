"""The Hilbert curve passes every square once, by its sides; and the order along it keeps neighbours together."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries
from numpy.random import PCG64, Generator

from geo.hilbert import hilbert_number, hilbert_order


@pytest.mark.parametrize("level", [1, 2, 5])
def test_the_curve_passes_every_square_by_its_sides(level: int) -> None:
    side = 1 << level
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    number = hilbert_number(column, row, level)
    assert sorted(number.tolist()) == list(range(side * side))
    along = np.argsort(number)
    steps = np.abs(np.diff(column[along])) + np.abs(np.diff(row[along]))
    assert (steps == 1).all()


def test_neighbours_lie_as_close_as_in_the_order_of_geopandas() -> None:
    xy = Generator(PCG64(3)).uniform(0, 5000, (20_000, 2))
    ours = xy[hilbert_order(xy)]
    theirs = xy[np.argsort(GeoSeries(shapely.points(xy)).hilbert_distance().to_numpy(), kind="stable")]

    def walked_m(points: np.ndarray) -> float:
        return float(np.hypot(*np.diff(points, axis=0).T).sum())

    assert walked_m(ours) == pytest.approx(walked_m(theirs), rel=0.01)
    assert walked_m(ours) < walked_m(xy) / 50


def test_equal_places_keep_their_order_and_shapes_count_by_the_middle_of_their_box() -> None:
    assert hilbert_order([]).tolist() == []
    assert hilbert_order([(7.0, 7.0)] * 3).tolist() == [0, 1, 2]
    assert hilbert_order([(3.0, 0.0), (1.0, 0.0), (2.0, 0.0)]).tolist() in ([1, 2, 0], [0, 2, 1])
    xy = Generator(PCG64(4)).uniform(0, 100, (500, 2))
    boxes = shapely.box(xy[:, 0] - 1, xy[:, 1] - 2, xy[:, 0] + 1, xy[:, 1] + 2)
    assert hilbert_order(boxes).tolist() == hilbert_order(xy).tolist()
