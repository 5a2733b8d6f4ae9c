"""Areas of all levels: the district, its subdistricts, communities and grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon

from data.town.names import Name, words
from data.town.parcels import whole
from data.town.plan import Plan
from data.town.scale import Size
from data.town.skeleton import Cell

ROOT_LABEL = "~taihu"
ROOT_NAME = Name("太湖水乡区（样例）", "Taihu Water Town (sample)")


class AreaRow(NamedTuple):
    """An area. `parent` is its number in the same list."""

    level: str
    label: str
    parent: int | None
    path: str
    name: Name
    outline: MultiPolygon


@dataclass(slots=True)
class Regions:
    """All areas, the root first, level by level; and where each grid belongs.

    Attributes
    ----------
    areas : list of AreaRow
    grids : list of str
        Path of each grid.
    community_of, subdistrict_of : ndarray
        By grid.
    communities, subdistricts : list of AreaRow
    """

    areas: list[AreaRow]
    grids: list[str]
    community_of: NDArray[np.int64]
    subdistrict_of: NDArray[np.int64]
    communities: list[AreaRow]
    subdistricts: list[AreaRow]


def draw_regions(plan: Plan, size: Size, pieces: NDArray[Any], owner: NDArray[np.int64]) -> Regions:
    """Put the pieces of land together to areas.

    Parameters
    ----------
    plan : Plan
    size : Size
    pieces : array of Polygon
        The land, degrees.
    owner : array of int
        The grid of each piece.
    """
    community_of = np.array([block.community for block in plan.blocks])
    district = _subdistricts(plan, size)
    subdistrict_of = district[community_of]
    areas = [AreaRow("district", ROOT_LABEL, None, ROOT_LABEL, ROOT_NAME, whole(pieces))]
    for i in range(size.subdistricts):
        zh, en = words()["subdistricts"][i % len(words()["subdistricts"])].split(" ")
        name = Name(f"{zh}街道（样例）", f"{en} Subdistrict (sample)")
        areas.append(_area(areas, 0, "subdistrict", f"s{i + 1}", name, pieces[subdistrict_of[owner] == i]))
    subdistricts = areas[1:]
    number = dict.fromkeys(range(size.subdistricts), 0)
    for i in range(len(plan.skeleton.cells)):
        parent = int(district[i])
        number[parent] += 1
        stem = plan.sketch.names.stem()
        name = Name(f"{stem.zh}社区", f"{stem.en} Community")
        label = f"c{number[parent]:02d}"
        areas.append(_area(areas, 1 + parent, "community", label, name, pieces[community_of[owner] == i]))
    first = 1 + size.subdistricts
    communities = areas[first:]
    grids = []
    for i, community in enumerate(community_of.tolist()):
        place = int((community_of[:i] == community).sum()) + 1
        above = communities[community].name
        name = Name(f"{above.zh}第{place}网格", f"{above.en.removesuffix(' Community')} Grid {place}")
        areas.append(_area(areas, first + community, "grid", f"g{place:02d}", name, pieces[owner == i]))
        grids.append(areas[-1].path)
    return Regions(areas, grids, community_of, subdistrict_of, communities, subdistricts)


def _area(areas: list[AreaRow], parent: int, level: str, label: str, name: Name, pieces: NDArray[Any]) -> AreaRow:
    return AreaRow(level, label, parent, f"{areas[parent].path}/{label}", name, whole(pieces))


def _subdistricts(plan: Plan, size: Size) -> NDArray[np.int64]:
    """The subdistrict of each community: the old quarter in rows, the rest around it like spokes."""
    cells = plan.skeleton.cells
    found = np.zeros(len(cells), np.int64)
    if size.subdistricts == 1:
        return found
    old = [i for i, cell in enumerate(cells) if cell in plan.skeleton.old]
    new = [i for i, cell in enumerate(cells) if cell not in plan.skeleton.old]
    old.sort(key=lambda i: (cells[i][1], cells[i][0]))
    new.sort(key=lambda i: _angle(plan, cells[i]))
    for members, first, count in ((old, 0, size.old_subdistricts), (new, size.old_subdistricts, size.subdistricts)):
        for part, chunk in enumerate(np.array_split(np.array(members), count - first)):
            found[chunk] = first + part
    return found


def _angle(plan: Plan, cell: Cell) -> float:
    x, y = plan.skeleton.rects[cell].middle
    return float(np.arctan2(y, x))
