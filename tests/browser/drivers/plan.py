"""The planner's desk: the question, the answer, and what if."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.drivers.base import YikePage

_MINUTES = """() => Object.fromEntries(
  window.__yike.map.queryRenderedFeatures({ layers: ['coverage'] }).map((f) => [f.id, f.properties.minutes])
)"""


class PlanPage(YikePage):
    """Asks how many people reach something, and reads the answer."""

    path = "/plan"

    def choose_category(self, code: str) -> None:
        """Choose what is walked to."""
        self.page.get_by_test_id("category").select_option(code)

    def set_minutes(self, minutes: int) -> None:
        """Move the slider."""
        self.page.get_by_test_id("minutes").fill(str(minutes))

    def wait_for_answer(self) -> None:
        """Wait until the sentence stands and nothing more is asked for."""
        expect(self.page.get_by_test_id("answer")).to_have_attribute("aria-busy", "false")
        expect(self.page.get_by_test_id("beyond")).to_be_visible()

    def beyond(self) -> tuple[int, int]:
        """How many residents, and how many of them over 60, are beyond the threshold."""
        return self._number("beyond"), self._number("beyond-60")

    def show_gaps(self) -> None:
        """Click the number."""
        self.page.get_by_test_id("beyond").click()

    def shows_only_gaps(self) -> bool:
        """Whether only those beyond stand out on the map."""
        return self.page.get_by_test_id("only-gaps").is_checked()

    def answer(self) -> str:
        """The words of the answer."""
        return self.page.get_by_test_id("answer").inner_text()

    def export_address(self, form: str) -> str:
        """Where the file of a format comes from."""
        part = self.page.get_by_test_id("export")
        part.locator("summary").click()
        return part.locator(f"a[download$='.{form}']").get_attribute("href") or ""

    def _number(self, name: str) -> int:
        return int(re.sub(r"\D", "", self.page.get_by_test_id(name).inner_text()))

    def wait_until_minutes_are(self, wanted: dict[int, float]) -> None:
        """Wait until the map paints these minutes, to a hundredth."""
        script = f"""(wanted) => {{
          const found = ({_MINUTES})()
          return Object.entries(wanted).every(([id, minutes]) => Math.abs(found[id] - minutes) < 0.011)
        }}"""
        self.page.wait_for_function(script, arg={str(key): value for key, value in wanted.items()}, timeout=15_000)

    def wait_until_nearer(self, building: int, than: float) -> None:
        """Wait until the map paints fewer minutes for a building."""
        script = f"([id, than]) => ({_MINUTES})()[id] < than"
        self.page.wait_for_function(script, arg=[str(building), than], timeout=15_000)

    def paint_by(self, unit: str) -> None:
        """One shape a building, hexagon or street: by its label."""
        more = self.page.get_by_test_id("more")
        more.locator("summary").click()
        more.get_by_text(unit, exact=True).click()

    def enter_what_if(self) -> None:
        """Into the mode in which everything is a supposition."""
        self.page.get_by_test_id("enter").click()
        expect(self.page.get_by_test_id("what-if")).to_be_visible()

    def take_tool(self, label: str) -> None:
        """What a press on the map does."""
        self.page.get_by_test_id("what-if").get_by_text(label, exact=True).click()

    def click_map(self, lon: float, lat: float) -> None:
        """Press a place on the map."""
        self.page.mouse.click(*self.on_screen(lon, lat))

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """From one place of the map to another, in a few steps."""
        self.wait_until_drawn("place")
        self.page.mouse.move(*self.on_screen(*begin))
        self.page.mouse.down()
        self.page.mouse.move(*self.on_screen(*end), steps=5)
        self.page.mouse.up()

    def expect_covered(self, before: int, after: int) -> None:
        """Wait until so many residents are within the threshold today and in the scenario."""
        row = self.page.get_by_test_id("row-all")
        expect(row.get_by_test_id("before")).to_have_text(str(before))
        expect(row.get_by_test_id("after")).to_have_text(str(after))

    def expect_edits(self, *lines: str) -> None:
        """Wait until the list of edits says this."""
        items = self.page.get_by_test_id("edits").get_by_role("listitem")
        expect(items).to_have_text([re.compile(line) for line in lines])

    def wait_for_comparison(self) -> None:
        """Wait until all that was asked of the scenario is answered."""
        expect(self.page.get_by_test_id("comparison")).to_have_attribute("aria-busy", "false")

    def save(self, name: str) -> str:
        """Keep the scenario, and return the link to it."""
        part = self.page.get_by_test_id("save")
        part.locator("summary").click()
        self.page.get_by_test_id("scenario-name").fill(name)
        part.get_by_role("button", name="保存").click()
        expect(part.get_by_text("已保存")).to_be_visible()
        return self.page.get_by_test_id("link").input_value()

    def fly_to_gap(self, rank: int) -> None:
        """Open the list of gaps and press one."""
        part = self.page.get_by_test_id("gap-list")
        part.locator("summary").click()
        part.get_by_role("listitem").nth(rank - 1).get_by_role("button").press("Enter")

    def find_sites(self) -> str:
        """Ask where one more would help most; what is said of how good it is."""
        part = self.page.get_by_test_id("siting")
        part.locator("summary").click()
        self.page.get_by_test_id("site").click()
        return self.page.get_by_test_id("bound").inner_text()

    def add_site(self, rank: int) -> None:
        """Take a suggested place into the scenario."""
        item = self.page.get_by_test_id("sites").get_by_role("listitem").nth(rank - 1)
        item.get_by_role("button", name="加入方案").click()
