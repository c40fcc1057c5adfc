"""When a stream becomes stale, what tells of it, what keeps it fresh, and how another one takes its place."""

from datetime import UTC, datetime, timedelta

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run, value

TAKE = "INSERT INTO taken SELECT id FROM pending"


@pytest.fixture
def stream(landing: Connection) -> Connection:
    """raw with the row 1 before the stream `pending` begins and 2 behind; `taken` to take rows into."""
    run(
        landing,
        "INSERT INTO raw (id) VALUES ('1')",
        "CREATE STREAM pending ON TABLE raw APPEND_ONLY = TRUE COMMENT = 'to do'",
        "CREATE TABLE taken (id VARCHAR)",
        "INSERT INTO raw (id) VALUES ('2')",
    )
    return landing


def told(connection: Connection, statement: str = "DESC STREAM pending") -> dict[str, object]:
    cursor = connection.cursor().execute(statement)
    names = [column.name for column in cursor.description or ()]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def is_stale(connection: Connection) -> bool:
    return told(connection)["stale"] == "true"


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ("", 14),
        ("DATA_RETENTION_TIME_IN_DAYS = 0", 14),
        ("DATA_RETENTION_TIME_IN_DAYS = 30", 30),
        ("MAX_DATA_EXTENSION_TIME_IN_DAYS = 90", 90),
        ("DATA_RETENTION_TIME_IN_DAYS = 7 MAX_DATA_EXTENSION_TIME_IN_DAYS = 0", 7),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_it_is_stale_when_the_longer_of_the_two_has_passed(
    warehouse: Connection, clock: Clock, settings: str, days: int, later: bool
):
    run(warehouse, f"CREATE TABLE raw (id VARCHAR) {'' if later else settings}")
    if later and settings:
        run(warehouse, f"ALTER TABLE raw SET {settings}")
    run(warehouse, "CREATE STREAM pending ON TABLE raw APPEND_ONLY = TRUE", "INSERT INTO raw VALUES ('1')")
    assert told(warehouse)["stale_after"] == clock.now.replace(tzinfo=UTC) + timedelta(days=days)
    clock.forward(days=days)
    assert rows(warehouse, "SELECT id FROM pending") == [("1",)]
    clock.forward(seconds=1)
    assert is_stale(warehouse)


@pytest.mark.parametrize(
    "read",
    ["SELECT id FROM pending", "SELECT COUNT(*) FROM v", TAKE, "DELETE FROM taken WHERE id IN (SELECT id FROM v)"],
)
def test_what_reads_a_stale_one_is_an_error_and_changes_nothing(stream: Connection, clock: Clock, read: str):
    run(stream, "CREATE VIEW v AS SELECT id FROM pending", "INSERT INTO taken VALUES ('2')")
    clock.forward(days=15)
    with pytest.raises(ProgrammingError, match=r"PENDING has become stale.*Recreate"):
        run(stream, read)
    assert (is_stale(stream), rows(stream, "SELECT * FROM taken")) == (True, [("2",)])
    assert value(stream, "SELECT COUNT(*) FROM raw") == 2


def test_taking_from_it_begins_the_time_anew(stream: Connection, clock: Clock):
    clock.forward(days=10)
    run(stream, "BEGIN", TAKE)
    clock.forward(hours=1)
    run(stream, "COMMIT")
    assert told(stream)["stale_after"] == clock.now.replace(tzinfo=UTC) + timedelta(days=14)
    clock.forward(days=10)
    run(stream, "BEGIN", TAKE, "ROLLBACK")
    clock.forward(days=5)
    assert is_stale(stream)


def test_asking_whether_it_has_data_keeps_an_empty_one_fresh(stream: Connection, clock: Clock):
    run(stream, TAKE)
    for _ in range(3):
        clock.forward(days=10)
        assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is False
    run(stream, "INSERT INTO raw (id) VALUES ('3')")
    assert rows(stream, "SELECT id FROM pending") == [("3",)]
    clock.forward(days=10)
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is True
    clock.forward(days=5)
    assert is_stale(stream)


def test_the_when_of_a_task_keeps_all_its_streams_fresh(stream: Connection, clock: Clock):
    run(
        stream,
        "CREATE TABLE seldom (id VARCHAR)",
        "CREATE STREAM rare ON TABLE seldom APPEND_ONLY = TRUE",
        "CREATE TASK look TARGET_COMPLETION_INTERVAL = '10 MINUTES' "
        f"WHEN SYSTEM$STREAM_HAS_DATA('pending') OR SYSTEM$STREAM_HAS_DATA('rare') AS {TAKE}",
        "ALTER TASK look RESUME",
    )
    for days in (10, 10):
        clock.forward(days=days)
        assert stream.run_task("look").state == "SUCCEEDED"
        run(stream, "INSERT INTO raw (id) VALUES ('3')")
    assert not is_stale(stream)
    assert told(stream, "DESC STREAM rare")["stale"] == "false"


def test_asking_does_not_bring_a_stale_one_back(stream: Connection, clock: Clock):
    run(stream, TAKE)
    clock.forward(days=15)
    assert value(stream, "SELECT SYSTEM$STREAM_HAS_DATA('pending')") is False
    assert is_stale(stream)


def test_it_is_shown(stream: Connection, clock: Clock):
    shown = told(stream, "SHOW STREAMS LIKE 'PEND%' IN SCHEMA snowglobe.dimension")
    assert shown == told(stream, "DESCRIBE STREAM pending") == told(stream, "SHOW STREAMS")
    assert {key: shown[key] for key in ("name", "table_name", "comment", "mode", "stale")} == {
        "name": "PENDING",
        "table_name": "SNOWGLOBE.DIMENSION.RAW",
        "comment": "to do",
        "mode": "APPEND_ONLY",
        "stale": "false",
    }
    assert isinstance(shown["stale_after"], datetime)
    assert rows(stream, "SHOW STREAMS LIKE 'other'") == []
    with pytest.raises(ProgrammingError, match="does not exist"):
        run(stream, "DESC STREAM other")


def test_a_clone_is_where_the_other_is(stream: Connection, clock: Clock):
    run(stream, "CREATE STREAM copied CLONE pending", "INSERT INTO raw (id) VALUES ('3')")
    assert rows(stream, "SELECT id FROM copied ORDER BY id") == [("2",), ("3",)]
    run(stream, TAKE)
    assert rows(stream, "SELECT COUNT(*) FROM copied UNION ALL SELECT COUNT(*) FROM pending ORDER BY 1") == [(0,), (2,)]
    clock.forward(days=15)
    run(stream, "CREATE STREAM too_late CLONE copied")
    with pytest.raises(ProgrammingError, match="stale"):
        run(stream, "SELECT id FROM too_late")


def test_a_clone_takes_the_place_of_a_stale_one(stream: Connection, clock: Clock):
    clock.forward(days=15)
    run(
        stream,
        "CREATE STREAM anew ON TABLE raw APPEND_ONLY = TRUE",
        "CREATE OR REPLACE STREAM pending CLONE anew COPY GRANTS",
        "INSERT INTO raw (id) VALUES ('3')",
    )
    assert (is_stale(stream), rows(stream, "SELECT id FROM pending")) == (False, [("3",)])
    with pytest.raises(NotSupportedError, match="loses what the old one knew"):
        run(stream, "CREATE OR REPLACE STREAM pending ON TABLE raw APPEND_ONLY = TRUE")


def test_old_rows_can_be_deleted_while_it_is_stale(stream: Connection, clock: Clock):
    clock.forward(days=15)
    assert stream.cursor().execute("DELETE FROM raw WHERE id = '1'").rowcount == 1
    assert is_stale(stream)
