"""What was written in bulk is read faster once the file is attached anew: nobody notices but by the clock."""

from collections.abc import Callable
from pathlib import Path

from snowglobe.connection import Connection
from snowglobe.threads import _LOOKED_BACK
from tests.snowglobe.support import drop_file, rows, run, value

_MANY = 130_000
_SOME = "SELECT id, COUNT(*), MAX(hash) FROM copied WHERE id >= 0 GROUP BY id ORDER BY id LIMIT 50"


def attachment(connection: Connection) -> int:
    """The number that DuckDB gives to each attaching of a file."""
    session = connection._session
    find = "SELECT database_oid FROM duckdb_databases() WHERE database_name = ?"
    return session.rows(find, [session.database.name])[0][0]


def write_in_bulk(piped: Connection, folder: Path) -> None:
    """Over half a million rows, in transactions of 130,000 and more."""
    run(piped, "CREATE STREAM stream ON TABLE raw APPEND_ONLY = TRUE")
    drop_file(folder, "many.csv", "id,name", *[f"{number},x" for number in range(_MANY)])
    assert [load.rows for load in piped.refresh_pipe("pipe")] == [_MANY]
    run(piped, "CREATE TABLE copied (id NUMBER, hash BINARY(16))")
    run(
        piped, "INSERT INTO copied SELECT id, MD5_BINARY(id) FROM raw", *["INSERT INTO copied SELECT * FROM copied"] * 2
    )


def work_on(connection: Connection) -> None:
    """More small transactions than bulk is remembered for."""
    run(connection, *["INSERT INTO copied (id) VALUES (-1)"] * 2 * _LOOKED_BACK)


def test_the_file_is_attached_anew_once_bulk_is_over(piped: Connection, folder: Path):
    before = attachment(piped)
    write_in_bulk(piped, folder)
    run(piped, "CREATE SCHEMA other", "USE SCHEMA dimension")
    kept = rows(piped, _SOME)
    assert attachment(piped) == before
    work_on(piped)
    anew = attachment(piped)
    assert anew != before
    # The schema in use, streams, pipes and the catalog go on.
    assert rows(piped, _SOME) == kept
    assert value(piped, "SELECT COUNT(*) FROM stream") == _MANY
    drop_file(folder, "one.csv", "id,name", "7,y")
    assert [load.rows for load in piped.refresh_pipe("pipe")] == [1]
    run(piped, "INSERT INTO copied (id) SELECT id FROM stream")
    assert value(piped, "SELECT COUNT(*) FROM stream") == 0
    assert value(piped, "SELECT COUNT(*) FROM copied") == 5 * _MANY + 2 * _LOOKED_BACK + 1
    work_on(piped)
    assert attachment(piped) == anew


def test_what_was_begun_before_is_kept(piped: Connection, folder: Path):
    write_in_bulk(piped, folder)
    run(piped, "INSERT INTO copied (id) VALUES (-1)")
    before = attachment(piped)
    run(piped, "BEGIN", *["INSERT INTO copied (id) VALUES (-2)"] * 3 * _LOOKED_BACK)
    assert attachment(piped) == before
    run(piped, "ROLLBACK")
    work_on(piped)
    assert attachment(piped) != before
    assert value(piped, "SELECT COUNT(*) FROM copied WHERE id = -2") == 0


def test_beside_another_connection_it_stays_attached(
    piped: Connection, folder: Path, open_warehouse: Callable[[], Connection]
):
    other = open_warehouse()
    before = attachment(piped)
    write_in_bulk(piped, folder)
    work_on(piped)
    assert attachment(piped) == before
    assert value(other, "SELECT COUNT(*) FROM copied") == 4 * _MANY + 2 * _LOOKED_BACK
    other.close()
    work_on(piped)
    assert attachment(piped) != before
