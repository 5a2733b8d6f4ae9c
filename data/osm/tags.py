"""Values of tags, as people wrote them."""

from __future__ import annotations

import math
import re

from data.osm.mapping import Tags

YES = frozenset({"yes", "true", "1", "designated", "permissive", "official"})
NO = frozenset({"no", "false", "0", "none"})
# Who lives behind a private gate walks through it; a stranger's car does not.
_NO_DRIVING = NO | {"private", "customers", "delivery", "agricultural", "forestry", "emergency"}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


def number(text: str | None) -> float | None:
    """The first number of ``"12"``, ``"12 m"``, ``"3,5"``; None where there is none."""
    found = _NUMBER.search(text or "")
    return float(found.group().replace(",", ".")) if found else None


def floors(tags: Tags) -> int | None:
    """Whole floors above ground, 1 to 200, from ``building:levels``."""
    levels = number(tags.get("building:levels"))
    return math.ceil(levels) if levels is not None and 0 < levels <= 200 else None


def height_m(tags: Tags) -> float | None:
    """Height in metres from ``height``; feet are converted."""
    text = tags.get("height") or tags.get("building:height")
    height = number(text)
    if height is not None and text and ("'" in text or "ft" in text):
        height *= 0.3048
    return height if height is not None and 0 < height < 1000 else None


def english_name(tags: Tags) -> str | None:
    """A name in Latin letters, where one is given."""
    return tags.get("name:en") or tags.get("int_name") or tags.get("name:zh_pinyin") or None


def address(tags: Tags) -> str | None:
    """Street and number, the Chinese way round."""
    parts = [tags.get("addr:street"), tags.get("addr:housenumber")]
    text = "".join(part for part in parts if part)
    return text or tags.get("addr:full")


def may(tags: Tags, keys: tuple[str, ...], default: bool) -> bool:
    """What the most special of the access keys says, `default` where none is given."""
    for key in keys:
        value = tags.get(key)
        if value in YES:
            return True
        if value in NO:
            return False
        if value in _NO_DRIVING and key != "foot":
            return default if "foot" in keys or "bicycle" in keys else False
    return default
