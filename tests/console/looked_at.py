"""A dimension for the console to look at, and its pages as they come out, without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.testing.v1 import AppTest

from customertrack.console.source import Source
from customertrack.dimension.definition import Definition
from customertrack.dimension.render import render
from customertrack.reads.last_check import LastCheck
from customertrack.warehouse import Connection
from tests.dimension.warehouse import Dimension

# Seconds. What takes longer hangs.
_PATIENCE = 120


@dataclass
class Looked:
    """A source of dimensions that are open already."""

    open: dict[str, Dimension]
    program: str = "customertrack"
    checks: dict[str, LastCheck] = field(default_factory=dict)

    def names(self) -> list[str]:
        return sorted(self.open)

    def definition(self, name: str) -> Definition:
        return self.open[name].definition

    def text(self, name: str) -> str:
        return f'dimension = "{name}"\n'

    def files(self, name: str) -> list[tuple[str, str]]:
        return sorted(render(self.open[name].definition).items())

    @contextmanager
    def reading(self, name: str) -> Iterator[Connection]:
        yield self.open[name].connection

    def landed_line(self, file: str, row: int) -> str | None:
        return None

    def last_check(self, name: str) -> LastCheck | None:
        return self.checks.get(name)


def look(source: Source, page: str, /, **address: str) -> AppTest:
    """A page of the address, as it came out. Nothing in it may have failed unforeseen."""
    app = AppTest.from_function(_script, args=(source, page), default_timeout=_PATIENCE)
    for name, value in address.items():
        app.query_params[name] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    """What came out after something was chosen."""
    app.run()
    assert not app.exception
    assert not any("defect" in error.value for error in app.error)
    return app


def figures(app: AppTest) -> dict[str, str]:
    """The numbers of a page, by their labels."""
    return {one.label: one.value for one in app.metric}


def _script(source, page):
    from importlib import import_module

    from customertrack.console.app import open_page

    open_page(source, page.capitalize(), import_module(f"customertrack.console.pages.{page}").show)
