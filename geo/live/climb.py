"""From a building's door up to a floor: by the stairs, or by the lift where there is one and it is quicker."""

from __future__ import annotations

STAIRS_S_PER_FLOOR = 16.0
"""Assumed: some 3 m of height a floor, climbed at 0.19 m/s without haste. Going down is counted the same."""
LIFT_WAIT_S = 30.0
"""Assumed: until the lift has come and its doors have opened and closed."""
LIFT_S_PER_FLOOR = 3.0
"""Assumed: 3 m a floor at the rated speed of 1.0 m/s usual in housing."""


def climb_s(floor: int | None, has_lift: bool | None) -> float:
    """Seconds from the door to a floor.

    Parameters
    ----------
    floor : int, optional
        As people count: 1 is the ground floor, -1 the first below it, there is no 0. None: no climb is known of.
    has_lift : bool, optional
        None counts as no lift.
    """
    if floor is None:
        return 0.0
    floors = floor - 1 if floor > 0 else -floor
    stairs = floors * STAIRS_S_PER_FLOOR
    return min(stairs, LIFT_WAIT_S + floors * LIFT_S_PER_FLOOR) if has_lift and floors else stairs
