"""The trial file: one JSON object a line. What is about sample people goes nowhere else."""

from __future__ import annotations

import fcntl
import mmap
import os
from pathlib import Path

import orjson

from geo.live.outbox import Notice, NotTold


def append(path: Path, notice: Notice, text: str) -> None:
    """Add a line, on disk when this returns; nothing when the notice already stands there.

    A line that a crash cut in two is taken away: its notice was never marked as told, and comes again.
    """
    beginning = f'{{"id":"{notice.key}",'.encode()
    line = {
        "id": notice.key,
        "at": notice.at,
        "event": notice.event,
        "audience": notice.audience,
        "channel": notice.channel,
        "severity": notice.severity,
        "incident_id": notice.incident_id,
        "order_id": notice.order_id,
        "text": text,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            # Other processes write here too; the lock goes with the file.
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_size and _stands_there(descriptor, beginning):
                return
            whole = orjson.dumps(line) + b"\n"
            if os.write(descriptor, whole) < len(whole):
                raise NotTold("The file cannot be written: the disk is full.")
            os.fsync(descriptor)
    except OSError as error:
        raise NotTold(f"The file cannot be written: {error.strerror}.") from None


def _stands_there(descriptor: int, beginning: bytes) -> bool:
    """Whether a whole line begins so; cuts off a last line that is not whole."""
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as content:
        size = len(content)
        whole = content.rfind(b"\n") + 1
        found = content.find(beginning, 0, whole) >= 0
    if whole < size:
        os.ftruncate(descriptor, whole)
    return found
