"""The access log tells which address was asked for, never with which key."""

from __future__ import annotations

import logging
import re

_KEY = re.compile(r"(?<=[?&]key=)[^&\s\"]+")


class WithoutKeys(logging.Filter):
    """Takes the keys out of the addresses in a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's arguments; every record passes."""
        if isinstance(record.args, tuple):
            record.args = tuple(_KEY.sub("***", a) if isinstance(a, str) else a for a in record.args)
        return True
