"""Takes apart how people write a dwelling: 虎丘花园3幢2单元501, 3-2-501, hqhy 3-501."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SHAPE = re.compile(
    r"""
    (?P<words>.*?) [\s,]*
    (?P<number>(?<!\d)\d{1,4}) \s* (?P<mark>幢|栋|座|号楼|号|楼|\#|zhuang|dong)?
    (?:
        # "2单元501", "-2-501"; or "2单元" alone
        (?: [\s-]* (?P<entrance>\d{1,2}|[a-z]) \s* (?:单元|门洞|门|danyuan)
          | (?: \s*-\s* | (?<=[幢栋座楼]) \s* | \s+ ) (?P<dashed>\d{1,2}|[a-z]) (?= \s*[-\s]\s* \d{2,4} ) )?
        (?: (?: \s*-\s* | \s+ | (?<=\D) ) (?P<room>\d{2,4}[a-z]?) \s* (?:室|房|户|shi)? )?
    )
    \s*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_COUNTED = re.compile(r"[一二三四五六七八九](?=幢|栋|座|号楼|单元)")


@dataclass(frozen=True, slots=True)
class Home:
    """A building by its number, perhaps with an entrance 单元 and a room; `words` is what stands before."""

    words: str
    number: str
    entrance: str | None
    room: str | None
    building_words: str
    """What stands before the entrance: the words with the building's number, as an address has it."""


def home(text: str) -> Home | None:
    """The dwelling or building that a text means, where it ends in numbers that could be one."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"[‐-―－_/~]+", "-", plain)
    plain = _COUNTED.sub(lambda found: found[0].translate(_DIGITS), plain)
    found = _SHAPE.fullmatch(plain)
    if found is None:
        return None
    end = found.end("mark") if found["mark"] else found.end("number")
    return Home(
        words=found["words"].strip(" -,"),
        number=found["number"].lstrip("0") or "0",
        entrance=found["entrance"] or found["dashed"],
        room=found["room"],
        building_words=plain[:end].strip(" -,"),
    )
