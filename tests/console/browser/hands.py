"""What a person's hands do on a page: with the mouse, and with the keys of the keyboard."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLate

from tests.console.browser.text import seen

# More stops than any page has.
_MOST_TABS = 200
_MOST_TIMES = 6
_FOCUSED = """() => {
    const one = document.activeElement
    const by = (one.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id))
    return [one.getAttribute('aria-label'), ...by.map(label => label?.innerText), ...[...(one.labels || [])]
        .map(label => label.innerText), one.innerText].filter(Boolean)
}"""


class Hands:
    """Moves what is on a page, by the labels that are seen there. Afterwards the page shows what came of it."""

    def __init__(self, page: Page, runs: Callable[[], AbstractContextManager[None]]) -> None:
        self._page, self._runs = page, runs

    def press(self, label: str) -> None:
        """A button."""
        with self._runs():
            self._button(label).click()

    def type(self, label: str, text: str) -> None:
        """Fill a field, and leave it."""
        field = self._page.get_by_label(label, exact=True)
        field.fill(text)
        with self._runs():
            field.press("Enter")

    def tick(self, label: str) -> None:
        """A box."""
        with self._runs():
            self._page.locator("[data-testid=stCheckbox]").get_by_text(label, exact=True).click()

    def choose(self, label: str, option: str) -> None:
        """An option of a list that opens, by how it begins."""
        wanted = self._page.get_by_role("option", name=re.compile(f"^{re.escape(option)}")).first
        self._open(label, wanted)
        with self._runs():
            wanted.click()

    def move(self, label: str, key: str) -> None:
        """A slider, by a key."""
        slider = self._page.get_by_role("slider", name=re.compile(re.escape(label)))
        slider.focus()
        with self._runs():
            slider.press(key)

    def tab_to(self, label: str) -> None:
        """Press Tab until something is reached that begins with the label."""
        for _ in range(_MOST_TABS):
            self._page.keyboard.press("Tab")
            if any(seen(text).startswith(label) for text in self._page.evaluate(_FOCUSED)):
                return
        raise AssertionError(f"{label} is reached by no Tab")

    def keys(self, text: str, *keys: str) -> None:
        """Type a text where one is, then press keys, of which the last one makes something happen."""
        self._page.keyboard.type(text)
        for key in keys[:-1]:
            self._page.keyboard.press(key)
        with self._runs():
            self._page.keyboard.press(keys[-1])

    def _open(self, label: str, wanted: Locator) -> None:
        """Open a list. One that is drawn anew meanwhile closes, and is opened again."""
        for _ in range(_MOST_TIMES):
            self._page.get_by_role("combobox", name=label, exact=True).press("ArrowDown")
            with suppress(TooLate):
                wanted.wait_for(timeout=5_000)
                return
        raise AssertionError(f"the list {label} does not show {wanted}")

    def _button(self, label: str) -> Locator:
        buttons = self._page.locator("[data-testid=stButton] button")
        found = [one for one in buttons.all() if seen(one.inner_text()).startswith(label)]
        assert found, f"there is no button {label}"
        return found[0]
