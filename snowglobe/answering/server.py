"""The side that answers: a thread that listens, and one for each reader.

A reader costs the writer no more than its questions: each has a session of its own that only reads; whoever sends
rubbish, or nothing for minutes, is left; and nothing is kept of an answer but the part that is being sent.
"""

import os
import selectors
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from threading import Lock, Thread
from typing import Any

from snowglobe.answering import frames, place
from snowglobe.answering.frames import Rubbish
from snowglobe.clock import Clock
from snowglobe.database import Database
from snowglobe.errors import Error, OperationalError
from snowglobe.objects import pipe
from snowglobe.reading import ReadingSession
from snowglobe.results import Result
from snowglobe.session import Execute

VERSION = 1

_MOST_READERS = 32
# Bytes of a question, and about those of a part of an answer.
_LONGEST = 4 << 20
_PART = 1 << 20
_FIRST_ROWS, _MOST_ROWS = 100, 10_000
# Seconds: between two questions, and until a part has been taken.
_STALLED = 300
# Seconds between two looks whether those are still there that are waited for.
_LOOK = 1
_LET_GO = "The process that has the warehouse file open has ended, or lets go of it"


class Answering:
    """Answers all that ask about one open file, until it is closed."""

    @classmethod
    def begin(cls, database: Database, execute: Execute, clock: Clock) -> None:
        """Answer from now on, by this clock, if nobody does and the folder can hold a socket."""
        if not database.before_close and (listening := place.listen(database.path)):
            database.before_close.append(cls(database, execute, clock, listening).close)

    def __init__(self, database: Database, execute: Execute, clock: Clock, listening: socket.socket) -> None:
        self.database = database
        self.execute = execute
        self.clock = clock
        self._listening = listening
        self._readers: list[_Reader] = []
        self._guard = Lock()
        self._closed = False
        self._wake, self._woken = socket.socketpair()
        self._thread = Thread(target=self._listen, name="snowglobe answers", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End all sessions; whoever asked is told by the end of the connection."""
        place.remove(self.database.path)
        with self._guard:
            self._closed = True
            readers = list(self._readers)
        self._wake.close()
        self._thread.join()
        for reader in readers:
            while reader.thread.is_alive():
                reader.end()
                reader.thread.join(0.01)

    def has_ended(self, reader: "_Reader") -> None:
        """A reader that is there no longer."""
        with self._guard:
            self._readers.remove(reader)

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector, self._listening, self._woken:
            selector.register(self._listening, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._closed:
                ready = [key.fileobj for key, _ in selector.select(_LOOK if self._readers else None)]
                for reader in list(self._readers):
                    reader.end_if_gone()
                if self._listening in ready and not self._closed:
                    self._accept()

    def _accept(self) -> None:
        try:
            connected, _ = self._listening.accept()
        except OSError:
            return
        with self._guard:
            if self._closed or len(self._readers) >= _MOST_READERS:
                connected.close()
                return
            reader = _Reader(self, connected)
            self._readers.append(reader)
            reader.thread.start()


class _Reader:
    """One connection: its socket, its session and its thread."""

    def __init__(self, answering: Answering, connected: socket.socket) -> None:
        self._answering = answering
        self._socket = connected
        self._looking = connected.dup()
        self._looking.setblocking(False)
        self._session: ReadingSession | None = None
        self._result = Result([])
        self._rows = _FIRST_ROWS
        self.thread = Thread(target=self._run, name="snowglobe answers a reader", daemon=True)

    def end(self) -> None:
        """Have the thread end, whatever it is doing. For other threads, which call it until it has."""
        with suppress(OSError):
            self._looking.shutdown(socket.SHUT_RDWR)
        if self._session is not None:
            self._session.end(_LET_GO)

    def end_if_gone(self) -> None:
        """End if nobody waits for the answer any more."""
        try:
            gone = not self._looking.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone:
            self.end()

    def _run(self) -> None:
        try:
            with suppress(OSError, Rubbish):
                self._answer_all()
        finally:
            with suppress(Error):
                if self._session is not None:
                    self._session.close()
            self._socket.close()
            self._looking.close()
            self._answering.has_ended(self)

    def _answer_all(self) -> None:
        answer = self._begin(frames.receive(self._socket, _LONGEST, place.PATIENCE))
        while answer is not None:
            self._socket.settimeout(_STALLED)
            self._socket.sendall(answer)
            question = frames.receive(self._socket, _LONGEST, _STALLED)
            answer = None if question is None else self._answered(question)

    def _begin(self, hello: Any) -> bytes | None:
        """The answer to the first message: a session is there; None if nobody wants it."""
        if hello is None:
            return None
        match hello:
            case {"version": int(version), "database": str(name), "schema": str(schema)}:
                pass
            case _:
                raise Rubbish("no greeting")
        database = self._answering.database
        if version == VERSION and name == database.name:
            try:
                self._session = ReadingSession(database, schema, self._answering.execute, self._answering.clock)
            except Error as error:
                return frames.packed(_error(error))
        return frames.packed({"version": VERSION, "database": database.name, "process": os.getpid()})

    def _answered(self, question: Any) -> bytes:
        if self._session is None:
            raise Rubbish("a question without a session")
        try:
            return self._answer(self._session, question)
        except Error as error:
            self._result = Result([])
            return frames.packed(_error(error))
        except Rubbish:
            raise
        except Exception as error:  # noqa: BLE001  a defect that one reader finds must not look like the writer's end
            failed = OperationalError(f"The process that has the file open could not answer: {error!r}")
            return frames.packed(_error(failed))

    def _answer(self, session: ReadingSession, question: Any) -> bytes:
        match question:
            case {"execute": str(sql), "binds": list(binds)}:
                self._result = session.execute(sql, binds)
                return self._part({"columns": self._result.columns, "rowcount": self._result.rowcount})
            case {"more": True}:
                return self._part({})
            case {"names_taken": str(name)}:
                return frames.packed({"names": sorted(pipe.names_taken(session, name))})
            case {"load_metadata": str(name), "files": files}:
                found = pipe.metadata_of(session, name, files)
                return frames.packed({"files": [list(asdict(one).values()) for one in found]})
        raise Rubbish("no question")

    def _part(self, told: dict[str, object]) -> bytes:
        """The next rows: about so many that the next part has the size of a part."""
        rows = self._taken(self._result)
        is_last = self._result.fetch is None and not self._result.rows
        answer = frames.packed({**told, "rows": rows, "last": is_last})
        self._rows = max(1, min(_MOST_ROWS, 4 * self._rows, self._rows * _PART // len(answer)))
        return answer

    def _taken(self, result: Result) -> Sequence[Any]:
        while result.fetch and len(result.rows) < self._rows:
            result.read(self._rows)
        rows, result.rows = result.rows[: self._rows], result.rows[self._rows :]
        return rows


def _error(error: Error) -> dict[str, object]:
    return {
        "error": type(error).__name__,
        "msg": error.msg,
        "errno": error.errno,
        "sqlstate": error.sqlstate,
    }
