"""The command line, called in the test's own process or in one of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# Root may read everything by two capabilities; without them it is like any other user, and owns its files all the same.
# They are given up by leaving the bounding set and starting anew (capabilities(7)).
WITHOUT_PRIVILEGES = """
import ctypes, os, sys
DROP_FROM_BOUNDING_SET, OVERRIDE, READ_SEARCH = 24, 1, 2
if os.geteuid() == 0 and "again" not in os.environ:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (OVERRIDE, READ_SEARCH):
        if libc.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "cannot give up a capability")
    os.execve(sys.executable, sys.orig_argv, {**os.environ, "again": "yes"})
"""


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
