"""Where the socket is: beside the file, for the user alone whose file it is."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# sun_path of macOS, with the zero at its end; that of Linux has four bytes more (unix(7)).
_LONGEST = 103
_AT_ONCE = 64
# Seconds until a process that is busy must have said that it answers.
PATIENCE = 10


def listen(path: Path) -> socket.socket | None:
    """The socket that answers for the warehouse file, or None if the folder can hold none.

    What a killed process has left is replaced: whoever calls this holds the lock. Nobody can connect before it listens.
    """
    place = _of(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        place.unlink(missing_ok=True)
        with _short(place) as address:
            listening.bind(address)
        place.chmod(0o600)
        listening.listen(_AT_ONCE)
    except OSError:
        listening.close()
        return None
    return listening


def remove(path: Path) -> None:
    """Take the socket of the warehouse file away."""
    with suppress(OSError):
        _of(path).unlink()


def connect(path: Path) -> socket.socket | None:
    """A socket to the process that answers for the warehouse file, or None if none does."""
    place = _of(path)
    if not place.exists():
        return None
    asking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        asking.settimeout(PATIENCE)
        with _short(place) as address:
            asking.connect(address)
    except OSError:
        asking.close()
        return None
    return asking


def _of(path: Path) -> Path:
    return path.resolve().with_suffix(".socket")


@contextmanager
def _short(place: Path) -> Iterator[str]:
    """A name of the place that is short enough: the system follows a link to its folder, and keeps the place alone."""
    if len(os.fsencode(place)) <= _LONGEST:
        yield str(place)
        return
    with tempfile.TemporaryDirectory(prefix="snowglobe-") as folder:
        link = Path(folder) / "at"
        link.symlink_to(place.parent)
        yield str(link / place.name)
