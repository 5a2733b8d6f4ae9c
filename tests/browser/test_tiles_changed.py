"""An open map fetches exactly the tiles that changed, and draws what is in them now."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from geo.database.engine import make_engine
from geo.live.changes import number_changes
from tests.browser.drivers.desk import ExplorePage
from tests.serving import serving
from tests.world import build_world

# Below the deepest tiles there are: what is shown is cut from several of zoom 16.
PLACE = "#17.05/31.0002/120.0022"
USES = """() => window.__yike.map.queryRenderedFeatures({ layers: ['building', 'building-3d'].filter(
  (layer) => window.__yike.map.getLayer(layer)) }).map((feature) => feature.properties.use)"""
# A tile that a change overtakes on its way is asked for again: until nothing moves, nothing is counted.
STILL = "() => window.__yike.map.loaded() && window.__yike.map.areTilesLoaded()"


@pytest.mark.timeout(180)
def test_an_edit_is_on_an_open_map_and_nothing_else_is_asked_for(
    page: Page, template: str, clone: Callable[[str], str], tmp_path: Path
) -> None:
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    asked: list[str] = []

    def note(url: str) -> None:
        if found := re.search(r"/tiles/(.+)/(\d+/\d+/\d+)\.mvt", url):
            asked.append(f"{found[1].replace('%2C', ',')} {found[2]}")

    page.on("request", lambda request: note(request.url))
    with serving(address, tmp_path / "api.log") as url:
        explore = ExplorePage(page, url)
        explore.open(PLACE)
        explore.wait_until_live_state_is("live")
        explore.wait_for_map()
        page.wait_for_function(f"() => ({USES})().includes('residential') && ({STILL})()", timeout=30_000)
        before = page.locator("canvas.maplibregl-canvas").screenshot()
        seen = set(asked)
        assert len({tile for tile in seen if tile.startswith("area,ground")}) > 1
        asked.clear()
        with engine.begin() as connection:
            connection.execute(
                text(
                    "update yike.building set use = 'school', geom = st_multi(st_expand(geom, 0.0001)) where id = :id"
                ),
                {"id": world.home},
            )
        number_changes(engine)
        page.wait_for_function(f"() => ({USES})().includes('school')", timeout=15_000)
        page.wait_for_timeout(700)
        assert asked == ["area,ground,street,building,facility 16/54613/26827"]
        assert page.locator("canvas.maplibregl-canvas").screenshot() != before
        # A device that moves is news of the layer of devices alone.
        asked.clear()
        with page.expect_request("**/tiles/device/**", timeout=15_000):
            with engine.begin() as connection:
                connection.execute(
                    text("update yike.device set geom = st_translate(geom, 0.0001, 0) where id = :id"),
                    {"id": world.devices["gas"]},
                )
            number_changes(engine)
        page.wait_for_timeout(700)
        assert asked == ["device 16/54613/26827"]
    engine.dispose()
