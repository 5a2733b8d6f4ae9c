"""Islands: parts of a network from which hardly any of it is reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.network.ends import leaving
from geo.network.graph import Network
from geo.network.profiles import PROFILES
from geo.network.snap import snap
from geo.network.unconnected import mainland, metres_to_a_street, unconnected
from tests.unit.test_walls import lonlat, network

ROW = [[(i * 100.0, 0.0), (i * 100.0 + 100.0, 0.0)] for i in range(50)]


def chained(oneway: tuple[int, ...] = (), apart: tuple[int, ...] = (), closed: tuple[int, ...] = ()) -> Network:
    """Fifty streets in a row, joined but after those in `apart`; some of them one-way to the east."""
    graph = network(ROW, [], [], []).graph
    node = np.arange(51)
    tail, head = node[:-1].astype(np.int32), node[1:].astype(np.int32)
    for number, edge in enumerate(apart):
        head[edge] = 51 + number
    flags = np.zeros(50, bool)
    flags[list(oneway)] = True
    shut = np.zeros(50, bool)
    shut[list(closed)] = True
    return Network.build(
        replace(graph, nodes=51 + len(apart), tail=tail, head=head, oneway_walk=flags, closed=shut), PROFILES["walk"]
    )


def reasons(found: Network, x: list[float], y: float = 5.0) -> list[tuple[int, str]]:
    lon, lat = lonlat(np.array(x), np.full(len(x), y))
    places = leaving(found, snap(found, lon, lat, limit_m=50))
    lost = unconnected(found, places, lon, lat, np.arange(len(x)), limit_m=50)
    return list(zip(lost.group.tolist(), lost.reason, strict=True))


def test_one_network_has_no_island() -> None:
    assert mainland(chained()).all()
    assert reasons(chained(), [50, 4950]) == []


def test_what_a_closure_cuts_off_is_an_island_when_it_is_small() -> None:
    # One node of 51 is left behind the closed first street; of the rest nobody minds.
    assert reasons(chained(closed=(1,)), [50, 4950]) == [(0, "island")]
    assert reasons(chained(closed=(25,)), [50, 4950]) == []


def test_one_way_out_is_no_island_and_one_way_in_is() -> None:
    assert reasons(chained(oneway=(0,)), [0, 4950]) == []
    assert reasons(chained(oneway=(49,)), [50, 5000]) == [(1, "island")]


def test_too_far_and_of_several_doors_one_is_enough() -> None:
    assert reasons(chained(), [50], y=60.0) == [(0, "too far")]
    found = chained(closed=(1,))
    lon, lat = lonlat(np.array([50.0, 4950.0, 50.0]), np.array([5.0, 5.0, 90.0]))
    places = leaving(found, snap(found, lon, lat, limit_m=50))
    lost = unconnected(found, places, lon, lat, np.array([0, 0, 1]), limit_m=50)
    assert (lost.group.tolist(), lost.reason) == ([1], ("too far",))
    assert abs(lost.distance_m[0] - 90) < 0.5
    nothing = Network.build(found.graph, PROFILES["ebike"])
    assert np.isinf(metres_to_a_street(nothing, lon, lat)).all()
    places = leaving(nothing, snap(nothing, lon, lat, limit_m=50))
    assert unconnected(nothing, places, lon, lat, np.arange(3), limit_m=50).reason == ("too far",) * 3
