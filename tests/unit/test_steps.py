"""A way in words, on streets drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.mercator import to_degrees
from geo.network.graph import Graph, Network
from geo.network.profiles import PROFILES
from geo.network.route import route
from geo.network.snap import snap
from geo.network.steps import Maneuver, Step, steps
from geo.network.wording import worded

# A cross of two streets with a lane off it, at the equator so that a metre is a metre:
#
#          north (0, 300)
#             |            Lindun Road
#  west ------+------ east (200, 0)     Baita Road, the eastern arm; the western has no name
#             |
#          south (0, -300)
PIECES = {
    "south": ([(0, -300), (0, 0)], "临顿路", "Lindun Road", "street"),
    "north": ([(0, 0), (0, 300)], "临顿路", "Lindun Road", "street"),
    "east": ([(0, 0), (200, 0)], "白塔东路", "East Baita Road", "street"),
    "west": ([(0, 0), (-200, 0)], None, None, "footpath"),
    "stairs": ([(200, 0), (200, 50)], None, None, "steps"),
    # Bends without a choice: no turn is told.
    "bend": ([(0, 300), (0, 400)], "临顿路", "Lindun Road", "street"),
    "bent": ([(0, 400), (100, 400)], "临顿路", "Lindun Road", "street"),
}


def _town() -> Network:
    points: dict[tuple[float, float], int] = {}
    tails, heads = [], []
    for line, *_ in PIECES.values():
        tails.append(points.setdefault(line[0], len(points)))
        heads.append(points.setdefault(line[-1], len(points)))
    count = len(PIECES)
    lines = np.array([shapely.LineString(line) for line, *_ in PIECES.values()], object)
    yes, no = np.ones(count, bool), np.zeros(count, bool)
    graph = Graph(
        revision=1,
        nodes=len(points),
        edge_id=np.arange(count, dtype=np.int64),
        tail=np.array(tails, np.int32),
        head=np.array(heads, np.int32),
        length_m=shapely.length(lines),
        walk=yes,
        cycle=yes,
        oneway_walk=no,
        oneway_cycle=no,
        steps=np.array([kind == "steps" for *_, kind in PIECES.values()]),
        closed=no,
        lines=lines,
        names=tuple(name for _, name, _, _ in PIECES.values()),
        names_en=tuple(name for _, _, name, _ in PIECES.values()),
        kinds=tuple(kind for *_, kind in PIECES.values()),
    )
    return Network.build(graph, PROFILES["walk"])


TOWN = _town()


def told(start: tuple[float, float], end: tuple[float, float]) -> list[Step]:
    """The steps from one point (metres) to another."""
    ends = [snap(TOWN, *to_degrees(np.array([x]), np.array([y])), limit_m=250) for x, y in (start, end)]
    way = route(TOWN, ends[0], ends[1])
    assert way is not None
    found = steps(TOWN, ends[0], ends[1], way.legs)
    assert sum(step.length_m for step in found) == pytest.approx(way.length_m, abs=1e-6)
    assert sum(step.seconds for step in found) == pytest.approx(way.seconds, abs=1e-6)
    return found


@pytest.mark.parametrize(
    ("start", "end", "maneuvers", "zh", "en"),
    [
        (
            (0, -120), (150, 0.1), ["right", "arrive"],
            ["沿临顿路向北直行 120 米,在白塔东路右转", "沿白塔东路直行 150 米,到达目的地"],
            ["Go 120 m north along Lindun Road, then turn right onto East Baita Road",
             "Go 150 m along East Baita Road to your destination"],
        ),
        (
            (0, -120), (-100, 0), ["left", "arrive"],
            ["沿临顿路向北直行 120 米,左转进入步行道", "沿步行道直行 100 米,到达目的地"],
            ["Go 120 m north along Lindun Road, then turn left onto the footpath",
             "Go 100 m along the footpath to your destination"],
        ),
        # On past the crossing and round the bend: one street, one step. The house stands five metres to the north.
        ((0, -100), (60, 405), ["arrive"], ["沿临顿路向北直行 560 米,目的地在左侧"],
         ["Go 560 m north along Lindun Road; your destination is on your left"]),
        ((60, 404), (0, -100), ["arrive"], ["沿临顿路向西直行 560 米,到达目的地"],
         ["Go 560 m west along Lindun Road to your destination"]),
        # Across a field to the street, and from the street to a door.
        ((-40, 100), (100, -30), ["right", "left", "right", "arrive"],
         ["向东走 40 米,在临顿路右转", "沿临顿路直行 100 米,在白塔东路左转", "沿白塔东路直行 100 米,右转到目的地",
          "走 30 米,到达目的地"],
         ["Go 40 m east, then turn right onto Lindun Road",
          "Go 100 m along Lindun Road, then turn left onto East Baita Road",
          "Go 100 m along East Baita Road, then turn right to your destination", "Go 30 m to your destination"]),
        ((100, 0), (200, 42), ["left", "arrive"],
         ["沿白塔东路向东直行 100 米,左转进入台阶", "走台阶 40 米,到达目的地"],
         ["Go 100 m east along East Baita Road, then turn left onto the steps",
          "Go 40 m along the steps to your destination"]),
    ],
)  # fmt: skip
def test_words(
    start: tuple[float, float], end: tuple[float, float], maneuvers: list[str], zh: list[str], en: list[str]
) -> None:
    found = told(start, end)
    assert [step.maneuver for step in found] == maneuvers
    assert worded(found, "zh") == zh
    assert worded(found, "en") == en


def test_the_side_of_a_house_is_seen_by_who_walks() -> None:
    assert told((50, 0), (150, 8))[-1].side == "left"
    assert told((50, 0), (150, -8))[-1].side == "right"
    assert told((190, 0), (90, 8))[-1].side == "right"


def test_where_one_stands_already() -> None:
    found = told((0, 100), (0, 100))
    assert [step.maneuver for step in found] == ["arrive"]
    assert worded(found, "zh") == ["您已在目的地"]
    assert worded(found, "en") == ["You are at your destination"]


def test_stairs_within_a_street_are_not_another_street() -> None:
    def step(maneuver: Maneuver, kind: str) -> Step:
        return Step(maneuver, "青渚巷", "Qingzhu Alley", kind, 12.0, 12.0, 0.0, 120.0, 31.0)

    alley = [step("straight", "footpath"), step("straight", "steps"), step("arrive", "footpath")]
    assert worded(alley, "zh") == [
        "沿青渚巷向北直行 12 米,接着走台阶",
        "沿青渚巷走台阶 12 米,继续直行",
        "沿青渚巷直行 12 米,到达目的地",
    ]
    assert worded(alley, "en") == [
        "Go 12 m north along Qingzhu Alley, then take the steps",
        "Take the steps of Qingzhu Alley for 12 m, then go straight on",
        "Go 12 m along Qingzhu Alley to your destination",
    ]
