"""A file is whole or it is not there: written beside its place, and renamed when it is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import InvalidInput


@contextmanager
def beside(file: Path) -> Iterator[Path]:
    """The place to write `file` at first. Whatever goes wrong, the old file, or none, is there as before.

    Raises
    ------
    InvalidInput
        When nothing can be written there.
    """
    part = file.with_name(f".{file.stem}.{os.getpid()}.part{file.suffix}")
    try:
        # Before hours of work: can it be written at all?
        part.touch(exist_ok=False)
        part.unlink()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written ({error.strerror}).", where="--out") from None
    try:
        yield part
        os.replace(part, file)  # noqa: PTH105 — atomic on one file system
    finally:
        for left in file.parent.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)
