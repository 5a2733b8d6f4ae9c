"""Masking of people: what of a name or a phone number may leave the API."""

from __future__ import annotations

import re


def mask_name(name: str) -> str:
    """The first character, then one star for each further one, two at most: 张小芳 is 张**.

    Longer names get no more stars, or their length would tell who it is.
    """
    stripped = name.strip()
    return stripped[:1] + "*" * min(2, len(stripped) - 1) if stripped else ""


def mask_phone(phone: str) -> str:
    """The first three and the last four digits of a mobile number: 138****8000.

    Of a shorter number only its last two digits remain.
    """
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= 11:
        return f"{digits[-11:-8]}****{digits[-4:]}"
    return "*" * max(0, len(digits) - 2) + digits[-2:]
