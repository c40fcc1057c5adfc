"""The side that asks: a connection whose statements the process runs that has the file open."""

import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from snowglobe import errors
from snowglobe.answering import frames, place
from snowglobe.answering.frames import Rubbish
from snowglobe.answering.server import VERSION
from snowglobe.connection import Connection, Cursor, check_text
from snowglobe.errors import ConnectionLost, Error, InterfaceError, OperationalError
from snowglobe.loading.metadata import LoadMetadata
from snowglobe.results import Result, ResultColumn, Row

# Bytes of an answer: no more than a process can hold.
_LONGEST = 1 << 32
_LOST = "The process that has the warehouse file open has ended, or left this one"
_KINDS: dict[str, type[Error]] = {
    each.__name__: each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Error)
}


def ask(path: Path, database_name: str, schema: str) -> "Asking | None":
    """A connection with the process that has the warehouse file open, or None if no process answers.

    Raises InterfaceError if it has the file under another name, and OperationalError if it is of another version.
    """
    sock = place.connect(path)
    if sock is None:
        return None
    try:
        sock.sendall(frames.packed({"version": VERSION, "database": database_name, "schema": schema}))
        hello = frames.receive(sock, _LONGEST, place.PATIENCE)
        if hello is None:
            sock.close()
            return None
        _check(hello)
        if hello["version"] != VERSION:
            message = f"Process {hello['process']} has {path} open, and is of another version than this one"
            raise OperationalError(message, 250001, "08001")
        if hello["database"] != database_name:
            message = f"{path} is open with another name, {hello['database']}"
            raise InterfaceError(message, 250001, "08001")
    except OSError:
        sock.close()
        return None
    except BaseException:
        sock.close()
        raise
    return Asking(sock, hello["process"])


class Asking(Connection):
    """Only reads, and what it reads is of one moment: that of its first statement."""

    def __init__(self, sock: socket.socket, process: int) -> None:
        self.answered_by = process
        self._socket: socket.socket | None = sock
        self._fetching: Cursor | None = None
        self._why_let_go = ""

    def run(self, cursor: Cursor, command: str, params: Sequence[Any]) -> Result:
        """Have `command` run; a result that another cursor is still fetching is read to its end first."""
        for text in (command, *params):
            check_text(text)
        self._end_fetching()
        told = self._asked({"execute": command, "binds": list(params)})
        columns = [ResultColumn(*column) for column in told["columns"]]
        parts = _Parts(self, told)
        self._fetching = None if parts.is_last else cursor
        if parts.is_last:
            return Result(columns, parts.rows, told["rowcount"])
        return Result(columns, rowcount=told["rowcount"], fetch=parts.fetch)

    def commit(self) -> None:
        """Nothing: there is nothing to be kept."""

    def rollback(self) -> None:
        """Nothing: there is nothing to be undone."""

    def answer_readers(self) -> None:
        """Nothing: the process that is asked answers all."""

    def names_taken(self, pipe_name: str) -> frozenset[str]:
        """The names that a pipe will not load again: those it has loaded, or has tried to."""
        self._end_fetching()
        return frozenset(self._asked({"names_taken": pipe_name})["names"])

    def load_metadata(self, pipe_name: str, files: Sequence[str] | None = None) -> list[LoadMetadata]:
        """What is kept of each file, or of `files` alone, that a pipe has loaded or tried to, by name."""
        self._end_fetching()
        named = None if files is None else list(files)
        return [LoadMetadata(*one) for one in self._asked({"load_metadata": pipe_name, "files": named})["files"]]

    def close(self) -> None:
        """Ask no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def is_closed(self) -> bool:
        """Whether close was called."""
        return self._socket is None

    def _asked(self, question: dict[str, object]) -> dict[str, Any]:
        if self._why_let_go:
            raise ConnectionLost(self._why_let_go)
        if self._socket is None:
            raise InterfaceError("The connection is closed", 250002, "08003")
        try:
            message = frames.packed(question)
        except TypeError as error:
            raise InterfaceError(str(error), 252004, "22000") from error
        try:
            self._socket.settimeout(None)
            self._socket.sendall(message)
            answer = frames.receive(self._socket, _LONGEST, None)
        except (OSError, Rubbish) as error:
            raise self._lost() from error
        except BaseException:
            # Half an answer may have come, and what comes next would be taken for the next one's.
            self.close()
            raise
        if answer is None:
            raise self._lost()
        _check(answer)
        return answer

    def _end_fetching(self) -> None:
        if self._fetching is not None:
            self._fetching.materialise()
            self._fetching = None

    def _lost(self) -> ConnectionLost:
        self.close()
        self._fetching, self._why_let_go = None, _LOST
        return ConnectionLost(self._why_let_go)

    def _ready(self) -> NoReturn:
        message = "The warehouse file is open in another process: this connection only reads"
        raise OperationalError(message, 3001, "42501")


class _Parts:
    """The rows of an answer, of which the process that answers holds the rest."""

    def __init__(self, asking: Asking, told: dict[str, Any]) -> None:
        self._more = partial(asking._asked, {"more": True})
        self._take(told)

    def fetch(self, size: int) -> list[Row]:
        """Up to `size` rows more."""
        while not self.is_last and len(self.rows) < size:
            before = self.rows
            self._take(self._more())
            self.rows = before + self.rows
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows

    def _take(self, told: dict[str, Any]) -> None:
        self.rows: list[Row] = [tuple(row) for row in told["rows"]]
        self.is_last: bool = told["last"]


def _check(answer: dict[str, Any]) -> None:
    """Raise the error that the answer tells of."""
    if "error" in answer:
        kind = _KINDS.get(answer["error"], OperationalError)
        if kind is ConnectionLost:
            raise ConnectionLost(answer["msg"])
        raise kind(answer["msg"], answer["errno"], answer["sqlstate"])
