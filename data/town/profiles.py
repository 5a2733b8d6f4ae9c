"""Cross-sections: what lies between two blocks, from the middle of the street outwards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A street, perhaps with a canal beside it ("double chessboard"). All in metres from the street's line.

    Attributes
    ----------
    street_class : str
    half : float
        To the blocks on the dry side.
    canal, canal_at : float
        The canal's width (0: none) and the offset of its middle.
    bank, bank_at
        Class and offset of the lane on the canal's far bank; without one, houses stand in the water.
    reach : float
        To the blocks on the canal's side.
    greens : tuple of (float, float)
        Strips of green on the canal's side.
    """

    street_class: str
    half: float
    canal: float = 0
    canal_at: float = 0
    bank: str | None = None
    bank_at: float = 0
    reach: float = 0
    greens: tuple[tuple[float, float], ...] = ()


AVENUE = Profile("primary", 17)
STREET = Profile("secondary", 13)
TERTIARY = Profile("tertiary", 9)
RESIDENTIAL = Profile("residential", 6.5)
SHORE = Profile("secondary", 12)
NEW_CANAL = Profile("secondary", 13, canal=16, canal_at=27, bank="footway", bank_at=40, reach=45,
                    greens=((12, 19), (35, 44)))  # fmt: skip
MOAT = Profile("secondary", 13, canal=28, canal_at=34, bank="footway", bank_at=54, reach=62,
               greens=((12, 20), (48, 61)))  # fmt: skip

OLD_STREET = Profile("tertiary", 6.5)
OLD_CANAL_STREET = Profile("tertiary", 6, canal=9, canal_at=11.5, bank="pedestrian", bank_at=18.6, reach=21)
OLD_CREEK = Profile("living_street", 3.4, canal=7, canal_at=7.2, bank="pedestrian", bank_at=12.8, reach=14.6)
OLD_CREEK_BACK = Profile("living_street", 3.4, canal=6, canal_at=6.6, reach=10)
OLD_LANE = Profile("living_street", 3.0)

WIDE_CANAL_M = 12
"""A canal wider than this is crossed by main streets only."""
