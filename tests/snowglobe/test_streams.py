"""An append-only stream: what it shows, when it moves, and what leaves it alone."""

from collections.abc import Callable

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import DatabaseError, NotSupportedError, ProgrammingError
from tests.snowglobe.support import rows, run, value

PENDING = "SELECT id FROM pending ORDER BY id"


@pytest.fixture
def stream(landing: Connection) -> Connection:
    """raw with the rows 1 and 2 before the stream `pending` begins and 3 and 4 behind; `taken` to take rows into."""
    run(
        landing,
        "INSERT INTO raw (id) VALUES ('1'), ('2')",
        "CREATE STREAM pending ON TABLE raw APPEND_ONLY = TRUE",
        "CREATE TABLE taken (id VARCHAR)",
        "INSERT INTO raw (id) VALUES ('3'), ('4')",
    )
    return landing


def pending(connection: Connection) -> list[str]:
    return [name for (name,) in rows(connection, PENDING)]


def test_it_shows_what_was_inserted_since_it_began(stream: Connection):
    assert pending(stream) == ["3", "4"]
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is True
    cursor = stream.cursor().execute("SELECT * FROM pending ORDER BY id")
    names = [column.name for column in cursor.description or []]
    assert names[-3:] == ["METADATA$ACTION", "METADATA$ISUPDATE", "METADATA$ROW_ID"]
    found = cursor.fetchall()
    assert [row[-3:-1] for row in found] == [("INSERT", False)] * 2
    assert len({row[-1] for row in found}) == 2


def test_it_begins_behind_what_earlier_deletes_left(landing: Connection):
    run(
        landing,
        "INSERT INTO raw (id) VALUES ('1'), ('2'), ('3')",
        "DELETE FROM raw WHERE id = '1'",
        "CREATE STREAM pending ON TABLE raw APPEND_ONLY = TRUE",
    )
    assert pending(landing) == []
    run(landing, "INSERT INTO raw (id) VALUES ('4')")
    assert pending(landing) == ["4"]


def test_a_query_does_not_move_it(stream: Connection):
    assert pending(stream) == pending(stream) == ["3", "4"]
    run(stream, "BEGIN")
    rows(stream, PENDING)
    run(stream, "COMMIT")
    assert pending(stream) == ["3", "4"]


VIEWS = [
    "CREATE VIEW v AS SELECT id FROM pending",
    "CREATE VIEW vv AS WITH x AS (SELECT id FROM v) SELECT id FROM x WHERE id IS NOT NULL",
    "CREATE FUNCTION f(n INT) RETURNS TABLE (id VARCHAR) LANGUAGE SQL AS $$ SELECT id FROM vv WHERE n = 1 $$",
    "CREATE FUNCTION g() RETURNS INT LANGUAGE SQL AS $$ SELECT COUNT(*) FROM pending $$",
]


@pytest.mark.parametrize(
    "dml",
    [
        "INSERT INTO taken SELECT id FROM pending",
        "INSERT INTO taken SELECT id FROM dimension.pending",
        "INSERT INTO taken SELECT id FROM snowglobe.DIMENSION.PENDING",
        "INSERT INTO taken SELECT id FROM v",
        "INSERT INTO taken SELECT id FROM vv",
        "INSERT INTO taken SELECT id FROM TABLE(f(1))",
        "INSERT INTO taken SELECT g()",
        "INSERT INTO taken WITH x AS (SELECT id FROM pending) SELECT id FROM x",
        "INSERT INTO taken WITH pending AS (SELECT id FROM pending) SELECT id FROM pending",
        "INSERT INTO taken SELECT '1' WHERE EXISTS (SELECT 1 FROM pending)",
        "INSERT INTO taken SELECT id FROM pending WHERE FALSE",
        "UPDATE taken SET id = 'x' WHERE id IN (SELECT id FROM vv)",
        "UPDATE taken SET id = pending.id FROM pending WHERE taken.id = pending.id",
        "DELETE FROM taken WHERE id IN (SELECT id FROM pending)",
        "DELETE FROM taken USING pending WHERE taken.id = pending.id",
        "MERGE INTO taken USING pending ON taken.id = pending.id WHEN NOT MATCHED THEN INSERT (id) VALUES (pending.id)",
        "MERGE INTO taken USING (SELECT id FROM vv) AS s ON taken.id = s.id WHEN MATCHED THEN DELETE",
    ],
)
def test_dml_that_reads_it_moves_it(stream: Connection, dml: str):
    run(stream, *VIEWS, dml)
    assert pending(stream) == []
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is False
    run(stream, "INSERT INTO raw (id) VALUES ('5')")
    assert pending(stream) == ["5"]


@pytest.mark.parametrize(
    "dml",
    [
        "INSERT INTO taken VALUES ('pending')",
        "INSERT INTO taken SELECT id FROM raw",
        "INSERT INTO taken WITH pending AS (SELECT '1' AS id) SELECT id FROM pending",
        "DELETE FROM taken",
    ],
)
def test_other_dml_does_not(stream: Connection, dml: str):
    run(stream, dml)
    assert pending(stream) == ["3", "4"]


def test_a_cte_of_its_name_hides_it_only_where_it_is_known(stream: Connection):
    dml = (
        "INSERT INTO taken SELECT id FROM pending WHERE EXISTS (WITH pending AS (SELECT 1 AS a) SELECT a FROM pending)"
    )
    run(stream, dml)
    assert pending(stream) == []


def test_within_a_transaction_it_is_repeatable_and_moves_at_commit(
    stream: Connection, open_warehouse: Callable[[], Connection]
):
    other = open_warehouse()
    run(stream, "BEGIN", "INSERT INTO taken SELECT id FROM pending")
    assert pending(stream) == ["3", "4"]
    run(stream, "INSERT INTO taken SELECT id FROM pending")
    assert pending(other) == ["3", "4"]
    run(stream, "COMMIT")
    assert pending(stream) == pending(other) == []
    assert rows(stream, "SELECT id FROM taken ORDER BY id") == [("3",), ("3",), ("4",), ("4",)]


def test_what_is_inserted_after_the_read_stays(stream: Connection):
    run(
        stream,
        "BEGIN",
        "INSERT INTO taken SELECT id FROM pending",
        "INSERT INTO raw (id) VALUES ('5')",
        "COMMIT",
    )
    assert pending(stream) == ["5"]


def test_what_is_inserted_after_the_first_of_two_reads_stays(stream: Connection):
    read = "INSERT INTO taken SELECT id FROM pending"
    run(stream, "BEGIN", read, "INSERT INTO raw (id) VALUES ('5')", read, "COMMIT")
    assert pending(stream) == ["5"]


def test_a_rollback_leaves_it_where_it_was(stream: Connection):
    run(stream, "BEGIN", "INSERT INTO taken SELECT id FROM pending", "ROLLBACK")
    assert pending(stream) == ["3", "4"]
    run(stream, "BEGIN", "INSERT INTO taken SELECT id FROM pending")
    stream.rollback()
    assert pending(stream) == ["3", "4"]


@pytest.mark.parametrize("failing", ["SELECT no_such_column FROM pending", "SELECT id, id FROM pending"])
def test_dml_that_fails_leaves_it_where_it_was(stream: Connection, failing: str):
    run(stream, "BEGIN")
    with pytest.raises(ProgrammingError):
        run(stream, f"INSERT INTO taken {failing}")
    try:
        run(stream, "COMMIT")
    except DatabaseError:
        run(stream, "ROLLBACK")
    assert pending(stream) == ["3", "4"]


def test_each_of_several_streams_has_its_own_place(stream: Connection):
    run(stream, "CREATE STREAM late ON TABLE raw APPEND_ONLY = TRUE", "INSERT INTO raw (id) VALUES ('5')")
    assert rows(stream, "SELECT id FROM late") == [("5",)]
    run(stream, "INSERT INTO taken SELECT id FROM pending")
    assert (pending(stream), rows(stream, "SELECT id FROM late")) == ([], [("5",)])
    run(stream, "INSERT INTO taken SELECT late.id FROM late LEFT JOIN pending ON late.id = pending.id")
    assert rows(stream, "SELECT id FROM late") == []


def test_deleting_old_rows_leaves_it_where_it_was(stream: Connection, open_warehouse: Callable[[], Connection]):
    run(stream, "CREATE STREAM late ON TABLE raw APPEND_ONLY = TRUE", "INSERT INTO raw (id) VALUES ('5')")
    assert stream.cursor().execute("DELETE FROM raw WHERE id = '1'").rowcount == 1
    stream._session.run("CHECKPOINT")
    stream.close()
    again = open_warehouse()
    assert (pending(again), rows(again, "SELECT id FROM late")) == (["3", "4", "5"], [("5",)])
    run(again, "INSERT INTO raw (id) VALUES ('6')", "DELETE FROM raw WHERE id = '2'")
    assert (pending(again), rows(again, "SELECT id FROM late ORDER BY 1")) == (["3", "4", "5", "6"], [("5",), ("6",)])
    run(again, "INSERT INTO taken SELECT id FROM pending", "INSERT INTO taken SELECT id FROM late", "DELETE FROM raw")
    again._session.run("CHECKPOINT")
    run(again, "INSERT INTO raw (id) VALUES ('7')")
    assert (pending(again), rows(again, "SELECT id FROM late")) == (["7"], [("7",)])


def test_it_shows_rows_that_were_deleted_until_it_moves(stream: Connection, open_warehouse: Callable[[], Connection]):
    run(stream, "DELETE FROM raw WHERE id = '3'", "DELETE FROM raw WHERE id IN ('1', '4')")
    run(stream, "INSERT INTO raw (id) VALUES ('5')")
    stream._session.run("CHECKPOINT")
    stream.close()
    again = open_warehouse()
    assert pending(again) == ["3", "4", "5"]
    assert rows(again, "SELECT id FROM raw ORDER BY id") == [("2",), ("5",)]
    assert len({row for (row,) in rows(again, "SELECT METADATA$ROW_ID FROM pending")}) == 3
    run(again, "INSERT INTO taken SELECT id FROM pending")
    assert pending(again) == []
    run(again, "INSERT INTO raw (id) VALUES ('6')")
    assert pending(again) == ["6"]


def test_it_has_data_if_all_that_it_shows_was_deleted(stream: Connection):
    run(stream, "DELETE FROM raw")
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is True
    assert pending(stream) == ["3", "4"]
    run(stream, "ALTER TABLE raw ADD COLUMN more VARCHAR")
    assert rows(stream, "SELECT id, more FROM pending ORDER BY id") == [("3", None), ("4", None)]
    run(stream, "INSERT INTO taken SELECT id FROM pending")
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is False


def test_a_delete_that_is_undone_leaves_it_as_it_was(stream: Connection):
    run(stream, "BEGIN", "DELETE FROM raw WHERE id IN ('1', '3')", "ROLLBACK")
    assert pending(stream) == ["3", "4"]
    run(stream, "INSERT INTO taken SELECT id FROM pending", "INSERT INTO raw (id) VALUES ('5')")
    assert pending(stream) == ["5"]


@pytest.mark.parametrize("ids", ["('1')", "('3')", "('1', '4')", "('3', '4')"])
def test_a_delete_that_reads_it_moves_it(stream: Connection, ids: str):
    run(stream, f"DELETE FROM raw WHERE id IN {ids} AND EXISTS (SELECT 1 FROM pending)")
    assert pending(stream) == []
    run(stream, "INSERT INTO raw (id) VALUES ('5')")
    assert pending(stream) == ["5"]


def test_rows_that_it_has_given_can_be_deleted_in_the_same_transaction(stream: Connection):
    run(stream, "CREATE STREAM late ON TABLE raw APPEND_ONLY = TRUE", "INSERT INTO raw (id) VALUES ('5')")
    run(stream, "BEGIN", "INSERT INTO taken SELECT id FROM pending", "DELETE FROM raw WHERE id > '2'", "COMMIT")
    assert (pending(stream), rows(stream, "SELECT id FROM late")) == ([], [("5",)])


def test_reading_it_and_deleting_old_rows_in_one_transaction(stream: Connection):
    run(
        stream,
        "BEGIN",
        "INSERT INTO taken SELECT id FROM pending",
        "DELETE FROM raw WHERE id = '1'",
        "COMMIT",
        "INSERT INTO raw (id) VALUES ('5')",
    )
    assert pending(stream) == ["5"]


@pytest.mark.parametrize(
    "then", [PENDING, "INSERT INTO taken SELECT id FROM pending", "DELETE FROM raw WHERE id = '2'"]
)
def test_after_a_delete_it_cannot_be_read_before_the_commit(stream: Connection, then: str):
    run(stream, "BEGIN", "DELETE FROM raw WHERE id = '1'")
    with pytest.raises(NotSupportedError, match="commit first"):
        run(stream, then)
    run(stream, "ROLLBACK")
    assert pending(stream) == ["3", "4"]


def test_rows_of_two_connections(stream: Connection, open_warehouse: Callable[[], Connection]):
    other = open_warehouse()
    run(other, "INSERT INTO raw (id) VALUES ('5')")
    run(stream, "INSERT INTO raw (id) VALUES ('6')")
    run(other, "BEGIN", "INSERT INTO raw (id) VALUES ('7')", "ROLLBACK", "INSERT INTO raw (id) VALUES ('8')")
    assert pending(stream) == pending(other) == ["3", "4", "5", "6", "8"]
    run(other, "INSERT INTO taken SELECT id FROM pending")
    assert pending(stream) == []


def test_it_follows_a_new_column(stream: Connection):
    run(stream, "CREATE VIEW v AS SELECT id FROM pending", "ALTER TABLE raw ADD COLUMN more VARCHAR")
    run(stream, "INSERT INTO raw (id, more) VALUES ('5', 'x')")
    assert rows(stream, "SELECT id, more FROM pending ORDER BY id") == [("3", None), ("4", None), ("5", "x")]
    assert value(stream, "SELECT COUNT(*) FROM v") == 3


def test_it_survives_the_end_of_the_process(stream: Connection, open_warehouse: Callable[[], Connection]):
    stream.close()
    again = open_warehouse()
    assert pending(again) == ["3", "4"]
    run(again, "INSERT INTO taken SELECT id FROM pending")
    again.close()
    assert pending(open_warehouse()) == []


def test_it_can_be_dropped_and_its_table_not_before(stream: Connection):
    with pytest.raises(NotSupportedError, match="drop the stream first"):
        run(stream, "DROP TABLE raw")
    for wrong in ("DROP VIEW pending", "DROP TABLE pending", "CREATE OR REPLACE VIEW pending AS SELECT 1 AS a"):
        with pytest.raises(ProgrammingError):
            run(stream, wrong)
    run(stream, "DROP STREAM pending", "DROP TABLE raw", "DROP STREAM IF EXISTS pending")
    with pytest.raises(ProgrammingError, match="does not exist"):
        run(stream, "SELECT id FROM pending")
