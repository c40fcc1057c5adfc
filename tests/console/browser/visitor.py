"""Somebody who looks at the console in a browser, and notes whatever the browser asks, says and fails at."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as NeverError

from tests.console.browser.hands import Hands
from tests.console.browser.text import seen

# Counts how often the script has run to its end.
_COUNT_RUNS = """
window.runs = 0
new MutationObserver(changes => {
    window.runs += changes.filter(({target}) => target.dataset.testScriptState === 'notRunning').length
}).observe(document, {subtree: true, attributeFilter: ['data-test-script-state']})
"""
# Nothing runs, nothing is left of the last run, and nothing is still to come.
_IS_SETTLED = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton], [data-testid=stSpinner]')"""
# The table that a screen reader is given; its header is the first row.
_CELLS = """button => [...button.previousElementSibling.querySelectorAll('[role=gridcell]')].map(cell => [
    Number(cell.closest('[role=row]').ariaRowIndex) - 1, Number(cell.ariaColIndex), cell.textContent])"""
# Streamlit has each of those with a tooltip twice, for wide and narrow windows.
_BUTTON = "button:visible"
_OVERHANG = """Math.max(...[document.documentElement, ...document.querySelectorAll(
    '[data-testid=stMain], [data-testid=stMainBlockContainer]')].map(e => e.scrollWidth - e.clientWidth))"""
# Milliseconds. What takes longer hangs; what is drawn in another width later than this is not.
_PATIENCE, _REDRAWN = 60_000, 10_000
# Of tests/console/odd_values.py.
_MARKUP = ", ".join(
    (
        "img[src=x]",
        "img[src*='example.com']",
        "a[href*='example.com']",
        "a[href^='javascript']",
        ".katex",
        "h1:has-text('Big')",
        "h1:has-text('Heading')",
        "b:has-text('bold')",
        "strong:has-text('bold')",
        "em:has-text('italic')",
        "script:has-text('alert(')",
    )
)
WIDE, NARROW = (1280, 900), (400, 800)


class Visitor:
    """One page of a browser, with nothing remembered from others.

    `hands`: what works on it. `asked`: the hosts of its requests. `troubles`: what it failed at.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self._context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, color_scheme="light")
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(_PATIENCE)
        self.hands = Hands(self.page, self._runs)
        self.asked: set[str] = set()
        self.troubles: list[str] = []
        self._context.add_init_script(_COUNT_RUNS)
        self._context.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", lambda socket: self._note(socket.url))
        self.page.on("dialog", lambda dialog: self._trouble(f"dialog: {dialog.message}", dialog.dismiss))
        self.page.on("pageerror", lambda error: self._trouble(f"error: {error}"))

    def open(self, page: str, **query: str) -> None:
        """Go to a page as its address says, and wait until it is there."""
        self.go(f"{self.address}/{page}?{urlencode(query)}")

    def go(self, url: str) -> None:
        """Go to an address, and wait until the page is there."""
        self.page.goto("about:blank")
        self.page.goto(url)
        self.page.wait_for_function("() => window.runs > 0")
        self.settle()

    def settle(self) -> None:
        """Wait until the browser has drawn what came of the script."""
        self.page.wait_for_function(_IS_SETTLED)

    @contextmanager
    def _runs(self) -> Iterator[None]:
        """What is done makes the script run: wait until it has."""
        before = self.page.evaluate("window.runs")
        yield
        self.page.wait_for_function("before => window.runs > before", arg=before)
        self.settle()

    def turn_to(self, title: str) -> None:
        """Go to a page by the navigation."""
        with self._runs():
            self.page.locator("[data-testid=stSidebarNavLink]").get_by_text(title, exact=True).click()

    def title(self) -> str:
        """What the page is called."""
        return self.page.locator("h1").inner_text().strip()

    def text(self) -> str:
        """What the page says, without the navigation."""
        return seen(self.page.locator("[data-testid=stMainBlockContainer]").inner_text())

    def figures(self) -> dict[str, str]:
        """Single figures by their labels."""
        found = self.page.locator("[data-testid=stMetric]").all()
        return {self._part(one, "stMetricLabel"): self._part(one, "stMetricValue") for one in found}

    def csv(self, name: str) -> list[list[str]]:
        """What one gets by the button for a CSV: its rows, the header first. `name`: the file's, without its ending."""
        return self._downloaded(self.page.locator(f".st-key-csv-{name}-csv {_BUTTON}"))[1]

    def cells(self, name: str) -> list[tuple[int, int, str]]:
        """What is seen of the table above the button for a CSV: row, column, both from 1 on, and text of each cell."""
        button = self.page.locator(f".st-key-csv-{name}-csv")
        # Only what is in the window is drawn.
        button.locator("xpath=preceding-sibling::*[1]").scroll_into_view_if_needed()
        self.page.wait_for_function(f"button => ({_CELLS})(button).length", arg=button.element_handle())
        return [(row, column, text) for row, column, text in button.evaluate(_CELLS)]

    def csvs(self) -> dict[str, list[list[str]]]:
        """What one gets by all buttons, by the names of the files."""
        buttons = self.page.locator(f"[data-testid=stDownloadButton] {_BUTTON}")
        return dict(self._downloaded(buttons.nth(place)) for place in range(buttons.count()))

    def _downloaded(self, button: Locator) -> tuple[str, list[list[str]]]:
        with self.page.expect_download() as coming:
            button.click()
        return coming.value.suggested_filename, read_csv(coming.value.path())

    def dress(self, theme: Literal["light", "dark"], width: int, height: int) -> None:
        """Have the system in a theme, and the window in a size."""
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size({"width": width, "height": height})
        self.settle()

    def made_of_values(self) -> list[str]:
        """Elements that there would not be if no value were markup."""
        return self.page.locator(_MARKUP).evaluate_all("all => all.map(one => one.outerHTML)")

    def findings(self) -> list[str]:
        """What axe-core finds that is serious or critical, each with the element."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['target']} {node['html'][:160]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def overhang(self) -> int:
        """Pixels by which the page stays wider than the window: charts take a while to have their new width."""
        with suppress(NeverError):
            self.page.wait_for_function(f"{_OVERHANG} === 0", timeout=_REDRAWN)
        return self.page.evaluate(_OVERHANG)

    def foreign(self) -> set[str]:
        """The hosts that were asked for something, but for the console's."""
        return self.asked - {urlsplit(self.address).netloc}

    def close(self) -> None:
        """Leave."""
        self._context.close()

    def _note(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.asked.add(urlsplit(url).netloc)

    def _trouble(self, what: str, then: object = None) -> None:
        self.troubles.append(what)
        if callable(then):
            then()

    @staticmethod
    def _part(figure: Locator, name: str) -> str:
        return figure.locator(f"[data-testid={name}]").inner_text().strip()


def read_csv(path: Path) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
