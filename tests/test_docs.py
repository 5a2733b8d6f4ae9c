"""The documentation against the code: every setting, command and route is described, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main

from api.app import create_app
from api.cli.main import with_commands
from geo.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(YIKE_[A-Z_]+)`", read("operations.md"), re.MULTILINE))
    assert documented == {f"YIKE_{name.upper()}" for name in Settings.model_fields}


def commands(group: Any, prefix: str = "yike") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, entry in group.commands.items():
        full = f"{prefix} {name}"
        found |= commands(entry, full) if hasattr(entry, "commands") else {full: entry}
    return found


def test_every_command_and_option_is_documented() -> None:
    text = read("operations.md")
    for name, entry in commands(typer.main.get_command(with_commands())).items():
        assert re.search(rf"^{name}\b", text, re.MULTILINE), name
        for parameter in entry.params:
            if parameter.param_type_name == "option" and "--help" not in parameter.opts:
                shown = [option for option in (*parameter.opts, *parameter.secondary_opts) if option in text]
                assert shown, (name, parameter.opts)


def test_every_documented_command_exists() -> None:
    known = commands(typer.main.get_command(with_commands()))
    for line in re.findall(r"^(yike [a-z]+(?: [a-z]+)?)", read("operations.md"), re.MULTILINE):
        assert line in known or line.rsplit(" ", 1)[0] in known, line


def routes() -> set[str]:
    schema = create_app(Settings(), "postgresql:///unused").openapi()
    return {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}


def test_every_route_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", read("api.md"), re.MULTILINE))
    assert documented == routes()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", *(f"docs/{file.name}" for file in DOCS.glob("*.md"))])
def test_links_lead_somewhere(name: str) -> None:
    file = ROOT / name
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_folders_of_the_architecture_exist() -> None:
    for folder in re.findall(r"^\| `([a-z/]+)/` ", read("architecture.md"), re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder
