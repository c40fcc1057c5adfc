"""What is measured in an account is understood: its SQL, its sums, and the table that it is told in."""

import sqlglot

from customertrack.local.pipeline import Pipeline
from customertrack.reads.refreshes import runs_of
from tests.live.measured import MEASURED, Run, as_table, measured, seconds_per_statement
from tests.sql import statement_counts
from tests.sql.test_grammars import read_by_sqlfluff
from tests.sql.test_statement_counts import refreshed

# How long DuckDB has planned a statement is not known.
_HERE = MEASURED.replace("total_elapsed_time, compilation_time", "total_elapsed_time, 0 AS compilation_time")


def test_it_is_snowflakes():
    for sql in (MEASURED, runs_of("customer")):
        assert sqlglot.parse_one(sql, read="snowflake").find(sqlglot.exp.TableFromRows)
        assert read_by_sqlfluff(sql)


def test_it_counts_on_one_machine_too(pipeline: Pipeline):
    before, lands = statement_counts.BATCHES["with late keys"]
    for name, rows in (("before.csv", before), ("lands.csv", lands), ("", ())):
        refreshed(pipeline, name, rows)
    counts = statement_counts.statements()
    kinds = ("nothing pending", "in order, one event for each key", "with late keys")
    runs = measured(pipeline.connection, _HERE)
    assert [run.statements for run in runs] == [counts[kind] for kind in kinds]
    assert all(0 <= run.of_statements <= run.of_the_run + run.statements for run in runs)


def test_it_is_told_by_number_of_statements():
    runs = [Run(10, 4_000, 3_000, 1_000), Run(10, 6_000, 5_000, 1_000), Run(20, 10_000, 9_000, 4_000)]
    assert seconds_per_statement(runs) == 0.5
    assert as_table(runs).splitlines()[2:] == [
        "| 10 | 2 | 0.500 | 80% | 20% |",
        "| 20 | 1 | 0.500 | 90% | 40% |",
        "| all | 3 | 0.500 | 85% | 30% |",
    ]
