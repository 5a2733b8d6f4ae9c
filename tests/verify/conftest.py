"""What proves the claims. All but the longest run in `scripts/test` too; `scripts/verify` also keeps their figures."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geo.access.out.geopackage import write_geopackage
from geo.access.out.survey import Survey, survey
from geo.access.store import CoverageStore
from geo.database.engine import make_engine
from geo.network.store import NetworkStore
from geo.scope import AreaScope

RECORD = Path(__file__).resolve().parents[2] / "docs" / "verification.md"

# They take long, change the machine or the documentation, or need other engines: only `scripts/verify` asks for them.
collect_ignore_glob = [] if os.environ.get("YIKE_VERIFY") else ["test_*.py"]
SNAP_LIMIT_M = 250.0


@dataclass
class Figures:
    """What a verification measured, a line a claim."""

    title: str
    record: Path = RECORD
    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, claim: str, figure: str) -> None:
        """One claim and what was measured."""
        self.lines.append((claim, figure))
        print(f"{claim}: {figure}")

    def write(self) -> None:
        """Replace this title's table in the record."""
        rows = "\n".join(f"| {claim} | {figure} |" for claim, figure in self.lines)
        table = f"## {self.title}\n\nLast run {date.today().isoformat()}.\n\n| claim | measured |\n|---|---|\n{rows}\n"  # noqa: DTZ011
        text = self.record.read_text(encoding="utf-8") if self.record.exists() else ""
        pattern = re.compile(rf"## {re.escape(self.title)}\n.*?(?=\n## |\Z)", re.DOTALL)
        text = pattern.sub(lambda _: table, text) if pattern.search(text) else f"{text.rstrip()}\n\n{table}"
        self.record.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """The figures of a module, under the title in its `TITLE`."""
    kept = Figures(request.module.TITLE)
    yield kept
    if os.environ.get("YIKE_VERIFY") and kept.lines:
        kept.write()


@pytest.fixture
def nanjing(nanjing_url: str) -> Iterator[Engine]:
    """Central Nanjing. Shared by all tests: read it, or clone it first."""
    engine = make_engine(nanjing_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def village(village_url: str) -> Iterator[Engine]:
    """The sample village; read only."""
    engine = make_engine(village_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def found(village: Engine) -> Survey:
    store = CoverageStore(village, NetworkStore(village), SNAP_LIMIT_M)
    return survey(store, ["canteen", "museum", "pharmacy"], minutes=[5, 15], scope=AreaScope.everything())


@pytest.fixture(scope="module")
def geopackage(found: Survey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("out") / "coverage.gpkg"
    write_geopackage(found, file)
    return file
