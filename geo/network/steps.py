"""A way as one is told it: along which street, how far, and where to turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from geo.mercator import to_degrees, to_mercator
from geo.network.graph import Network
from geo.network.route import Leg
from geo.network.snap import Snaps, gate_on_the_way

Maneuver = Literal[
    "straight", "slight_left", "left", "sharp_left", "u_turn", "sharp_right", "right", "slight_right", "arrive"
]
Side = Literal["left", "right", "ahead"]
Points = NDArray[np.float64]

LOOKED_AT_M = 12.0
"""A turn is the angle between so much of the way before it and after it: a kink at a junction is none."""
SHORT_M = 10.0
"""A nameless piece shorter than this, such as from one pavement to the other, is not told by itself."""
STRAIGHT_M = 20.0
"""The straight piece between a place and its street is told by itself from this length on."""
_TURN, _SLIGHT, _SHARP, _BACK = 45.0, 25.0, 120.0, 165.0
_BESIDE_M = 3.0


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a way, and what to do at its end.

    Attributes
    ----------
    maneuver : str
        At its end; ``arrive`` on the last.
    name, name_en : str or None
        Of the street it runs along.
    kind : str
        What it runs on, as `Graph.kinds`; ``straight_on`` for the straight piece between a place and its street.
    length_m, seconds : float
    bearing_deg : float
        Of its beginning: 0 north, 90 east.
    lon, lat : float
        Where it begins, WGS 84 degrees.
    through_gate : bool
        Whether a compound's gate lies on it.
    side : str or None
        Of the last: where the place is, seen in the direction walked; None where one stands at it.
    """

    maneuver: Maneuver
    name: str | None
    name_en: str | None
    kind: str
    length_m: float
    seconds: float
    bearing_deg: float
    lon: float
    lat: float
    through_gate: bool = False
    side: Side | None = None


@dataclass
class _Stretch:
    """Consecutive legs of one street. `points` are Web Mercator metres, shape (j, 2)."""

    name: str | None
    name_en: str | None
    kind: str
    length_m: float
    seconds: float
    points: Points
    # Whether there is another way to go where it ends.
    choice: bool
    through_gate: bool = False


def steps(network: Network, origin: Snaps, destination: Snaps, legs: Sequence[Leg]) -> list[Step]:
    """What to tell who goes from one place to another; at least one step.

    Parameters
    ----------
    origin, destination : Snaps, one place each
    legs : sequence of Leg
        The way between where the two join the network.
    """
    stretches = [_stretch(network, leg) for leg in legs]
    first, last = _walk_to(network, origin, forwards=True), _walk_to(network, destination, forwards=False)
    together = _together(stretches)
    told = _absorb_short(together)
    if first is not None and (first.length_m >= STRAIGHT_M or first.through_gate or not told):
        told.insert(0, first)
    elif first is not None:
        told[0].length_m += first.length_m
        told[0].seconds += first.seconds
    side: Side | None = None
    if last is not None:
        before = told[-1].points if told else last.points
        side = _side(before, last.points[-1]) if told else None
        if last.length_m >= STRAIGHT_M or last.through_gate or not told:
            told.append(last)
            side = None
        else:
            told[-1].length_m += last.length_m
            told[-1].seconds += last.seconds
    if not told:
        told = [_standing(origin)]
    return [_step(told, row, side) for row in range(len(told))]


def _stretch(network: Network, leg: Leg) -> _Stretch:
    graph, edge = network.graph, leg.edge
    points = shapely.get_coordinates(graph.lines[edge])
    if (leg.start, leg.end) not in ((0.0, 1.0), (1.0, 0.0)):
        low, high = sorted((leg.start, leg.end))
        points = shapely.get_coordinates(substring(graph.lines[edge], low, high, normalized=True))
    if leg.end < leg.start:
        points = points[::-1]
    part = abs(leg.end - leg.start)
    seconds = network.along_s[edge] if leg.end >= leg.start else network.against_s[edge]
    node = graph.head[edge] if leg.end == 1.0 else graph.tail[edge] if leg.end == 0.0 else -1
    # The way back is one of the arcs.
    choice = node >= 0 and int(network.leaving.first[node + 1] - network.leaving.first[node]) > 2
    return _Stretch(
        name=graph.names[edge] or None,
        name_en=(graph.names_en[edge] if graph.names_en else None) or None,
        kind=graph.kinds[edge] if graph.kinds else "street",
        length_m=float(graph.length_m[edge]) * part,
        seconds=float(seconds) * part,
        points=points,
        choice=choice,
    )


def _walk_to(network: Network, place: Snaps, *, forwards: bool) -> _Stretch | None:
    """The straight piece between a place and its street, by a gate where one is on it; None where there is none."""
    metres = float(place.distance_m[0])
    if metres == 0.0:
        return None
    line = network.graph.lines[int(place.edge[0])]
    foot = shapely.get_coordinates(shapely.line_interpolate_point(line, float(place.fraction[0]), normalized=True))
    gate = gate_on_the_way(network, place)
    points = np.vstack(
        (
            np.column_stack(to_mercator(place.lon, place.lat)),
            np.column_stack(to_mercator(gate[:, 0], gate[:, 1])),
            foot,
        )
    )
    return _Stretch(
        None,
        None,
        "straight_on",
        metres,
        float(place.access_s[0]),
        points if forwards else points[::-1],
        choice=True,
        through_gate=len(gate) > 0,
    )


def _standing(origin: Snaps) -> _Stretch:
    here = np.column_stack(to_mercator(origin.lon, origin.lat))
    return _Stretch(None, None, "straight_on", 0.0, 0.0, np.vstack((here, here)), choice=False)


def _together(stretches: list[_Stretch]) -> list[_Stretch]:
    """Stretches that need no telling apart made one."""
    told: list[_Stretch] = []
    for one in stretches:
        if told and _goes_on(told[-1], one):
            _append(told[-1], one)
        else:
            told.append(one)
    return told


def _goes_on(before: _Stretch, after: _Stretch) -> bool:
    if before.name != after.name or ("steps" in (before.kind, after.kind) and before.kind != after.kind):
        return False
    angle = abs(_turn(before.points, after.points))
    if before.name is None and before.kind != after.kind and angle >= _SLIGHT:
        return False
    return angle < _TURN or (not before.choice and angle < _BACK)


def _append(before: _Stretch, after: _Stretch) -> None:
    before.length_m += after.length_m
    before.seconds += after.seconds
    before.points = np.vstack((before.points, after.points))
    before.choice = after.choice


def _absorb_short(told: list[_Stretch]) -> list[_Stretch]:
    """Without nameless pieces too short to tell; each goes to the stretch that follows on it."""
    kept: list[_Stretch] = []
    for row, one in enumerate(told):
        is_short = one.length_m < SHORT_M and one.name is None and one.kind != "steps"
        if is_short and row + 1 < len(told):
            after = told[row + 1]
            told[row + 1] = _Stretch(
                after.name,
                after.name_en,
                after.kind,
                one.length_m + after.length_m,
                one.seconds + after.seconds,
                after.points,
                after.choice,
            )
        elif kept and _goes_on(kept[-1], one):
            _append(kept[-1], one)
        else:
            kept.append(one)
    return kept


def _step(told: list[_Stretch], row: int, side: Side | None) -> Step:
    one = told[row]
    is_last = row + 1 == len(told)
    lon, lat = to_degrees(one.points[:1, 0], one.points[:1, 1])
    return Step(
        maneuver="arrive" if is_last else _maneuver(_turn(one.points, told[row + 1].points)),
        name=one.name,
        name_en=one.name_en,
        kind=one.kind,
        length_m=one.length_m,
        seconds=one.seconds,
        bearing_deg=_bearing(one.points) % 360.0,
        lon=float(lon[0]),
        lat=float(lat[0]),
        through_gate=one.through_gate,
        side=side if is_last else None,
    )


def _maneuver(turn_deg: float) -> Maneuver:
    size = abs(turn_deg)
    if size >= _BACK:
        return "u_turn"
    if size < _SLIGHT:
        return "straight"
    if turn_deg > 0:
        return "slight_right" if size < _TURN else "right" if size < _SHARP else "sharp_right"
    return "slight_left" if size < _TURN else "left" if size < _SHARP else "sharp_left"


def _turn(before: Points, after: Points) -> float:
    """Degrees turned from the end of one line to the beginning of the other: right above 0, left below, -180 … 180."""
    turned = _bearing(after) - (_bearing(before[::-1]) + 180.0)
    return (turned + 180.0) % 360.0 - 180.0


def _bearing(points: Points) -> float:
    """Degrees clockwise from north of the first metres of a line. Web Mercator is conformal: angles are true."""
    here = points[0]
    _, lat = to_degrees(points[:1, 0], points[:1, 1])
    reach = LOOKED_AT_M / np.cos(np.radians(lat[0]))
    line = shapely.LineString(points)
    there = shapely.get_coordinates(shapely.line_interpolate_point(line, min(reach, line.length)))[0]
    return float(np.degrees(np.arctan2(there[0] - here[0], there[1] - here[1])))


def _side(walked: Points, place: Points) -> Side | None:
    """On which side of who comes along `walked` a place lies; None where it is as good as there."""
    end = walked[-1]
    _, lat = to_degrees(walked[-1:, 0], walked[-1:, 1])
    away = np.hypot(*(place - end)) * np.cos(np.radians(lat[0]))
    if away < _BESIDE_M:
        return None
    ahead = np.radians(_bearing(walked[::-1]) + 180.0)
    towards = np.arctan2(place[0] - end[0], place[1] - end[1])
    turned = float((np.degrees(towards - ahead) + 180.0) % 360.0 - 180.0)
    return "ahead" if abs(turned) < _SLIGHT else "right" if turned > 0 else "left"
