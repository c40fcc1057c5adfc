"""What the last refreshes did, and what they cost: runs of the task, their statements, the batches they applied.

The same question is put to an account: TASK_HISTORY and QUERY_HISTORY, joined as their pages say.
"""

from dataclasses import dataclass
from datetime import datetime

from customertrack.reads.results import Row, query
from customertrack.reads.status import Batch, batches_since
from customertrack.warehouse import Connection

# TASK_HISTORY says which statement was the task's, and QUERY_HISTORY which session that had, in which its procedure's
# statements ran. Those that neither read nor write are not counted. Both hold seven days; 10,000 rows are the most that
# QUERY_HISTORY gives.
_RUNS = """
WITH task_run AS (
    SELECT query_id, state, error_message, query_start_time, completed_time
    FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => '{name}_refresh_task'))
    WHERE query_id IS NOT NULL AND completed_time IS NOT NULL
    ORDER BY query_start_time DESC
    LIMIT 5
),

executed AS (
    SELECT query_id, session_id, query_type, start_time
    FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 10000))
)

SELECT
    r.state,
    COALESCE(r.error_message, '') AS message,
    CONVERT_TIMEZONE('UTC', r.query_start_time)::TIMESTAMP_NTZ(6) AS started_at,
    CONVERT_TIMEZONE('UTC', r.completed_time)::TIMESTAMP_NTZ(6) AS completed_at,
    COUNT(s.query_id) AS statements
FROM task_run AS r
LEFT JOIN executed AS c ON r.query_id = c.query_id
LEFT JOIN executed AS s
    ON
        c.session_id = s.session_id
        AND s.start_time BETWEEN r.query_start_time AND r.completed_time
        AND s.query_type NOT IN ('CALL', 'BEGIN_TRANSACTION', 'COMMIT', 'ROLLBACK')
GROUP BY r.query_id, r.state, r.error_message, r.query_start_time, r.completed_time
ORDER BY started_at
"""


@dataclass(frozen=True)
class Refresh:
    """One run of the task. `last_batch_id`: the newest of its `batches`, None if it applied nothing.

    `statements`: DML and SELECT, None if the history does not have them (any more). `seconds` and what they are per
    statement: of the whole run.
    """

    started_at: datetime
    state: str
    message: str
    batches: int
    last_batch_id: int | None
    rows_landed: int
    events_accepted: int
    rows_rejected: int
    keys_touched: int
    keys_late: int
    statements: int | None
    seconds: float
    seconds_per_statement: float | None


def runs_of(dimension: str) -> str:
    """The query for the last runs of a dimension's task."""
    return _RUNS.format(name=dimension)


def last_refreshes(connection: Connection, dimension: str = "customer") -> list[Refresh]:
    """The last five runs of the task, oldest first, whether they found something, found nothing, or failed."""
    runs = query(connection, runs_of(dimension)).rows
    batches = batches_since(connection, runs[0][2], dimension) if runs else []
    return [_refresh(run, batches) for run in runs]


def _refresh(run: Row, since: list[Batch]) -> Refresh:
    state, message, started_at, completed_at, executed = run
    batches = [batch for batch in since if started_at <= batch.started_at <= completed_at]
    seconds = (completed_at - started_at).total_seconds()
    return Refresh(
        started_at,
        state,
        message,
        len(batches),
        batches[-1].batch_id if batches else None,
        sum(batch.rows_landed for batch in batches),
        sum(batch.events_accepted for batch in batches),
        sum(batch.rows_rejected for batch in batches),
        sum(batch.keys_touched for batch in batches),
        sum(batch.keys_late for batch in batches),
        executed or None,
        seconds,
        seconds / executed if executed else None,
    )
