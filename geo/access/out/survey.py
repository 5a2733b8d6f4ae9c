"""What a file is about: the coverage of some categories in one area, with what is needed to tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Row

from geo.access.coverage import Coverage
from geo.access.facilities import Facilities
from geo.access.homes import Homes
from geo.access.scenario import Edits
from geo.access.store import CoverageStore
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound
from geo.network.profiles import Profile
from geo.progress import Progress, Silent
from geo.scope import SAMPLE_ROOT, AreaScope

By = Literal["building", "hex", "area"]
CHINA = ZoneInfo("Asia/Shanghai")
MOST_CATEGORIES = 40
MOST_THRESHOLDS = 8


@dataclass(frozen=True, slots=True)
class Region:
    """An area with its outline (Web Mercator metres); `path` says what lies below it."""

    id: int
    level: str
    name: str
    name_en: str
    path: str
    outline: shapely.Geometry


@dataclass(frozen=True, eq=False)
class Service:
    """A category and its coverage; None where nobody here has it, or where none is open at the hour asked about."""

    code: str
    name: str
    name_en: str
    coverage: Coverage | None


@dataclass(frozen=True, eq=False)
class Survey:
    """Coverages of one moment.

    Attributes
    ----------
    chosen : ndarray of bool, shape (b,)
        The buildings that lie in the scope.
    minutes : tuple of float
        Thresholds, ascending.
    regions : tuple of Region
        The areas of the scope, in the order of their paths.
    level : str
        Which of them a file by area is about.
    """

    scope: AreaScope
    profile: Profile
    minutes: tuple[float, ...]
    at: datetime | None
    made_at: datetime
    services: tuple[Service, ...]
    homes: Homes
    chosen: NDArray[np.bool_]
    regions: tuple[Region, ...]
    level: str
    from_openstreetmap: bool

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """The chosen buildings as indexes."""
        return np.flatnonzero(self.chosen)

    @property
    def found(self) -> list[Service]:
        """The categories of which there is a facility."""
        return [service for service in self.services if service.coverage is not None]

    @property
    def nobody_has(self) -> list[Service]:
        """The categories of which there is none."""
        return [service for service in self.services if service.coverage is None]

    @property
    def top(self) -> Region | None:
        """The one area that holds all others; None where there are several side by side."""
        top = [region for region in self.regions if len(region.path) == min(len(r.path) for r in self.regions)]
        return top[0] if len(top) == 1 and all(r.path.startswith(top[0].path) for r in self.regions) else None

    @property
    def title(self) -> tuple[str, str]:
        """What the area is called, in Chinese and in English."""
        if self.top is not None:
            return self.top.name, self.top.name_en
        return ("全部区域", "All areas")

    @property
    def is_only_sample(self) -> bool:
        """Whether every building does."""
        return all(self.homes.path[row] >= SAMPLE_ROOT for row in self.rows.tolist())

    @property
    def is_sample(self) -> bool:
        """Whether any building belongs to the sample town."""
        return any(self.homes.path[row] >= SAMPLE_ROOT for row in self.rows.tolist())

    def of_level(self) -> list[Region]:
        """The areas a file by area is about.

        Raises
        ------
        NotFound
            When the scope has none of that level.
        """
        chosen = [region for region in self.regions if region.level == self.level]
        if not chosen:
            levels = ", ".join(dict.fromkeys(region.level for region in self.regions)) or "no areas at all"
            raise NotFound(f"There is no {self.level} here.", where="level", hint=f"There are: {levels}.")
        return chosen

    def facilities(self) -> list[tuple[Service, Facilities]]:
        """By category: the facilities among the homes, and those outside to which some home's way leads."""
        chosen = []
        for service in self.found:
            assert service.coverage is not None  # noqa: S101
            used = np.unique(service.coverage.facility_id[self.rows])
            every = service.coverage.facilities
            chosen.append(
                (service, every[np.flatnonzero(np.isin(every.id, used) | _among(every, self.homes, self.chosen))])
            )
        return chosen


def survey(
    store: CoverageStore,
    categories: Sequence[str],
    *,
    minutes: Sequence[float] = (15.0,),
    profile: Profile = "walk",
    scope: AreaScope,
    level: str = "community",
    at: datetime | None = None,
    edits: Edits = (),
    progress: Progress | None = None,
) -> Survey:
    """Work out the coverage of some categories in a scope.

    Raises
    ------
    InvalidInput
        No category, too many, or a threshold that is none.
    NotFound
        A category that does not exist, none of them with a facility, or no building in the scope.
    """
    codes = list(dict.fromkeys(categories))
    if not codes or len(codes) > MOST_CATEGORIES:
        raise InvalidInput(f"Name 1 to {MOST_CATEGORIES} categories (it is {len(codes)}).", where="category")
    limits = tuple(sorted({float(limit) for limit in minutes}))
    if not limits or len(limits) > MOST_THRESHOLDS or not all(0 < limit <= 120 for limit in limits):
        raise InvalidInput(f"Name 1 to {MOST_THRESHOLDS} thresholds, each up to 120.", where="minutes")
    with store.engine.connect() as connection:
        known = {row.code: row for row in connection.execute(query("out/categories"), {"codes": codes})}
        regions = connection.execute(query("out/areas"), {"lower": scope.lower, "upper": scope.upper}).all()
        is_osm = bool(connection.execute(query("places/has_openstreetmap")).scalar_one())
    for code in codes:
        if code not in known:
            raise NotFound(
                f"There is no category {code[:40]!r}.", where="category", hint="See /api/v1/facility-categories."
            )
    services = []
    with (progress or Silent()).step("步行时间 Minutes", len(codes)) as advance:
        for code in codes:
            services.append(_service(store, known[code], profile, at, edits))
            advance(1)
    homes = _one_moment(services, store, profile)
    chosen = homes.within(scope)
    if not chosen.any():
        raise NotFound("There is no building in this area.", where="area")
    found = Survey(
        scope=scope,
        profile=profile,
        minutes=limits,
        at=at,
        made_at=datetime.now(CHINA).replace(tzinfo=None),
        services=tuple(_here(service, homes, chosen) for service in services),
        homes=homes,
        chosen=chosen,
        regions=tuple(
            Region(row.id, row.level, row.name, row.name_en, row.path, shapely.from_wkb(bytes(row.outline)))
            for row in regions
        ),
        level=level,
        from_openstreetmap=is_osm,
    )
    if not found.found:
        names = "、".join(service.name for service in services)
        when = f" open at {at:%Y-%m-%d %H:%M}" if at is not None else ""
        raise NotFound(f"There is no facility{when} of {names}.", where="category")
    return found


def _here(service: Service, homes: Homes, chosen: NDArray[np.bool_]) -> Service:
    """A service as the chosen buildings have it: one in another town is none."""
    coverage = service.coverage
    if coverage is None or np.isfinite(coverage.minutes[chosen]).any():
        return service
    return service if _among(coverage.facilities, homes, chosen).any() else replace(service, coverage=None)


def _among(facilities: Facilities, homes: Homes, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which facilities lie in the box of the chosen buildings, shape (f,)."""
    lon, lat = (values[chosen] for values in homes.centre)
    return np.asarray(
        (facilities.lon >= lon.min())
        & (facilities.lon <= lon.max())
        & (facilities.lat >= lat.min())
        & (facilities.lat <= lat.max())
    )


def _service(store: CoverageStore, row: Row[Any], profile: Profile, at: datetime | None, edits: Edits) -> Service:
    try:
        coverage = store.coverage(row.code, profile, at=at, edits=edits)
    except NotFound:
        return Service(row.code, row.name, row.name_en, None)
    return Service(row.code, row.name, row.name_en, coverage)


def _one_moment(services: Sequence[Service], store: CoverageStore, profile: Profile) -> Homes:
    """The buildings all coverages are about."""
    homes = [service.coverage.homes for service in services if service.coverage is not None]
    if any(other is not homes[0] for other in homes):
        raise NotFound("The data is being edited just now.", hint="Try again in a moment.")
    return homes[0] if homes else store.doors(profile).homes
