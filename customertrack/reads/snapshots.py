"""The snapshots of a dimension: what has become of each, and what is decided of those that are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.results import Table, binds, query
from customertrack.warehouse import Connection

# What a decision's answer begins with where there is nothing to decide (sql/<name>/R__49_snapshot_decisions.sql).
_REFUSED = "refused: "


@dataclass(frozen=True)
class Waiting:
    """A snapshot that is not applied yet: `status` is held, loading or landed; `reason` why it is held.

    `can_be_released`: its time is known, and so is who is absent in it; else `release` refuses it.
    """

    source_file: str
    status: str
    reason: str | None
    loaded_at: datetime
    can_be_released: bool


_COLUMNS = (
    "source_file, snapshot_at, status, rows_landed, rows_changed, rows_unchanged, rows_repeated, rows_rejected, "
    "keys_deleted, keys_before, loaded_at, reason"
)


def snapshots(connection: Connection, dimension: str) -> Table:
    """All of a dimension, by their times: those without one first."""
    asked = f"SELECT {_COLUMNS} FROM {dimension}_snapshot ORDER BY snapshot_at NULLS FIRST, source_file"
    return query(connection, asked)


def of_batches(connection: Connection, dimension: str, batch_ids: Sequence[int]) -> Table:
    """Those that the given refreshes have applied, or found superseded, the newest refresh first: `batch_id`, then the
    columns of `snapshots`."""
    asked = (
        f"SELECT batch_id, {_COLUMNS} FROM {dimension}_snapshot WHERE batch_id IN ({binds(batch_ids)}) "
        "ORDER BY batch_id DESC, snapshot_at NULLS FIRST, source_file"
    )
    return query(connection, asked, batch_ids)


def counts(connection: Connection, dimension: str) -> dict[str, int]:
    """How many there are of each status."""
    rows = query(connection, f"SELECT status, COUNT(*) FROM {dimension}_snapshot GROUP BY status").rows
    return {str(status): int(count) for status, count in sorted(rows)}


def waiting(connection: Connection, dimension: str) -> list[Waiting]:
    """Those that somebody has to decide about, or that are not whole yet, in the order in which they landed."""
    found = query(
        connection,
        "SELECT source_file, status, reason, loaded_at, snapshot_at IS NOT NULL AND first_unreadable_row IS NULL "
        f"FROM {dimension}_snapshot WHERE status IN ('held', 'loading', 'landed') "
        "ORDER BY loaded_at NULLS FIRST, source_file",
    )
    return [Waiting(*row) for row in found.rows]


def wake(connection: Connection, dimension: str) -> None:
    """Have the next refresh look for snapshots, though no row has landed: one without rows is in no stream."""
    query(
        connection,
        f"INSERT INTO {dimension}_backlog (event_batch_id, parts) "
        f"SELECT r.event_batch_id, 1 FROM {dimension}_refresh AS r",
    )


def is_woken(connection: Connection, dimension: str) -> bool:
    """Whether the next refresh has something to look for though no row is pending: one without rows, or released."""
    return bool(query(connection, f"SELECT SYSTEM$STREAM_HAS_DATA('{dimension}_backlog_left')").rows[0][0])


def has(connection: Connection, dimension: str, file: str) -> bool:
    """Whether a snapshot of the dimension is called so, or has this path within the bucket."""
    sql = f"SELECT COUNT(*) FROM {dimension}_snapshot WHERE source_file = ? OR ENDSWITH(source_file, ?)"
    return bool(query(connection, sql, [file, f"/{file}"]).rows[0][0])


@dataclass(frozen=True)
class Decision:
    """`said`: what it does; or why there is nothing to decide, if it `is_refused`."""

    said: str
    is_refused: bool


def decide(connection: Connection, dimension: str, word: str, file: str, decided_by: str) -> Decision:
    """`word`: release, so that the next refresh applies a snapshot that is held, or discard, so that none does."""
    call = f"CALL {word}_{dimension}_snapshot(?, ?)"
    said = str(query(connection, call, [file, decided_by]).rows[0][0])
    return Decision(said.removeprefix(_REFUSED), said.startswith(_REFUSED))
