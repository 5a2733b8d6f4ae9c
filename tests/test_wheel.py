"""The wheel holds our packages with all that is not Python, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geo", "api", "tiles", "data")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_every_source_is_in_it(names: set[str]) -> None:
    wanted = {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix in (".py", ".sql", ".toml", ".mako", ".html", ".css", ".js")
    }
    assert len(wanted) > 150
    assert wanted - names == set()


def test_nothing_else_is_in_it(names: set[str]) -> None:
    foreign = {name for name in names if name.split("/")[0] not in PACKAGES and ".dist-info/" not in name}
    assert foreign == set()
    assert not [name for name in names if "__pycache__" in name or name.endswith((".osm", ".pbf", ".geojson"))]
