"""The truth, worked out once from all batches together, and how far each contestant's history is from it.

Plain DuckDB SQL after "The one rule" of the semantics, sharing nothing with the project's own SQL.
"""

import json
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from benchmarks.columns import CUSTOMER, listed
from benchmarks.reading import rows

# `arrival` is the order of the files' names and of the rows in them: DuckDB keeps both for a list of files.
EVENTS = """
    CREATE TABLE event AS
    SELECT
        row_number() OVER () AS arrival, customer_id::BIGINT AS customer_id, updated_at::TIMESTAMP AS updated_at,
        CASE
            WHEN op IS DISTINCT FROM 'D' THEN row({attributes})
        END AS state
    FROM {rows}
"""

TRUTH = """
    CREATE TABLE truth AS
    WITH counted AS (
        SELECT * FROM event
        QUALIFY row_number() OVER (PARTITION BY customer_id, updated_at ORDER BY arrival DESC) = 1
    ), changing AS (
        SELECT * FROM counted
        QUALIFY state IS DISTINCT FROM lag(state) OVER (PARTITION BY customer_id ORDER BY updated_at)
    ), bounded AS (
        SELECT *, lead(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) AS valid_to FROM changing
    )
    SELECT customer_id, state, updated_at AS valid_from, valid_to FROM bounded WHERE state IS NOT NULL
"""

# Who is in an extract and not in the next one was deleted by then.
ABSENT = """
    INSERT INTO event
    SELECT 0, customer_id, updated_at, NULL
    FROM (SELECT DISTINCT customer_id FROM event) CROSS JOIN (SELECT DISTINCT updated_at FROM event)
    WHERE (customer_id, updated_at) NOT IN (SELECT (customer_id, updated_at) FROM event)
"""

KEPT = """
    CREATE OR REPLACE TABLE kept AS
    SELECT customer_id, row({attributes}) AS state, valid_from, valid_to
    FROM read_parquet($history)
"""

DIFFERENCE = """
    WITH missing AS (
        SELECT customer_id, valid_from, state FROM truth EXCEPT SELECT customer_id, valid_from, state FROM kept
    ), extra AS (
        SELECT customer_id, valid_from, state FROM kept EXCEPT ALL SELECT customer_id, valid_from, state FROM truth
    )
    SELECT
        (SELECT count(*) FROM kept),
        (SELECT count(*) FROM kept WHERE valid_to IS NULL),
        (SELECT count(*) FROM missing),
        (SELECT count(*) FROM extra),
        (
            SELECT count(*) FROM truth JOIN kept USING (customer_id, valid_from)
            WHERE truth.state IS NOT DISTINCT FROM kept.state AND truth.valid_to IS DISTINCT FROM kept.valid_to
        )
"""


@dataclass(frozen=True)
class Difference:
    """A history against the truth, in rows: `missing` and `extra` by key, begin and state; `ends` that differ."""

    versions: int
    open_versions: int
    missing: int
    extra: int
    ends: int

    @property
    def exact(self) -> bool:
        """Whether the history is the truth, row for row."""
        return not (self.missing or self.extra or self.ends)


def replayed(folder: Path, count: int = len(CUSTOMER), *, has_extracts: bool = False) -> duckdb.DuckDBPyConnection:
    """An in-memory database with table `truth`: the versions that all CSV files below `folder` amount to.

    They have `count` attributes; each is all that there is, if the workload `has_extracts`.
    """
    files = sorted(folder.glob("[0-9]*/*.csv"), key=lambda file: file.name)
    connection = duckdb.connect()
    connection.execute(
        EVENTS.format(attributes=listed(count), rows=rows(count)), {"files": [str(file) for file in files]}
    )
    if has_extracts:
        connection.execute(ABSENT)
    connection.execute(TRUTH)
    return connection


def difference(truth: duckdb.DuckDBPyConnection, history: Path, count: int = len(CUSTOMER)) -> Difference:
    """Compare a Parquet file with the columns of a history, `count` attributes among them, with the truth."""
    truth.execute(KEPT.format(attributes=listed(count)), {"history": str(history)})
    (counts,) = truth.execute(DIFFERENCE).fetchall()
    return Difference(*counts)


def main() -> None:
    """Print one JSON object: contestant -> how its history differs from the truth; `truth` is the truth itself."""
    parser = ArgumentParser(description=main.__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the batches are")
    parser.add_argument("--attributes", type=int, default=len(CUSTOMER))
    parser.add_argument("--has-extracts", action="store_true")
    parser.add_argument("histories", nargs="*", metavar="NAME=FILE")
    arguments = parser.parse_args()
    truth = replayed(arguments.folder, arguments.attributes, has_extracts=arguments.has_extracts)
    named = (history.split("=", 1) for history in arguments.histories)
    found = {name: difference(truth, Path(file), arguments.attributes) for name, file in named}
    print(json.dumps({name: asdict(one) for name, one in found.items()}))


if __name__ == "__main__":
    main()
