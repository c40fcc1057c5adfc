"""The refreshes, one by one."""

from dataclasses import astuple, fields

from customertrack.console.page import Page
from customertrack.console.widgets import table
from customertrack.reads.results import Table
from customertrack.reads.status import Batch, batches_after, last_batch


def show(page: Page) -> None:
    """The last hundred of them."""
    last = last_batch(page.connection, page.name)
    since = last.batch_id - 100 if last else 0
    batches = batches_after(page.connection, since, page.name)
    columns = tuple(field.name for field in fields(Batch))
    table(Table(columns, [astuple(one) for one in batches]), f"{page.name}_refreshes")
