"""Clusters: at every zoom each device is in exactly one, whatever tile edges cut through the crowd."""

from __future__ import annotations

import json
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from numpy.random import PCG64, Generator

from geo.live.board import Status
from geo.live.places import Places
from geo.mercator import to_mercator
from geo.scope import AreaScope
from tiles.address import EXTENT, TileAddress
from tiles.sources import TileQuery
from tiles.status import LiveState, StatusSource

COUNT = 3000
ALL = TileQuery(AreaScope.everything())


@pytest.fixture(scope="module")
def state() -> LiveState:
    """Devices around a corner where four tiles meet at every zoom: longitude 90, latitude 0."""
    rng = Generator(PCG64(3))
    lon, lat = 90 + rng.normal(0, 0.05, COUNT), rng.normal(0, 0.05, COUNT)
    # Some exactly on the edges.
    lon[:50], lat[25:75] = 90.0, 0.0
    x, y = to_mercator(lon, lat)
    places = Places(
        id=np.arange(1, COUNT + 1),
        x=x,
        y=y,
        kind=rng.integers(0, 3, COUNT).astype(np.int16),
        kinds=("gas", "manhole", "smoke"),
        path=(np.arange(COUNT) % 2).astype(np.int32),
        paths=("a", "b/c"),
    )
    status: dict[int, Status] = {int(key): "abnormal" for key in rng.choice(COUNT, 40, replace=False) + 1}
    status |= {int(key): "offline" for key in range(1, COUNT) if key % 10 == 0 and key not in status}
    return LiveState(places, status)


def features(state: LiveState, z: int, query: TileQuery = ALL) -> list[dict[str, Any]]:
    """Of all tiles around the corner."""
    source = StatusSource(lambda: state)
    middle, reach = 2**z * 3 // 4, max(1, 2**z // 700 + 1)
    equator = 2**z // 2
    found: list[dict[str, Any]] = []
    for x in range(middle - reach, middle + reach):
        for y in range(equator - reach, equator + reach):
            content = source.tile(TileAddress(z, x, y), query)
            if content:
                found += mapbox_vector_tile.decode(content)["device_status"]["features"]
    return found


@pytest.mark.parametrize("z", [4, 7, 10, 12, 14])
def test_sums_over_a_zoom_equal_the_whole(state: LiveState, z: int) -> None:
    clusters = [f["properties"] for f in features(state, z)]
    assert sum(c["total"] for c in clusters) == COUNT
    assert sum(c["abnormal"] for c in clusters) == 40
    offline = sum(status == "offline" for status in state.status.values())
    assert sum(c["offline"] for c in clusters) == offline
    by_kind = [json.loads(c["by_kind"]) for c in clusters]
    for number, kind in enumerate(state.places.kinds):
        assert sum(c.get(kind, 0) for c in by_kind) == int((state.places.kind == number).sum())


@pytest.mark.parametrize("z", [7, 12])
def test_a_cluster_has_an_id_of_its_own(state: LiveState, z: int) -> None:
    ids = [f["id"] for f in features(state, z)]
    assert len(set(ids)) == len(ids)
    assert max(ids) < 2**53


def test_points_lie_where_the_devices_are(state: LiveState) -> None:
    address = TileAddress(15, 3 * 2**13, 2**14 - 1)
    found = mapbox_vector_tile.decode(StatusSource(lambda: state).tile(address, ALL))["device_status"]["features"]
    west, _, _, north = address.bounds()
    for feature in found:
        row = feature["id"] - 1
        x, y = feature["geometry"]["coordinates"]
        assert abs(west + x / EXTENT * address.size_m - state.places.x[row]) < address.size_m / EXTENT
        # This decoder counts y from the south.
        assert abs(north - (EXTENT - y) / EXTENT * address.size_m - state.places.y[row]) < address.size_m / EXTENT
        assert feature["properties"]["status"] == state.status.get(feature["id"], "normal")


def test_a_scope_and_a_kind_leave_the_rest_out(state: LiveState) -> None:
    half = features(state, 7, TileQuery(AreaScope.below("b")))
    assert sum(f["properties"]["total"] for f in half) == COUNT // 2
    gas = features(state, 7, TileQuery(AreaScope.everything(), {"kind": "gas"}))
    assert sum(f["properties"]["total"] for f in gas) == int((state.places.kind == 0).sum())
    assert features(state, 7, TileQuery(AreaScope.everything(), {"kind": "toaster"})) == []
