"""Runs in .venv-emulator: MiniStack, with what it lacks for this project added from outside.

- A schedule that runs an ECS task only logs a warning: here a file with the task is written, for whoever runs it.
- `<aws.scheduler.scheduled-time>` in a schedule's input is left as it is: here it is filled in.
- A schedule's minutes take minutes: here its clock can be put forward.
- A stack that is made again gets the names that it had: here each life of a stack has names of its own, as on AWS.
- An alarm on an expression of metrics is refused: here it is made, on the first of the metrics.
- A write that must not replace anything has no such condition key: here it has, as on AWS.
- With TLS it would take port 443 too, if it may: here it does not.
- It ends when the one who started it is gone.
"""

# What it imports is in .venv-emulator, where no checker looks.
# pyright: reportMissingImports=false, reportAttributeAccessIssue=false

import json
import os
import signal
import threading
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.core.lambda_runtime import execution_credentials
from ministack.services import ecs, eventbridge, scheduler
from ministack.services.cloudformation import _stacks, provisioners

TASKS = Path(os.environ["EMULATOR_TASKS"])
# Holds the seconds by which the schedules' clock is ahead.
CLOCK = Path(os.environ["EMULATOR_CLOCK"])
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"

_invoke_target = eventbridge._invoke_target
_alarm = provisioners._cw_metric_alarm_record
_physical_name = provisioners._physical_name
_s3_object_context = iam_actions._s3_object_context


class SchedulesTime:
    """In place of the module `time`, for schedules."""

    sleep = staticmethod(time.sleep)

    @staticmethod
    def time() -> float:
        """The time now, as far ahead as was asked for."""
        return time.time() + float(CLOCK.read_text())


def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
    """In place of MiniStack's."""
    if event.get("Source") != "aws.scheduler":
        _invoke_target(target, event, rule, view)
        return
    at = _planned(event["Time"], rule)
    target = {**target, "Input": target.get("Input", "").replace(SCHEDULED_TIME, at)}
    if "EcsParameters" in target:
        _note_task(target, rule["Name"], at)
    else:
        _invoke_target(target, event, rule, view)


def _planned(now: float, rule: dict[str, Any]) -> str:
    """The time for which a firing was planned: whole intervals after the schedule was made."""
    interval = eventbridge._parse_rate_seconds(rule["ScheduleExpression"])
    if interval:
        now -= (now - rule["CreationDate"]) % interval
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _note_task(target: dict[str, Any], schedule: str, at: str) -> None:
    arn = target["EcsParameters"]["TaskDefinitionArn"]
    definition = json.loads(ecs._describe_task_definition(arn)[2])["taskDefinition"]
    # A task gets credentials of its role as a function does.
    region, account = arn.split(":")[3:5]
    function = {"FunctionArn": f"arn:aws:lambda:{region}:{account}:function:{schedule}", "FunctionName": schedule}
    record = {
        "schedule": schedule,
        "planned": at,
        "definition": definition,
        "overrides": json.loads(target["Input"] or "{}"),
        "credentials": execution_credentials({**function, "Role": definition["taskRoleArn"]}),
    }
    partial = TASKS / f".{schedule}"
    partial.write_text(json.dumps(record))
    partial.rename(TASKS / f"{at.replace(':', '')}.json")


def alarm(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """In place of MiniStack's."""
    measured = [metric["MetricStat"] for metric in properties.get("Metrics", ()) if "MetricStat" in metric]
    if measured:
        properties = {**properties, **measured[0]["Metric"], "Period": measured[0]["Period"], "Metrics": None}
    return _alarm(name, properties)


def physical_name(stack_name: str, logical_id: str, **options: Any) -> str:
    """In place of MiniStack's: STACK-LOGICALID-SUFFIX."""
    name = _physical_name(stack_name, logical_id, **options)
    stem, _, suffix = name.rpartition("-")
    life = sha256(f"{name} {_stacks[stack_name]['StackId']}".encode()).hexdigest()[: len(suffix)]
    return f"{stem}-{life if suffix.islower() else life.upper()}"


def s3_object_context(action: str, query: dict[str, Any], path: str, headers: dict[str, str]) -> dict[str, Any]:
    """In place of MiniStack's."""
    conditions = {"s3:if-none-match": headers["if-none-match"]} if "if-none-match" in headers else {}
    return _s3_object_context(action, query, path, headers) | conditions


def end_with_the_caller() -> None:
    """Wait for the end of stdin, then end, with all functions: they are of the same process group."""
    while os.read(0, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_caller, daemon=True).start()
    eventbridge._invoke_target = invoke_target
    provisioners._cw_metric_alarm_record = alarm
    provisioners._physical_name = physical_name
    iam_actions._s3_object_context = s3_object_context
    app._port_is_bindable = lambda host, port: False
    scheduler.time = SchedulesTime
    scheduler._SCHEDULE_TICK_INTERVAL = 0.5
    app.main()
