"""How characters are read: the table behind searching by pinyin."""

from __future__ import annotations

from pypinyin import Style, pinyin

_FIRST, _LAST = 0x4E00, 0x9FFF  # Unicode's CJK Unified Ideographs
_IN_PLACE_NAMES = {"长": "chang", "朝": "chao", "厦": "xia", "藏": "zang", "都": "du", "石": "shi", "行": "xing"}
"""What a character is in the names of places rather than in running text."""


def readings() -> list[tuple[str, str]]:
    """`(character, pinyin)` of every CJK ideograph that has a reading: the most frequent one, ü as v."""
    found = []
    for code in range(_FIRST, _LAST + 1):
        letter = chr(code)
        read = pinyin(letter, style=Style.NORMAL, errors="ignore", v_to_u=False)
        if read:
            found.append((letter, _IN_PLACE_NAMES.get(letter, read[0][0])))
    return found
