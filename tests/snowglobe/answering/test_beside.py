"""Readers cost the process that writes nothing, whatever they do, and learn when it ends."""

import socket
import stat
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from snowglobe.answering import client, place, server
from snowglobe.connection import Connection, connect
from snowglobe.errors import ConnectionLost, InterfaceError, OperationalError
from tests.snowglobe.answering.beside import ENDLESS, Asked, answered, many, read, until, works
from tests.snowglobe.support import rows, run, value


@pytest.fixture
def writer(warehouse: Connection) -> Connection:
    """It answers readers; there is a table of 4,096 rows."""
    many(warehouse)
    warehouse.answer_readers()
    return warehouse


@pytest.fixture
def connected(writer: Connection, folder: Path) -> Iterator[socket.socket]:
    """A connection of somebody who has said nothing yet."""
    found = place.connect(folder / "warehouse.duckdb")
    assert found is not None
    with found:
        yield found


def test_the_socket_is_the_users_own_and_goes_with_the_process(writer: Connection, folder: Path):
    there = folder / "warehouse.socket"
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    writer.close()
    assert {path.name for path in folder.iterdir()} == {"bucket", "warehouse.duckdb", "warehouse.lock"}
    assert (folder / "warehouse.lock").read_text() == ""


def test_what_a_killed_process_has_left_is_no_hindrance(
    writer: Connection, folder: Path, open_warehouse: Callable[[], Connection]
):
    writer.close()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder / "warehouse.socket"))
    with read(folder) as reader:
        assert reader.answered_by is None
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096
    open_warehouse().answer_readers()
    with read(folder) as reader:
        assert reader.answered_by is not None


def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path):
    folder = tmp_path / ("long" * 30)
    with connect(folder / "warehouse.duckdb") as writer:
        writer.answer_readers()
        run(writer, "CREATE TABLE public.t (n NUMBER)")
        with read(folder) as reader:
            assert reader.answered_by is not None
            assert rows(reader, "SELECT n FROM public.t") == []
    assert not (folder / "warehouse.socket").exists()
    assert not list(Path(tempfile.gettempdir()).glob("snowglobe-*/at"))


def test_a_folder_that_can_hold_no_socket(tmp_path: Path):
    """A folder in its place cannot be replaced; whoever reads waits, as before."""
    (tmp_path / "warehouse.socket").mkdir()
    with connect(tmp_path / "warehouse.duckdb") as writer:
        writer.answer_readers()
        run(writer, "CREATE TABLE t (n NUMBER)")
        with pytest.raises(OperationalError, match="open"):
            read(tmp_path)


def test_the_process_ends_while_a_question_runs(writer: Connection, folder: Path):
    asked = Asked(read(folder), ENDLESS)
    until(lambda: works(writer))
    writer.close()
    assert isinstance(asked.ended(), ConnectionLost)
    assert not (folder / "warehouse.duckdb.wal").exists()
    assert answered() == 0


def test_the_process_ends_between_two_parts(writer: Connection, folder: Path):
    reader = read(folder)
    cursor = reader.cursor().execute("SELECT a.n, REPEAT('x', 500) FROM many AS a, many AS b WHERE b.n < 3")
    assert len(cursor.fetchmany(10)) == 10
    writer.close()
    with pytest.raises(ConnectionLost):
        cursor.fetchall()
    with pytest.raises(ConnectionLost):
        run(reader, "SELECT 1")


def test_the_writer_waits_for_no_reader(writer: Connection, folder: Path):
    """Its transactions, its DDL, and fewer threads, which DuckDB has only when the last has done its work."""
    session = writer._session
    threads = session.database.threads
    with read(folder) as idle:
        assert value(idle, "SELECT COUNT(*) FROM many") == 4096
        threads._most = 2
        threads._large = {"dimension.many": 1_000_000}
        asked = Asked(read(folder), ENDLESS)
        until(lambda: works(writer))
        assert session.rows("SELECT current_setting('threads')") == [(2,)]
        threads._large = {}
        run(writer, "BEGIN", "INSERT INTO many VALUES (0)", "COMMIT", "ALTER TABLE many ADD COLUMN m NUMBER")
        run(writer, "CREATE TABLE other (n NUMBER)", "INSERT INTO other VALUES (1)", "DROP TABLE other")
        assert session.rows("SELECT current_setting('threads')") == [(2,)]
        assert works(writer)
        assert value(idle, "SELECT COUNT(*) FROM many") == 4096
        assert not session.database.attach_anew(session.duck)
        writer.close()
    assert isinstance(asked.ended(), ConnectionLost)


def test_the_file_is_attached_anew_when_nobody_reads(writer: Connection, folder: Path):
    session = writer._session
    with read(folder):
        assert not session.database.attach_anew(session.duck)
    until(lambda: answered() == 0)
    assert session.database.attach_anew(session.duck)
    run(writer, "USE SCHEMA dimension")
    with read(folder) as reader:
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096


def test_one_that_cannot_begin_is_no_reader(writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Else the file would never be attached anew."""

    def fails(session: object) -> None:
        raise OperationalError("no room", 1, "58030")

    monkeypatch.setattr("snowglobe.reading.make_work_tables", fails)
    with pytest.raises(OperationalError, match="no room"):
        read(folder)
    until(lambda: answered() == 0)
    assert writer._session.database.attach_anew(writer._session.duck)


def test_a_reader_that_is_gone_asks_no_more(writer: Connection, folder: Path):
    reader = read(folder)
    asked = Asked(reader, ENDLESS)
    until(lambda: works(writer))
    assert isinstance(reader, client.Asking)
    assert reader._socket is not None
    # As the system does for one that is killed.
    reader._socket.shutdown(socket.SHUT_RDWR)
    until(lambda: answered() == 0)
    assert isinstance(asked.ended(), ConnectionLost)
    assert not works(writer)


def test_a_reader_that_asks_nothing_is_left_after_some_time(
    writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server, "_STALLED", 0.05)
    with read(folder) as reader:
        until(lambda: answered() == 0)
        with pytest.raises(ConnectionLost):
            run(reader, "SELECT 1")


def test_a_reader_that_takes_no_answer_is_left_after_some_time(
    writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(server, "_STALLED", 0.2)
    with read(folder) as reader:
        assert isinstance(reader, client.Asking)
        assert reader._socket is not None
        many_bytes = client.frames.packed({"execute": "SELECT REPEAT('x', 4000000)", "binds": []})
        reader._socket.sendall(many_bytes)
        until(lambda: answered() == 0)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack("!Q", 1 << 60),
        struct.pack("!Q", 4) + b"\xff\xfe{}",
        client.frames.packed([]),
        client.frames.packed({"version": 1, "database": "snowglobe", "schema": 7}),
        client.frames.packed({"version": 2, "database": "snowglobe", "schema": "public"}) * 2,
        struct.pack("!Q", 100_000) + b"[" * 100_000,
        client.frames.packed({"datetime": "x"}),
        client.frames.packed({"version": 1, "database": "snowglobe", "schema": "public"})
        + client.frames.packed({"x": 1}),
        client.frames.packed({"version": 1, "database": "snowglobe", "schema": "public"})
        + client.frames.packed({"execute": "SELECT 1", "binds": {"a": 1}}),
    ],
)
def test_whoever_sends_rubbish_is_left(writer: Connection, folder: Path, connected: socket.socket, sent: bytes):
    connected.sendall(sent)
    with suppress(ConnectionResetError):
        while connected.recv(1 << 16):
            pass
    with read(folder) as reader:
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096


def test_whoever_says_nothing_is_left(writer: Connection, connected: socket.socket, monkeypatch: pytest.MonkeyPatch):
    until(lambda: answered() == 1)
    connected.shutdown(socket.SHUT_WR)
    assert connected.recv(1) == b""
    until(lambda: answered() == 0)


def test_a_value_of_an_unknown_type_is_refused(writer: Connection, folder: Path):
    with read(folder) as reader:
        with pytest.raises(InterfaceError, match="of the type object"):
            reader.cursor().execute("SELECT ?", [object()])
        assert value(reader, "SELECT 1") == 1


def test_more_readers_than_are_answered_wait(writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "_MOST_READERS", 1)
    with read(folder) as first:
        assert value(first, "SELECT 1") == 1
        with pytest.raises(OperationalError, match="Another process has"):
            read(folder)
    until(lambda: answered() == 0)
    with read(folder) as second:
        assert second.answered_by is not None


def test_a_process_of_another_version(writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "VERSION", 2)
    with pytest.raises(OperationalError, match=r"Process \d+ has .* of another version"):
        read(folder)


def test_a_file_under_another_name(writer: Connection, folder: Path):
    with pytest.raises(InterfaceError, match="another name, snowglobe"):
        client.ask(folder / "warehouse.duckdb", "other", "public")


def test_a_process_that_does_not_answer_in_time(writer: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(place, "PATIENCE", 0.05)
    with socket.socket(socket.AF_UNIX) as silent:
        (folder / "warehouse.socket").unlink()
        silent.bind(str(folder / "warehouse.socket"))
        silent.listen()
        assert client.ask(folder / "warehouse.duckdb", "snowglobe", "public") is None
