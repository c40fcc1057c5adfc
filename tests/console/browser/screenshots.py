"""``python -m tests.console.browser.screenshots``: the pictures of the console, into docs/console."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.console.browser.chromium import chromium
from tests.console.browser.visitor import Visitor
from tests.console.served import served
from tests.console.shown_home import build

FOLDER = Path(__file__).parents[3] / "docs/console"
_COLOURS = 96
# The canvases of charts are drawn after the page is there, in milliseconds.
_TO_DRAW = 1_500


@dataclass(frozen=True)
class Picture:
    """A file's name, the address of what it shows, and how. `scrolled`: how far down, in pixels."""

    name: str
    page: str
    query: dict[str, str]
    theme: Literal["light", "dark"]
    width: int
    height: int
    scrolled: int = 0


KEY = {"key": "1942"}
PICTURES = (
    Picture("overview", "", {}, "light", 1280, 900),
    Picture("one-key", "one_key", KEY, "light", 1280, 900),
    Picture("changes-dark", "changes", {}, "dark", 1280, 900),
    Picture("one-key-narrow", "one_key", KEY, "light", 400, 800),
)


def taken() -> Iterator[tuple[str, bytes]]:
    """Each picture's name, and the PNG."""
    with TemporaryDirectory() as folder:
        home = build(Path(folder, "home"))
        with served(*home) as console, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium())
            for picture in PICTURES:
                visitor = Visitor(browser, console.address)
                visitor.open(picture.page, dimension="customer", **picture.query)
                visitor.dress(picture.theme, picture.width, picture.height)
                visitor.scroll(picture.scrolled)
                visitor.page.wait_for_timeout(_TO_DRAW)
                yield picture.name, small(visitor.page.screenshot())
                visitor.close()
            browser.close()


def small(png: bytes) -> bytes:
    """The same with few colours."""
    out = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, png in taken():
        path = FOLDER / f"{name}.png"
        path.write_bytes(png)
        print(f"{path.relative_to(FOLDER.parents[1])}: {len(png):,} bytes")
