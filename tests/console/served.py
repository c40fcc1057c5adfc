"""The console as a process of its own, as a person starts it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Seconds. What takes longer hangs.
_PATIENCE = 60


class Served:
    """A console that answers. `address`: where; `pid`: its process."""

    def __init__(self, home: Path, project: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        words = ["--home", home, "--project", project, "--port", self.port, "--no-browser"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "customertrack", "console", *map(str, words)],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self.said = self._first_line()

    def _first_line(self) -> str:
        assert self._process.stderr
        line = self._process.stderr.readline()
        if self.address not in line:
            self._process.kill()
            raise RuntimeError(f"the console did not begin: {line}{self._process.communicate()[1]}")
        return line

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Sends a signal to it alone; returns its exit code, and what it said since it began."""
        self._process.send_signal(number)
        _, said = self._process.communicate(timeout=_PATIENCE)
        return self._process.returncode, said

    def processes(self) -> list[int]:
        """What runs in its session, itself included."""
        found = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [pid for pid in found if _session(pid) == self.pid]


@contextmanager
def served(home: Path, project: Path) -> Iterator[Served]:
    """A console that is ended afterwards."""
    console = Served(home, project)
    try:
        yield console
    finally:
        if console.processes():
            console.end(signal.SIGTERM)


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None
