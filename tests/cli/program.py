"""The command line as tests call it: in this process, because that is quick, or in one of its own."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customertrack.cli.main import main

ROOT = Path(__file__).parents[2]
MODULE = [sys.executable, "-m", "customertrack"]


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


class Program:
    """`customertrack` for one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: object) -> Ran:
        """Run it in this process."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--home", str(self.home), *map(str, words)])
        return Ran(code, out.getvalue(), err.getvalue())

    def done(self, *words: object) -> Ran:
        """Run it; it must succeed."""
        ran = self(*words)
        assert ran.code == 0, ran.err
        return ran

    def start(self, *words: object, **options: Any) -> subprocess.Popen[str]:
        """Start it in a process of its own."""
        command = [*MODULE, "--home", str(self.home), *map(str, words)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, **{"cwd": ROOT, "stdout": pipe, "stderr": pipe, "text": True, **options})
