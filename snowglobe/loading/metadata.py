"""What is kept of each file that was loaded, or that could not be."""

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


def load_metadata(session: Session, target: str) -> list[LoadMetadata]:
    """What is kept of the files that `target`, a pipe or a table, has taken, by name."""
    rows = session.rows(
        "SELECT file_name, file_size, file_modified_at, row_count, first_error, etag, version FROM embedded.load "
        "WHERE target = ? ORDER BY file_name",
        [target],
    )
    return [LoadMetadata(*row) for row in rows]
