"""Which block becomes what."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from data.town.chance import shares
from data.town.scale import Size
from data.town.sketch import Block

# From the centre outwards; chance moves everything about.
_OUTWARDS = ("civic", "market", "hospital", "tower", "school", "slab", "park", "industry", "cottage")
_OLD_SPECIALS = ("garden", "old_school", "old_market", "old_temple")
_FEWEST_FOR_SPECIALS = 6


def zone(blocks: list[Block], size: Size, rng: Generator) -> list[str]:
    """A kind for each block: `old`, `slab`, `tower`, `cottage`, `park`, `garden` or one of the campuses.

    Parameters
    ----------
    blocks : list of Block
    size : Size
        Its `quarters` outside the old quarter, its `old_slabs` inside.
    rng : Generator
    """
    kinds = ["old"] * len(blocks)
    quarters = size.quarters
    _old(blocks, kinds, rng)
    homes = [block.index for block in blocks if block.old and kinds[block.index] == "old"]
    for i in rng.choice(homes, round(size.old_slabs * len(homes)), replace=False):
        kinds[int(i)] = "slab"
    new = [block.index for block in blocks if not block.old]
    order = [kind for kind in _OUTWARDS if kind in quarters]
    counts = shares(len(new), [quarters[kind] for kind in order])
    dealt = np.repeat(order, counts).tolist()
    away = np.array([np.hypot(*blocks[i].ground.middle) for i in new])
    away = away / max(1.0, float(away.max())) + rng.normal(0, 0.22, len(new))
    # Parks like the shore.
    for place, kind in zip(np.argsort(away, kind="stable"), dealt, strict=True):
        kinds[new[int(place)]] = kind
    for i in new:
        if kinds[i] == "civic" and len(new) < _FEWEST_FOR_SPECIALS:
            kinds[i] = "village"
    return kinds


def _old(blocks: list[Block], kinds: list[str], rng: Generator) -> None:
    """One block of each community of the old quarter is something else than homes."""
    turn = int(rng.integers(len(_OLD_SPECIALS)))
    for community in sorted({block.community for block in blocks if block.old}):
        members = [block for block in blocks if block.community == community]
        if len(members) < _FEWEST_FOR_SPECIALS:
            continue
        # The block with the most streets around it can be entered from most sides.
        best = max(members, key=lambda block: (len(block.open_sides), float(rng.random())))
        kinds[best.index] = _OLD_SPECIALS[turn % len(_OLD_SPECIALS)]
        turn += 1
