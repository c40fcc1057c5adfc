"""The command line, called in the test's own process or in one of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Ended(NamedTuple):
    """How a command ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]
Word = str | Path

# Seconds. What takes longer hangs.
_PATIENCE = 60


def run_process(*words: Word, before: str = "") -> Ended:
    """Run a command line in a process of its own. `before`: Python that prepares that process."""
    called = [
        sys.executable,
        "-c",
        f"{before}\nfrom customertrack.cli.main import main\nraise SystemExit(main())",
        *map(str, words),
    ]
    ended = subprocess.run(called, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)
