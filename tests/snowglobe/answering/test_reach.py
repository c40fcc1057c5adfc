"""Nobody has the file open to write: readers open it side by side, and let go for whoever wants to write."""

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from snowglobe import lock
from snowglobe.answering import reach
from snowglobe.connection import Connection, connect
from snowglobe.errors import ConnectionLost, OperationalError
from snowglobe.lock import Held, Patience, hold, is_wanted, let_go, patiently
from snowglobe.reading import ReadingSession
from tests.snowglobe.answering.beside import ENDLESS, Asked, many, read, until, works
from tests.snowglobe.support import run, value


@pytest.fixture
def closed(warehouse: Connection, folder: Path) -> Path:
    """The folder of a warehouse that nobody has open."""
    many(warehouse)
    warehouse.close()
    return folder


class Waiting(threading.Thread):
    """Somebody who waits to write a file, as another process would."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path = path
        self.had = False
        self.start()

    def run(self) -> None:
        file = patiently(lambda: hold(self._path, read_only=False), self._path, Patience(60), for_itself=True)
        self.had = file is not None
        assert file is not None
        let_go(file)


def test_readers_side_by_side_and_no_writer(closed: Path):
    path = closed / "warehouse.duckdb"
    first, second = hold(path, read_only=True), hold(path, read_only=True)
    assert first is not None
    assert second is not None
    with pytest.raises(Held, match="Another process has"):
        connect(path)
    with read(closed) as reader:
        assert reader.answered_by is None
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096
    first.close()
    second.close()
    connect(path).close()


def test_one_that_writes_is_named(closed: Path):
    path = closed / "warehouse.duckdb"
    with connect(path), pytest.raises(Held) as raised:
        hold(path, read_only=True)
    assert raised.value.process > 1
    assert (raised.value.errno, raised.value.sqlstate) == (250001, "08001")


def test_no_reader_comes_before_one_that_waits_to_write(closed: Path):
    path = closed / "warehouse.duckdb"
    held = hold(path, read_only=True)
    assert held is not None
    assert not is_wanted(path)
    waiting = Waiting(path)
    until(lambda: is_wanted(path))
    with pytest.raises(Held):
        hold(path, read_only=True)
    held.close()
    waiting.join(60)
    assert waiting.had
    with read(closed, seconds=60) as reader:
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096


def test_a_process_that_has_it_open_takes_no_more_readers_either(closed: Path):
    """Else readers that overlap would keep it open for ever."""
    path = closed / "warehouse.duckdb"
    with read(closed) as reader:
        waiting = Waiting(path)
        until(lambda: is_wanted(path))
        with pytest.raises(Held):
            read(closed)
        assert value(reader, "SELECT COUNT(*) FROM many") == 4096
    waiting.join(60)
    assert waiting.had


def test_who_waits_says_for_whom_once(closed: Path, monkeypatch: pytest.MonkeyPatch):
    path = closed / "warehouse.duckdb"
    monkeypatch.setattr(lock, "_UNTOLD", 0)
    told: list[Held] = []
    with connect(path) as writer:
        writer.answer_readers()
        with pytest.raises(Held) as raised:
            patiently(lambda: hold(path, read_only=False), path, Patience(0.1, told.append), for_itself=True)
    assert [each.process for each in told] == [raised.value.process]
    assert not is_wanted(path)


def test_a_long_question_ends_for_one_that_waits_to_write(closed: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reach, "_TO_END", 0)
    reader = read(closed)
    asked = Asked(reader, ENDLESS)
    until(lambda: works(reader))
    waiting = Waiting(closed / "warehouse.duckdb")
    assert isinstance(asked.ended(), ConnectionLost)
    waiting.join(60)
    assert waiting.had
    with pytest.raises(ConnectionLost, match="waited to write"):
        run(reader, "SELECT 1")


def test_a_question_that_is_just_about_to_begin_ends_too(closed: Path, monkeypatch: pytest.MonkeyPatch):
    """DuckDB forgets an interrupt that comes before what it is meant for."""
    reader = read(closed)
    session = reader._session
    assert isinstance(session, ReadingSession)
    parsed, begins = session._parsed.of, threading.Event()

    def held_up(sql: str) -> duckdb.Statement | str:
        if "sqrt" in sql.lower():
            begins.set()
            until(lambda: bool(session._why_ended))
        return parsed(sql)

    monkeypatch.setattr(session._parsed, "of", held_up)
    asked = Asked(reader, ENDLESS)
    assert begins.wait(60)
    threading.Thread(target=reader.let_go, args=["gone"], daemon=True).start()
    assert isinstance(asked.ended(), ConnectionLost)


def test_what_is_asked_of_one_that_has_ended_is_not_answered(closed: Path):
    with read(closed) as reader:
        session = reader._session
        assert isinstance(session, ReadingSession)
        session.end("gone")
        with pytest.raises(ConnectionLost, match="gone"):
            run(reader, "SELECT 1")


def test_one_that_shows_what_it_has_read_lets_go_too(closed: Path, monkeypatch: pytest.MonkeyPatch):
    """It does not ask meanwhile."""
    monkeypatch.setattr(reach, "_TO_END", 0)
    reader = read(closed)
    cursor = reader.cursor().execute("SELECT a.n FROM many AS a, many AS b WHERE b.n < 3")
    assert len(cursor.fetchmany(10)) == 10
    waiting = Waiting(closed / "warehouse.duckdb")
    waiting.join(60)
    assert waiting.had
    with pytest.raises(ConnectionLost):
        cursor.fetchall()
    reader.close()


def test_a_short_question_has_its_time(closed: Path):
    reader = read(closed)
    waiting = Waiting(closed / "warehouse.duckdb")
    until(lambda: is_wanted(closed / "warehouse.duckdb"))
    assert value(reader, "SELECT COUNT(*) FROM many") == 4096
    reader.close()
    waiting.join(60)
    assert waiting.had


def test_in_one_process_a_writer_waits_for_its_readers(closed: Path):
    path = closed / "warehouse.duckdb"
    reader = read(closed)
    with pytest.raises(Held):
        connect(path)
    threading.Timer(0.1, reader.close).start()
    with connect(path, patience=Patience(60)) as writer:
        assert value(writer, "SELECT 1") == 1


def test_nothing_is_left_beside_a_file_that_was_read(closed: Path):
    before = sorted(path.name for path in closed.iterdir())
    with read(closed) as reader, pytest.raises(OperationalError, match="open for reading only"):
        run(reader, "CREATE TABLE dimension.t (n NUMBER)")
    assert sorted(path.name for path in closed.iterdir()) == before


def test_what_a_killed_reader_has_left_is_cleared_by_a_writer(closed: Path, open_warehouse: Callable[[], Connection]):
    (closed / "warehouse.scratch-killed").mkdir()
    open_warehouse()
    assert not (closed / "warehouse.scratch-killed").exists()
