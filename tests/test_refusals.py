"""What the service refuses with is said in Chinese on the pages: the words there are those that it really says."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ERRORS = {"InvalidInput", "Conflict", "NotFound", "NotAllowed", "TooMany", "DatabaseUnavailable", "YikeError"}
# What dispatchers, workers, planners and residents meet; the rest is met by programs and at the command line.
ROOMS = ("geo/live/dispatch.py", "geo/live/patrol.py", "geo/live/photos.py", "geo/tours/due.py", "geo/tours/plans.py",
         "geo/tours/visits.py", "geo/access/scenario.py", "geo/access/siting.py", "api/routers/orders.py",
         "api/routers/tours.py", "api/routers/visits.py")  # fmt: skip


def said(node: ast.expr) -> Iterator[str]:
    """Each text an expression may be, with {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from said(node.body)
        yield from said(node.orelse)


def refusals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            for part in (*node.args[:1], *(word.value for word in node.keywords if word.arg == "hint")):
                yield from said(part)


def texts(path: Path) -> set[str]:
    return {text for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.expr) for text in said(node)}


KNOWN: dict[str, str] = json.loads((ROOT / "web/src/i18n/refusals.json").read_text())


def test_nothing_is_translated_that_is_never_said() -> None:
    said_anywhere = {text for room in ("api", "geo") for path in (ROOT / room).rglob("*.py") for text in texts(path)}
    assert set(KNOWN) - said_anywhere == set()


def test_what_people_meet_is_translated_whole() -> None:
    missing = {text for room in ROOMS for text in refusals(ROOT / room) if text.strip("{}.` ")} - set(KNOWN)
    assert missing == set()


def test_what_is_filled_in_is_kept() -> None:
    assert [text for text, zh in KNOWN.items() if text.count("{}") < zh.count("{}")] == []
