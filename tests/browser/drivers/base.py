"""What all pages share: opening, language, search, the map behind the canvas, accessibility."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

AXE = Path(__file__).resolve().parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"

_DRAWN = """(layers) => {
  const map = window.__yike?.map
  if (!map) return []
  const known = layers.filter((layer) => map.getLayer(layer))
  return known.length === 0 ? [] : [...new Set(map.queryRenderedFeatures({ layers: known }).map((f) => Number(f.id)))]
}"""

_ON_SCREEN = """([lon, lat]) => {
  const map = window.__yike.map
  const box = map.getContainer().getBoundingClientRect()
  const scale = box.width / map.getContainer().offsetWidth
  const point = map.project([lon, lat])
  return [box.left + point.x * scale, box.top + point.y * scale]
}"""

_KEPT = """async () => {
  const files = performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)
  const wanted = ['/nearby', ...files.filter((path) => path.startsWith('/assets/'))]
  const found = await Promise.all(wanted.map((path) => caches.match(path, { ignoreVary: true })))
  return navigator.serviceWorker.controller !== null && found.every(Boolean)
}"""


def wait_until_kept(page: Page) -> None:
    """Wait until the service worker is in charge, and keeps the shell and all files of this visit."""
    deadline = time.monotonic() + 20
    # Not `wait_for_function`: to that a promise is a value, and true.
    while not page.evaluate(_KEPT):
        assert time.monotonic() < deadline, "the service worker does not keep the page"
        page.wait_for_timeout(100)


class YikePage:
    """A page of the shell. Subclasses name their path and what one can do there."""

    path = "/"

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, query: str = "") -> None:
        """Go to the page and wait until it is there."""
        self.page.goto(f"{self.url}{self.path}{query}")
        expect(self.page.locator("main")).to_be_visible()

    def wait_for_map(self) -> None:
        """Wait until the map has drawn everything it has asked for."""
        self.page.wait_for_function("window.__yike?.map?.loaded()", timeout=30_000)

    def drawn(self, *layers: str) -> list[int]:
        """Ids of what these layers of the map show now."""
        found: list[int] = self.page.evaluate(_DRAWN, list(layers))
        return sorted(found)

    def wait_until_drawn(self, layer: str) -> None:
        """Wait until a layer of the map shows something."""
        self.page.wait_for_function(f"({_DRAWN})([{layer!r}]).length > 0", timeout=20_000)

    def on_screen(self, lon: float, lat: float) -> tuple[float, float]:
        """Where on the screen a place of the map is."""
        x, y = self.page.evaluate(_ON_SCREEN, [lon, lat])
        return x, y

    def zoom(self) -> float:
        """The map's zoom."""
        return float(self.page.evaluate("window.__yike.map.getZoom()"))

    def centre(self) -> tuple[float, float]:
        """The map's centre: longitude, latitude."""
        lon, lat = self.page.evaluate("window.__yike.map.getCenter().toArray()")
        return lon, lat

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def switch_language(self) -> None:
        """From Chinese to English or back."""
        self.page.get_by_role("button", name="EN", exact=True).or_(
            self.page.get_by_role("button", name="中文", exact=True)
        ).click()

    def language(self) -> str:
        """The language the page says it is in."""
        return self.page.locator("html").get_attribute("lang") or ""

    def wait_until_map_names_are_in(self, field: str) -> None:
        """Wait until the map writes its names from a field of the tiles."""
        script = "(field) => JSON.stringify(window.__yike.map.getStyle() ?? {}).includes(field)"
        self.page.wait_for_function(script, arg=field, timeout=15_000)

    def search(self, words: str) -> None:
        """Type into the search box, reached by its key."""
        self.press("/")
        self.page.keyboard.type(words)
        expect(self.page.get_by_role("listbox").get_by_role("option").first).to_be_visible()

    def hits(self) -> list[str]:
        """What the search offers."""
        return self.page.get_by_role("listbox").get_by_role("option").all_inner_texts()

    def choose_kind(self, kind: str) -> None:
        """Show devices of one kind, or all again."""
        self.page.get_by_test_id("kinds").locator(f"[data-kind={kind}]").click()

    def live_state(self) -> str:
        """``connecting``, ``live``, ``reconnecting`` or ``stale``."""
        return self.page.get_by_test_id("live").get_attribute("data-state") or ""

    def wait_until_live_state_is(self, state: str, *, within_s: float = 15.0) -> None:
        """Wait for the badge."""
        badge = self.page.get_by_test_id("live")
        expect(badge).to_have_attribute("data-state", state, timeout=within_s * 1000)

    def faults(self) -> list[str]:
        """What axe-core finds serious or critical."""
        self.page.add_script_tag(path=str(AXE))
        found: dict[str, Any] = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{fault['impact']} {fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"][:3]
        ]
