"""What requests about the quarter-hour circle share: which coverage is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import numpy as np
from fastapi import Depends, Query
from numpy.typing import NDArray

from api.parameters import Bundle, Scope, Who
from geo.access.coverage import Coverage
from geo.access.scenario import Edits
from geo.access.scenarios import find_scenario
from geo.access.store import Question
from geo.errors import InvalidInput
from geo.network.profiles import Profile
from geo.scope import AreaScope

LONGEST_MIN = 120.0


@dataclass(frozen=True)
class Asked:
    """A coverage, the buildings of it that are asked about (shape (b,)), and the threshold."""

    question: Question
    minutes: float
    scope: AreaScope
    coverage: Coverage
    chosen: NDArray[np.bool_]


def local_time(at: str | None) -> datetime | None:
    """A moment of local time, ``2026-11-22T19:00``.

    Raises
    ------
    InvalidInput
        When it is none.
    """
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise InvalidInput(f"{at[:40]!r} is no date and time.", where="at", hint="2026-11-22T19:00") from None
    # A zone would only be taken off again: opening hours are those of the place.
    return moment.replace(tzinfo=None, second=0, microsecond=0)


def edits_of(bundle: Bundle, who: Who, scenario: int | None) -> Edits:
    """The edits of a scenario; none without one."""
    return find_scenario(bundle.engine, scenario, scope=who.scope).edits if scenario is not None else ()


def asked(
    bundle: Bundle,
    who: Who,
    scope: Scope,
    category: Annotated[str, Query(description="A code of /api/v1/facility-categories")],
    minutes: Annotated[float, Query(gt=0, le=LONGEST_MIN, description="The threshold")] = 15.0,
    profile: Annotated[Profile, Query(description="Who walks")] = "walk",
    at: Annotated[str | None, Query(description="Only what is open then, local time: 2026-11-22T19:00")] = None,
    scenario: Annotated[int | None, Query(description="As a scenario would have it", ge=1, lt=2**63)] = None,
) -> Asked:
    """The coverage a request is about."""
    question = Question(category, profile, local_time(at), edits_of(bundle, who, scenario))
    found = bundle.coverages.coverage(category, profile, at=question.at, edits=question.edits)
    return Asked(question, minutes, scope, found, found.homes.within(scope))


Circle = Annotated[Asked, Depends(asked)]
