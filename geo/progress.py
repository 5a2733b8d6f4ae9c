"""How long work tells how far it is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]
"""Called with how many more units are done."""


class Progress(Protocol):
    """Shown as a bar by the `yike` command, ignored elsewhere."""

    def step(self, title: str, total: int | None = None) -> AbstractContextManager[Advance]:
        """Begin a step of `total` units (unknown: None); leaving the context ends it."""
        ...


class Silent:
    """Tells nobody."""

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Advance]:  # noqa: ARG002
        """Ignore the step."""
        yield _nobody


def _nobody(_: int) -> None:
    return None
