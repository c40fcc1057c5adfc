"""docs/costs.md counts the statements of a refresh rightly, and computes rightly what follows."""

from pathlib import Path

import pytest

from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.reads.refreshes import last_refreshes
from tests.sql import statement_counts

_SECONDS = (0.3, 0.5, 1.0)
_EXAMPLES = ("in order, one event for each key", "with all three")


def refreshed(pipeline: Pipeline, name: str, rows: tuple[str, ...]) -> None:
    """Lands rows of customer_id,first_name,op,minute and runs the task, also if there are none."""
    if rows:
        lines = [f"{row.rpartition(',')[0]},2026-01-01 00:{row.rpartition(',')[2]}:00\n" for row in rows]
        (pipeline.home.landing / name).write_text(f"customer_id,first_name,op,updated_at\n{''.join(lines)}", "utf-8")
        assert [load.status for load in pipeline.connection.refresh_pipe(PIPE)] == ["LOADED"]
    pipeline.connection.cursor().execute(f"EXECUTE TASK {TASK}")


def test_the_page_counts_each_kind():
    assert list(statement_counts.statements()) == list(statement_counts.BATCHES)


@pytest.mark.parametrize("kind", statement_counts.BATCHES)
def test_a_batch_takes_as_many_statements_as_the_page_says(home: Path, kind: str):
    before, lands = statement_counts.BATCHES[kind]
    with Pipeline.open(home) as pipeline:
        refreshed(pipeline, "before.csv", before)
        refreshed(pipeline, "lands.csv", lands)
        refresh = last_refreshes(pipeline.connection)[-1]
    assert (refresh.state, refresh.rows_landed) == ("SUCCEEDED", len(lands))
    assert refresh.statements == statement_counts.statements()[kind]


def shown(credits_used: float) -> str:
    return f"{credits_used:,.0f}" if credits_used >= 100 else f"{credits_used:.1f}"


def credits_of_refreshes(feed: str, kind: str, seconds: float) -> float:
    """Of a month, by the page's formula: refreshes, statements each, seconds each, an hour's rate."""
    counted = statement_counts.refreshes()[feed] * statement_counts.statements()[kind]
    return counted * seconds / 3600 * statement_counts.rate()


def test_the_credits_of_a_month_are_those_of_the_formula():
    computed = [
        [feed, kind, *(shown(credits_of_refreshes(feed, kind, seconds)) for seconds in _SECONDS)]
        for feed in statement_counts.refreshes()
        for kind in _EXAMPLES
    ]
    assert statement_counts.rows("refresh: feed") == computed


def test_the_dollars_of_a_month_are_their_sum():
    for feed, aws, besides, *dollars in statement_counts.rows("month"):
        used = [float(besides) + credits_of_refreshes(feed, _EXAMPLES[-1], seconds) for seconds in _SECONDS]
        assert dollars == [f"{float(aws) + 2 * each:,.0f}" for each in used]


def test_the_seconds_of_a_refresh_are_those_of_the_formula():
    counts = statement_counts.statements()
    computed = [[kind, *(f"{counts[kind] * seconds:.1f}" for seconds in _SECONDS)] for kind in _EXAMPLES]
    assert statement_counts.rows("seconds of a refresh") == computed
