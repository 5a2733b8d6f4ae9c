"""A wall that shows yesterday's picture must say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo.database.engine import make_engine
from tests.browser.drivers.wall import WallPage
from tests.serving import free_port, serving
from tests.world import build_world


@pytest.mark.timeout(180)
def test_the_wall_says_how_old_it_is_and_recovers_by_itself(
    page: Page, template: str, clone: Callable[[str], str], tmp_path: Path
) -> None:
    address, port, log = clone(template), free_port(), tmp_path / "api.log"
    engine = make_engine(address)
    build_world(engine)
    engine.dispose()
    # The connection in the page itself, as in a browser without shared workers: a worker has a clock of its own.
    page.add_init_script("delete window.SharedWorker")
    # Time is the page's own, so that forty seconds of silence need not be waited for.
    page.clock.install()
    with serving(address, log, port=port) as url:
        wall = WallPage(page, url)
        wall.open()
    page.clock.run_for(10_000)
    wall.wait_until_live_state_is("reconnecting")
    page.clock.run_for(35_000)
    wall.wait_until_live_state_is("stale")
    with serving(address, log, port=port):
        page.clock.run_for(30_000)
        page.clock.resume()
        wall.wait_until_live_state_is("live", within_s=30)
