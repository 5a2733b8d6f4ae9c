"""QGIS's engine opens what is taken away. `scripts/verify` installs it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from PIL import Image

from geo.access.out.colours import BANDS
from geo.access.out.survey import Survey
from tests.verify.conftest import Figures

TITLE = "QGIS"


def test_qgis_takes_up_the_styles(found: Survey, geopackage: Path, tmp_path: Path, figures: Figures) -> None:
    picture = tmp_path / "qgis.png"
    done = subprocess.run(
        ["/usr/bin/python3", str(Path(__file__).with_name("qgis_render.py")), str(geopackage), str(picture)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["errors"] == []
    coverage = seen["coverage"]
    assert (coverage["valid"], coverage["crs"], coverage["features"]) == (True, "EPSG:4326", len(found.rows))
    assert len(coverage["rules"]) == len(BANDS) + 1
    assert coverage["aliases"]["minutes_canteen"] == "社区食堂：到最近设施（分钟）"
    assert coverage["styles"][:2] == ["社区食堂 Community canteen", "药店 Pharmacy"]
    with Image.open(picture) as image:
        counted = {colour: count for count, colour in image.convert("RGB").getcolors(maxcolors=1 << 24) or []}
    bands = [tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for _, colour in BANDS]
    shown = [counted.get(band, 0) > 50 for band in bands]
    minutes = found.services[0].coverage.minutes[found.rows]  # type: ignore[union-attr]
    assert shown[0] == bool((minutes <= 5).any())
    assert sum(shown) >= 2
    figures.add("QGIS renders the GeoPackage by its own style: bands seen", f"{sum(shown)} of {len(BANDS)}")
