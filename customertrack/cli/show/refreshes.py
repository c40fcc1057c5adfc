"""The last refreshes as a table: what each applied, and what it cost."""

from collections.abc import Sequence

from customertrack.cli.show.value import printable
from customertrack.reads.refreshes import Refresh
from customertrack.reads.results import Table

_COLUMNS = ("began", "batch", "rows", "events", "rejects", "keys", "late", "statements", "seconds", "each")


def table(refreshes: Sequence[Refresh]) -> Table:
    """A row for each, times in UTC; `each`: seconds per statement. What is not known is a dash."""
    return Table(_COLUMNS, [_row(refresh) for refresh in refreshes])


def _row(refresh: Refresh) -> tuple[object, ...]:
    each = refresh.seconds_per_statement
    return (
        printable(refresh.started_at.replace(microsecond=0)),
        _batch(refresh),
        refresh.rows_landed,
        refresh.events_accepted,
        refresh.rows_rejected,
        refresh.keys_touched,
        refresh.keys_late,
        "-" if refresh.statements is None else refresh.statements,
        f"{refresh.seconds:.2f}",
        "-" if each is None else f"{each:.3f}",
    )


def _batch(refresh: Refresh) -> str:
    words = "none" if refresh.last_batch_id is None else str(refresh.last_batch_id)
    if refresh.batches > 1:
        words += f", the last of {refresh.batches}"
    return words if refresh.state == "SUCCEEDED" else f"{words}, {refresh.state.lower()}"
