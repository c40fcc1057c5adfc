"""INSERT OVERWRITE, of work tables and of others. https://docs.snowflake.com/en/sql-reference/sql/insert"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import DatabaseError, NotSupportedError, ProgrammingError
from tests.snowglobe.support import rows, run, value


@pytest.fixture(params=[True, False], ids=["work table", "table"])
def numbers(request: pytest.FixtureRequest, empty: Path, folder: Path) -> Iterator[Connection]:
    """The transient table `number`, a work table or none, with the rows 1 and 2, and one with the rows 1 to 4."""
    shutil.copyfile(empty, folder / "warehouse.duckdb")
    work_tables = ["dimension.number"] if request.param else []
    with connect(folder / "warehouse.duckdb", schema="dimension", work_tables=work_tables) as connection:
        run(
            connection,
            "CREATE TRANSIENT TABLE number (n NUMBER(2) NOT NULL, label VARCHAR(3))",
            "INSERT INTO number VALUES (1, 'one'), (2, 'two')",
            "CREATE TABLE source (n NUMBER, label VARCHAR)",
            "INSERT INTO source VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')",
            "CREATE VIEW twice AS SELECT n * 2 AS n, label FROM number",
        )
        yield connection


def found(connection: Connection) -> list[tuple[object, ...]]:
    return rows(connection, "SELECT n, label FROM number ORDER BY n")


def test_the_rows_of_the_query_take_the_place_of_all_others(numbers: Connection):
    cursor = numbers.cursor().execute("INSERT OVERWRITE INTO number SELECT n, label FROM source WHERE n > ?", [2])
    assert [column.name for column in cursor.description or []] == ["number of rows inserted"]
    assert (cursor.fetchall(), cursor.rowcount) == ([(2,)], 2)
    assert found(numbers) == [(3, "c"), (4, "d")]


def test_with_columns_a_cte_or_values(numbers: Connection):
    run(numbers, "INSERT OVERWRITE INTO number (label, n) WITH q AS (SELECT 'x' AS l, 9 AS n) SELECT l, n FROM q")
    assert found(numbers) == [(9, "x")]
    run(numbers, "INSERT OVERWRITE INTO number (n) VALUES (7), (8)")
    assert found(numbers) == [(7, None), (8, None)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT n * 2, label FROM number",
        "SELECT n, label FROM twice",
        "WITH q AS (SELECT n, label FROM twice) SELECT q.n, q.label FROM q JOIN number m ON m.n * 2 = q.n",
    ],
)
def test_the_query_may_read_the_table(numbers: Connection, query: str):
    run(numbers, f"INSERT OVERWRITE INTO number {query}", "INSERT INTO number VALUES (5, 'new')")
    assert found(numbers) == [(2, "one"), (4, "two"), (5, "new")]


def test_nothing_is_left_if_the_query_gives_nothing(numbers: Connection):
    run(numbers, "INSERT OVERWRITE INTO number SELECT n, label FROM source WHERE FALSE")
    assert found(numbers) == []


def test_it_is_part_of_the_transaction(numbers: Connection):
    run(numbers, "BEGIN", "INSERT OVERWRITE INTO number SELECT n, label FROM source")
    run(numbers, "INSERT OVERWRITE INTO number SELECT n, 'x' FROM number WHERE n > 3", "DELETE FROM number")
    run(numbers, "INSERT OVERWRITE INTO number VALUES (6, 'six')")
    assert found(numbers) == [(6, "six")]
    run(numbers, "ROLLBACK")
    assert found(numbers) == [(1, "one"), (2, "two")]
    run(numbers, "BEGIN", "INSERT OVERWRITE INTO number SELECT n, label FROM source WHERE n = 4", "COMMIT")
    assert found(numbers) == [(4, "d")]


@pytest.mark.parametrize(
    "query", ["SELECT 100, 'a'", "SELECT 1, 'much'", "SELECT NULL, 'a'", "SELECT n, missing FROM number"]
)
def test_what_does_not_fit_leaves_the_old_rows(numbers: Connection, query: str):
    for statement in (f"INSERT OVERWRITE INTO number {query}", f"INSERT OVERWRITE INTO number {query} FROM number"):
        with pytest.raises(ProgrammingError):
            run(numbers, statement)
        assert found(numbers) == [(1, "one"), (2, "two")]


@pytest.mark.parametrize("query", ["SELECT n, label FROM source", "SELECT n, label FROM number"])
def test_the_new_rows_are_held_to_the_types(numbers: Connection, query: str):
    run(numbers, f"INSERT OVERWRITE INTO number {query}")
    for row in ("(100, 'a')", "(1, 'much')", "(NULL, 'a')"):
        with pytest.raises(DatabaseError):
            run(numbers, f"INSERT INTO number VALUES {row}")


def test_it_consumes_a_stream(numbers: Connection):
    run(numbers, "CREATE STREAM new_rows ON TABLE source APPEND_ONLY = TRUE", "INSERT INTO source VALUES (5, 'e')")
    run(numbers, "INSERT OVERWRITE INTO number SELECT n, label FROM new_rows")
    assert found(numbers) == [(5, "e")]
    assert value(numbers, "SELECT SYSTEM$STREAM_HAS_DATA('new_rows')") is False


def test_a_table_that_a_stream_watches_is_not_overwritten(numbers: Connection):
    run(numbers, "CREATE STREAM new_rows ON TABLE source APPEND_ONLY = TRUE")
    with pytest.raises(NotSupportedError, match="a stream watches it"):
        run(numbers, "INSERT OVERWRITE INTO source VALUES (5, 'e')")
    assert value(numbers, "SELECT COUNT(*) FROM source") == 4
