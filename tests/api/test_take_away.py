"""Standards, how far homes meet them, and files over HTTP and from the command.

The elder lives at corner 2, the other one at 4; the canteen is at 0, the pharmacy at 4, and there is nothing else.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pyogrio
import pytest
from sqlalchemy import text

from tests.api.conftest import Service

FILE: dict[str, Any] = {"category": "canteen", "minutes": 4}


def completeness(service: Service, status: int = 200, **query: Any) -> Any:
    answer = service.http.get("/api/v1/coverage/completeness", params={"standard": "convenience_basic", **query})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_standards_say_what_was_compared(service: Service) -> None:
    items = {one["code"]: one for one in service.http.get("/api/v1/standards").json()["items"]}
    kindergarten = next(line for line in items["gb50180"]["lines"] if line["code"] == "kindergarten")
    assert (kindergarten["metres"], kindergarten["tier"], kindergarten["verified"]) == (300, 5, False)
    assert kindergarten["limit_minutes"] == 5


def test_each_line_has_its_own_threshold_and_what_nobody_has_is_named(service: Service) -> None:
    found = completeness(service)
    summary = found["summary"]
    assert (summary["of"], summary["residents"], summary["complete"]) == (12, 2, 0)
    lines = {line["code"]: line for line in summary["lines"]}
    # The canteen stands for a meal, within eight minutes of both; so does the pharmacy.
    assert (lines["breakfast"]["covered"], lines["pharmacy"]["covered"]) == (2, 2)
    assert lines["market"]["nobody_has_it"]
    assert not lines["pharmacy"]["nobody_has_it"]
    assert set(summary["nobody_has_it"]) == set(lines) - {"breakfast", "pharmacy"}
    assert summary["share"] == pytest.approx(2 / 12)
    elder, other = (feature["properties"] for feature in found["features"])
    assert (elder["met"], elder["of"]) == (2, 12)
    assert "market" in elder["missing"]
    assert "pharmacy" not in other["missing"]


def test_whoever_walks_slowly_has_less(service: Service) -> None:
    # Five minutes at 0.8 m/s are 240 m; the elder lives some 190 m from the canteen, the other one some 380.
    def meals(**query: Any) -> int:
        lines = completeness(service, standard="convenience_basic", **query)["summary"]["lines"]
        return int(next(line for line in lines if line["code"] == "breakfast")["covered"])

    assert (meals(), meals(profile="elder"), meals(profile="wheelchair")) == (2, 1, 1)


def test_any_of_a_lines_categories_will_do(service: Service) -> None:
    edit = {"op": "add", "category": "breakfast", "lon": 120.004, "lat": 31.0}
    made = service.http.post("/api/v1/scenarios", json={"name": None, "edits": [edit]}).json()["id"]

    def covered(**query: Any) -> int:
        lines = completeness(service, profile="elder", **query)["summary"]["lines"]
        return int(next(line for line in lines if line["code"] == "breakfast")["covered"])

    # The canteen is near to one, the breakfast to the other.
    assert (covered(), covered(scenario=made)) == (1, 2)


def test_by_hexagon_the_same_people_are_counted(service: Service) -> None:
    cells = completeness(service, by="hex")["features"]
    assert [sum(cell["properties"][who] for cell in cells) for who in ("residents", "residents_60")] == [2, 1]
    assert all(0 <= cell["properties"]["met"] <= cell["properties"]["of"] for cell in cells)


def test_an_unknown_standard_is_named_with_those_there_are(service: Service) -> None:
    assert "gb50180" in completeness(service, 404, standard="gb1")["hint"]


def fetch(service: Service, form: str, status: int = 200, **query: Any) -> Any:
    answer = service.http.get("/api/v1/coverage/export", params={"format": form, **FILE, **query})
    assert answer.status_code == status, answer.text[:500]
    return answer


def test_every_format_comes_with_a_chinese_name_and_leaves_nothing(service: Service, tmp_path: Path) -> None:
    def left() -> set[str]:
        return {entry.name for entry in Path(tempfile.gettempdir()).glob("yike-export-*")}

    before = left()
    for form in ("gpkg", "geojson", "csv", "tif", "html"):
        answer = fetch(service, form)
        name = unquote(answer.headers["content-disposition"].split("UTF-8''")[1])
        assert name.startswith("一刻-district 320100-社区食堂-4分钟-")
        assert name.endswith(f".{form}")
    assert left() == before
    file = tmp_path / "coverage.gpkg"
    file.write_bytes(fetch(service, "gpkg").content)
    frame = pyogrio.read_dataframe(file, layer="coverage")
    assert frame["within_4min_canteen"].tolist() == [True, False]
    report = fetch(service, "html").text
    assert "<script src=" not in report
    assert "<link" not in report


def test_a_row_an_area(service: Service) -> None:
    table = pd.read_csv(io.BytesIO(fetch(service, "csv", by="area", level="grid").content))
    assert table[["residents", "covered", "share"]].values.tolist() == [[2, 1, 0.5]]
    assert "There are: district" in fetch(service, "csv", 404, by="area", level="city").json()["hint"]


def test_bad_questions_get_a_reason_and_no_file(service: Service) -> None:
    assert "社区食堂" not in fetch(service, "csv", 404, category="museum").json()["detail"]
    assert "no facility of 博物馆" in fetch(service, "csv", 404, category="museum").json()["detail"]
    assert "no category 'x'" in fetch(service, "csv", 404, category="x").json()["detail"]
    assert fetch(service, "shp", 400).json()["where"] == "format"
    assert fetch(service, "csv", 400, minutes=0).json()["where"] == "minutes"
    # One of two is enough; what nobody has is in the table, without minutes.
    table = pd.read_csv(io.BytesIO(fetch(service, "csv", category=["museum", "canteen"]).content))
    assert table[table["category"] == "museum"]["minutes"].isna().all()


def test_what_stands_where_nobody_can_walk_to_is_nobodys(service: Service) -> None:
    def with_a_market(lon: float) -> int:
        edit = {"op": "add", "category": "market", "lon": lon, "lat": 31.0}
        return int(service.http.post("/api/v1/scenarios", json={"name": None, "edits": [edit]}).json()["id"])

    far, near = with_a_market(121.0), with_a_market(120.003)
    assert "no facility of 菜市场" in fetch(service, "csv", 404, category="market", scenario=far).json()["detail"]
    assert "market" in completeness(service, scenario=far)["summary"]["nobody_has_it"]
    assert len(pd.read_csv(io.BytesIO(fetch(service, "csv", category="market", scenario=near).content))) == 2
    assert "market" not in completeness(service, scenario=near)["summary"]["nobody_has_it"]


def test_where_nobody_lives_there_is_no_share_and_houses_are_counted(service: Service) -> None:
    with service.engine.begin() as connection:
        connection.execute(text("update yike.resident set lives_here = false"))
    try:
        assert completeness(service)["summary"]["share"] is None
        table = pd.read_csv(io.BytesIO(fetch(service, "csv", by="area", level="grid").content))
        assert table["share"].isna().all()
        report = fetch(service, "html").text
        assert "这里没有居民数据" in report
        assert "50.0%" in report
    finally:
        with service.engine.begin() as connection:
            connection.execute(text("update yike.resident set lives_here = true"))


def command(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    address = service.engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg2", "postgresql")
    return subprocess.run([sys.executable, "-m", "api.cli", "coverage", *arguments], capture_output=True, text=True,
                          env={**os.environ, "YIKE_DATABASE_URL": address}, check=False)  # fmt: skip


def test_the_command_writes_the_same_as_the_service(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "coverage.csv"
    done = command(service, "--category", "canteen", "--minutes", "4", "--out", str(file))
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == fetch(service, "csv").content
    wrong = command(service, "--category", "museum", "--out", str(file))
    assert wrong.returncode == 1
    assert "no facility of 博物馆" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["coverage.csv"]
