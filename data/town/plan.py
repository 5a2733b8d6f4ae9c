"""The whole town on the plan: skeleton, water, and every block filled."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon, box

from data.town.campus import CAMPUSES, draw_campus
from data.town.chance import stream
from data.town.compound import draw_slabs, draw_towers
from data.town.cottages import draw_cottages
from data.town.names import PlaceNames
from data.town.old import draw_old
from data.town.park import draw_park
from data.town.scale import Size
from data.town.skeleton import Skeleton, Spine, draw_skeleton
from data.town.sketch import Block, Patch, Sketch, block_of
from data.town.water import Canal, canals, lake, promenade, shore
from data.town.ways import skeleton_ways
from data.town.zoning import zone
from geo.progress import Progress, Silent


@dataclass(slots=True)
class Plan:
    """A town on the straight plan, metres.

    Attributes
    ----------
    skeleton : Skeleton
    blocks, kinds : list
        One block a grid, and what it became.
    sketch : Sketch
    canals : list of Canal
    land, lake : Polygon
    """

    skeleton: Skeleton
    blocks: list[Block]
    kinds: list[str]
    sketch: Sketch
    canals: list[Canal]
    land: Polygon
    lake: Polygon


def draw_plan(size: Size, seed: int, progress: Progress | None = None) -> Plan:
    """Draw a town; the same size and seed give the same plan."""
    progress = progress or Silent()
    names = PlaceNames(seed)
    with progress.step("Streets and canals"):
        skeleton = draw_skeleton(size, seed, names)
        sketch = Sketch(names)
        sketch.segments.extend(skeleton_ways(skeleton, stream(seed, "ways")))
        sketch.segments.extend(promenade(skeleton))
        waters = canals(skeleton, seed, names)
        land = shore(skeleton, seed)
    order = {cell: index for index, cell in enumerate(skeleton.cells)}
    blocks = [
        block_of(index, order[leaf.cell], leaf, old=leaf.cell in skeleton.old)
        for index, leaf in enumerate(skeleton.leaves)
    ]
    kinds = zone(blocks, size, stream(seed, "zoning"))
    with progress.step("Blocks", len(blocks)) as advance:
        for block, kind in zip(blocks, kinds, strict=True):
            _fill(sketch, block, kind, seed)
            advance(1)
    sketch.patches.extend(_verges(skeleton))
    return Plan(skeleton, blocks, kinds, sketch, waters, land, lake(land, seed))


def _fill(sketch: Sketch, block: Block, kind: str, seed: int) -> None:
    rng = stream(seed, "block", block.index)
    if kind in CAMPUSES:
        draw_campus(sketch, block, kind, rng)
        return
    {
        "old": draw_old, "slab": draw_slabs, "tower": draw_towers, "cottage": draw_cottages, "park": draw_park,
        "garden": draw_park,
    }[kind](sketch, block, rng)  # fmt: skip


def _verges(skeleton: Skeleton) -> list[Patch]:
    """The green strips beside moats and new canals, and the green between the shore street and the shore."""
    strips = []
    for spine in skeleton.spines:
        for near, far in spine.profile.greens:
            a, b = sorted((spine.at + spine.side * near, spine.at + spine.side * far))
            start, end = _clear(spine, 0), _clear(spine, 1)
            if end - start > 10:
                strips.append(box(a, start, b, end) if spine.upright else box(start, a, end, b))
    return [Patch("green", strip) for strip in strips]


def _clear(spine: Spine, end: int) -> float:
    """Where a strip beside a spine ends: clear of whatever crosses there."""
    reach = 4.0
    for across in spine.crossing[end]:
        wet = across.profile.canal and across.side == (1 if end == 0 else -1)
        reach = max(reach, across.profile.reach if wet else across.profile.half)
    return spine.start + reach if end == 0 else spine.end - reach
