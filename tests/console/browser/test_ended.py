"""However a console ends, nothing of it is left: no process, no port, no lock, no file."""

import signal
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.command import run_process
from tests.console.browser.visitor import Visitor
from tests.console.odd_home import OddHome
from tests.console.served import Served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_what_is_ended_leaves_nothing(number: signal.Signals, code: int, odd: OddHome, browser: Browser):
    before = files(odd)
    console = Served(*odd)
    visitor = Visitor(browser, console.address)
    visitor.open("overview", dimension="customer")
    assert console.end(number)[0] == code
    visitor.close()
    assert console.processes() == []
    assert files(odd) == before
    with socket.socket() as port:
        # As a server does: the browser's ended connections are no hindrance.
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(("127.0.0.1", console.port))
    # Others can write.
    migrated = run_process("--home", odd.home, "--project", odd.project, "migrate")
    assert (migrated.code, migrated.out) == (0, "")


def files(odd: OddHome) -> set[Path]:
    """What there is, but for the log that a warehouse has while somebody has it open."""
    return {path for folder in odd for path in folder.rglob("*") if path.suffix != ".wal"}
