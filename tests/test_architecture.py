"""The shape of the house: imports run one way, no circles, our packages are ours, files stay readable."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("geo", "data", "tiles", "api")

MAY_IMPORT = {
    "geo": {"geo"},
    "data": {"data", "geo"},
    "tiles": {"tiles", "geo"},
    "api": {"api", "tiles", "data", "geo"},
}


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()


def imported(file: Path, module: str, *, at_start: bool = False) -> set[str]:
    """Modules of ours that a file imports; `at_start` leaves out imports inside functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if at_start else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            base = node.module or ""
            names.add(base)
            names |= {f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES}
    return {name for name in names if name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module: str) -> None:
    package = module.split(".")[0]
    foreign = {name.split(".")[0] for name in imported(MODULES[module], module)} - MAY_IMPORT[package]
    assert not foreign, f"{module} imports {foreign}"


def test_there_is_no_circle() -> None:
    arrows = {module: imported(file, module, at_start=True) - {module} for module, file in MODULES.items()}
    # A package's __init__ that gathers its own modules is no circle by itself.
    for module, file in MODULES.items():
        if file.name == "__init__.py":
            arrows[module] = {name for name in arrows[module] if not name.startswith(module + ".")}
    done: set[str] = set()

    def walk(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join((*trail, module))
        if module in done:
            return
        for name in arrows[module]:
            walk(name, (*trail, module))
        done.add(module)

    for module in arrows:
        walk(module, ())


def test_only_the_api_knows_http() -> None:
    for module, file in MODULES.items():
        if module.split(".")[0] in ("geo", "tiles"):
            text = file.read_text(encoding="utf-8")
            assert "fastapi" not in text, module
            assert "starlette" not in text, module


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_and_stays_readable(module: str) -> None:
    file = MODULES[module]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{module} has no docstring"
    if "versions" not in file.parts:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 400, f"{module} wants to be two"


@pytest.mark.parametrize("module", [m for m, f in MODULES.items() if "versions" not in f.parts])
def test_every_public_name_has_a_docstring(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    missing = []
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            missing.append(node.name)
        if isinstance(node, ast.ClassDef):
            missing += [
                f"{node.name}.{inner.name}"
                for inner in node.body
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
                and not inner.name.startswith("_")
                and not ast.get_docstring(inner)
            ]
    assert not missing, f"{module}: {missing}"


def test_sql_is_not_written_in_python() -> None:
    for module, file in MODULES.items():
        if "versions" in file.parts or module == "geo.database.bulk":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("exec_driver_sql", "text"):
                assert module in ("geo.database.sql", "geo.database.migrate"), f"{module} line {node.lineno}"


def test_our_packages_are_ours_wherever_one_stands(tmp_path: Path) -> None:
    # A foreign package named `geo` would win over ours without anyone noticing.
    code = "import geo, api, tiles, data; print(*(m.__file__ for m in (geo, api, tiles, data)), sep='\\n')"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    for line, package in zip(done.stdout.split(), ("geo", "api", "tiles", "data"), strict=True):
        assert Path(line) == ROOT / package / "__init__.py"


def test_a_service_starts_without_what_only_files_need() -> None:
    for_files = {"folium", "geopandas", "openpyxl", "pandas", "pyarrow", "pyogrio", "rasterio"}
    code = f"import sys, api.app; print(*sorted({for_files!r} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    # 130 MB of memory and most of a second, in every service that runs.
    assert told.stdout.split() == []
