"""``python -m tests.console.browser.screenshots``: the pictures of the console, into docs/console."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from customertrack.dimension.project import Project
from customertrack.local.dimensions import CUSTOMER
from customertrack.local.home import Home
from customertrack.reads.history import telling_key
from customertrack.reads.text import text
from tests.console.browser.chromium import chromium
from tests.console.browser.visitor import Visitor
from tests.console.odd_home import OddHome
from tests.console.served import served
from tests.console.shown_home import build

FOLDER = Path(__file__).parents[3] / "docs/console"
# The canvases of charts are drawn after the page is there, in milliseconds.
_TO_DRAW = 1_500


@dataclass(frozen=True)
class Picture:
    """A file's name, the page that it shows, and how. `of_key`: it is of the key that shows most."""

    name: str
    page: str
    theme: Literal["light", "dark"]
    width: int
    height: int
    of_key: bool = False


PICTURES = (
    Picture("overview", "", "light", 1280, 1000),
    Picture("one-key", "one_key", "light", 1280, 1000, of_key=True),
    Picture("changes-dark", "changes", "dark", 1280, 1000),
    Picture("one-key-narrow", "one_key", "light", 400, 800, of_key=True),
)


def taken() -> Iterator[tuple[str, bytes]]:
    """Each picture's name, and the PNG."""
    with TemporaryDirectory() as folder:
        home = build(Path(folder, "home"))
        key = telling_key_of(home)
        with served(*home) as console, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium())
            for picture in PICTURES:
                visitor = Visitor(browser, console.address)
                visitor.open(picture.page, dimension=CUSTOMER, **({"key": key} if picture.of_key else {}))
                visitor.dress(picture.theme, picture.width, picture.height)
                visitor.page.wait_for_timeout(_TO_DRAW)
                yield picture.name, small(visitor.page.screenshot())
                visitor.close()
            browser.close()


def telling_key_of(home: OddHome) -> str:
    """The customer whose history shows most."""
    opened = Home(home.home, project=Project(home.project))
    with opened.open_to_read().connection as connection:
        key = telling_key(connection, opened.dimension(CUSTOMER).tables)
    assert key
    return text(key[0])


def small(png: bytes) -> bytes:
    """The same with few colours."""
    out = io.BytesIO()
    # Rare colours count as much as frequent ones: each has its meaning.
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, png in taken():
        path = FOLDER / f"{name}.png"
        path.write_bytes(png)
        print(f"{path.relative_to(FOLDER.parents[1])}: {len(png):,} bytes")
