"""The home of oddities, a console for it, and a browser, each once in a process for all that looks at pages."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import shared
from tests.console.browser.asked import Asked, asked
from tests.console.browser.chromium import chromium
from tests.console.browser.visitor import Visitor
from tests.console.odd_home import OddHome, build
from tests.console.served import Served, served


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> OddHome:
    """A copy of the one that is made for all processes of the run."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copytree(shared.once("odd", build), folder, dirs_exist_ok=True)
    return OddHome(folder / "home", folder / "project")


@pytest.fixture(scope="session")
def warehouse(odd: OddHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with asked(odd, tmp_path_factory.mktemp("asked") / "home") as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def console(odd: OddHome) -> Iterator[Served]:
    with served(*odd) as console:
        yield console


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, console: Served) -> Iterator[Visitor]:
    """Somebody new. Whatever a page asks of another host, or runs of a value, fails the test."""
    visitor = Visitor(browser, console.address)
    yield visitor
    foreign, troubles = visitor.foreign(), visitor.troubles
    visitor.close()
    assert foreign == set()
    assert troubles == []
