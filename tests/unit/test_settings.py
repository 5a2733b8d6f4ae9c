"""Settings: a wrong value stops the start with one line that names it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import SettingsError
from geo.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("YIKE_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("YIKE_PORT", "0"), ("YIKE_PORT", "http"), ("YIKE_DATABASE_URL", "mysql://x"), ("YIKE_SNAP_LIMIT_M", "-1"),
     ("YIKE_PUBLIC_URL", "map.example.cn"), ("YIKE_LOG_LEVEL", "loud"), ("YIKE_DATABASE_POOL", "1000")],
)  # fmt: skip
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value).startswith(f"{name}: ")
    assert value in str(raised.value)
    assert "\n" not in str(raised.value)


def test_values_come_from_the_environment_and_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("YIKE_PORT=8123\nYIKE_PUBLIC_URL=https://map.example.cn/\n")
    monkeypatch.setenv("YIKE_SNAP_LIMIT_M", "100")
    settings = load_settings()
    assert (settings.port, settings.snap_limit_m) == (8123, 100.0)
    assert settings.public_url == "https://map.example.cn"
    assert Settings().host == "127.0.0.1"


def test_the_command_ends_with_one_line_and_status_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "db", "status"],
        env={**os.environ, "YIKE_PORT": "many", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "YIKE_PORT" in done.stderr
    assert "Traceback" not in done.stderr
