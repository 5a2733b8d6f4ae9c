"""What a file lacks is derived, and marked as derived: communities and grids, entrances, places in areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import Connection, Engine

from data.osm.read import Extract
from data.osm.squares import Square, lay_squares
from data.osm.tags import english_name
from data.osm.tally import Summary
from geo.database.sql import query
from geo.mercator import to_degrees, to_mercator
from geo.progress import Progress

COMMUNITY_M = 900.0
GRID_M = 300.0
_FEWEST_IN_COMMUNITY = 12
_FEWEST_IN_GRID = 4
"""Squares with fewer buildings join a neighbour: nobody keeps a worker for two sheds."""


@dataclass(frozen=True)
class _Points:
    """Buildings in no grid: Web Mercator metres, and the latitude of their middle in degrees."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def latitude(self) -> float:
        return float(np.round(to_degrees(0.0, self.y.mean())[1]))

    def __getitem__(self, rows: NDArray[np.intp]) -> _Points:
        return _Points(self.x[rows], self.y[rows])

    def squares(self, size_m: float, fewest: int, latitude: float) -> list[Square]:
        return lay_squares(self.x, self.y, size_m=size_m, latitude=latitude, fewest=fewest)


def derive(engine: Engine, extract: Extract, progress: Progress) -> None:
    """Lay communities and grids where none came with the file, find entrances, put everything into its area."""
    summary = extract.summary
    with progress.step("Grids"), engine.begin() as connection:
        _lay_areas(connection, extract, summary)
    with progress.step("Entrances"), engine.begin() as connection:
        if made := connection.execute(query("osm/derive_entrances")).scalar_one():
            summary.derived["entrances"] += made
    with progress.step("Placing"), engine.begin() as connection:
        connection.execute(query("osm/place_in_compounds"))
        for table in ("building", "compound", "facility"):
            connection.execute(query(f"osm/place_{table}"))


def _lay_areas(connection: Connection, extract: Extract, summary: Summary) -> None:
    homeless = connection.execute(query("osm/buildings_without_grid")).all()
    if not homeless:
        return
    points = _Points(np.array([row.x for row in homeless], float), np.array([row.y for row in homeless], float))
    owner = np.array([row.area_id or 0 for row in homeless], np.int64)
    latitude = points.latitude
    for area_id in np.unique(owner).tolist():
        mine = points[np.flatnonzero(owner == area_id)]
        if area_id:
            area = connection.execute(query("osm/area_outline"), {"area": area_id}).one()
            _divide(connection, summary, area_id, area.level, shapely.from_wkb(bytes(area.outline)), mine, latitude)
        else:
            subdistrict = _new_roots(connection, extract, summary, mine, latitude)
            _divide(connection, summary, subdistrict, "subdistrict", None, mine, latitude)


def _new_roots(connection: Connection, extract: Extract, summary: Summary, points: _Points, latitude: float) -> int:
    """A district and a subdistrict for ground that no boundary of the file covers."""
    squares = points.squares(COMMUNITY_M, 0, latitude)
    outline = unary_union([square.shape for square in squares])
    name, name_en = _place_name(extract, outline)
    district = _store(connection, summary, None, "district", f"d{squares[0].label}", name, name_en, outline)
    return _store(connection, summary, district, "subdistrict", "s1", f"{name}街道", f"{name_en} Subdistrict", outline)


def _divide(
    connection: Connection, summary: Summary, parent: int, level: str, outline: BaseGeometry | None, points: _Points,
    latitude: float,
) -> None:  # fmt: skip
    """Communities (unless the parent is one) and grids below an area, as squares that hold buildings."""
    communities: list[tuple[int, BaseGeometry | None, _Points]] = [(parent, outline, points)]
    if level != "community":
        communities = []
        first = _children(connection, parent) + 1
        for number, square in enumerate(points.squares(COMMUNITY_M, _FEWEST_IN_COMMUNITY, latitude), first):
            shape = _within(square.shape, outline)
            name, name_en = _street_name(connection, shape) or (f"第{number}", f"Number {number}")
            made = _store(
                connection,
                summary,
                parent,
                "community",
                f"c{square.label}",
                f"{name}社区",
                f"{name_en} Community",
                shape,
            )
            communities.append((made, shape, points[square.rows]))
    for community, within, mine in communities:
        first = _children(connection, community) + 1
        for number, square in enumerate(mine.squares(GRID_M, _FEWEST_IN_GRID, latitude), first):
            _store(
                connection, summary, community, "grid", f"g{square.label}", f"{number}号网格", f"Grid {number}",
                _within(square.shape, within),
            )  # fmt: skip


def _within(shape: BaseGeometry, outline: BaseGeometry | None) -> BaseGeometry:
    return shape if outline is None else shape.intersection(outline)


def _store(
    connection: Connection, summary: Summary, parent: int | None, level: str, label: str, name: str, name_en: str,
    shape: BaseGeometry,
) -> int:  # fmt: skip
    """Insert a derived area (`shape` in Web Mercator metres); returns its id."""
    made = connection.execute(
        query("osm/derive_area"),
        {"parent": parent, "level": level, "label": label, "name": name, "name_en": name_en, "shape": shape.wkt},
    ).scalar_one()
    summary.derived[f"areas of level {level}"] += 1
    return int(made)


def _children(connection: Connection, area_id: int) -> int:
    return int(connection.execute(query("osm/count_children"), {"area": area_id}).scalar_one())


def _street_name(connection: Connection, shape: BaseGeometry) -> tuple[str, str] | None:
    """The street that runs longest through an area and is not yet a community's name."""
    row = connection.execute(query("osm/longest_street"), {"shape": shape.wkt}).one_or_none()
    return (row.name, row.name_en) if row is not None else None


def _place_name(extract: Extract, outline: BaseGeometry) -> tuple[str, str]:
    """The most important place whose name the file holds within the outline."""
    ranks = ("city", "town", "borough", "suburb", "district", "county", "quarter", "neighbourhood", "village")
    found = []
    for place in extract.place_names:
        lon, lat = shapely.get_coordinates(place.shape)[0]
        x, y = to_mercator(lon, lat)
        point = shapely.Point(float(x), float(y))
        if place.tags["place"] in ranks and outline.covers(point):
            found.append((ranks.index(place.tags["place"]), place.key, place.tags))
    if not found:
        return "未命名地区", "Unnamed District"
    tags = min(found, key=lambda entry: entry[:2])[2]
    name = tags.get("name:zh") or tags["name"]
    return name, english_name(tags) or name
