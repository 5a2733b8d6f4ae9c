"""The access log tells which address was asked for, never with which key."""

from __future__ import annotations

import logging
import re

# Of a push nothing behind the path is told, however the key is spelled; elsewhere somebody may have put one by mistake.
_KEY = re.compile(r"(/push/[^?\s]*\?)\S+|([?&]key=)[^&\s]+", re.IGNORECASE)


class WithoutKeys(logging.Filter):
    """Takes the keys out of the addresses in a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's arguments; every record passes."""
        if isinstance(record.args, tuple):
            record.args = tuple(_KEY.sub(_hidden, a) if isinstance(a, str) else a for a in record.args)
        return True


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}***"
