"""The tasks that a schedule starts, run as local processes: what ECS would do with the generator's image."""

import json
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.cli import add_arguments, add_definition, feed_from
from generator.feed import Feed
from tests.emulator.ministack import PYTHON, ROOT, EmulatorError, MiniStack
from tests.emulator.processes import Ended, run

# Seconds: a schedule fires within one, and a slot takes a few to make.
_PATIENCE = 60


@dataclass(frozen=True)
class Task:
    """One firing of a schedule: when it was planned for, its container's environment, credentials of its role."""

    planned: str
    environment: dict[str, str]
    credentials: dict[str, str]

    @classmethod
    def of(cls, record: Path) -> "Task":
        """As launcher.py wrote it: the task definition's one container, with what the schedule says beside it."""
        told: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        (container,) = told["definition"]["containerDefinitions"]
        environment = _pairs(container)
        for override in told["overrides"].get("containerOverrides", ()):
            if override["name"] != container["name"]:
                raise EmulatorError(f"the schedule overrides {override['name']}, but there is only {container['name']}")
            environment |= _pairs(override)
        return cls(told["planned"], environment, told["credentials"])

    def feed(self) -> Feed:
        """The feed that the generator makes of this environment."""
        parser = ArgumentParser()
        add_definition(parser, self.environment)
        add_arguments(parser, self.environment)
        return feed_from(parser.parse_args([]))


def next_task(emulator: MiniStack) -> Task:
    """The next task that a schedule starts, once. Raises EmulatorError if none comes."""
    ends = time.monotonic() + _PATIENCE
    while not (waiting := sorted(emulator.tasks.glob("*.json"))):
        if time.monotonic() > ends:
            raise EmulatorError(f"No schedule fired in {_PATIENCE} seconds (see {emulator.log})")
        time.sleep(0.1)
    task = Task.of(waiting[0])
    waiting[0].unlink()
    return task


def run_generator(emulator: MiniStack, task: Task) -> Ended:
    """Run the generator as the task says, with the credentials of its role. Raises EmulatorError if it fails."""
    environment = emulator.environment() | task.credentials | task.environment
    ended = run([str(PYTHON), "-m", "generator"], env=environment, folder=ROOT, seconds=_PATIENCE)
    if ended.code != 0:
        raise EmulatorError(f"The generator failed for the slot of {task.planned}: {ended.output}")
    return ended


def _pairs(container: dict[str, Any]) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in container.get("environment", ())}
