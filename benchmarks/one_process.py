"""What a command cost that ran in a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from benchmarks.side_by_side import REPOSITORY, last_words
from customertrack.errors import UserError


@dataclass(frozen=True)
class Cost:
    """Wall and CPU time in seconds, and the most memory in bytes that the process held at once."""

    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


def cost(module: str, *arguments: str) -> Cost:
    """Run `python -m module arguments`, and wait; raises UserError if it fails.

    A process begins with the memory of the one that starts it, as far as its peak is concerned (getrusage(2)); so the
    caller should be small.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=REPOSITORY, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - begin
        if process.returncode:
            said.seek(0)
            raise UserError(
                f"{module} {arguments[0]} ended with {process.returncode} ({last_words(said.read())}): "
                "is there room for temporary files, and enough memory?"
            )
    peak = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    return Cost(seconds, used.ru_utime + used.ru_stime, peak)
