"""The sign-in page, and the account menu of the pages behind it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.drivers.base import YikePage


class SignInPage(YikePage):
    """Name, password, and on to where one was going."""

    path = "/sign-in"

    def wait_for(self, *, within_s: float = 15.0) -> None:
        """Wait until the browser was led here."""
        self.page.wait_for_url(re.compile(r"/sign-in(\?|$)"), timeout=within_s * 1000)
        expect(self.page.get_by_test_id("do")).to_be_visible()

    def sign_in(self, name: str, password: str) -> None:
        """Fill in both and press Enter, as one does at a desk."""
        self.page.get_by_label(re.compile("^(用户名|User name)$")).fill(name)
        self._password().fill(password)
        self._password().press("Enter")

    def wait_until_in(self) -> None:
        """Wait until another page is open."""
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def refusal(self) -> str:
        """Why one was not let in."""
        note = self.page.get_by_test_id("refused")
        expect(note).not_to_be_empty()
        return note.inner_text()

    def wait_for_words(self, words: str) -> None:
        """Wait until the refusal says something."""
        expect(self.page.get_by_test_id("refused")).to_contain_text(words)

    def button_top(self) -> float:
        """Where the button is: it must not move."""
        box = self.page.get_by_test_id("do").bounding_box()
        return box["y"] if box else -1.0

    def toggle_password(self) -> None:
        """Show the password, or hide it again."""
        self.page.get_by_role("button", name=re.compile("密码|password")).click()

    def password_is_readable(self) -> bool:
        """Whether the field shows what was typed."""
        return self._password().get_attribute("type") == "text"

    def _password(self) -> Locator:
        return self.page.locator("input[name=password]")


class Account:
    """The small menu of whoever is signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def is_shown(self) -> bool:
        """Whether there is one at all."""
        return self.page.get_by_test_id("account").is_visible()

    def words(self) -> str:
        """Open it and read it."""
        self.page.get_by_test_id("account").get_by_role("button").first.click()
        menu = self.page.get_by_test_id("account-menu")
        expect(menu).to_be_visible()
        return menu.inner_text()

    def sign_out(self) -> None:
        """Press the button, in the open menu or on a worker's own page."""
        self.page.get_by_test_id("sign-out").click()

    def is_asked(self) -> str:
        """What is asked before unsent steps are lost."""
        note = self.page.get_by_test_id("unsent-ask")
        expect(note).to_be_visible()
        return note.inner_text()

    def trouble(self) -> Locator:
        """Why one could not be signed out."""
        return self.page.locator(".sign-out [role=alert]")

    def answer(self, words: str) -> None:
        """Press one of the two answers."""
        self.page.get_by_role("button", name=words).click()
