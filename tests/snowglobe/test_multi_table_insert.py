"""INSERT ALL and INSERT FIRST. https://docs.snowflake.com/en/sql-reference/sql/insert-multi-table"""

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import DatabaseError, ProgrammingError
from snowglobe.threads import Threads
from tests.snowglobe.support import rows, run, value


@pytest.fixture(params=["few rows", "many rows"])
def tables(landing: Connection, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """Three tables of numbers, and one with the numbers 1 to 3 and a NULL, which a stream watches.

    Of many rows the statements are others, and must do the same.
    """
    monkeypatch.setattr(Threads, "has_bulk", request.param == "many rows")
    for name in ("small", "large", "rest"):
        run(landing, f"CREATE TABLE {name} (n NUMBER(2), label VARCHAR(3))")
    run(
        landing,
        "CREATE TABLE source (n NUMBER, label VARCHAR)",
        "CREATE STREAM new_numbers ON TABLE source APPEND_ONLY = TRUE",
        "INSERT INTO source VALUES (1, 'one'), (2, 'two'), (3, NULL), (NULL, 'nil')",
    )
    return landing


def numbers(connection: Connection, *names: str) -> list[list[int | None]]:
    return [[n for (n,) in rows(connection, f"SELECT n FROM {name} ORDER BY n NULLS LAST")] for name in names]


def test_without_conditions_each_row_goes_into_every_table(tables: Connection):
    run(
        tables,
        "INSERT ALL INTO small INTO large (label) VALUES (label) INTO rest VALUES (n, NULL) SELECT * FROM source",
    )
    assert numbers(tables, "small", "large", "rest") == [[1, 2, 3, None], [None] * 4, [1, 2, 3, None]]
    assert rows(tables, "SELECT label FROM large ORDER BY label") == [("nil",), ("one",), ("two",), (None,)]
    assert value(tables, "SELECT COUNT(label) FROM rest") == 0


def test_first_takes_the_first_condition_that_is_true(tables: Connection):
    run(
        tables,
        "INSERT FIRST WHEN n < 2 THEN INTO small WHEN n < 3 THEN INTO small INTO large ELSE INTO rest "
        "SELECT n, label FROM source",
    )
    assert numbers(tables, "small", "large", "rest") == [[1, 2], [2], [3, None]]


def test_all_takes_every_condition_that_is_true(tables: Connection):
    run(
        tables,
        "INSERT ALL WHEN n < 3 THEN INTO small WHEN n < 2 THEN INTO large (n) VALUES (n) ELSE INTO rest "
        "SELECT n, label FROM source",
    )
    assert numbers(tables, "small", "large", "rest") == [[1, 2], [1], [3, None]]


@pytest.mark.parametrize("kind", ["FIRST", "ALL"])
def test_without_else_the_other_rows_go_nowhere(tables: Connection, kind: str):
    run(tables, f"INSERT {kind} WHEN n > 2 THEN INTO large WHEN n > 99 THEN INTO small SELECT n, label FROM source")
    assert numbers(tables, "small", "large") == [[], [3]]


def test_a_later_condition_is_not_asked_once_one_was_true(tables: Connection):
    run(
        tables,
        "INSERT FIRST WHEN n = 1 THEN INTO small WHEN 6 / (n - 1) > 4 THEN INTO large ELSE INTO rest "
        "SELECT n, label FROM source",
    )
    assert numbers(tables, "small", "large", "rest") == [[1], [2], [3, None]]


def test_a_default_is_null(tables: Connection):
    run(tables, "INSERT ALL INTO small (n, label) VALUES (n, DEFAULT) SELECT n, label FROM source WHERE n = 1")
    assert rows(tables, "SELECT n, label FROM small") == [(1, None)]


def test_the_query_may_have_binds_and_ctes_and_brackets(tables: Connection):
    statement = (
        "INSERT FIRST WHEN n IS NULL THEN INTO rest ELSE INTO small "
        "WITH chosen AS (SELECT n, label FROM source WHERE n = ? OR n IS NULL) SELECT n, ? AS label FROM chosen"
    )
    tables.cursor().execute(statement, [2, "new"])
    assert rows(tables, "SELECT n, label FROM small UNION ALL SELECT n, label FROM rest") == [(2, "new"), (None, "new")]
    run(tables, "INSERT ALL INTO large (n) (SELECT 1 UNION ALL SELECT 2)")
    assert numbers(tables, "large") == [[1, 2]]


def test_it_tells_the_rows_of_each_table_and_counts_them_all(tables: Connection):
    statement = (
        "INSERT ALL WHEN n > 0 THEN INTO dimension.small INTO large WHEN n > 2 THEN INTO small SELECT * FROM source"
    )
    cursor = tables.cursor().execute(statement)
    assert [column.name for column in cursor.description or []] == [
        "number of rows inserted into SMALL",
        "number of rows inserted into LARGE",
    ]
    assert (cursor.fetchall(), cursor.rowcount) == ([(4, 3)], 7)


def test_sqlrowcount_is_their_sum(tables: Connection):
    run(
        tables,
        "CREATE PROCEDURE spread(limit_ NUMBER) RETURNS INT LANGUAGE SQL AS $$ BEGIN INSERT FIRST WHEN n < limit "
        "THEN INTO small VALUES (n, label) ELSE INTO large VALUES (n, label) SELECT n, label, :limit_ AS limit "
        "FROM source; RETURN SQLROWCOUNT; END $$",
    )
    assert value(tables, "CALL spread(3)") == 4
    assert numbers(tables, "small", "large") == [[1, 2], [3, None]]


def test_it_consumes_a_stream_once(tables: Connection):
    statement = "INSERT FIRST WHEN n < 3 THEN INTO small ELSE INTO large SELECT n, label FROM new_numbers"
    run(tables, "BEGIN", statement, "ROLLBACK")
    assert numbers(tables, "small", "large", "new_numbers") == [[], [], [1, 2, 3, None]]
    run(tables, statement)
    assert numbers(tables, "small", "large", "new_numbers") == [[1, 2], [3, None], []]


def test_a_stream_on_a_target_shows_its_rows(tables: Connection):
    run(tables, "INSERT INTO rest SELECT n, label FROM new_numbers")
    run(tables, "INSERT ALL INTO source INTO small SELECT n, label FROM source WHERE n < 3")
    assert numbers(tables, "new_numbers", "small", "source") == [[1, 2], [1, 2], [1, 1, 2, 2, 3, None]]


@pytest.mark.parametrize("wrong", ["100 AS n, label", "n, 'much' AS label"])
def test_what_one_table_does_not_take_none_takes(tables: Connection, wrong: str):
    run(tables, "CREATE TABLE wide (n NUMBER, label VARCHAR)")
    for order in ("INTO wide INTO small", "INTO small INTO wide"):
        with pytest.raises(ProgrammingError):
            run(tables, f"INSERT ALL {order} SELECT {wrong} FROM new_numbers")
    assert numbers(tables, "wide", "small", "new_numbers") == [[], [], [1, 2, 3, None]]


def test_a_null_where_none_may_be_is_an_error(tables: Connection):
    run(tables, "CREATE TABLE strict (n NUMBER NOT NULL)")
    with pytest.raises(DatabaseError, match="NULL result in a non-nullable column"):
        run(tables, "INSERT ALL INTO strict VALUES (n) INTO small SELECT n, label FROM source")


def test_many_rows_into_one_table_in_two_clauses(tables: Connection):
    run(tables, "CREATE TABLE many (n NUMBER, half NUMBER)", "INSERT INTO many VALUES (0, 0)")
    run(tables, *(f"INSERT INTO many SELECT n + {2**power}, 0 FROM many" for power in range(17)))
    run(
        tables,
        "INSERT FIRST WHEN MOD(n, 2) = 0 THEN INTO many (n, half) VALUES (n, even) ELSE INTO many (n, half) "
        "VALUES (n, odd) SELECT n, 1 AS odd, 2 AS even FROM many",
    )
    found = rows(tables, "SELECT half, COUNT(*), COUNT(DISTINCT n) FROM many GROUP BY half ORDER BY half")
    assert found == [(0, 2**17, 2**17), (1, 2**16, 2**16), (2, 2**16, 2**16)]


@pytest.mark.parametrize("source", ["small", "seen"])
def test_the_query_does_not_see_what_the_statement_writes(tables: Connection, source: str):
    run(tables, "CREATE VIEW seen AS SELECT n, label FROM small", "INSERT INTO small VALUES (1, 'one'), (9, 'x')")
    run(tables, f"INSERT FIRST WHEN n < 5 THEN INTO small ELSE INTO large SELECT n + 1 AS n, label FROM {source}")
    assert numbers(tables, "small", "large") == [[1, 2, 9], [10]]


def test_the_others_are_not_asked_once_all_rows_have_gone(tables: Connection):
    run(tables, "INSERT FIRST WHEN TRUE THEN INTO small ELSE INTO large SELECT n, label FROM source WHERE n < 3")
    assert numbers(tables, "small", "large") == [[1, 2], []]
