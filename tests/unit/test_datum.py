"""Datums against published points, and there and back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pyproj import Geod

from geo.datum import DATUMS, Datum, convert

EARTH = Geod(ellps="WGS84")


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(EARTH.inv(*a, *b)[2])


# Tian'anmen's flagpole as it is commonly published in the three datums; good to about ten metres.
FLAGPOLE: dict[Datum, tuple[float, float]] = {
    "wgs84": (116.39128, 39.90735),
    "gcj02": (116.39752, 39.90875),
    "bd09": (116.40388, 39.91509),
}


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(FLAGPOLE, 2)))
def test_a_published_point(source: Datum, target: Datum) -> None:
    x, y = convert(*FLAGPOLE[source], source=source, target=target)
    assert metres((float(x), float(y)), FLAGPOLE[target]) < 12


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(DATUMS, 2)))
def test_there_and_back_is_within_a_centimetre(source: Datum, target: Datum) -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(75, 134, 2000), rng.uniform(4, 53, 2000)
    x, y = convert(lon, lat, source=source, target=target)
    back_x, back_y = convert(x, y, source=target, target=source)
    _, _, off_m = EARTH.inv(lon, lat, back_x, back_y)
    assert off_m.max() < 0.01


def test_the_offset_is_some_hundred_metres_in_china_and_nothing_elsewhere() -> None:
    lon, lat = np.array([120.6, 87.6, 2.35]), np.array([31.3, 43.8, 48.86])
    x, y = convert(lon, lat, source="wgs84", target="gcj02")
    _, _, off_m = EARTH.inv(lon, lat, x, y)
    assert 100 < off_m[0] < 700
    assert 100 < off_m[1] < 700
    assert off_m[2] == 0


def test_cgcs2000_is_wgs84_here() -> None:
    x, y = convert(120.0, 31.0, source="cgcs2000", target="wgs84")
    assert (float(x), float(y)) == (120.0, 31.0)
