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

from benchmarks.contestants import OURS, PEERS
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

    def steady(self) -> float:
        """Median wall milliseconds of a batch once settled."""
        return median(self.milliseconds[SETTLING_BATCHES:])

    def first_load(self) -> float:
        """Wall seconds of batch 0."""
        return self.milliseconds[0] / 1000

    @property
    def mean_milliseconds(self) -> float:
        """Mean of the same batches: above the median where some batches pay for others, as with checkpoints."""
        return mean(self.milliseconds[SETTLING_BATCHES:])

    @property
    def steady_cpu_seconds(self) -> float:
        """Mean CPU time of a batch once settled, so with its share of checkpoints."""
        return mean(self.cpu_seconds[SETTLING_BATCHES:])


@dataclass(frozen=True)
class Seat:
    """Which code takes part under a name, in which Python and from which checkout."""

    contestant: str
    python: str
    checkout: Path = REPOSITORY


class Runner:
    """A contestant's process, which applies a batch for each line it is sent."""

    def __init__(self, name: str, seat: Seat, plan: Plan, batches: Path, home: Path) -> None:
        self.name = name
        self.figures = Figures()
        self._log = home.parent / f"{name}.log"
        command = [seat.python, "-m", "benchmarks.run_one", seat.contestant, "--in-step"]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*command, "--home", str(home), "--folder", str(batches), *plan.arguments()],
                cwd=seat.checkout,
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

    def wait_until_open(self) -> None:
        """Nobody is timed while others still import what they need."""
        self._answer()

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
            words = last_words(self._log.read_text())
            raise UserError(f"{self.name} ended too early ({words}): leave it out with --contestants, or mend it.")
        return json.loads(line)


def seated(name: str, peer_pythons: dict[str, Path]) -> Seat:
    """The contestant in the Python that has what it imports; raises UserError if a peer's is not there."""
    if name not in PEERS:
        return Seat(name, sys.executable)
    python = peer_pythons[name]
    if not python.exists():
        raise UserError(
            f"{name} needs an environment of its own, and there is no {python}: `make bench` makes it, "
            "or leave it out with --contestants."
        )
    return Seat(name, str(python))


def before(checkout: Path) -> Seat:
    """Ours as another checkout of the project has it; raises UserError if it is none."""
    if not (checkout / "benchmarks/ours.py").exists():
        raise UserError(f"{checkout} is no checkout of CustomerTrack: give one with --before, or leave it out.")
    return Seat(OURS, sys.executable, checkout.absolute())


def measure(plan: Plan, seats: dict[str, Seat], folder: Path) -> dict[str, Figures]:
    """Write the plan's batches below `folder` and let the contestants, by the names they have here, apply them in step.

    Raises UserError if one fails.
    """
    batches = folder / "batches"
    _python("benchmarks.workload", "--folder", str(batches), *plan.arguments())
    with ExitStack() as stack:
        runners = [
            stack.enter_context(Runner(name, seat, plan, batches, folder / name)) for name, seat in seats.items()
        ]
        for runner in runners:
            runner.wait_until_open()
        for number in range(plan.batches + 1):
            first = number % len(runners)
            for runner in runners[first:] + runners[:first]:
                runner.apply()
            spent = ", ".join(f"{runner.name} {runner.figures.milliseconds[-1]:.0f} ms" for runner in runners)
            print(f"  batch {number} of {plan.batches}: {spent}", file=sys.stderr)
        for runner in runners:
            runner.finish()
        figures = {runner.name: runner.figures for runner in runners}
    _compare(figures, batches, plan)
    return figures


def _compare(figures: dict[str, Figures], batches: Path, plan: Plan) -> None:
    histories = [f"{name}={mine.history}" for name, mine in figures.items() if mine.history]
    arguments = ["--folder", str(batches), "--attributes", str(plan.attributes)]
    arguments += ["--has-extracts"] if plan.has_extracts else []
    differences = json.loads(_python("benchmarks.replay", *arguments, *histories))
    for name, difference in differences.items():
        figures[name].difference = Difference(**difference)


def _python(module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, text=True, capture_output=True)
    if done.returncode:
        raise UserError(f"{module} failed ({last_words(done.stderr)}): is there room for temporary files?")
    return done.stdout


def last_words(text: str) -> str:
    """The line that says what went wrong, if one does."""
    return (text.strip().splitlines() or ["it said nothing"])[-1]
