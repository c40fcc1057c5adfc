"""Contestants in step: each in a process of its own, each applies batch k before any applies batch k + 1.

So whatever else the machine does in a run hits all of them alike. Only one works at a time; who begins changes from
batch to batch.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.contestants import PEERS
from benchmarks.plan import Plan
from benchmarks.replay import Difference
from customertrack.errors import UserError

REPOSITORY = Path(__file__).resolve().parent.parent
SETTLING_BATCHES = 3  # the initial load, and two while tables, caches and statement plans become what they stay


@dataclass
class Figures:
    """What one contestant did with one plan. Lists have an entry per batch, from batch 0."""

    milliseconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_rss_bytes: int = 0
    close_milliseconds: float = 0
    history: str | None = None
    difference: Difference | None = None

    @property
    def steady_milliseconds(self) -> float:
        """Median wall time of a batch once settled."""
        return median(self.milliseconds[SETTLING_BATCHES:])

    @property
    def mean_milliseconds(self) -> float:
        """Mean of the same batches: above the median where some batches pay for others, as with checkpoints."""
        return mean(self.milliseconds[SETTLING_BATCHES:])

    @property
    def steady_cpu_seconds(self) -> float:
        """Mean CPU time of a batch once settled, so with its share of checkpoints."""
        return mean(self.cpu_seconds[SETTLING_BATCHES:])


class Runner:
    """A contestant's process, which applies a batch for each line it is sent."""

    def __init__(self, name: str, python: str, plan: Plan, batches: Path, home: Path) -> None:
        self.name = name
        self.figures = Figures()
        self._log = home.parent / f"{name}.log"
        command = [python, "-m", "benchmarks.run_one", name, "--in-step", "--home", str(home), "--folder", str(batches)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*command, *plan.arguments()],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def apply(self) -> None:
        """Let it apply its next batch, and note the figures."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: the answer below says so, with its last words
        answer = self._answer()
        self.figures.milliseconds.append(answer["milliseconds"])
        self.figures.cpu_seconds.append(answer["cpu_seconds"])

    def finish(self) -> None:
        """Wait for its summary."""
        answer = self._answer()
        self.figures.peak_rss_bytes = answer["peak_rss_bytes"]
        self.figures.close_milliseconds = answer["close_milliseconds"]
        self.figures.history = answer["history"]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            words = _last_words(self._log.read_text())
            raise UserError(f"{self.name} ended too early ({words}): leave it out with --contestants, or mend it.")
        return json.loads(line)


def interpreter(name: str, peer_pythons: dict[str, Path]) -> str:
    """The Python that has what a contestant imports; raises UserError if a peer's is not there."""
    if name not in PEERS:
        return sys.executable
    python = peer_pythons[name]
    if not python.exists():
        raise UserError(
            f"{name} needs an environment of its own, and there is no {python}: make it (for SQLMesh "
            "`make .venv-sqlmesh/.made`, `make bench` makes that of the others), or leave it out with --contestants."
        )
    return str(python)


def measure(plan: Plan, pythons: dict[str, str], folder: Path) -> dict[str, Figures]:
    """Write the plan's batches below `folder` and let the contestants (name -> interpreter) apply them in step.

    Raises UserError if one fails.
    """
    batches = folder / "batches"
    _python("benchmarks.workload", "--folder", str(batches), *plan.arguments())
    with ExitStack() as stack:
        runners = [
            stack.enter_context(Runner(name, python, plan, batches, folder / name)) for name, python in pythons.items()
        ]
        for number in range(plan.batches + 1):
            first = number % len(runners)
            for runner in runners[first:] + runners[:first]:
                runner.apply()
            spent = ", ".join(f"{runner.name} {runner.figures.milliseconds[-1]:.0f} ms" for runner in runners)
            print(f"  batch {number} of {plan.batches}: {spent}", file=sys.stderr)
        for runner in runners:
            runner.finish()
        figures = {runner.name: runner.figures for runner in runners}
    _compare(figures, batches)
    return figures


def _compare(figures: dict[str, Figures], batches: Path) -> None:
    histories = [f"{name}={mine.history}" for name, mine in figures.items() if mine.history]
    differences = json.loads(_python("benchmarks.replay", "--folder", str(batches), *histories))
    for name, difference in differences.items():
        figures[name].difference = Difference(**difference)


def _python(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, text=True, capture_output=True)
    if done.returncode:
        raise UserError(f"{module} failed ({_last_words(done.stderr)}): is there room for temporary files?")
    return done.stdout


def _last_words(text: str) -> str:
    """The line that says what went wrong, if one does."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
