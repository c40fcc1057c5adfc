"""Trying a mutation: in a copy of the checkout, never in the checkout itself."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from tests.mutations.record import ROOT, Mutation

_PACKAGES = ("customertrack", "generator", "infra", "lambdas", "snowglobe", "tests")
_NO_TESTS = 5
# Seconds for one test. A mutation may make a loop endless; that is noticed too.
_LONGEST = 300


class Outcome(Enum):
    """What came of a mutation. GONE: its text does not stand in the file once, so it was not tried."""

    NOTICED = "noticed"
    NOT_NOTICED = "not noticed"
    GONE = "gone"


class TrialError(Exception):
    """No outcome would mean anything. The message says why."""


class Copy:
    """The tracked files of the checkout in a folder of their own, and tests that run in it with this Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        self._check_imports()

    def check(self, tests: Sequence[str]) -> None:
        """Raises TrialError if these tests fail as it is."""
        if not self._passes(tests):
            raise TrialError(f"pytest {shlex.join(tests)} fails without any mutation")

    def _passes(self, tests: Sequence[str]) -> bool:
        """Whether pytest with these words finds nothing wrong. Raises TrialError if it finds no test."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
        code = self._run([*command, f"--timeout={_LONGEST}", *tests]).returncode
        if code == _NO_TESTS:
            raise TrialError(f"pytest {shlex.join(tests)} has no test")
        return code == 0

    def attempt(self, mutation: Mutation, tests: Sequence[str]) -> Outcome:
        """Whether these tests notice it. The file is put back."""
        if mutation.occurrences(self.folder) != 1:
            return Outcome.GONE
        with _changed(self.folder / mutation.path, mutation):
            return Outcome.NOT_NOTICED if self._passes(tests) else Outcome.NOTICED

    def _check_imports(self) -> None:
        """An environment may have the checkout installed, and its code would be tested in place of the copy's."""
        code = f"import {', '.join(_PACKAGES)}; print(*({', '.join(f'*{name}.__path__' for name in _PACKAGES)},))"
        # Not from within the copy: programs that tests start are elsewhere too.
        found = self._run([sys.executable, "-c", code], cwd=self.folder.parent).stdout.split()
        if found != [str(self.folder / name) for name in _PACKAGES]:
            raise TrialError(f"the code of the copy in {self.folder} is not what Python imports, but: {found}")

    def _run(self, command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        # Compiled files are told apart by second and size alone, in which a mutation may be equal to what it mutates.
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=cwd or self.folder, env=environment, capture_output=True, text=True, check=False
        )


@contextmanager
def _changed(file: Path, mutation: Mutation) -> Iterator[None]:
    before = file.read_bytes()
    file.write_text(mutation.applied(before.decode()), encoding="utf-8", newline="")
    try:
        yield
    finally:
        file.write_bytes(before)
