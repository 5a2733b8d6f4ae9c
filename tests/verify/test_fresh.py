"""Kept tiles equal fresh ones over a whole village, through long series of edits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from geo.database.engine import make_engine
from tests.edits import Edit, Tiles, check, edits, make, tiles_around
from tests.verify.conftest import Figures

TITLE = "Tiles that changed"
EXAMPLES = 400


@pytest.fixture(scope="module")
def kept(village_url: str) -> Iterator[tuple[Connection, Tiles, tuple[float, float]]]:
    """A village, all its tiles, and its middle. Everything is rolled back."""
    engine = make_engine(village_url)
    with engine.connect() as connection:
        connection.execute(text("select yike.number_changes()"))
        connection.commit()
        middle = text("select st_x(p), st_y(p) from (select st_centroid(st_extent(geom)) as p from yike.device) as m")
        lon, lat = connection.execute(middle).one()
        tiles = make(connection, tiles_around(4, lon, lat))
        connection.rollback()
        yield connection, tiles, (lon, lat)
    engine.dispose()


@pytest.mark.timeout(1800)
def test_no_tile_that_differs_goes_unnamed(
    kept: tuple[Connection, Tiles, tuple[float, float]], figures: Figures
) -> None:
    connection, before, (lon, lat) = kept
    differ = 0

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(edits(lon, lat, rows=60), min_size=1, max_size=12))
    def holds(series: list[Edit]) -> None:
        nonlocal differ
        try:
            differ += check(connection, before, series)
        finally:
            connection.rollback()

    holds()
    figures.add(
        f"tiles of a village kept through {EXAMPLES} series of up to 12 edits, {len(before)} tiles compared after each",
        f"{differ} differed, each of them was named",
    )
