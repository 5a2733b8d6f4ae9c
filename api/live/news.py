"""What somebody has not been told yet: the newest state of things, and which tiles changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.live.changes import Change
from geo.scope import AreaScope
from tiles.news import Named, both, tiles_named

Rows = dict[tuple[str, int | None], str]
"""Newest payload of each changed thing, by entity and id."""


@dataclass
class News:
    """Of a thing only its newest state counts; tiles are named until they are told."""

    rows: Rows = field(default_factory=dict)
    tiles: Named = field(default_factory=dict)

    @classmethod
    def of(cls, changes: Sequence[Change], scope: AreaScope) -> News:
        """What a reader of `scope` may hear of numbered changes."""
        return cls(
            {(c.entity, c.entity_id): c.payload for c in changes if c.entity != "tiles" and c.path in scope},
            tiles_named(changes, scope),
        )

    def __bool__(self) -> bool:
        return bool(self.rows or self.tiles)

    def add(self, newer: News) -> None:
        """Take in what came after."""
        self.rows.update(newer.rows)
        self.tiles = both(self.tiles, newer.tiles)
