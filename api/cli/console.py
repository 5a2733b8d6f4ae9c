"""What the command writes: messages and progress bars, on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geo.progress import Advance

console = Console(stderr=True, soft_wrap=True)


class Bars:
    """Progress bars at a terminal; elsewhere a line when a step begins to take long, and one when it is done."""

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Advance]:
        """Show one step while it runs."""
        if not console.is_terminal:
            started = time.monotonic()
            yield lambda _: None
            console.print(f"  {title}: {time.monotonic() - started:.1f} s", highlight=False, markup=False)
            return
        columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
        with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
            task = progress.add_task(title, total=total)
            yield lambda done: progress.advance(task, done)
            # A step without a known end is full when it ends.
            progress.update(task, total=progress.tasks[0].completed or 1, completed=progress.tasks[0].completed or 1)
