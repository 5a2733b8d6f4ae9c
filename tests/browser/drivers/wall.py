"""The command wall."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.drivers.base import YikePage

RED_LAYERS = ("abnormal-marker",)
_IS_DRAWN_RED = """(id) => {
  const map = window.__yike.map
  return map.getLayer('abnormal-marker') !== undefined
    && map.queryRenderedFeatures({ layers: ['abnormal-marker'] }).some((feature) => feature.id === id)
}"""


class WallPage(YikePage):
    """What needs a person, on the map and in the list, and sending someone."""

    path = "/wall"

    def open(self, query: str = "") -> None:
        """Open the wall and wait until it is live and drawn."""
        super().open(query)
        self.wait_until_live_state_is("live")
        self.wait_for_map()

    def reds(self) -> list[int]:
        """Devices drawn red on the map."""
        return self.drawn(*RED_LAYERS)

    def wait_for_red(self, device: int) -> None:
        """Wait until the map has drawn it."""
        self.page.wait_for_function(_IS_DRAWN_RED, arg=device, timeout=15_000)

    def wait_until_not_red(self, device: int) -> None:
        """Wait until the map draws it no more."""
        self.page.wait_for_function(f"(id) => !({_IS_DRAWN_RED})(id)", arg=device, timeout=15_000)

    def knows_red(self, device: int) -> bool:
        """Whether the live state holds it as red, drawn or not."""
        script = "(id) => window.__yike.live.board.devices.get(id)?.status === 'abnormal'"
        return bool(self.page.evaluate(script, device))

    def rows(self) -> list[str]:
        """The list of incidents, top first."""
        return self._rows().all_inner_texts()

    def wait_for_rows(self, count: int, *, within_s: float = 10.0) -> None:
        """Wait until the list has so many rows."""
        expect(self._rows()).to_have_count(count, timeout=within_s * 1000)

    def wait_until_all_is_well(self) -> None:
        """Wait for the empty list's message."""
        expect(self.page.get_by_test_id("all-is-well")).to_be_visible()

    def wait_for_flash(self) -> None:
        """Wait until the page calls for attention."""
        expect(self.page.locator("main.flashing")).to_be_visible()

    def wait_until_it_flashes_no_more(self) -> None:
        """Wait until it has calmed down."""
        expect(self.page.locator("main.flashing")).to_have_count(0)

    def open_incident(self, n: int) -> None:
        """Click the n-th row."""
        self._rows().nth(n).click()
        expect(self._case()).to_be_visible()

    def focus_first_row(self) -> None:
        """Bring the keyboard to the list."""
        self._rows().first.focus()

    def focused_row(self) -> str | None:
        """Id of the incident whose row has the focus."""
        found: str | None = self.page.evaluate("document.activeElement?.dataset?.id ?? null")
        return found

    def click_map(self, lon: float, lat: float) -> None:
        """One click on a place of the map."""
        x, y = self.on_screen(lon, lat)
        self.page.mouse.click(x, y)

    def has_case(self) -> bool:
        """Whether a card is open."""
        return self._case().is_visible()

    def wait_for_case(self, status: str) -> None:
        """Wait until the card is open and says how the device stands."""
        expect(self._case()).to_have_attribute("data-status", status)

    def wait_until_no_case(self) -> None:
        """Wait until the card is closed."""
        expect(self._case()).to_be_hidden()

    def case_text(self) -> str:
        """All words of the card."""
        return self._case().inner_text()

    def best_worker(self) -> str:
        """The label of the main button, once somebody was found."""
        button = self.page.get_by_test_id("dispatch")
        expect(button).to_be_enabled()
        return button.inner_text()

    def dispatch(self) -> None:
        """Press the main button."""
        self.page.get_by_test_id("dispatch").click()

    def wait_for_order(self, state: str) -> None:
        """Wait until the card shows the order in a state."""
        expect(self.page.get_by_test_id("order")).to_have_attribute("data-state", state)

    def order_stands_with(self) -> str:
        """Who has it already, as the card says after somebody else was faster."""
        note = self.page.get_by_test_id("standing")
        expect(note).to_be_visible()
        return note.inner_text()

    def rate(self, stars: int) -> None:
        """Say how well it was done."""
        self.page.get_by_test_id("rate").get_by_role("button").nth(stars - 1).click()

    def facts(self) -> str:
        """What the card says besides: recovered, escalated, to be telephoned first."""
        return self._case().inner_text()

    def wait_for_recovered(self) -> None:
        """Wait until the card says that the reading is normal again."""
        expect(self.page.get_by_test_id("recovered")).to_be_visible()

    def verify(self) -> None:
        """Confirm what was handled."""
        self.page.get_by_test_id("verify").click()

    def wait_for_history(self, words: str) -> None:
        """Wait until the card's timeline tells it."""
        expect(self.page.get_by_test_id("history")).to_contain_text(words)

    def reason(self) -> str:
        """Why this worker, as kept with the order."""
        return self.page.get_by_test_id("reason").inner_text()

    def merged(self) -> str:
        """What has the same cause, unfolded."""
        note = self.page.get_by_test_id("merged")
        note.locator("summary").click()
        return note.inner_text()

    def merge_into_nearest(self) -> None:
        """Say that it is the same as the nearest other one."""
        form = self.page.get_by_test_id("merge")
        form.locator("summary").click()
        form.get_by_role("combobox").select_option(index=1)
        form.get_by_role("button").click()

    def areas(self) -> list[str]:
        """The first row of the numbers by area: name, residents, devices, red, orders."""
        self.page.get_by_test_id("areas-open").click()
        row = self.page.get_by_test_id("areas").locator("tbody tr").first
        expect(row).to_be_visible()
        return row.locator("th, td").all_inner_texts()

    def open_area(self, name: str) -> None:
        """Go into one of them."""
        self.page.get_by_test_id("areas").get_by_role("button", name=name).click()

    def check(self, note: str, *, away: str | None = None) -> None:
        """Record a manual check, and when they will be back: ``tonight``, ``tomorrow``, ``sunday``."""
        form = self.page.get_by_test_id("check")
        form.locator("summary").click()
        form.get_by_role("textbox").fill(note)
        if away is not None:
            form.locator(f"[data-away={away}]").click()
        form.locator("button[type=submit]").click()

    def choices(self) -> list[str]:
        """Devices offered where several hang at one place."""
        return self._picker().get_by_role("listitem").all_inner_texts()

    def wait_for_choices(self) -> None:
        """Wait until the choice is open."""
        expect(self._picker()).to_be_visible()

    def choose(self, n: int) -> None:
        """Take one of them."""
        self._picker().get_by_role("listitem").nth(n).get_by_role("button").click()

    def number(self, name: str) -> str:
        """A number of the strip as it is read out."""
        return self.page.get_by_test_id("numbers").locator(f"[data-number={name}] .sr-only").inner_text()

    def wait_for_number(self, name: str, value: str) -> None:
        """Wait until a number has rolled to its value."""
        expect(self.page.get_by_test_id("numbers").locator(f"[data-number={name}] .sr-only")).to_have_text(value)

    def _rows(self) -> Locator:
        return self.page.get_by_test_id("incident")

    def _case(self) -> Locator:
        return self.page.get_by_test_id("case")

    def _picker(self) -> Locator:
        return self.page.get_by_test_id("picker")
