"""No number that somebody may write into an address is too large for an answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api.conftest import Service

HUGE = 10**30


def _addresses(paths: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Each route once with every number in its path huge, and once more for each number it may be asked with."""
    asked: list[tuple[str, str, dict[str, Any]]] = []
    for path, methods in paths.items():
        for method, operation in methods.items():
            address = re.sub(r"\{[^}]+\}", str(HUGE), path)
            needed: dict[str, Any] = {}
            numbers = []
            for given in operation.get("parameters", []):
                if given["in"] != "query":
                    continue
                kinds = {given["schema"].get("type")} | {one.get("type") for one in given["schema"].get("anyOf", [])}
                if "integer" in kinds:
                    numbers.append(given["name"])
                if given.get("required"):
                    needed[given["name"]] = 1 if kinds & {"integer", "number"} else "pharmacy"
            if "{" in path or numbers:
                asked.append((method, address, needed))
            asked += [(method, re.sub(r"\{[^}]+\}", "1", path), {**needed, name: HUGE}) for name in numbers]
    return asked


def test_no_number_is_too_large(service: Service) -> None:
    paths = service.http.get("/openapi.json").json()["paths"]
    asked = [one for one in _addresses(paths) if not one[1].endswith("/live")]
    assert len(asked) > 80
    failed = []
    for method, address, query in asked:
        answer = service.http.request(method, address, params=query, json={} if method in ("post", "put") else None)
        if answer.status_code >= 500:
            failed.append(f"{method} {address} {query}: {answer.status_code}")
    assert failed == []


@pytest.mark.parametrize("number", [HUGE, 2**63, -(2**63)])
def test_no_number_of_an_edit_is_too_large(service: Service, number: int) -> None:
    for edit in (
        {"op": "remove", "facility_id": number},
        {"op": "resize", "facility_id": number, "capacity": 5},
        {"op": "close", "street_id": number},
    ):
        answer = service.http.post("/api/v1/scenarios", json={"edits": [edit]})
        assert answer.status_code == 400, edit
