"""`python -m benchmarks.console --home DIR`: how long the console's pages take for a home, in Chromium, and its memory.

The home is only read. One of a million keys and ten million versions: benchmarks.backlog_files writes the files, and
`customertrack ingest` applies them.
"""

import os
import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import table
from customertrack.dimension.project import installed_folder
from tests.console.browser.chromium import chromium
from tests.console.served import Served, served

PAGES = {
    "overview": "Overview",
    "one_key": "One key",
    "changes": "Changes",
    "rejects": "Rejects",
    "refreshes": "Refreshes",
    "definition": "Definition",
}
COLUMNS = ("page", "first s", "median s", "longest s", "turned to s", "CPU s of it", "MB then")
# Its heading, and nothing that is still to come.
_THERE = """title => {
    const app = document.querySelector('[data-testid=stApp]')
    return document.querySelector('h1')?.innerText.trim() === title
        && app?.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]')
}"""


@dataclass(frozen=True)
class Looked:
    """A page: seconds of each look at it in a new tab, the first one first, and of each turn to it in an open one.

    Of the console: its CPU time in each look but the first, on average, and its memory in bytes after them.
    """

    page: str
    seconds: list[float]
    turned: list[float]
    cpu_seconds: float
    resident: int


def looked(page: Page, console: Served, name: str, query: dict[str, str], times: int) -> Looked:
    """Open the page of an address so many times, as somebody does who was sent it; then turn to it from another."""
    url = f"{console.address}/{'' if name == 'overview' else name}?{urlencode(query)}"
    first = _seconds(page, url, PAGES[name])
    begin = cpu_seconds(console.pid)
    seconds = [first, *(_seconds(page, url, PAGES[name]) for _ in range(times - 1))]
    spent = (cpu_seconds(console.pid) - begin) / (times - 1)
    turned = [_turned(page, PAGES[name]) for _ in range(times)]
    return Looked(name, seconds, turned, spent, resident(console.pid, "VmRSS"))


def resident(pid: int, what: str) -> int:
    """Bytes of memory that a process holds (VmRSS), or has held at most (VmHWM): proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def cpu_seconds(pid: int) -> float:
    """What a process has computed so far, all cores: proc(5)."""
    after_its_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_its_name[11:13])) / os.sysconf("SC_CLK_TCK")


def _seconds(page: Page, url: str, title: str) -> float:
    page.goto("about:blank")
    begin = time.perf_counter()
    page.goto(url)
    page.wait_for_function(_THERE, arg=title, timeout=300_000)
    return time.perf_counter() - begin


def _turned(page: Page, title: str) -> float:
    """From the page that asks nothing of the warehouse, by the navigation; that page itself from One key."""
    for each in ("One key" if title == "Definition" else "Definition", title):
        begin = time.perf_counter()
        page.locator("[data-testid=stSidebarNavLink]").get_by_text(each, exact=True).click()
        page.wait_for_function(_THERE, arg=each, timeout=300_000)
    return time.perf_counter() - begin


def _row(found: Looked) -> tuple[str, ...]:
    first, *others = found.seconds
    shown = (first, statistics.median(others), max(others), statistics.median(found.turned), found.cpu_seconds)
    return (found.page, *(f"{seconds:.2f}" for seconds in shown), f"{found.resident / 1e6:,.0f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at every page, and print the figures."""
    parser = ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home in which something has landed")
    parser.add_argument("--project", type=Path, default=installed_folder())
    parser.add_argument("--dimension", default="customer")
    parser.add_argument("--key", default="1", help="which one is looked at in a new tab (1); a turn leads to none")
    parser.add_argument("--times", type=int, default=4, help="how often each page is opened (4)")
    given = parser.parse_args(arguments)
    begin = time.perf_counter()
    with served(given.home, given.project) as console, sync_playwright() as playwright:
        begun = time.perf_counter() - begin
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_page()
        queries = {name: {"dimension": given.dimension} for name in PAGES}
        queries["one_key"]["key"] = given.key
        rows = [_row(looked(page, console, name, query, given.times)) for name, query in queries.items()]
        browser.close()
        most = resident(console.pid, "VmHWM")
    sys.stdout.write(f"{table('The console', [COLUMNS, *rows])}\n")
    sys.stdout.write(f"Answering after {begun:.1f} s; at most {most / 1e6:,.0f} MB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
