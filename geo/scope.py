"""The area a reader may see, as a range of area paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

SAMPLE_ROOT = "~"
"""First character of every sample area's label. It sorts after all labels of real areas
(digits, lower-case letters, underscore), so that real and sample data are two disjoint ranges."""

_AFTER_ALL = "\x7f"


@dataclass(frozen=True, slots=True)
class AreaScope:
    """A half-open range of area paths: ``lower <= path < upper`` in the "C" collation.

    A range, because the planner answers it from a plain index; a ``LIKE`` with a
    parameter scans the whole index.
    """

    lower: str
    upper: str

    @classmethod
    def everything(cls) -> Self:
        """All areas, sample ones too, and rows that lie in no area."""
        return cls("", _AFTER_ALL)

    @classmethod
    def real(cls) -> Self:
        """All that is not sample data laid over sample areas."""
        return cls("", SAMPLE_ROOT)

    @classmethod
    def sample(cls) -> Self:
        """The sample town alone."""
        return cls(SAMPLE_ROOT, _AFTER_ALL)

    @classmethod
    def below(cls, path: str) -> Self:
        """The area with this path and everything below it.

        ``"0"`` is the character after ``"/"``, and no label holds a character
        below ``"/"``, so the range holds ``path`` itself, its descendants and nothing else.
        """
        return cls(path, f"{path}0") if path else cls.everything()

    def __and__(self, other: AreaScope) -> AreaScope:
        """What lies in both; holds nothing where they do not meet."""
        lower = max(self.lower, other.lower)
        return AreaScope(lower, max(lower, min(self.upper, other.upper)))

    def __contains__(self, path: str) -> bool:
        return self.lower <= path < self.upper
