"""Programs that are started, bounded in time, and never left behind, however the caller ends."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

# Seconds that a program has to end by itself once it was asked to.
_GRACE = 5


class Ended(NamedTuple):
    """How a program ended: exit code, what it wrote to stdout and stderr together, how many seconds it took."""

    code: int
    output: str
    seconds: float


class TookTooLongError(Exception):
    """A program was stopped because its time was up; the message has what it wrote."""


def run(command: Sequence[str], *, env: Mapping[str, str], folder: Path, seconds: float) -> Ended:
    """Run a program to its end. Raises TookTooLongError after so many seconds; what it started is stopped with it."""
    began = time.monotonic()
    with _started(command, env, folder, subprocess.PIPE) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            stop(process)
            output, _ = process.communicate()
            raise TookTooLongError(
                f"{' '.join(command)}: stopped after {seconds:g} s, having said:\n{output}"
            ) from None
    return Ended(process.returncode, output, time.monotonic() - began)


@contextmanager
def background(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path, log: Path
) -> Iterator["subprocess.Popen[str]"]:
    """A program at work beside the caller, its output in the file `log`; stopped at the end."""
    with log.open("w", encoding="utf-8") as output, _started(command, env, folder, output.fileno()) as process:
        yield process


def stop(process: "subprocess.Popen[str]") -> None:
    """End a program and whatever it has started: first it is asked to, then it is made to."""
    for means in (signal.SIGTERM, signal.SIGKILL):
        # The group may outlive its leader.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, means)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)


@contextmanager
def _started(
    command: Sequence[str], env: Mapping[str, str], folder: Path, output: int
) -> Iterator["subprocess.Popen[str]"]:
    # A session of its own, so that all of it can be stopped at once. The pipe to stdin is never written to: it closes
    # when the caller is gone, even by kill -9, and a program that cares can notice.
    with subprocess.Popen(
        command,
        env=dict(env),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            stop(process)
