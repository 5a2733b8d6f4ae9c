"""Squares crossed by line of sight: the shortest walk inside is among those laid, and few others are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import networkx as nx
import numpy as np
import pytest

from data.osm.mapping import osm_mapping
from data.osm.plazas import MOST_NODES, walks_across
from data.osm.read import Plaza, Way
from data.osm.streets import Segment, split, usable_ways
from data.osm.tally import Tally

Spot = tuple[float, float]
M = 1 / 111_195
"""About a metre, in degrees at the equator."""


def way(number: int, nodes: list[int], at: Mapping[int, Spot], **tags: str) -> Way:
    lonlat = np.array([at[node] for node in nodes]) * M
    return Way(number, {"highway": "footway", **tags}, np.array(nodes), lonlat)


def laid(
    rings: list[list[int]], at: Mapping[int, Spot], lanes: list[list[int]], *, has_street: bool = True, **tags: str
) -> tuple[list[Segment], list[Segment]]:
    """The walks across a plaza whose rim is (or is not) a street itself, and the streets, cut at their ends."""
    marks = {"highway": "pedestrian", "area": "yes", "name": "市民广场", **tags}
    ways = [way(number + 2, lane, at) for number, lane in enumerate(lanes)]
    if has_street:
        ways.append(way(1, [*rings[0], rings[0][0]], at, **marks))
    plaza = Plaza("w1" if has_street else "r1", marks, rings, {n: (x * M, y * M) for n, (x, y) in at.items()})
    tally = Tally("streets")
    usable = usable_ways(ways, osm_mapping(), tally)
    across = list(walks_across([plaza], usable, osm_mapping()))
    return across, split(usable, tally, also_at={n for walk in across for n in (walk.from_node, walk.to_node)})


def metres(walks: list[Segment], streets: list[Segment], a: int, b: int) -> float:
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    for piece in [*walks, *streets]:
        graph.add_edge(piece.from_node, piece.to_node, weight=piece.length_m)
    return float(nx.shortest_path_length(graph, a, b, weight="weight"))


SQUARE: dict[int, Spot] = {
    1: (0, 0),
    2: (100, 0),
    3: (100, 100),
    4: (0, 100),
    11: (-50, 0),
    13: (150, 100),
    12: (100, -50),
}


def test_a_square_is_crossed_straight() -> None:
    walks, streets = laid([[1, 2, 3, 4]], SQUARE, [[11, 1], [3, 13], [2, 12]])
    # From corner 1 to 3; along the rim from 1 to 2 to 3 runs a street already.
    assert [{walk.from_node, walk.to_node} for walk in walks] == [{1, 3}]
    assert (walks[0].tags["name"], walks[0].traffic.street_class, walks[0].across) == ("市民广场", "pedestrian", True)
    assert metres(walks, streets, 11, 13) == pytest.approx(100 + 100 * np.sqrt(2), rel=0.01)
    assert metres([], streets, 11, 13) == pytest.approx(300, rel=0.01)


def test_the_same_from_a_ring_the_other_way_round() -> None:
    walks, _ = laid([[4, 3, 2, 1]], SQUARE, [[11, 1], [3, 13]])
    assert [{walk.from_node, walk.to_node} for walk in walks] == [{1, 3}]


def test_without_a_street_around_it_the_rim_is_walked_too() -> None:
    walks, streets = laid([[1, 2, 3, 4]], SQUARE, [[11, 1], [3, 13], [2, 12]], has_street=False)
    assert {frozenset((w.from_node, w.to_node)) for w in walks} == {frozenset(p) for p in ((1, 3), (1, 2), (2, 3))}
    assert metres(walks, streets, 11, 12) == pytest.approx(200, rel=0.01)


def test_one_walks_round_what_stands_in_the_way() -> None:
    # A fountain in the middle, met by nobody.
    at = SQUARE | {21: (40, 40), 22: (60, 40), 23: (60, 60), 24: (40, 60)}
    walks, streets = laid([[1, 2, 3, 4], [21, 22, 23, 24]], at, [[11, 1], [3, 13]])
    assert metres(walks, streets, 1, 3) == pytest.approx(2 * np.hypot(60, 40), rel=0.01)
    # By the two corners at its sides and no others.
    assert Counter(n for w in walks for n in (w.from_node, w.to_node)) == {1: 2, 3: 2, 22: 2, 24: 2}


def test_a_bent_square_is_crossed_round_its_corners() -> None:
    # A U: up one arm, across the bottom, up the other.
    at: dict[int, Spot] = {
        1: (0, 0), 2: (90, 0), 3: (90, 100), 4: (60, 100), 5: (60, 30), 6: (30, 30), 7: (30, 100), 8: (0, 100),
        11: (0, 150), 12: (90, 150),
    }  # fmt: skip
    walks, streets = laid([[1, 2, 3, 4, 5, 6, 7, 8]], at, [[11, 8], [12, 3]])
    shortest = np.hypot(30, 70) * 2 + 30
    assert metres(walks, streets, 8, 3) == pytest.approx(shortest, rel=0.01)
    assert {(w.from_node, w.to_node) for w in walks} <= {(3, 5), (5, 3), (8, 6), (6, 8)}
    # The street around it is cut where walks end.
    assert {5, 6} <= {n for s in streets for n in (s.from_node, s.to_node)}


def test_what_nobody_may_enter_is_not_crossed() -> None:
    assert laid([[1, 2, 3, 4]], SQUARE, [[11, 1], [3, 13]], access="no")[0] == []
    assert laid([[1, 2, 3, 4]], SQUARE, [[11, 1], [3, 13]], foot="no")[0] == []


def test_a_square_with_one_way_in_is_not_crossed_and_a_great_one_not_by_thousands() -> None:
    assert laid([[1, 2, 3, 4]], SQUARE, [[11, 1]])[0] == []
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    at: dict[int, Spot] = {n: (100 * np.cos(a), 100 * np.sin(a)) for n, a in enumerate(turn)}
    at |= {n + 200: (150 * np.cos(a), 150 * np.sin(a)) for n, a in enumerate(turn)}
    walks, streets = laid([list(range(120))], at, [[n, n + 200] for n in range(120)])
    assert 0 < len(walks) <= MOST_NODES * (MOST_NODES - 1) / 2
    assert metres(walks, streets, 200, 260) <= 310
