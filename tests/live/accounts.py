"""The stage `live` in real accounts: deployed by the real CLI, read through the real driver, removed at the end."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
from snowflake import connector

from customertrack.reads.events import event_files
from customertrack.warehouse import Connection
from generator import Feed
from infra.names import prefix, warehouse_name
from tests.emulator.processes import Ended, run
from tests.emulator.stack import Stack
from tests.emulator.tasks import Task

ROOT = Path(__file__).parents[2]
# Fixed: what it has in Snowflake is dropped at the end.
STAGE = "live"
NAME, WAREHOUSE = prefix(STAGE), warehouse_name(STAGE)
# Names a connection of connections.toml, by which the driver signs in somebody who was granted the stage's role.
CONNECTION = "CUSTOMERTRACK_LIVE_CONNECTION"
# A feed of which a file comes each minute, and every customer is whole once its files are in.
CONTEXT = {
    "stage": STAGE,
    "keep_data": "false",
    "interval_minutes": "1",
    "customers": "400",
    "delete_rate": "0.02",
    "late": "0",
    "duplicates": "0",
    "malformed": "0",
}
# Seconds: for one command of the CLI, for the files to come and be loaded, for what was printed to be in the log.
_DEPLOY, _FILES, _LOGS = 2400, 1200, 180
_PAUSE = 20
# Files that are waited for, so that there is history.
_ENOUGH = 3


class LiveError(Exception):
    """The accounts did not do what was asked; the message says what to look at."""


@dataclass(frozen=True)
class Live:
    """The stage as it is deployed. `feed` is what its generator makes."""

    stack: Stack
    feed: Feed
    context: Mapping[str, str]

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        (stack,) = boto3.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    def diff(self) -> Ended:
        """`cdk diff`: exit code 1 if something differs from what is deployed."""
        return _cdk(self.context, "diff", "--fail")

    def deploy_again(self) -> None:
        """A deploy with another `revision`, which makes both custom resources run. Raises LiveError."""
        settings = {**self.context, "revision": str(time.time_ns())}
        _succeeded(lambda: _cdk(settings, "deploy", "--require-approval", "never"))

    @property
    def warehouse(self) -> str:
        """The name of the stage's warehouse, database and role in Snowflake."""
        return WAREHOUSE

    def watched(self, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The metrics that the watch prints when it is asked, by default for a pulse. Raises LiveError if its log stays
        empty."""
        self.stack.watch({"counted_minutes": 0, "invariants": False, **(asked or {})})
        ends = time.monotonic() + _LOGS
        while not (metrics := self.stack.metrics()):
            if time.monotonic() > ends:
                raise LiveError(f"the watch ran, and nothing was in its log for {_LOGS} s")
            time.sleep(_PAUSE)
        return metrics

    @contextmanager
    def standing_still(self) -> Iterator[tuple[Connection, int]]:
        """A connection to the tables while the task is suspended, and the number of slots they are after.

        Raises LiveError if the files of the first slots do not come, all of them.
        """
        with closing(signed_in()) as connection:
            ends = time.monotonic() + _FILES
            while True:
                # Looked at first: a task that is suspended and resumed begins its minute anew, and would never run.
                if applied(self.feed, event_files(connection)) >= _ENOUGH:
                    with _suspended(connection):
                        slots = applied(self.feed, event_files(connection))
                        if slots >= _ENOUGH:
                            yield connection, slots
                            return
                if time.monotonic() > ends:
                    raise LiveError(f"the first {_ENOUGH} files were not applied in {_FILES} s; see docs/runbook.md")
                time.sleep(_PAUSE)


@contextmanager
def deployed(environ: Mapping[str, str], settings: Mapping[str, str] | None = None) -> Iterator[Live]:
    """The stage, made now with these settings besides CONTEXT, and removed at the end, whatever happens.

    Raises LiveError.
    """
    context = {**CONTEXT, **(settings or {})}
    if not environ.get(CONNECTION):
        raise LiveError(f"{CONNECTION} is not set: see docs/operations.md, The live tests")
    with ExitStack() as at_the_end:
        # In reverse, each even if another fails: first the stack, which stops pipe and task, then what they stand on.
        for statement in _REMOVE:
            at_the_end.callback(_administer, statement)
        at_the_end.callback(_succeeded, lambda: destroyed(context))
        _succeeded(lambda: _cdk(context, "deploy", "--require-approval", "never"))
        stack = Stack(NAME)
        yield Live(stack, _feed(stack), context)


def destroyed(context: Mapping[str, str]) -> Ended:
    """`cdk destroy` of the stage with these settings. A stack that is gone already is no failure."""
    return _cdk(context, "destroy", "--force")


_REMOVE = (
    f"DROP INTEGRATION IF EXISTS {WAREHOUSE}_STORAGE",
    f"DROP INTEGRATION IF EXISTS {WAREHOUSE}_ERRORS",
    f"DROP DATABASE IF EXISTS {WAREHOUSE}",
)


def _cdk(settings: Mapping[str, str], verb: str, *words: str) -> Ended:
    context = [word for name, value in settings.items() for word in ("--context", f"{name}={value}")]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [str(ROOT / "node_modules/.bin/cdk"), verb, *context, *words, "--no-notices", "--no-color"]
    return run(command, env={**os.environ, "PATH": path, "CI": "true"}, folder=ROOT, seconds=_DEPLOY)


def _succeeded(call: Callable[[], Ended]) -> None:
    ended = call()
    if ended.code != 0:
        raise LiveError(ended.output)


def signed_in(role: str = WAREHOUSE, warehouse: str | None = WAREHOUSE, *, outside: bool = False) -> Any:
    """A session of whoever runs the tests, with that role and warehouse, where the tables are or `outside`."""
    return connector.connect(
        connection_name=os.environ[CONNECTION],
        role=role,
        warehouse=warehouse,
        paramstyle="qmark",
        session_parameters={"TIMEZONE": "UTC"},
        **({} if outside else {"database": WAREHOUSE, "schema": "DIMENSION"}),
    )


def _administer(statement: str) -> None:
    # Not in the database, which may be gone.
    with closing(signed_in(outside=True)) as connection:
        connection.cursor().execute(statement)


@contextmanager
def _suspended(connection: Connection) -> Iterator[None]:
    connection.cursor().execute("ALTER TASK customer_refresh_task SUSPEND")
    try:
        # A run that is under way goes on to its end.
        time.sleep(_PAUSE)
        yield
    finally:
        connection.cursor().execute("ALTER TASK customer_refresh_task RESUME")


def applied(feed: Feed, files: set[str]) -> int:
    """By the files that events came from: how many slots have come, or 0 while one of the first is missing."""
    names = {Path(name).name.removesuffix(".gz") for name in files}
    return len(names) if names == {feed.object_name(k) for k in range(len(names))} else 0


def _feed(stack: Stack) -> Feed:
    """What the generator makes of the environment that its task definition has."""
    (definition,) = stack.resources("AWS::ECS::TaskDefinition")
    found = boto3.client("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    (container,) = found["containerDefinitions"]
    environment = {each["name"]: each["value"] for each in cast("list[dict[str, str]]", container["environment"])}
    return Task("", environment, {}).feed()
