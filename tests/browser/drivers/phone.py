"""The pages for the hand: the grid worker's and the residents'."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.drivers.base import YikePage


class WorkPage(YikePage):
    """A grid worker's phone."""

    path = "/work"

    def choose_me(self, name: str) -> None:
        """Say who one is."""
        self.page.get_by_test_id("workers").get_by_role("button", name=name).click()

    def orders(self) -> list[str]:
        """Open orders as they are listed."""
        return self._orders().all_inner_texts()

    def wait_for_orders(self, count: int) -> None:
        """Wait until so many orders are listed."""
        expect(self._orders()).to_have_count(count)

    def open_order(self, n: int = 0) -> None:
        """Open one order."""
        self._orders().nth(n).click()
        expect(self._screen()).to_be_visible()

    def order_text(self) -> str:
        """All words of the order's screen."""
        return self._screen().inner_text()

    def wait_for_state(self, state: str) -> None:
        """Wait until the open order is in a state."""
        expect(self._screen()).to_have_attribute("data-state", state)

    def next_step(self) -> None:
        """Press the main button."""
        self.page.get_by_test_id("next-step").click()

    def main_button_height(self) -> float:
        """In CSS pixels."""
        box = self.page.get_by_test_id("next-step").bounding_box()
        return box["height"] if box else 0.0

    def confirm(self, words: str, *, away: str | None = None) -> None:
        """Say in a few words how it was, and when they will be back (``tonight``, ``tomorrow``, …), and confirm."""
        self.page.get_by_role("textbox").fill(words)
        if away is not None:
            self.page.locator(f"[data-away={away}]").click()
        self.page.get_by_test_id("confirm").click()

    def hand_back(self, why: str) -> None:
        """Give the order back with a reason."""
        self.page.get_by_test_id("return").click()
        self.confirm(why)

    def unsent(self) -> str:
        """What the page says about steps that were not sent."""
        note = self.page.get_by_test_id("outbox")
        expect(note).to_be_visible()
        return note.inner_text()

    def wait_until_all_is_sent(self) -> None:
        """Wait until no step waits any more."""
        expect(self.page.get_by_test_id("outbox")).to_be_hidden(timeout=20_000)

    def wait_for_lost_position(self) -> None:
        """Wait until the page says that it may not know where the phone is."""
        expect(self.page.get_by_role("button", name="重新打开定位")).to_be_visible()

    def try_position_again(self) -> None:
        """Press the button below the words about the missing permission."""
        self.page.get_by_role("button", name="重新打开定位").click()

    def look_at_round(self) -> str:
        """The patrol check; its numbers."""
        self.page.get_by_test_id("patrol-open").click()
        numbers = self.page.get_by_test_id("patrol-numbers")
        expect(numbers).to_be_visible()
        return numbers.inner_text()

    def switch_duty(self) -> None:
        """Come on duty, or go off it."""
        self.page.get_by_role("switch").click()

    def wait_for_duty(self, *, on: bool) -> None:
        """Wait until the switch says so."""
        expect(self.page.get_by_role("switch")).to_be_checked(checked=on)

    def take_photo(self, picture: bytes) -> None:
        """Photograph something."""
        file: FilePayload = {"name": "photo.png", "mimeType": "image/png", "buffer": picture}
        self.page.get_by_test_id("camera").set_input_files(file)

    def wait_for_photos(self, count: int) -> None:
        """Wait until so many are shown, sent or not."""
        expect(self.page.get_by_test_id("photos").get_by_role("listitem")).to_have_count(count)

    def new_order(self) -> str:
        """The notice of a new order."""
        return self._notice("new-order").inner_text()

    def look_at_new_order(self) -> None:
        """Open it from its notice."""
        self._notice("new-order").get_by_role("button").click()
        expect(self._screen()).to_be_visible()

    def has_new_order(self) -> bool:
        """Whether a notice still stands."""
        return self.page.get_by_test_id("new-order").count() > 0

    def refused(self) -> str:
        """What the page says about a step that was refused."""
        return self._notice("refused").inner_text()

    def gone(self) -> str:
        """What it says about an order that went to somebody else."""
        return self._notice("gone-order").inner_text()

    def back(self) -> None:
        """From the order to all orders."""
        self.page.get_by_role("button", name="全部工单").click()

    def give_to(self, name: str) -> None:
        """Hand the open order over to a colleague."""
        self.page.get_by_test_id("give").click()
        form = self.page.get_by_test_id("hand-over")
        form.get_by_role("button", name=name).click()
        form.get_by_test_id("confirm").click()

    def _notice(self, name: str) -> Locator:
        note = self.page.get_by_test_id(name)
        expect(note).to_be_visible()
        return note

    def _orders(self) -> Locator:
        return self.page.get_by_test_id("orders").get_by_role("button")

    def _screen(self) -> Locator:
        return self.page.get_by_test_id("order-screen")


class NearbyPage(YikePage):
    """A resident's phone."""

    path = "/nearby"

    def use_my_position(self) -> None:
        """Ask the phone."""
        self.page.get_by_test_id("me").click()

    def tap_map(self, lon: float, lat: float) -> None:
        """Say by a tap where one is."""
        self.wait_for_map()
        x, y = self.on_screen(lon, lat)
        self.page.mouse.click(x, y)

    def places(self) -> list[str]:
        """What is within reach, nearest first."""
        expect(self._places().first).to_be_visible()
        return self._places().all_inner_texts()

    def choose_category(self, code: str) -> None:
        """Only one category."""
        self.page.locator(f"[data-category={code}]").click()

    def only_open(self) -> None:
        """Leave out what is not known to be open."""
        self.page.get_by_test_id("open-now").click()
        expect(self.page.get_by_test_id("open-now")).to_have_attribute("aria-pressed", "true")
        expect(self._places()).to_have_count(1)

    def share(self) -> None:
        """Show the code and the link, or go back to the list."""
        self.page.get_by_test_id("share-open").click()

    stop_sharing = share

    def code_is_drawn(self) -> bool:
        """Whether the QR code came as a picture."""
        picture = self.page.get_by_test_id("share").get_by_role("img")
        expect(picture).to_be_visible()
        return bool(picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth > 0 }"))

    def open_place(self, n: int) -> str:
        """Open one; its words once the way was found."""
        self._places().nth(n).click()
        place = self.page.get_by_test_id("place")
        expect(place.locator(".way b")).to_be_visible()
        return place.inner_text()

    def _places(self) -> Locator:
        return self.page.get_by_test_id("places").get_by_role("button")


class ReportPage(YikePage):
    """A resident's phone: something is wrong."""

    path = "/report"

    def begin(self, category: str) -> None:
        """What it is about, on to where it is."""
        self.page.get_by_test_id("begin").click()
        self.page.locator(f"[data-category={category}]").click()

    def tap_map(self, lon: float, lat: float) -> None:
        """Set the pin by a tap."""
        self.wait_for_map()
        x, y = self.on_screen(lon, lat)
        self.page.mouse.click(x, y)
        expect(self.page.get_by_test_id("here")).to_be_enabled()

    def tell(self, words: str) -> None:
        """Where it is is right; on, and say what happened."""
        self.page.get_by_test_id("here").click()
        self.page.locator("textarea").fill(words)

    def send(self) -> None:
        """Press the main button."""
        self.page.get_by_test_id("send").click()

    def refusal(self) -> str:
        """Why it was not sent."""
        note = self.page.get_by_test_id("refused")
        expect(note).to_be_visible()
        return note.inner_text()

    def code(self) -> str:
        """The code as it is shown, once it was sent."""
        shown = self.page.get_by_test_id("code")
        expect(shown).to_be_visible()
        return shown.inner_text()

    def wait_for_stage(self, stage: str) -> None:
        """Wait until the report is so far."""
        expect(self.page.get_by_test_id("status")).to_have_attribute("data-stage", stage)
