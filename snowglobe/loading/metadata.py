"""What is kept of each file that was loaded, or that could not be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from snowglobe.session import Session


@dataclass(frozen=True)
class LoadMetadata:
    """What is kept of a file that was taken, as in "Load metadata" of Snowflake's documentation of COPY INTO <table>.

    `size` in bytes, `etag` and `version` are those that the file had then (see Bucket); None where that is not known.
    `rows`: those loaded. `error`: why none was.
    """

    name: str
    size: int
    modified_at: datetime
    rows: int
    error: str | None
    etag: str | None
    version: str | None


def load_metadata(session: Session, target: str, names: Sequence[str] | None = None) -> list[LoadMetadata]:
    """What is kept of the files that `target`, a pipe or a table, has taken, by name; of `names` alone if given."""
    rows = session.rows(
        "SELECT file_name, file_size, file_modified_at, row_count, first_error, etag, version FROM embedded.load "
        f"WHERE target = ? {'' if names is None else 'AND file_name IN (SELECT unnest(?))'} ORDER BY file_name",
        [target] if names is None else [target, list(names)],
    )
    return [LoadMetadata(*row) for row in rows]
