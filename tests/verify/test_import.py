"""What an import of real extracts takes, and that its summary adds up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import NANJING
from tests.verify.conftest import Figures

TITLE = "Import of OpenStreetMap files"

FILES = {
    "Nanjing": (
        NANJING,
        ["street ways: 384 read", "buildings: 1278 read", r"places of service: 376 read \(259 named\)"],
    ),
    "Monaco": (
        "monaco/monaco-2023-11.osm.pbf",
        ["street ways: 2832 read", "buildings: 1286 read", "boundaries: 20 read"],
    ),
    "Shanghai": ("shanghai/shanghai-center-roads.osm", ["street ways: 4701 read"]),
}


@pytest.mark.parametrize("name", FILES)
def test_yike_import_osm(
    name: str, template: str, clone: Callable[[str], str], real_data: Path, figures: Figures, tmp_path: Path
) -> None:
    file, expected = FILES[name]
    started = time.monotonic()
    with (tmp_path / "told").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "import", "osm", str(real_data / file)],
            env={**os.environ, "YIKE_DATABASE_URL": clone(template)},
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
        # Not `ru_maxrss`: a child's begins with that of the process it was forked from.
        peak_mb = 0.0
        while process.poll() is None:
            peak_mb = max(peak_mb, high_water_mb(process.pid))
            time.sleep(0.02)
    seconds = time.monotonic() - started
    told = (tmp_path / "told").read_text()
    assert process.returncode == 0, told
    for line in expected:
        assert re.search(line, told), told
    assert "without a reason" not in told
    stored = [line for line in told.splitlines() if re.match(r"(street ways|buildings|places of service|adm)", line)]
    figures.add(f"{name}: seconds, peak memory", f"{seconds:.1f} s, {peak_mb:.0f} MB")
    for line in stored:
        figures.add(name, line)


def high_water_mb(pid: int) -> float:
    """The most memory a process has held so far, in MB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
