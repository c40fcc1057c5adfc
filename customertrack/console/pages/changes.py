"""Which attributes change, and how often."""

from customertrack.console.page import Page
from customertrack.console.widgets import number
from customertrack.reads.status import counts


def show(page: Page) -> None:
    """How many keys and versions there are."""
    held = counts(page.connection, page.name, has_history=page.tables.has_history)
    number("Keys", held.customers)
    number("Versions", held.versions)
