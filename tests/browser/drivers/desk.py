"""The map one begins with."""

from __future__ import annotations

from tests.browser.drivers.base import YikePage


class ExplorePage(YikePage):
    """The map with the way to the four jobs."""

    def jobs(self) -> list[str]:
        """Where the entry leads."""
        return [link.get_attribute("href") or "" for link in self.page.locator("main aside a").all()]
