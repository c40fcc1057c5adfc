"""Runs in .venv-emulator: MiniStack, with what it lacks for this project added from outside.

- A schedule that runs an ECS task only logs a warning: here a file with the task is written, for whoever runs it.
- `<aws.scheduler.scheduled-time>` in a schedule's input is left as it is: here it is filled in.
- A rate of minutes takes minutes: here time passes EMULATOR_PACE times faster, and the scheduled times keep their
  distance, so that each firing has a slot of its own.
- It ends when the one who started it is gone.
"""

import json
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack import app
from ministack.services import eventbridge, scheduler, sts

TASKS = Path(os.environ["EMULATOR_TASKS"])
PACE = float(os.environ["EMULATOR_PACE"])
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"

_rate_seconds = eventbridge._parse_rate_seconds
_invoke_target = eventbridge._invoke_target
# The last scheduled time by the schedule's name. A schedule that is made again goes on from there, as the clock would.
_last: dict[str, float] = {}


def paced_rate(expression: str) -> float | None:
    """The seconds between two firings, of the emulator's time."""
    seconds = _rate_seconds(expression)
    return seconds / PACE if seconds else None


def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
    """In place of MiniStack's."""
    at = _scheduled_time(event, rule)
    target = {**target, "Input": target.get("Input", "").replace(SCHEDULED_TIME, at)}
    if "EcsParameters" in target:
        _note_task(target, rule["Name"], at)
    else:
        _invoke_target(target, event, rule, view)


def _scheduled_time(event: dict[str, Any], rule: dict[str, Any]) -> str:
    interval = _rate_seconds(rule.get("ScheduleExpression", "")) or 0
    name = rule.get("Arn", rule["Name"])
    at = max(rule.get("CreationDate", event["Time"]), _last.get(name, 0)) + interval
    _last[name] = at
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _note_task(target: dict[str, Any], schedule: str, at: str) -> None:
    record = {"schedule": schedule, "scheduled_time": at, "target": target}
    partial = TASKS / f".{schedule}"
    partial.write_text(json.dumps(record))
    partial.rename(TASKS / f"{at.replace(':', '')}-{schedule}.json")


def end_with_the_caller() -> None:
    """Wait for the end of stdin, then end, with all functions: they are of the same process group."""
    while os.read(0, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_caller, daemon=True).start()
    eventbridge._parse_rate_seconds = paced_rate
    eventbridge._invoke_target = invoke_target
    scheduler._SCHEDULE_TICK_INTERVAL = 1
    app.main()
