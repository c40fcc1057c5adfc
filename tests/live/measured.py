"""What a statement of a refresh takes: asked of the task's history, told as rows for docs/costs.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from customertrack.reads.results import query
from customertrack.warehouse import Connection

# As customertrack/reads/refreshes.py counts, with the times of the statements; of more runs, as each is worth little.
MEASURED = """
WITH task_run AS (
    SELECT query_id, query_start_time, completed_time
    FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'customer_refresh_task', RESULT_LIMIT => 1000))
    WHERE state = 'SUCCEEDED'
),

executed AS (
    SELECT query_id, session_id, query_type, start_time, total_elapsed_time, compilation_time
    FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 10000))
)

SELECT
    COUNT(s.query_id) AS statements,
    TIMESTAMPDIFF('millisecond', r.query_start_time, r.completed_time) AS of_the_run,
    SUM(s.total_elapsed_time) AS of_statements,
    SUM(s.compilation_time) AS compiling
FROM task_run AS r
INNER JOIN executed AS c ON r.query_id = c.query_id
INNER JOIN executed AS s
    ON
        c.session_id = s.session_id
        AND s.start_time BETWEEN r.query_start_time AND r.completed_time
        AND s.query_type NOT IN ('CALL', 'BEGIN_TRANSACTION', 'COMMIT', 'ROLLBACK')
GROUP BY r.query_id, r.query_start_time, r.completed_time
ORDER BY statements, of_the_run
"""


@dataclass(frozen=True)
class Run:
    """One run of the task. Milliseconds: of all of it, of its statements, and of compiling them."""

    statements: int
    of_the_run: int
    of_statements: int
    compiling: int


def measured(connection: Connection, sql: str = MEASURED) -> list[Run]:
    """The runs that succeeded and whose statements the history still has and shows to this role."""
    return [Run(*map(int, row)) for row in query(connection, sql).rows]


def seconds_per_statement(runs: Sequence[Run]) -> float:
    """The `s` of docs/costs.md: all the time of the runs, by all their statements."""
    return sum(run.of_the_run for run in runs) / sum(run.statements for run in runs) / 1000


def as_table(runs: Sequence[Run]) -> str:
    """A row for each number of statements, and one for all."""
    head = ["| statements | runs | `s` | within statements | compiling |", "|---|---|---|---|---|"]
    counts = sorted({run.statements for run in runs})
    each = [_row(str(count), [run for run in runs if run.statements == count]) for count in counts]
    return "\n".join([*head, *each, _row("all", runs)])


def _row(words: str, runs: Sequence[Run]) -> str:
    whole = sum(run.of_the_run for run in runs)
    within = sum(run.of_statements for run in runs) / whole
    compiling = sum(run.compiling for run in runs) / whole
    return f"| {words} | {len(runs)} | {seconds_per_statement(runs):.3f} | {within:.0%} | {compiling:.0%} |"
