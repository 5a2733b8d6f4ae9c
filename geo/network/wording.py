"""The steps of a way in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from geo.network.steps import Maneuver, Side, Step

Language = Literal["zh", "en"]

_TURN_ZH: dict[Maneuver, str] = {
    "straight": "直行", "slight_left": "向左前方走", "left": "左转", "sharp_left": "向左后方转", "u_turn": "掉头",
    "sharp_right": "向右后方转", "right": "右转", "slight_right": "向右前方走", "arrive": "到达",
}  # fmt: skip
_TURN_EN: dict[Maneuver, str] = {
    "straight": "go straight on", "slight_left": "bear left", "left": "turn left", "sharp_left": "turn sharp left",
    "u_turn": "turn back", "sharp_right": "turn sharp right", "right": "turn right", "slight_right": "bear right",
    "arrive": "arrive",
}  # fmt: skip
_COMPASS_ZH = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_COMPASS_EN = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_SIDE_ZH: dict[Side, str] = {"left": "在左侧", "right": "在右侧", "ahead": "在前方"}
_SIDE_EN: dict[Side, str] = {"left": "on your left", "right": "on your right", "ahead": "straight ahead"}
# Of streets without a name: along it, and where a turn into it leads.
_KIND_ZH = {
    "street": "道路", "service": "内部道路", "footpath": "步行道", "cycleway": "自行车道", "steps": "台阶",
    "bridge": "桥", "tunnel": "通道", "square": "广场",
}  # fmt: skip
_KIND_EN = {
    "street": "the street", "service": "the service road", "footpath": "the footpath", "cycleway": "the cycle path",
    "steps": "the steps", "bridge": "the bridge", "tunnel": "the underpass", "square": "the square",
}  # fmt: skip


def worded(steps: Sequence[Step], language: Language, via: int | None = None) -> list[str]:
    """A sentence for each step, in their order; `via` is the number of the place to go by that they lead to."""
    if language == "zh":
        return [_zh(steps, row, "目的地" if via is None else f"途经点 {via}") for row in range(len(steps))]
    return [_en(steps, row, "your destination" if via is None else f"stop {via}") for row in range(len(steps))]


def metres_zh(length_m: float) -> str:
    """A length as one says it: to ten metres, from a kilometre on to a tenth of one."""
    return f"{length_m / 1000:.1f} 公里" if length_m >= 995 else f"{_rounded(length_m)} 米"


def metres_en(length_m: float) -> str:
    """The same in English."""
    return f"{length_m / 1000:.1f} km" if length_m >= 995 else f"{_rounded(length_m)} m"


def _rounded(length_m: float) -> int:
    return max(1, round(length_m)) if length_m < 20 else round(length_m / 10) * 10


def _zh(steps: Sequence[Step], row: int, goal: str) -> str:
    step = steps[row]
    far = metres_zh(step.length_m)
    heading = f"向{_COMPASS_ZH[_eighth(step)]}" if row == 0 else ""
    if step.length_m < 1 and step.maneuver == "arrive":
        return f"您已在{goal}"
    if step.kind == "straight_on":
        begin = f"{heading}{'经小区大门' if step.through_gate else ''}走 {far}"
    elif step.kind == "steps":
        begin = f"{heading}走台阶 {far}" if step.name is None else f"沿{step.name}{heading}走台阶 {far}"
    elif step.kind == "square" and step.name is None:
        begin = f"{heading}穿过广场 {far}"
    else:
        begin = f"沿{step.name or _KIND_ZH[step.kind]}{heading}直行 {far}"
    if step.maneuver == "arrive":
        return f"{begin},{goal + _SIDE_ZH[step.side] if step.side else '到达' + goal}"
    after = steps[row + 1]
    turn = _TURN_ZH[step.maneuver]
    if after.kind == "straight_on":
        return f"{begin},{turn}{',经小区大门' if after.through_gate else ''}到{goal}"
    into = after.name or _KIND_ZH[after.kind]
    if _goes_on(step, after):
        return f"{begin},接着走台阶" if after.kind == "steps" else f"{begin},继续直行"
    if step.maneuver == "straight":
        return f"{begin},直行进入{into}"
    return f"{begin},在{into}{turn}" if after.name else f"{begin},{turn}进入{into}"


def _en(steps: Sequence[Step], row: int, goal: str) -> str:
    step = steps[row]
    far = metres_en(step.length_m)
    heading = f" {_COMPASS_EN[_eighth(step)]}" if row == 0 else ""
    if step.length_m < 1 and step.maneuver == "arrive":
        return f"You are at {goal}"
    if step.kind == "straight_on":
        begin = f"Go {far}{heading}{' through the gate' if step.through_gate else ''}"
    elif step.kind == "square" and step.name is None:
        begin = f"Go {far}{heading} across the square"
    elif step.kind == "steps" and step.name is not None:
        begin = f"Take the steps{heading} of {_called(step)} for {far}"
    else:
        begin = f"Go {far}{heading} along {_called(step)}"
    if step.maneuver == "arrive":
        return f"{begin}; {goal} is {_SIDE_EN[step.side]}" if step.side else f"{begin} to {goal}"
    after = steps[row + 1]
    turn = _TURN_EN[step.maneuver]
    if after.kind == "straight_on":
        return f"{begin}, then {turn}{' through the gate' if after.through_gate else ''} to {goal}"
    if _goes_on(step, after):
        return f"{begin}, then take the steps" if after.kind == "steps" else f"{begin}, then {turn}"
    link = "onto" if step.maneuver != "u_turn" else "along"
    return f"{begin}, then {turn} {link} {_called(after)}"


def _goes_on(step: Step, after: Step) -> bool:
    """Whether the same street goes straight on, as stairs for instance: it is not entered."""
    return step.maneuver == "straight" and step.name is not None and step.name == after.name


def _called(step: Step) -> str:
    return step.name_en or step.name or _KIND_EN[step.kind]


def _eighth(step: Step) -> int:
    return round(step.bearing_deg / 45.0) % 8
