"""Counting what was read, so that the summary adds up: read = stored + left out, by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """One kind of thing. `named` counts those with a name, read and stored."""

    title: str
    read: int = 0
    named: int = 0
    stored: int = 0
    named_stored: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def see(self, *, named: bool) -> None:
        """One was read."""
        self.read += 1
        self.named += named

    def store(self, *, named: bool) -> None:
        """One is stored."""
        self.stored += 1
        self.named_stored += named

    def leave(self, reason: str, count: int = 1) -> None:
        """One (or so many) are left out, and why."""
        if count:
            self.left_out[reason] += count

    @property
    def unexplained(self) -> int:
        """What was read and is neither stored nor left out for a reason; 0 unless something is wrong here."""
        return self.read - self.stored - self.left_out.total()

    def lines(self) -> list[str]:
        """For the terminal."""
        head = f"{self.title}: {self.read} read ({self.named} named) = {self.stored} stored"
        head += f" + {self.left_out.total()} left out"
        if self.unexplained:
            head += f" + {self.unexplained} without a reason"
        return [
            head,
            *(f"    {count:6d}  {reason}" for reason, count in self.left_out.most_common()),
            *(f"    {count:6d}  ({note})" for note, count in self.notes.most_common()),
        ]


@dataclass
class Summary:
    """What an import did: a tally a kind, what was derived, and how many rows the database got or changed."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    derived: Counter[str] = field(default_factory=Counter)
    written: dict[str, tuple[int, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __getitem__(self, kind: str) -> Tally:
        return self.tallies[kind]

    @property
    def changed(self) -> int:
        """Rows inserted, updated or derived; 0 when the same file came again."""
        return sum(inserted + updated for inserted, updated in self.written.values()) + self.derived.total()

    def __str__(self) -> str:
        lines = [line for tally in self.tallies.values() if tally.read for line in tally.lines()]
        for table, (inserted, updated) in self.written.items():
            if inserted or updated:
                lines.append(f"{table}: {inserted} new, {updated} changed")
        lines += [f"derived: {count} {what}" for what, count in self.derived.items()]
        if not self.changed:
            lines.append("nothing changed: all of it was here already")
        return "\n".join(lines + [f"! {warning}" for warning in self.warnings])
