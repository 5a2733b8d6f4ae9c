"""How many of a standard's services each home has, each within its own threshold, and which it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.access.homes import Homes
from geo.access.scenario import Edits
from geo.access.standards import Line, Standard
from geo.access.store import CoverageStore
from geo.errors import NotFound
from geo.network.profiles import Profile


@dataclass(frozen=True, eq=False)
class Completeness:
    """What of a standard every building has.

    Attributes
    ----------
    limit_minutes : ndarray, shape (l,)
        The threshold of each line, for whoever walks.
    met : ndarray of bool, shape (l, b)
        Which lines each building meets.
    reached : ndarray of bool, shape (l, b)
        From which buildings there is a way to any facility of a line at all, however long.
    unconnected : ndarray of bool, shape (b,)
        Buildings that join no street of some profile asked about.
    """

    standard: Standard
    homes: Homes
    limit_minutes: NDArray[np.float64]
    met: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    unconnected: NDArray[np.bool_]

    def missing(self, row: int) -> list[str]:
        """Codes of the lines that a building does not meet."""
        return [line.code for line, met in zip(self.standard.lines, self.met[:, row], strict=True) if not met]


@dataclass(frozen=True, slots=True)
class LineShare:
    """How many people of an area meet one line.

    `nobody_has_it`: there is no such facility that anybody here could walk to, however far, at the hour asked about.
    What lacks then is the service or the survey, not a shorter way.
    """

    code: str
    name: str
    name_en: str
    categories: tuple[str, ...]
    limit_minutes: float
    metres: float | None
    tier: int | None
    profile: Profile
    verified: bool
    covered: int
    covered_60: int
    share: float | None
    nobody_has_it: bool


@dataclass(frozen=True, slots=True)
class CompletenessTotals:
    """An area's people by a standard.

    `share` is the mean share of lines met, weighted by residents; None where nobody lives. `complete` are the
    residents whose building meets every line.
    """

    residents: int
    residents_60: int
    complete: int
    complete_60: int
    share: float | None
    buildings: int
    unconnected_buildings: int
    of: int
    nobody_has_it: tuple[str, ...]
    lines: tuple[LineShare, ...]


@dataclass(frozen=True, eq=False)
class CompletenessCells:
    """A standard by H3 cell.

    `met` is the mean number of lines met, weighted by residents (by buildings where nobody lives); `lacking` (l, c)
    says which lines most of the people of a cell do not meet.
    """

    cell: NDArray[np.uint64]
    met: NDArray[np.float64]
    lacking: NDArray[np.bool_]
    residents: NDArray[np.int64]
    residents_60: NDArray[np.int64]


def complete(
    store: CoverageStore,
    standard: Standard,
    profile: Profile | None = None,
    *,
    at: datetime | None = None,
    edits: Edits = (),
) -> Completeness:
    """What of a standard every building has.

    Parameters
    ----------
    profile : Profile, optional
        Who walks; without it each line says.
    at : datetime, optional
        Local time: what is closed then does not count.
    edits : tuple of Edit
        Those of a scenario.
    """
    # Streets and people may be edited meanwhile: the answer is about one moment, or it is begun again.
    for _ in range(3):
        found = _complete(store, standard, profile, at, edits)
        if found is not None:
            return found
    raise NotFound("The data is being edited just now.", hint="Try again in a moment.")


def _complete(
    store: CoverageStore, standard: Standard, profile: Profile | None, at: datetime | None, edits: Edits
) -> Completeness | None:
    doors = {who: store.doors(who) for who in {profile or line.profile for line in standard.lines}}
    homes = next(iter(doors.values())).homes
    met = np.zeros((len(standard.lines), len(homes)), bool)
    reached = np.zeros_like(met)
    limits = np.array([line.limit_minutes(profile) for line in standard.lines])
    for row, line in enumerate(standard.lines):
        for minutes, owner in _of_line(store, line, profile or line.profile, at, edits):
            if owner is not homes:
                return None
            met[row] |= minutes <= limits[row]
            reached[row] |= np.isfinite(minutes)
    unconnected = ~np.logical_and.reduce([entry.joined for entry in doors.values()])
    return Completeness(standard, homes, limits, met, reached, unconnected)


def _of_line(
    store: CoverageStore, line: Line, profile: Profile, at: datetime | None, edits: Edits
) -> list[tuple[NDArray[np.float64], Homes]]:
    found = []
    for category in line.categories:
        try:
            coverage = store.coverage(category, profile, at=at, edits=edits)
        except NotFound:
            # Known to be a category; so nobody has it.
            continue
        found.append((coverage.minutes, coverage.homes))
    return found


def totals(found: Completeness, chosen: NDArray[np.bool_]) -> CompletenessTotals:
    """The people of the chosen buildings by a standard."""
    homes, lines = found.homes, found.standard.lines
    residents, older = homes.residents[chosen], homes.residents_60[chosen]
    met = found.met[:, chosen]
    people = int(residents.sum())
    whole = met.all(axis=0)
    nobody = ~np.asarray(found.reached[:, chosen].any(axis=1), bool)
    shares = []
    for row, line in enumerate(lines):
        covered = int(residents[met[row]].sum())
        shares.append(
            LineShare(
                code=line.code,
                name=line.name,
                name_en=line.name_en,
                categories=line.categories,
                limit_minutes=round(float(found.limit_minutes[row]), 2),
                metres=line.metres,
                tier=line.tier,
                profile=line.profile,
                verified=line.verified,
                covered=covered,
                covered_60=int(older[met[row]].sum()),
                share=covered / people if people else None,
                nobody_has_it=bool(nobody[row]),
            )
        )
    return CompletenessTotals(
        residents=people,
        residents_60=int(older.sum()),
        complete=int(residents[whole].sum()),
        complete_60=int(older[whole].sum()),
        share=float((met.mean(axis=0) * residents).sum() / people) if people else None,
        buildings=int(chosen.sum()),
        unconnected_buildings=int((chosen & found.unconnected).sum()),
        of=len(lines),
        nobody_has_it=tuple(line.code for line, none in zip(lines, nobody, strict=True) if none),
        lines=tuple(shares),
    )


def by_cell(found: Completeness, chosen: NDArray[np.bool_], resolution: int) -> CompletenessCells:
    """The chosen buildings gathered in H3 cells of one resolution."""
    homes = found.homes
    rows = np.flatnonzero(chosen)
    cell, member = np.unique(homes.cells(resolution)[rows], return_inverse=True)
    people = np.bincount(member, weights=homes.residents[rows], minlength=len(cell))
    weight = np.where(people[member] > 0, homes.residents[rows], 1)
    whole = np.bincount(member, weights=weight, minlength=len(cell))
    share = np.zeros((len(found.standard.lines), len(cell)))
    for row in range(len(share)):
        share[row] = np.bincount(member, weights=weight * found.met[row, rows], minlength=len(cell)) / whole
    return CompletenessCells(
        cell=cell,
        met=share.sum(axis=0),
        lacking=share < 0.5,
        residents=people.astype(np.int64),
        residents_60=np.bincount(member, weights=homes.residents_60[rows], minlength=len(cell)).astype(np.int64),
    )
