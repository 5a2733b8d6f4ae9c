"""The planner's desk and the map one begins with."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.drivers.base import YikePage


class ExplorePage(YikePage):
    """The map with the way to the four jobs."""

    def jobs(self) -> list[str]:
        """Where the entry leads."""
        return [link.get_attribute("href") or "" for link in self.page.locator("main aside a").all()]


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

    def export_address(self) -> str:
        """Where the file comes from."""
        return self.page.locator("a[download]").get_attribute("href") or ""

    def _number(self, name: str) -> int:
        return int(re.sub(r"\D", "", self.page.get_by_test_id(name).inner_text()))
