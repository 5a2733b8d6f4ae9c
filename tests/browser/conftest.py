"""A browser, and the real service with the built pages over the hamlet of `tests.world`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from geo.database.engine import make_engine
from tests.browser.drivers.sign_in import SignInPage
from tests.browser.guarded import Guarded, guarding
from tests.browser.service import Service
from tests.browsing import require_pages
from tests.serving import serving
from tests.world import build_world

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 1}

# Two browsers that draw in software share the machine with two services: what is slow is not wrong.
expect.set_options(timeout=15_000)

SPOT = (120.00215, 31.00015)
"""Where all devices of the hamlet hang."""

_COUNT_CLICKS = """
window.__clicks = 0
addEventListener('click', (event) => { if (event.isTrusted) window.__clicks += 1 }, true)
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser(**options): properties of the test's browser window")


@pytest.fixture(scope="module")
def service(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    require_pages()
    address = clone(template)
    engine = make_engine(address)
    world = build_world(engine)
    engine.dispose()
    log = tmp_path_factory.mktemp("service") / "api.log"
    with serving(address, log) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield Service(url, http, world)


@pytest.fixture(scope="module")
def guarded(template: str, clone: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The service where everyone signs in."""
    require_pages()
    with guarding(clone(template), tmp_path_factory.mktemp("guarded") / "api.log") as found:
        yield found


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> None:
    """Every test begins with everything blue."""
    for name in {"service", "guarded"}.intersection(request.fixturenames):
        request.getfixturevalue(name).calm()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A browser of its own for each test; a marker gives it other properties."""
    # Half of a wall's pixels, drawn in software: the tests of how the wall looks ask for its real size.
    options: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
    if (marker := request.node.get_closest_marker("browser")) is not None:
        options |= marker.kwargs
    # Requests of a service worker escape the tests' own eyes; the test of being offline asks for it.
    options.setdefault("service_workers", "block")
    # Drawn in software, what moves for the eye alone keeps a core busy.
    options.setdefault("reduced_motion", "reduce")
    # And so does every pixel: what is there is asked for, not how sharp it is.
    options.setdefault("device_scale_factor", 0.5)
    made = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    made.add_init_script(_COUNT_CLICKS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; an error nobody caught in it fails the test."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []


@pytest.fixture
def clicks(page: Page) -> Callable[[], int]:
    """How often something was really clicked since the page was opened."""
    return lambda: int(page.evaluate("window.__clicks"))


@pytest.fixture
def door(page: Page, guarded: Guarded) -> SignInPage:
    """The sign-in page, not opened yet."""
    return SignInPage(page, guarded.url)
