"""Administrative boundaries as areas, whatever levels a file has."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, polygonize, unary_union

from data.osm.read import Boundary, Extract
from data.osm.tags import english_name
from data.osm.tally import Tally

# China's use of admin_level: 5 prefecture city, 6 district, 8 subdistrict, 10 community. Levels of other
# countries are put in at the nearest of these.
_LEVEL = {2: "city", 3: "city", 4: "city", 5: "city", 6: "district", 7: "district", 8: "subdistrict",
          9: "community", 10: "community", 11: "grid"}  # fmt: skip
_ORDER = ("city", "district", "subdistrict", "community", "grid")
_LONGEST_GAP = 0.25
"""A boundary that is cut is closed straight when the gap is no longer than this share of what is known of it."""


@dataclass
class AreaDraft:
    """An area before it is stored; `parent` is the index of another draft."""

    key: str
    label: str
    level: str
    name: str
    name_en: str | None
    shape: BaseGeometry
    is_derived: bool
    parent: int | None = None


def area_drafts(extract: Extract, tally: Tally) -> list[AreaDraft]:
    """Areas of a file, parents before children.

    A cut boundary whose gap is short is closed straight across it and marked as derived. Of two areas that
    would share a level, one inside the other, the outer one is left out.
    """
    outlines: dict[int, tuple[BaseGeometry, bool]] = {}
    for boundary in extract.boundaries:
        if boundary.outline is not None:
            outlines[boundary.id] = boundary.outline, False
        elif (closed := _closed(boundary, extract.lines)) is not None:
            outlines[boundary.id] = closed, True
    drafts: list[AreaDraft] = []
    for boundary in extract.boundaries:
        level = _level(boundary)
        name = boundary.tags.get("name:zh") or boundary.tags.get("name")
        if level is None or name is None:
            tally.leave("no name" if level else f"no level for admin_level={boundary.tags.get('admin_level')}")
        elif boundary.id not in outlines:
            tally.leave(
                "cut at the file's edge: members are missing" if boundary.missing else "a ring that cannot be closed"
            )
        else:
            shape, is_derived = outlines[boundary.id]
            # A parent whose edge was closed straight must not cut off its own parts.
            if is_derived:
                parts = [outlines[ref][0] for ref in boundary.subareas if ref in outlines]
                shape = unary_union([shape, *parts])
                tally.notes["closed straight across a gap of the file"] += 1
            drafts.append(
                AreaDraft(
                    key=f"osm:r{boundary.id}",
                    label=f"r{boundary.id}",
                    level=level,
                    name=name,
                    name_en=english_name(boundary.tags) or boundary.tags.get("name"),
                    shape=shape,
                    is_derived=is_derived,
                )
            )
    drafts = _one_of_a_level(drafts, tally)
    for draft in drafts:
        tally.store(named=True)
        draft.parent = _parent(draft, drafts)
    return drafts


def _level(boundary: Boundary) -> str | None:
    text = boundary.tags.get("admin_level", "")
    return _LEVEL.get(int(text)) if text.isdecimal() else None


def _closed(boundary: Boundary, lines: dict[int, shapely.LineString]) -> BaseGeometry | None:
    """The outline of a cut boundary, when one short gap is all that is missing."""
    held = [lines[ref] for ref in boundary.pieces if ref in lines]
    if not held:
        return None
    merged = linemerge(held)
    parts = list(merged.geoms) if merged.geom_type == "MultiLineString" else [merged]
    open_parts = [part for part in parts if not part.is_ring]
    if len(open_parts) != 1:
        return None
    line = open_parts[0]
    gap = shapely.LineString([line.coords[-1], line.coords[0]])
    if gap.length > _LONGEST_GAP * line.length:
        return None
    rings = list(polygonize(unary_union([line, gap, *(part for part in parts if part.is_ring)])))
    return unary_union(rings) if rings else None


def _one_of_a_level(drafts: list[AreaDraft], tally: Tally) -> list[AreaDraft]:
    """Sorted by level and size, without those that hold another of their own level."""
    kept: list[AreaDraft] = []
    for draft in sorted(drafts, key=lambda d: (_ORDER.index(d.level), -d.shape.area)):
        rivals = (other for other in drafts if other is not draft and other.level == draft.level)
        if any(_share_inside(other.shape, draft.shape) > 0.9 for other in rivals):
            tally.leave(f"holds another area of its level: {draft.level}")
        else:
            kept.append(draft)
    return kept


def _parent(draft: AreaDraft, drafts: list[AreaDraft]) -> int | None:
    """The smallest area of a higher level that holds most of this one."""
    holders = [
        (other.shape.area, index)
        for index, other in enumerate(drafts)
        if _ORDER.index(other.level) < _ORDER.index(draft.level) and _share_inside(draft.shape, other.shape) > 0.5
    ]
    return min(holders)[1] if holders else None


def _share_inside(inner: BaseGeometry, outer: BaseGeometry) -> float:
    if not inner.intersects(outer):
        return 0.0
    return float(inner.intersection(outer).area / inner.area)
