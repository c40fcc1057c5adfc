"""Lines that are said while something is done; on a terminal, below them, what is being done now."""

from contextlib import ExitStack
from types import TracebackType
from typing import TextIO

from customertrack.cli.show.value import sayable


class Progress:
    """A context manager. Where `out` is no terminal nothing moves: only the lines are written."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._stack = ExitStack()
        self._does = self._nothing
        self._says = self._print

    def does(self, what: str) -> None:
        """Something has begun."""
        self._does(sayable(what))

    def says(self, line: str) -> None:
        """Something is done."""
        self._says(sayable(line))

    def __enter__(self) -> "Progress":
        if self._out.isatty():
            # What moves needs what makes it move; nothing else waits for that.
            from rich.console import Console
            from rich.text import Text

            console = Console(file=self._out)
            status = self._stack.enter_context(console.status(""))
            self._does = lambda what: status.update(Text(what))
            self._says = lambda line: console.print(Text(line), soft_wrap=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _nothing(self, what: str) -> None:
        pass

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)
