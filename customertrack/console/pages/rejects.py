"""The rows that are no valid events."""

from customertrack.console.page import Page
from customertrack.console.widgets import table
from customertrack.reads.rejects import rejects


def show(page: Page) -> None:
    """The newest of them."""
    table(rejects(page.connection, page.tables), f"{page.name}_rejects")
