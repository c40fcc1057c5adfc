"""What each chapter of the story brought to light."""

from dataclasses import dataclass
from typing import Any

from customertrack.reads.status import Counts
from tests.emulator.app import App
from tests.emulator.other_feeds import Round
from tests.emulator.processes import Ended
from tests.emulator.products import Products
from tests.emulator.redefined import Found
from tests.emulator.rehearsal import Slot
from tests.emulator.truth import Verdict


@dataclass(frozen=True)
class Refused:
    """A deploy or update that failed: the reasons that CloudFormation shows, and what became of the stack."""

    reasons: list[str]
    status: str


@dataclass(frozen=True)
class Deployed:
    """A stack that is there: how long it took, its outputs, its bucket, the topic that the pipe listens on."""

    seconds: float
    outputs: dict[str, str]
    bucket: str
    topic: str
    resources: int


@dataclass(frozen=True)
class Loaded:
    """Slots that went all the way, and the tables after them. `elsewhere`: an object put outside the landing."""

    slots: list[Slot]
    elsewhere: str
    counts: Counts
    verdict: Verdict


@dataclass(frozen=True)
class Lost:
    """A slot whose task never ran, the name of its file, and the slot after it."""

    number: int
    name: str
    loaded: Loaded


@dataclass(frozen=True)
class Watched:
    """Metrics by name: those that came by the schedule alone, and all after the watch was asked for everything."""

    scheduled: dict[str, Any]
    asked_for: dict[str, Any]


@dataclass(frozen=True)
class Broken:
    """Products whose pipe and refresh fail: a file that waits, and what the watch has published then."""

    waits: Products
    metrics: dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """An update with other settings: how long it took, the scripts that were applied again, a slot after it, the app of
    the console."""

    seconds: float
    scripts: list[str]
    loaded: Loaded
    console: App | None


@dataclass(frozen=True)
class Redefined:
    """A deploy with another definition of products: the scripts that it applied, the tables after it and after a file.

    `customers`: their counts before and after all that. `console`: its app after the deploy.
    """

    scripts: list[str]
    derived: Found
    landed: Found
    customers: tuple[Counts, Counts]
    verdict: Verdict
    console: App | None


@dataclass(frozen=True)
class OtherFeeds:
    """Snapshots and JSON lines, in two rounds: what came of each, then what the watch has published, and what its
    alarms look at, by metric."""

    rounds: list[Round]
    metrics: dict[str, Any]
    alarms: dict[str, float]


@dataclass(frozen=True)
class Released:
    """A snapshot that was held is released: what was said, what came of it, and what the watch has published then."""

    said: str
    round: Round
    metrics: dict[str, Any]


@dataclass(frozen=True)
class RolledBack:
    """An update that failed, and a slot after it. `difference`: from what was deployed before."""

    refused: Refused
    difference: Ended
    loaded: Loaded


@dataclass(frozen=True)
class Destroyed:
    """A stack that is gone: what is left of its data, and what became of a task that was running."""

    seconds: float
    exists: bool
    objects: list[str]
    kept_objects: list[str]
    counts: Counts
    kept_counts: Counts
    paused: bool
    task_runs: bool
    stopped: tuple[str, str]


@dataclass(frozen=True)
class Interrupted:
    """Slots that did not go all the way: one in the stream, one in the bucket alone. `pending`: rows in the stream."""

    in_the_stream: Slot
    in_the_bucket: Slot
    pending: int


@dataclass(frozen=True)
class Again:
    """A deploy of a stack that was destroyed, without the console: the app before that and after it."""

    console_before: App | None
    deployed: Deployed
    console_after: App | None


@dataclass(frozen=True)
class MuchLater:
    """A deploy after the stream has become stale: rows in the stream just after it, and what it said of that."""

    stale: bool
    deployed: Deployed
    pending: int

    @property
    def warnings(self) -> str:
        """What the migrations wanted to be known."""
        return self.deployed.outputs["MigrationWarnings"]
