"""A reader beside the process that writes gets what it would get there, all of one moment, and changes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import Error, InterfaceError, OperationalError
from tests.snowglobe.answering.beside import many, read
from tests.snowglobe.support import drop_file, rows, run, value

VALUES = """
SELECT 1, -170141183460469231731687303715884105727, 1.50::NUMBER(10, 2), TO_DOUBLE('0.1'), TRUE, NULL, '',
    'ä "😀" \\n\0 \\\\',
    TO_BINARY('00FF', 'HEX'), '2026-01-02'::DATE, '2026-01-02 03:04:05.678901'::TIMESTAMP_NTZ,
    '0001-01-01'::TIMESTAMP_NTZ, '2026-01-02 03:04:05'::TIMESTAMP_LTZ,
    PARSE_JSON('{"datetime": "x", "a": [1]}') AS "of j"
"""
BINDS = [
    None,
    True,
    7,
    1.5,
    Decimal("1.50"),
    "\u202eä\\",
    b"\x00\xff",
    date(1, 1, 1),
    datetime(9999, 12, 31, 23, 59, 59, 999999),
]
WRITING = (
    "INSERT INTO t VALUES (1)",
    "UPDATE t SET n = 2",
    "DELETE FROM t",
    "MERGE INTO t USING t AS s ON t.n = s.n WHEN MATCHED THEN DELETE",
    "CREATE TABLE u (n NUMBER)",
    "ALTER TABLE t ADD COLUMN m NUMBER",
    "DROP TABLE t",
    "CALL writes()",
    "COPY INTO raw FROM @ext_stage",
    "ALTER PIPE pipe REFRESH",
    "EXECUTE TASK writes",
    "GRANT ROLE a TO ROLE b",
)  # fmt: skip


@pytest.fixture
def writer(piped: Connection) -> Connection:
    """It answers readers; there is a table t with one row."""
    run(piped, "CREATE TABLE t (n NUMBER)", "INSERT INTO t VALUES (0)")
    run(piped, "CREATE STREAM stream ON TABLE raw APPEND_ONLY = TRUE")
    run(piped, "CREATE PROCEDURE writes() RETURNS INT LANGUAGE SQL AS $$ BEGIN DELETE FROM t; RETURN 1; END $$")
    run(piped, "CREATE TASK writes SCHEDULE = '1 MINUTE' AS CALL writes()")
    piped.answer_readers()
    return piped


def told(connection: Connection, sql: str, *binds: object) -> tuple[object, ...] | list[object]:
    """All that can be seen of a statement: columns and rows with their types, or the error."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql, binds)
    except Error as error:
        return [type(error), error.msg, error.errno, error.sqlstate]
    found = cursor.fetchall()
    return cursor.description, found, [[type(value) for value in row] for row in found]


@pytest.mark.parametrize(
    ("sql", "binds"),
    [
        (VALUES, []),
        (f"SELECT {', '.join('?' * len(BINDS))}", BINDS),
        ("SELECT n FROM t WHERE n = ?", []),
        ("SELECT nothing FROM t", []),
        ("SELECT TO_NUMBER('x')", []),
        ("SELECT * FROM nowhere", []),
        ("SELECT FROM WHERE", []),
        ("SHOW STREAMS", []),
        ("DESCRIBE STREAM stream", []),
        ("LIST @ext_stage", []),
        ("SELECT SYSTEM$PIPE_STATUS('pipe')", []),
        ("CALL nothing()", []),
    ],
)
def test_it_is_told_what_the_writer_is_told(writer: Connection, folder: Path, sql: str, binds: list[object]):
    drop_file(folder, "a.csv", "id", "1")
    with read(folder) as reader:
        assert reader.answered_by is not None
        assert told(reader, sql, *binds) == told(writer, sql, *binds)


def test_what_is_kept_of_files(writer: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    drop_file(folder, "b.csv", "id", "1")
    list(writer.refresh_pipe("pipe"))
    with read(folder) as reader:
        assert reader.names_taken("pipe") == writer.names_taken("pipe") != frozenset()
        assert reader.load_metadata("pipe") == writer.load_metadata("pipe")
        assert reader.load_metadata("pipe", ["in/b.csv"]) == writer.load_metadata("pipe", ["in/b.csv"])


@pytest.mark.parametrize("sql", WRITING)
def test_it_changes_nothing(writer: Connection, folder: Path, sql: str):
    with read(folder) as reader:
        with pytest.raises(OperationalError, match="open for reading only"):
            run(reader, sql)
        assert rows(reader, "SELECT n FROM t") == [(0,)]
    assert rows(writer, "SELECT n FROM t") == [(0,)]


def test_what_only_a_writer_does(writer: Connection, folder: Path):
    with read(folder) as reader:
        for act in (lambda: reader.run_task("writes"), lambda: reader.refresh_pipe("pipe")):
            with pytest.raises(OperationalError, match="only reads"):
                act()
        reader.commit()
        reader.rollback()
        assert value(reader, "SELECT COUNT(*) FROM t") == 1
    with pytest.raises(InterfaceError, match="is closed"):
        run(reader, "SELECT 1")


def test_duckdb_itself_refuses_to_write(writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Whatever a statement looks like."""
    monkeypatch.setattr("snowglobe.execute._READING", {"INSERT"})
    monkeypatch.setattr("snowglobe.reading.ReadingSession.atomic", lambda session: ThreadPoolExecutor(1))
    with read(folder) as reader, pytest.raises(Error, match="read-only"):
        run(reader, "INSERT INTO t VALUES (1)")
    assert rows(writer, "SELECT n FROM t") == [(0,)]


def test_all_answers_are_of_one_moment(writer: Connection, folder: Path):
    """Though tables are filled, changed, dropped and made meanwhile, and the streams move."""
    run(writer, "CREATE STREAM dropped ON TABLE raw APPEND_ONLY = TRUE")
    run(writer, "INSERT INTO raw (id) VALUES ('a')", "CREATE VIEW v AS SELECT n FROM t")
    with read(folder) as reader:
        before, shown = value(reader, "SELECT COUNT(*) FROM stream"), rows(reader, "SHOW STREAMS")
        run(writer, "BEGIN", "INSERT INTO t SELECT 1 FROM stream", "INSERT INTO t VALUES (2)")
        assert rows(reader, "SELECT n FROM t") == [(0,)]
        run(writer, "COMMIT", "INSERT OVERWRITE INTO t VALUES (5)", "ALTER TABLE t ADD COLUMN m NUMBER")
        assert [column.name for column in reader.cursor().execute("SELECT * FROM t").description or ()] == ["N"]
        run(writer, "DROP VIEW v", "DROP TABLE t", "CREATE TABLE u (n NUMBER)", "DELETE FROM raw")
        run(writer, "DROP STREAM dropped")
        assert rows(reader, "SELECT n FROM t") == rows(reader, "SELECT n FROM v") == [(0,)]
        assert (before, value(reader, "SELECT COUNT(*) FROM stream")) == (1, 1)
        assert rows(reader, "SHOW STREAMS") == shown
        with pytest.raises(Error, match="does not exist"):
            run(reader, "SELECT * FROM u")
    with read(folder) as reader:
        assert rows(reader, "SELECT * FROM u") == rows(reader, "SELECT * FROM stream") == []


def test_after_an_error_it_is_a_later_moment(writer: Connection, folder: Path):
    with read(folder) as reader:
        run(writer, "INSERT INTO t VALUES (1)")
        assert value(reader, "SELECT COUNT(*) FROM t") == 1
        with pytest.raises(Error):
            run(reader, "SELECT nothing FROM t")
        assert value(reader, "SELECT COUNT(*) FROM t") == 2


def test_a_long_result_comes_in_parts(writer: Connection, folder: Path):
    many(writer)
    sql = "SELECT a.n, b.n, REPEAT('x', 100) FROM many AS a, many AS b WHERE a.n < 7 AND b.n < 3 ORDER BY 1, 2"
    expected = rows(writer, sql)
    assert len(expected) > 20_000
    with read(folder) as reader:
        cursor = reader.cursor().execute(sql)
        found = [cursor.fetchone(), *cursor.fetchmany(7)]
        # Another statement in between has the rest read first.
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096
        found += cursor.fetchmany(10_001)
        assert [*found, *cursor] == expected
        reader.cursor().execute(sql).close()
        assert value(reader, "SELECT 1") == 1


def test_twenty_at_once(writer: Connection, folder: Path):
    many(writer)

    def ask(number: int) -> object:
        with read(folder) as reader:
            return value(reader, "SELECT SUM(n) + ? FROM many", number)

    total = value(writer, "SELECT SUM(n) FROM many")
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == [total + number for number in range(20)]


def test_work_tables_are_there_and_empty(
    empty: Path, folder: Path, open_warehouse: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
):
    from snowglobe.connection import connect

    with connect(folder / "work.duckdb", work_tables=["public.work"]) as writer:
        run(writer, "CREATE TRANSIENT TABLE work (n NUMBER)", "INSERT INTO work VALUES (1)")
        writer.answer_readers()
        import snowglobe

        with snowglobe.read(folder / "work.duckdb") as reader:
            assert rows(reader, "SELECT n FROM work") == []
