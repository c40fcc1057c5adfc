"""Numbers and names in sentences."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from customertrack.reads.status import Batch


def number(value: int) -> str:
    """12345 as 12,345."""
    return f"{value:,}"


def plural(value: int, one: str, several: str = "") -> str:
    """`1 row`, `2 rows`, `0 rows`; `several` where an s does not do."""
    return f"{value:,} {one if value == 1 else several or f'{one}s'}"


def listed(names: Sequence[str], most: int = 5) -> str:
    """`a, b, c`; of a long list the beginning, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {number(len(names) - most)} more"


def file_name(name: str) -> str:
    """A landed file's name without its folder."""
    return PurePosixPath(name).name


def sum_of(events: int, rejects: int, truncates: int = 0, ignored: int = 0) -> str:
    """What landed rows became. Truncates, and what is ignored, are named where there are some: most feeds have none."""
    more = f" + {plural(truncates, 'truncate')}" if truncates else ""
    more += f" + {number(ignored)} ignored" if ignored else ""
    return f"{plural(events, 'event')} + {plural(rejects, 'reject')}{more}"


def one_of(dimension: str) -> str:
    """What one key of a dimension is called. Of others than customer the name may be a plural already."""
    return dimension if dimension == "customer" else "key"


def refreshed(batch: Batch, dimension: str = "customer") -> str:
    """What a refresh did, for a line."""
    outcomes = sum_of(batch.events_accepted, batch.rows_rejected, batch.truncates, batch.rows_ignored)
    became = f"{plural(batch.rows_landed, 'row')} = {outcomes}"
    touched = plural(batch.keys_touched, one_of(dimension))
    return f"{became}; {touched}, {number(batch.keys_late)} late; {seconds(batch):.2f} s"


def seconds(batch: Batch) -> float:
    """How long a refresh took."""
    return (batch.finished_at - batch.started_at).total_seconds()
