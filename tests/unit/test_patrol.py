"""The patrol check against plain geometry: one long street, a side street, an area that cuts both."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.mercator import to_degrees
from geo.network.graph import Graph
from geo.network.patrol import Track, cut, match
from geo.network.route import Leg

METRES = [(0.0, 0.0), (400.0, 0.0), (400.0, 300.0)]
"""On the equator, where Web Mercator's metres are those on the ground: 400 m east, then 300 m north."""


def graph() -> Graph:
    lines = np.array([shapely.LineString(METRES[:2]), shapely.LineString(METRES[1:])], object)
    yes, no = np.ones(2, bool), np.zeros(2, bool)
    return Graph(
        revision=1, nodes=3, edge_id=np.array([7, 8]), tail=np.array([0, 1], np.int32), head=np.array([1, 2], np.int32),
        length_m=np.array([400.0, 300.0]), walk=yes, cycle=yes, oneway_walk=no, oneway_cycle=no, steps=no, closed=no,
        lines=lines, names=("东街", "北巷"),
    )  # fmt: skip


def track(*seen: tuple[float, float, float]) -> Track:
    x, y, at_s = np.array(seen, float).T
    lon, lat = to_degrees(x, y)
    return Track(np.asarray(lon), np.asarray(lat), at_s)


def passed_m(seen: Track, *, speed_mps: float = 1.0) -> dict[str, float]:
    """Metres passed by street, of everything."""
    network = graph().network("walk")
    everywhere = shapely.box(-1e4, -1e4, 1e4, 1e4)
    pieces = cut(network.graph, match(network, seen, speed_mps=speed_mps).legs, everywhere, np.arange(2))
    assert sum(piece.length_m for piece in pieces) == pytest.approx(700, abs=0.01), "nothing is lost or counted twice"
    found = dict.fromkeys(("东街", "北巷"), 0.0)
    for piece in pieces:
        found[str(network.graph.names[piece.edge])] += piece.length_m * piece.passed
    return {name: round(metres) for name, metres in found.items()}


def test_what_lies_between_two_positions_on_a_street_was_passed() -> None:
    assert passed_m(track((100, 5, 0), (180, -8, 60))) == {"东街": 80, "北巷": 0}


def test_a_gap_is_filled_round_the_corner_by_the_way() -> None:
    assert passed_m(track((350, 3, 0), (398, 40, 60))) == {"东街": 50, "北巷": 40}


def test_there_and_back_counts_once() -> None:
    assert passed_m(track((100, 0, 0), (180, 0, 60), (120, 0, 120), (200, 0, 180))) == {"东街": 100, "北巷": 0}


@pytest.mark.parametrize(
    "seen",
    [
        track((100, 0, 0), (300, 0, 60)),  # 200 m in a minute is no walk
        track((100, 0, 0), (180, 0, 121)),  # for two minutes anything may have happened
        track((100, 31, 0), (180, 31, 60)),  # beside the street, but too far
        track((100, 0, 0)),
    ],
)
def test_what_the_track_does_not_show_was_not_passed(seen: Track) -> None:
    assert passed_m(seen) == {"东街": 0, "北巷": 0}


def test_an_e_bike_is_believed_to_be_faster() -> None:
    assert passed_m(track((100, 0, 0), (300, 0, 60)), speed_mps=4.0) == {"东街": 200, "北巷": 0}


def test_nothing_is_passed_by_nobody() -> None:
    nobody = Track(np.zeros(0), np.zeros(0), np.zeros(0))
    assert passed_m(nobody.thinned()) == {"东街": 0, "北巷": 0}


def test_streets_are_cut_exactly_at_the_area_and_at_the_track() -> None:
    area = shapely.box(50, -10, 1000, 100)
    pieces = cut(graph(), (Leg(0, 0.75, 0.0), Leg(0, 0.5, 0.9)), area, np.arange(2))
    assert [(piece.edge, piece.passed, round(piece.length_m, 6)) for piece in pieces] == [
        (0, True, 310.0),
        (0, False, 40.0),
        (1, False, 100.0),
    ]
    assert shapely.bounds(pieces[0].line).tolist() == pytest.approx((50, 0, 360, 0))


def test_positions_in_a_hurry_are_thinned() -> None:
    assert track((0, 0, 0), (1, 0, 1), (2, 0, 4.9), (3, 0, 5), (4, 0, 11)).thinned().at_s.tolist() == [0, 5, 11]
