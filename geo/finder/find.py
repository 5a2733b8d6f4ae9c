"""Finds a place by an address, a dwelling, a number, a name old or new, or its pinyin; typos are forgiven.

Nobody is found by name: a resident is found by the dwelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Connection

from geo.database.sql import query
from geo.finder.home import Home, home
from geo.scope import AreaScope

FoundKind = Literal["area", "compound", "street", "building", "entrance", "unit", "facility", "device"]
Match = Literal["exact", "prefix", "contains", "pinyin", "initials", "similar"]

_MATCH: tuple[Match, ...] = ("exact", "prefix", "contains", "pinyin", "pinyin", "pinyin", "initials", "similar")
_OF_A_KIND = 6
_MOST = 20
_BY_INITIALS = 6
_SHORTEST_TYPO = 4
_LIKE_ENOUGH = 0.4
"""Of the trigrams of what was typed, the share that they and a part of the phrase have in common."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something found: where one goes for it, WGS 84 degrees.

    `at` tells what the point is: an entrance, a compound's gate, or a point of the thing itself. `matched` is the
    phrase that the words met, which may be another name than `name`.
    """

    kind: FoundKind
    id: int
    name: str
    detail: str | None
    building_id: int | None
    matched: str | None
    match: Match
    at: Literal["entrance", "gate", "place"]
    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: str
    id: int
    phrase: str | None
    tier: int


def find(connection: Connection, text: str, scope: AreaScope, *, kind: FoundKind | None = None) -> list[Found]:
    """What a text may mean within a scope, best first, at most 20; `kind` to look among one kind only."""
    plain = text.replace("\x00", "").strip()
    hits = _by_phrase(connection, plain, scope, kind)
    means = home(plain) if kind in (None, "building", "entrance", "unit") else None
    if means is not None:
        homes = [hit for hit in _homes(connection, means, scope) if kind in (None, hit.kind)]
        very = [hit for hit in hits if hit.tier == 0]
        hits = [*very, *homes, *hits]
    if all(hit.tier >= _BY_INITIALS for hit in hits):
        hits += _by_likeness(connection, plain, scope, kind)
    return _described(connection, list({(hit.kind, hit.id): hit for hit in reversed(hits)}.values())[::-1], scope)


def _by_phrase(connection: Connection, text: str, scope: AreaScope, kind: str | None) -> list[_Hit]:
    asked = _spelled(connection, text, scope, kind)
    return [_Hit(*row) for row in connection.execute(query("finder/phrases"), asked)] if asked["words"] else []


def _by_likeness(connection: Connection, text: str, scope: AreaScope, kind: str | None) -> list[_Hit]:
    asked = _spelled(connection, text, scope, kind)
    if len(asked["pinyin"] or "") < _SHORTEST_TYPO:
        return []
    connection.execute(query("finder/set_threshold"), {"threshold": _LIKE_ENOUGH})
    return [_Hit(*row) for row in connection.execute(query("finder/similar"), asked)]


def _spelled(connection: Connection, text: str, scope: AreaScope, kind: str | None) -> dict[str, Any]:
    spelled = connection.execute(query("finder/sound"), {"words": text}).mappings().one()
    return {**spelled, "kind": kind, "limit": _OF_A_KIND, "lower": scope.lower, "upper": scope.upper}


def _homes(connection: Connection, means: Home, scope: AreaScope) -> list[_Hit]:
    """Dwellings, or else entrances, or else buildings: the narrowest of what was asked for that there is."""
    compounds = buildings = None
    if means.words:
        # An address is a phrase of its building; only one that fits to its end is meant.
        met = _by_phrase(connection, means.building_words, scope, "building")
        buildings = [hit.id for hit in met if hit.tier in (0, 3)] or None
        if buildings is None:
            near = _by_phrase(connection, means.words, scope, "compound")
            near = near or _by_likeness(connection, means.words, scope, "compound")
            compounds = [hit.id for hit in near]
            if not compounds:
                return []
    for entrance, room in ((means.entrance, means.room), (means.entrance, None), (None, None)):
        rows = connection.execute(
            query("finder/homes"),
            {"number": means.number, "entrance": entrance, "room": room, "compounds": compounds, "buildings": buildings,
             "lower": scope.lower, "upper": scope.upper, "limit": _OF_A_KIND},
        ).all()  # fmt: skip
        if rows:
            narrowest = "unit" if room else "entrance" if entrance else "building"
            return [_Hit(narrowest, getattr(row, f"{narrowest}_id"), None, 1) for row in rows]
    return []


def _described(connection: Connection, hits: list[_Hit], scope: AreaScope) -> list[Found]:
    hits = hits[:_MOST]
    rows = connection.execute(
        query("finder/hits"),
        {"kinds": [hit.kind for hit in hits], "ids": [hit.id for hit in hits],
         "lower": scope.lower, "upper": scope.upper},
    ).all()  # fmt: skip
    found = []
    for row in rows:
        hit = hits[row.place - 1]
        found.append(
            Found(
                kind=cast("FoundKind", row.kind),
                id=row.id,
                name=row.name,
                detail=row.detail,
                building_id=row.building_id,
                matched=hit.phrase,
                match=_MATCH[hit.tier],
                at=row.at,
                lon=row.lon,
                lat=row.lat,
                zoom=row.zoom,
            )
        )
    return found
