"""Minutes as colours: viridis in bands, the nearer the lighter, readable without seeing hue.

Values from the viridis map (CC0) at 0.95, 0.77, 0.5, 0.27, 0.12 and 0, the same as on the pages.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BANDS: tuple[tuple[float, str], ...] = (
    (5.0, "#d2e21b"),
    (10.0, "#5ec962"),
    (15.0, "#21918c"),
    (20.0, "#3b528b"),
    (30.0, "#472d7b"),
    (float("inf"), "#440154"),
)
"""Up to so many minutes, and the colour. The last band has no end."""

NO_WAY = "#b9b3a8"
"""Where there is no way at all."""


def band_of(minutes: NDArray[np.float64]) -> NDArray[np.intp]:
    """The band of each value, `len(BANDS)` where there is no way. An edge belongs to the lower band."""
    edges = np.array([upper for upper, _ in BANDS[:-1]])
    return np.where(np.isfinite(minutes), np.searchsorted(edges, minutes, side="left"), len(BANDS))


def label(band: int) -> tuple[str, str]:
    """What a band is called, in Chinese and in English."""
    if band >= len(BANDS):
        return "走不到", "no way"
    lower = BANDS[band - 1][0] if band else 0.0
    upper = BANDS[band][0]
    if upper == float("inf"):
        return f"{lower:g} 分钟以上", f"above {lower:g} min"
    return f"{lower:g}–{upper:g} 分钟", f"{lower:g}–{upper:g} min"
