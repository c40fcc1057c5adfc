"""Who has the file: one process that writes, or any number that only read, and who waits to have it for itself.

Both are locks of the operating system (flock), which end with their process, however that ends. The lock is on a file
beside the warehouse's. Whoever waits to write locks the folder meanwhile, so that no more readers come before it.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, NamedTuple, TypeVar

from snowglobe.errors import OperationalError

T = TypeVar("T")

_BETWEEN_TRIES = 0.02
# What lasts no longer needs no word.
_UNTOLD = 1


class Held(OperationalError):  # noqa: N818  it is held, which may be no error yet
    """Another process has the file open, or waits to. `process`: its number if it writes, else 0."""

    def __init__(self, path: Path, process: int) -> None:
        message = f"Another process has {path} open. Wait until it has ended, or give this one a home of its own"
        super().__init__(message, 250001, "08001")
        self.process = process


class Patience(NamedTuple):
    """For how many seconds to wait for whoever has the file; `told`, after a second, by whom it is held."""

    seconds: float = 0
    told: Callable[[Held], object] = lambda held: None


AT_ONCE = Patience()


def hold(path: Path, *, read_only: bool) -> IO[str] | None:
    """The lock of `path`, until it is closed. Its file says which process writes.

    None where there is nothing to be locked: a lock that nobody has made, beside a file that is only read. Raises Held,
    and OperationalError if there can be no lock.
    """
    lock = _lock_of(path)
    if read_only and not lock.exists():
        return None
    if read_only and is_wanted(path):
        raise Held(path, 0)
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("r" if read_only else "a+")
    except OSError as error:
        message = f"The folder {path.parent} cannot be written: {error.strerror}"
        raise OperationalError(f"{message}. Choose another one or change its permissions", 250001, "08001") from error
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if read_only else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Held(path, _holder(lock)) from error
    if not read_only:
        _write(file, f"{os.getpid()}\n")
    return file


def let_go(file: IO[str]) -> None:
    """Let other processes have what `hold` gave."""
    if file.writable():
        _write(file, "")
    file.close()


def is_wanted(path: Path) -> bool:
    """Whether a process waits to have the file for itself."""
    turn = _turn(path, fcntl.LOCK_SH)
    if turn is not None:
        os.close(turn)
    return turn is None


def patiently(attempt: Callable[[], T], path: Path, patience: Patience, *, for_itself: bool) -> T:
    """What `attempt` gives, tried again as long as it raises Held and patience lasts.

    `for_itself`: whether the file is to be written, and readers are to wait until it was.
    """
    begun, told = monotonic(), False
    with _once() as keep:
        while True:
            try:
                return attempt()
            except Held as held:
                waited = monotonic() - begun
                if waited >= patience.seconds:
                    raise
                if waited >= _UNTOLD and not told:
                    patience.told(held)
                    told = True
                if for_itself:
                    keep(path)
            sleep(_BETWEEN_TRIES)


@contextmanager
def _once() -> Iterator[Callable[[Path], None]]:
    """What takes the turn of a folder, as soon as it is free, and gives it back at the end."""
    taken: list[int] = []

    def keep(path: Path) -> None:
        if not taken and (turn := _turn(path, fcntl.LOCK_EX)) is not None:
            taken.append(turn)

    try:
        yield keep
    finally:
        for turn in taken:
            os.close(turn)


def _turn(path: Path, how: int) -> int | None:
    """The turn to have the file next, or None if another process has it. A folder that takes no lock has many turns."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError:
        return os.open(os.devnull, os.O_RDONLY)
    try:
        fcntl.flock(folder, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        return None
    except OSError:
        return folder
    return folder


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _holder(lock: Path) -> int:
    with suppress(OSError, ValueError):
        return int(lock.read_text())
    return 0


def _write(file: IO[str], text: str) -> None:
    # A full disk is no reason not to hold a lock.
    with suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()
