"""CSV in long form: a row per origin, category and threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.access.out.frames import areas, buildings, hexagons
from geo.access.out.survey import By, Service, Survey

# Excel reads UTF-8 only with the mark in front.
_ENCODING = "utf-8-sig"


def write_csv(found: Survey, file: Path, by: By = "building") -> None:
    """Write a survey as CSV (UTF-8 with a byte order mark, one header line, decimal points).

    The first columns say which building (cell, area) it is and who lives there, then ``category, category_name,
    profile, threshold_min, minutes, within, facility_id``. For an area `covered`, `covered_60`, `covered_alone` and
    `share` stand instead of the last two: how many are within the threshold. What cannot be reached has no minutes; a
    category nobody has is in the table all the same, with none.
    """
    rows = (_long(found, service, table, limit, by) for service, table in _tables(found, by) for limit in found.minutes)
    pd.concat(rows, ignore_index=True).to_csv(file, index=False, encoding=_ENCODING, lineterminator="\r\n")


def _tables(found: Survey, by: By) -> list[tuple[Service, pd.DataFrame]]:
    tables = []
    shape = None
    for service in sorted(found.services, key=lambda service: service.coverage is None):
        if service.coverage is not None:
            if by == "area":
                frame = areas(service.coverage, found.of_level(), found.chosen, found.minutes)
            elif by == "hex":
                frame = hexagons(service.coverage, found.chosen)
                points = frame.geometry.representative_point()
                frame.insert(0, "lon", points.x.round(7))
                frame.insert(1, "lat", points.y.round(7))
            else:
                frame = buildings(service.coverage, found.chosen)
            shape = frame.drop(columns="geometry").reset_index()
            tables.append((service, shape))
        else:
            assert shape is not None  # noqa: S101 — those that somebody has come first
            tables.append((service, _empty(shape)))
    order = {service.code: number for number, service in enumerate(found.services)}
    return sorted(tables, key=lambda pair: order[pair[0].code])


def _empty(table: pd.DataFrame) -> pd.DataFrame:
    """The same origins with nothing to walk to."""
    nothing: dict[str, Any] = {"minutes": np.nan}
    if "facility_id" in table:
        nothing["facility_id"] = pd.NA
    nothing |= {column: 0 for column in table.columns if column.startswith(("covered_", "share_"))}
    return table.assign(**nothing)


def _long(found: Survey, service: Service, table: pd.DataFrame, limit: float, by: By) -> pd.DataFrame:
    told = [
        column for column in table.columns if not column.startswith(("minutes", "facility_id", "covered_", "share_"))
    ]
    long = table[told].copy()
    long["category"] = service.code
    long["category_name"] = service.name
    long["profile"] = found.profile
    long["threshold_min"] = limit
    long["minutes"] = table["minutes"]
    if by == "area":
        for name in ("covered", "covered_60", "covered_alone", "share"):
            long[name] = table[f"{name}_{limit:g}min"]
    else:
        long["within"] = table["minutes"] <= limit
        long["facility_id"] = table["facility_id"]
    return long
