"""Standards as data: ours are sound, and what is wrong in a district's is said with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.standards import load_standards
from geo.access.out.files import beside
from geo.access.out.write import format_of
from geo.access.standards import read_standard
from geo.errors import InvalidInput, SettingsError

GOOD = """[standard]
code = "gusu"
name = "姑苏区标准"
name_en = "Gusu"
source = "区民政局"

[[line]]
code = "meals"
name = "助餐点"
name_en = "Meals"
categories = ["canteen"]
metres = 720
profile = "elder"
source = "区民政局"
verified = true
"""


def test_ours_name_a_source_in_every_line_and_what_was_not_compared() -> None:
    standards = load_standards()
    assert set(standards) == {"gb50180", "convenience_basic", "convenience_quality", "elder_circle"}
    for standard in standards.values():
        assert all(line.source for line in standard.lines)
    # The radii are from memory.
    assert not any(line.verified for line in standards["gb50180"].lines)
    assert {line.tier for line in standards["gb50180"].lines} == {5, 10, 15}
    ladder = {line.code: line.minutes for line in standards["convenience_basic"].lines}
    assert (ladder["convenience"], ladder["pharmacy"], ladder["supermarket"]) == (5, 8, 15)


def test_metres_are_walked_at_the_pace_of_whoever_walks() -> None:
    line = read_standard(GOOD, "gusu.toml", {"canteen"}).lines[0]
    assert line.limit_minutes() == pytest.approx(15)
    assert line.limit_minutes("walk") == pytest.approx(12)


def test_a_districts_own_stands_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "gusu.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not a standard")
    assert load_standards(tmp_path)["gusu"].name == "姑苏区标准"
    (tmp_path / "z.toml").write_text(GOOD)
    with pytest.raises(InvalidInput, match=r"z\.toml: The code 'gusu' is that of .*gusu\.toml already"):
        load_standards(tmp_path)
    with pytest.raises(SettingsError, match="YIKE_STANDARDS"):
        load_standards(tmp_path / "absent")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"canteen"', '"cantine"', r"line 11: There is no category 'cantine'"),
        ("metres = 720", "metres = 0", r"line 12: metres must be above 0"),
        ("metres = 720", "", r"line 7: A line has either minutes or metres"),
        ("metres = 720", "metres = 720\nminutes = 5", r"line 7: A line has either"),
        ("metres = 720", 'metres = "720"', r"line 12: metres has a value of the wrong kind"),
        ('"elder"', '"child"', r"line 13: There is no profile 'child'"),
        ("verified = true", "verified = 1", r"line 15: verified has a value"),
        ("verified = true\n", "", r"line 7: verified is missing"),
        ("verified", "checked", r"line (7: verified is missing|15: checked is not known)"),
        ('code = "gusu"', 'code = "Gusu!"', r"line 2: 'Gusu!' is no code"),
        ("[[line]]", "[line", r"line 7: This is no TOML"),
        (GOOD[GOOD.index("[[line]]") :], "", r"one table \[standard\] and at least one"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=r"gusu\.toml, line") as error:
        read_standard(GOOD.replace(old, new, 1), "gusu.toml", {"canteen"})
    assert error.match(said)


def test_an_interrupted_file_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "coverage.gpkg"
    file.write_text("old")

    def interrupted() -> None:
        with beside(file) as part:
            part.write_text("half")
            part.with_name(f"{part.name}-journal").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [entry.name for entry in tmp_path.iterdir()] == ["coverage.gpkg"]
    assert file.read_text() == "old"
    with beside(file) as part:
        part.write_text("new")
    assert file.read_text() == "new"
    with pytest.raises(InvalidInput, match="cannot be written"), beside(tmp_path / "absent" / "a.csv"):
        pass


def test_an_unknown_ending_is_said() -> None:
    assert format_of(Path("a/b.GPKG")) == "gpkg"
    with pytest.raises(InvalidInput, match=r"\.gpkg, \.geojson, \.csv, \.tif, \.html"):
        format_of(Path("coverage.shp"))
