"""What stands where: landed, applied, rejected."""

from customertrack.console.page import Page
from customertrack.console.widgets import number
from customertrack.reads.status import counts


def show(page: Page) -> None:
    """The dimension's tables."""
    held = counts(page.connection, page.name, has_history=page.tables.has_history)
    number("Rows landed", held.landed)
    number("Events", held.events)
    number("Rejects", held.rejects)
