"""What a town came to, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class TownSummary:
    """Counts of what was written.

    Attributes
    ----------
    areas : dict
        By level.
    streets : int
    km : float
        Length of all streets, kilometres.
    buildings, compounds, units, residents, over_60, facilities, workers, departments : int
        `residents` and `over_60` (60 and more) live here.
    categories : int
        Kinds of facility.
    devices : dict
        By kind.
    """

    areas: dict[str, int] = field(default_factory=dict)
    streets: int = 0
    km: float = 0.0
    buildings: int = 0
    compounds: int = 0
    units: int = 0
    residents: int = 0
    over_60: int = 0
    facilities: int = 0
    categories: int = 0
    workers: int = 0
    departments: int = 0
    devices: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """A few lines for the terminal."""
        levels = ", ".join(f"{count:,} {_plural(level, count)}" for level, count in self.areas.items())
        share = 100 * self.over_60 / self.residents if self.residents else 0.0
        found = [f"areas       {levels}"] if self.areas else []
        if self.streets:
            found.append(f"streets     {self.streets:,} pieces, {self.km:,.0f} km")
        if self.buildings:
            walled = f", {self.compounds:,} walled compounds" if self.compounds else ""
            found.append(f"buildings   {self.buildings:,}{walled}")
        found += [
            f"homes       {self.units:,}, with {self.residents:,} residents, {share:.0f} % of them 60 and older",
            f"devices     {sum(self.devices.values()):,} of {len(self.devices)} kinds",
        ]
        if self.facilities:
            found.append(f"facilities  {self.facilities:,} of {self.categories} categories")
        found.append(f"staff       {self.workers:,} workers, {self.departments:,} departments")
        return found

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return word[:-1] + "ies" if word.endswith("y") else word + "s"
