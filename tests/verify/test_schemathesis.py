"""No request that `/openapi.json` allows, and none that it forbids, ends in a 5xx: asked by Schemathesis."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from geo.database.engine import make_engine
from geo.live.changes import number_changes
from tests.serving import serving
from tests.verify.conftest import Figures
from tests.world import build_world

TITLE = "Schemathesis"

EXAMPLES = 30
# It never ends.
_STREAM = "^/api/v1/live$"


@pytest.fixture(scope="module")
def service(
    template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    address = clone(template)
    engine = make_engine(address)
    build_world(engine)
    number_changes(engine)
    engine.dispose()
    log = tmp_path_factory.mktemp("schemathesis") / "api.log"
    with serving(address, log) as url:
        yield url, log


@pytest.mark.timeout(1500)
def test_nothing_ends_in_a_5xx(service: tuple[str, Path], tmp_path: Path, figures: Figures) -> None:
    url, log = service
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", "not_a_server_error",
         "--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", str(EXAMPLES), "--seed", "1",
         "--exclude-path-regex", _STREAM, "--request-timeout", "60", "--continue-on-failure", "--no-color",
         "--generation-database", "none"],
        cwd=tmp_path, env={**os.environ, "COLUMNS": "160"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    # What was answered in time may still have failed behind its answer.
    assert "Traceback" not in log.read_text()
    operations, cases = re.search(r"Tested: (\d+)", done.stdout), re.search(r"(\d+) generated", done.stdout)
    assert operations
    assert cases
    told = f"{int(cases[1]):,} to {operations[1]} operations, no answer 5xx"
    figures.add(f"Schemathesis {version('schemathesis')}, requests right and wrong", told)
