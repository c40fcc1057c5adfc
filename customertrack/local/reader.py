"""Questions to a home that another process may have open, or may want to have for itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from types import TracebackType
from typing import TypeVar

from customertrack.errors import UserError
from customertrack.local.pipeline import Pipeline
from customertrack.reads.results import Parts, Row
from snowglobe import only_reads as only_reads
from snowglobe.errors import ConnectionLost, OutOfMemory

T = TypeVar("T")

# Each time another process must have come or gone.
_MOST_TIMES = 20


def is_lost(error: BaseException) -> bool:
    """Whether an error says that a question has to be put again."""
    return isinstance(error, ConnectionLost)


def is_of_memory(error: BaseException) -> bool:
    """Whether an error says that an answer needs more memory than there is."""
    return isinstance(error, OutOfMemory)


@contextmanager
def memory_told(opened: Pipeline) -> Iterator[None]:
    """Raise UserError, which says what to do about it, for an answer that needs more memory than who gives it has."""
    try:
        yield
    except OutOfMemory as error:
        process = opened.connection.answered_by
        whose = f" for process {process}, which has the home open and answers" if process else ""
        raise UserError(f"{error.msg} with --memory-limit{whose}.") from error


class Reader:
    """Puts questions, and puts one again if whoever had the home open ended before the whole answer was there.

    The answer to one question is of one moment; that to the next may be of a later one.
    """

    def __init__(self, open_home: Callable[[], Pipeline], explain: Callable[[], None] = lambda: None) -> None:
        """`open_home`: opens it to be read. Raises UserError. `explain`: raises one too, if it knows why a question
        failed that should not have."""
        self._open_home = open_home
        self._explain = explain
        self._opened: Pipeline | None = None

    def ask(self, question: Callable[[Pipeline], T]) -> T:
        """What `question` finds. It must not show anything. Raises UserError."""
        for _ in range(_MOST_TIMES):
            try:
                self._opened = self._opened or self._open_home()
                with memory_told(self._opened):
                    return question(self._opened)
            except ConnectionLost:
                self.close()
            except UserError:
                raise
            except Exception:
                self._explain()
                raise
        raise UserError(
            f"Other processes have opened or left the home {_MOST_TIMES} times before this was answered. "
            "Try again when fewer of them run."
        )

    def ask_in_parts(self, question: Callable[[Pipeline], Parts]) -> Parts:
        """What `question` finds, however long: asked again only until its first part is there.

        Raises UserError, also where the parts are read.
        """

        def asked(opened: Pipeline) -> Parts:
            found = _begun(question(opened))
            return Parts(found.columns, _rest(found.parts, opened))

        return self.ask(asked)

    def close(self) -> None:
        """Let go of the home."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _begun(found: Parts) -> Parts:
    first = next(found.parts, None)
    return Parts(found.columns, chain([] if first is None else [first], found.parts))


def _rest(parts: Iterator[list[Row]], opened: Pipeline) -> Iterator[list[Row]]:
    try:
        with memory_told(opened):
            yield from parts
    except ConnectionLost as error:
        raise UserError(
            f"The answer is not whole: {error.msg[:1].lower()}{error.msg[1:]}. Give the command again."
        ) from error
