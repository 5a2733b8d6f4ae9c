"""QGIS's engine draws the map from two URLs: tiles and style. `scripts/verify` installs it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from geo.mercator import to_mercator
from tests.serving import serving
from tests.verify.conftest import Figures
from tiles.style import STYLES

TITLE = "Styles in QGIS"
# The pond behind the old city hall and the houses round it.
LON, LAT = 118.7885, 32.0490
HALF_M = (500.0, 400.0)
PICTURES = os.environ.get("YIKE_KEEP_PICTURES")


@pytest.fixture(scope="module")
def url(nanjing_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service over Nanjing."""
    with serving(nanjing_url, tmp_path_factory.mktemp("qgis") / "api.log") as running:
        yield running


@pytest.mark.parametrize("name", STYLES)
def test_qgis_draws_each_style_from_its_url(url: str, name: str, tmp_path: Path, figures: Figures) -> None:
    style = httpx.get(f"{url}/styles/{name}.json").json()
    document = httpx.get(style["sources"]["yike"]["url"]).json()
    picture = Path(PICTURES or tmp_path) / f"qgis-{name}.png"
    x, y = (float(value) for value in to_mercator(LON, LAT))
    extent = [x - HALF_M[0], y - HALF_M[1], x + HALF_M[0], y + HALF_M[1]]
    done = subprocess.run(
        ["/usr/bin/python3", str(Path(__file__).with_name("qgis_style.py")), document["tiles"][0],
         f"{url}/styles/{name}.json", *map(str, extent), str(picture)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["valid"]
    assert seen["errors"] == []
    # What QGIS does not know, standing buildings, it leaves out; the flat ones are there.
    drawn = {layer["id"] for layer in style["layers"] if layer["type"] in ("fill", "line", "background")}
    assert drawn <= set(seen["rules"])
    # A condition that it cannot read it drops without a word, and then draws every street as a main one.
    assert seen["without_condition"] == ["background", "building"]
    assert seen["without_text"] == ["facility"]
    share = shares(picture, {"water": STYLES[name].water, "building": STYLES[name].building})
    figures.add(
        f"style {name}: rules, labels; water and buildings in the picture",
        f"{len(seen['rules'])}, {len(seen['labels'])}; {share['water']:.1%}, {share['building']:.1%}",
    )
    assert share["water"] > 0.003
    assert share["building"] > 0.02
    # Nothing of the colour behind the map: the background of the style covers it.
    assert shares(picture, {"nothing": "#ff00ff"})["nothing"] < 0.001


def shares(picture: Path, colours: dict[str, str]) -> dict[str, float]:
    """How much of a picture is within a shade of each colour."""
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB"), int).reshape(-1, 3)
    found = {}
    for name, colour in colours.items():
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        found[name] = float((np.abs(pixels - wanted).max(axis=1) <= 2).mean())
    return found
