"""Which coding of a body a client is sent: Accept-Encoding of RFC 9110, section 12.5.3."""

from __future__ import annotations

from functools import lru_cache

from tiles.packing import CODINGS, Coding


@lru_cache(1024)
def coding_for(accept_encoding: str | None) -> Coding:
    """The coding with the highest weight; among equals the one that unpacks quickest.

    Plain where no coding of ours is wanted, even where plain is refused: a tile that cannot be read is no better.
    """
    if not accept_encoding:
        return "identity"
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights.setdefault({"x-gzip": "gzip"}.get(name, name), _weight(parameters))
    anything = weights.get("*", 0.0)
    # Without a word on it plain is acceptable, but never better than what is asked for.
    weighed = {coding: weights.get(coding, anything) for coding in CODINGS}
    weighed["identity"] = weights.get("identity", 0.0)
    best = max(CODINGS, key=lambda coding: weighed[coding])
    return best if weighed[best] > 0 else "identity"


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def is_named(if_none_match: str | None, tag: str) -> bool:
    """Whether If-None-Match names a tag; compared weakly (RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == tag for one in if_none_match.split(","))
