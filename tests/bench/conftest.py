"""What is measured, by `scripts/bench` alone; each module's figures replace its table in `docs/benchmarks.md`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify.conftest import Figures

RECORD = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"

# Minutes of work that prove nothing right or wrong.
collect_ignore_glob = [] if os.environ.get("YIKE_BENCH") else ["test_*.py"]


@pytest.fixture(scope="module")
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """The figures of a module, under the title in its `TITLE`."""
    kept = Figures(request.module.TITLE, RECORD)
    yield kept
    if kept.lines:
        kept.write()
