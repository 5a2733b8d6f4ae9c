"""Where people live who do not get there in time: hexagons that lie together, the most people first."""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
from numpy.typing import NDArray

from geo.access.cells import HEX_RESOLUTION
from geo.access.coverage import Coverage


@dataclass(frozen=True)
class Gap:
    """Houses near each other, beyond the threshold.

    `lon`, `lat` is the middle of the people (WGS 84 degrees), `bbox` holds all houses (west, south, east, north);
    `minutes` is the people's mean where there is a way, None where there is none for anybody.
    """

    lon: float
    lat: float
    bbox: tuple[float, float, float, float]
    residents: int
    residents_60: int
    residents_alone: int
    buildings: int
    minutes: float | None
    facility_id: int | None


def gaps(coverage: Coverage, chosen: NDArray[np.bool_], minutes: float) -> list[Gap]:
    """The gaps among the chosen buildings (shape (b,)), those with the most people first.

    Houses that join no street are left out: that is a gap of the map, not of the service.
    """
    homes = coverage.homes
    beyond = chosen & (coverage.minutes > minutes) & (homes.residents > 0) & ~coverage.unconnected
    rows = np.flatnonzero(beyond)
    together = _components(homes.cells(HEX_RESOLUTION)[rows])
    found = [_gap(coverage, rows[together == part]) for part in range(together.max(initial=-1) + 1)]
    return sorted(found, key=lambda gap: (-gap.residents, gap.lon, gap.lat))


def _components(cells: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Numbers of groups of neighbouring cells, shape like `cells`."""
    number: dict[str, int] = {}
    names = [h3.int_to_str(int(cell)) for cell in cells]
    present, count = set(names), 0
    for name in names:
        if name in number:
            continue
        number[name], waiting = count, [name]
        while waiting:
            for neighbour in h3.grid_disk(waiting.pop(), 1):
                if neighbour in present and neighbour not in number:
                    number[neighbour] = count
                    waiting.append(neighbour)
        count += 1
    return np.array([number[name] for name in names], np.intp)


def _gap(coverage: Coverage, rows: NDArray[np.intp]) -> Gap:
    homes = coverage.homes
    lon, lat = homes.centre[0][rows], homes.centre[1][rows]
    people = homes.residents[rows]
    reached = np.isfinite(coverage.minutes[rows])
    mean = float(np.average(coverage.minutes[rows][reached], weights=people[reached])) if reached.any() else None
    nearest = coverage.facility_id[rows][reached]
    return Gap(
        lon=float(np.average(lon, weights=people)),
        lat=float(np.average(lat, weights=people)),
        bbox=(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())),
        residents=int(people.sum()),
        residents_60=int(homes.residents_60[rows].sum()),
        residents_alone=int(homes.residents_alone[rows].sum()),
        buildings=len(rows),
        minutes=mean,
        facility_id=int(np.bincount(nearest - nearest.min()).argmax() + nearest.min()) if len(nearest) else None,
    )
