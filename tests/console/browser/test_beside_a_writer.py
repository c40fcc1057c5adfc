"""Who looks at the Overview while somebody else writes sees what is new, and holds nobody up."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from customertrack.dimension.project import installed_folder
from tests.console.browser.visitor import Visitor
from tests.console.served import served

pytestmark = pytest.mark.browser

_PATIENCE = 60


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Path]:
    """A home to which a batch is added each second."""
    words = ["--home", str(tmp_path), "run", "--customers", "50", "--follow", "--interval", "1"]
    writer = subprocess.Popen(
        [sys.executable, "-m", "customertrack", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writer.stderr
    while not writer.stderr.readline().startswith("batch 1"):
        assert writer.poll() is None
    yield tmp_path
    writer.send_signal(signal.SIGINT)
    said = writer.communicate(timeout=_PATIENCE)
    assert writer.returncode == 0, said


def test_new_rows_show_by_themselves(followed: Path, browser: Browser):
    with served(followed, installed_folder()) as console:
        visitor = Visitor(browser, console.address)
        visitor.open("", dimension="customer")
        before = int(visitor.figures()["Rows landed"].replace(",", ""))
        assert before >= 50
        visitor.page.wait_for_function(
            """before => [...document.querySelectorAll('[data-testid=stMetric]')].some(one =>
                one.innerText.startsWith('Rows landed') && Number(one.innerText.replace(/[^0-9]/g, '')) > before)""",
            arg=before,
        )
        assert (visitor.foreign(), visitor.troubles) == (set(), [])
        visitor.close()
