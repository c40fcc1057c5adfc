"""A rehearsal: the real stack in an emulated AWS, with an emulated Snowflake, a step at a time.

Only the two clouds are stand-ins: the template, the CLI of CDK, the package of the functions, sql/ and the generator
are those that an account gets.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import boto3

from customertrack.local.dimensions import task as refresh_task
from customertrack.local.home import VARIABLES
from customertrack.local.pipeline import TASK
from customertrack.reads.results import query
from customertrack.reads.status import Batch, Counts, counts, last_batch
from generator import Feed
from infra.administrator import console_statements
from snowglobe import Connection, FileLoad, Pipe
from snowglobe import Task as RefreshTask
from tests.emulator import other_feeds, products, redefined
from tests.emulator.account import Account
from tests.emulator.app import App, app
from tests.emulator.cdk import Cdk
from tests.emulator.identity import make_identity
from tests.emulator.ministack import ACCOUNT, ROOT, Certificate, EmulatorError, MiniStack, Options, ministack
from tests.emulator.other_feeds import Round
from tests.emulator.processes import run
from tests.emulator.products import Products
from tests.emulator.redefined import Found
from tests.emulator.snowpipe import Announced, Snowpipe
from tests.emulator.stack import Stack
from tests.emulator.tasks import Task, next_task, run_generator
from tests.emulator.truth import Verdict, compare

STAGE = "dev"
NAME = f"customertrack-{STAGE}"
USER = f"CUSTOMERTRACK_{STAGE.upper()}"
# A population that is quick to make, with every fault that the generator knows.
CONTEXT = {
    "stage": STAGE,
    "dimensions": "customer,product",
    "snowflake_account": "EXAMPLE-REHEARSAL",
    "customers": "400",
    "growth": "20",
    "delete_rate": "0.02",
    "late": "0.1",
    "duplicates": "0.05",
    "malformed": "0.02",
    "generator_image": "registry.example/customertrack-generator:1",
}


@dataclass(frozen=True)
class Slot:
    """What came of one firing of the schedule: what S3 announced, what the pipe loaded, what the refresh applied."""

    number: int
    planned: str
    announced: list[Announced]
    loads: list[FileLoad]
    batch: Batch | None


@dataclass
class Rehearsal:
    """Two clouds and the tools. `feed` and `last_task`: of the firings seen so far."""

    emulator: MiniStack
    cdk: Cdk
    snowflake: Account
    stack: Stack
    snowpipe: Snowpipe
    feed: Feed | None = None
    last_task: Task | None = None
    slots: list[Slot] = field(default_factory=list)

    def administer(self) -> str:
        """Run what `make administrator` prints in the account of Snowflake; returns it."""
        block = self._python("-m", "infra.administrator", "--aws-account", ACCOUNT, "-c", f"stage={STAGE}")
        self.snowflake.administer(block)
        return block

    def turn_console_on(self) -> None:
        """Deploy with the console from now on, for which an administrator has run some statements more."""
        self.snowflake.administer(console_statements(STAGE))
        # Here each database has warehouses and grants of its own.
        with self.warehouse() as connection:
            connection.cursor().execute(f"GRANT USAGE ON WAREHOUSE {USER} TO ROLE {USER}_CONSOLE")
        self.change(console="true")

    def console(self) -> App | None:
        """The app of the console; None if there is none."""
        with self.warehouse() as connection:
            return app(connection)

    def change(self, **settings: str) -> None:
        """Deploy with other settings from now on."""
        self.cdk = self.cdk.with_context(**settings)

    def slot(self) -> Slot:
        """Put the clock forward until the schedule fires; see its files through bucket, queue, pipe and refresh."""
        fired = self._fire()
        return self._note(replace(fired, loads=self.snowpipe.load(fired.announced), batch=self.refresh()))

    def slot_that_waits(self) -> Slot:
        """One whose files are loaded, and that no refresh applies."""
        fired = self._fire()
        return self._note(replace(fired, loads=self.snowpipe.load(fired.announced)))

    def slot_that_lands(self) -> Slot:
        """One whose files are announced, and that the pipe does not come to load."""
        return self._note(self._fire())

    def _note(self, slot: Slot) -> Slot:
        self.slots.append(slot)
        return slot

    def _fire(self) -> Slot:
        self.emulator.advance(self._interval())
        self.last_task = task = next_task(self.emulator)
        self.feed = task.feed()
        number = self.feed.slot_at(datetime.fromisoformat(task.planned))
        before = set(self.stack.objects())
        # Slots for which nothing fired, or whose task was lost, are made up for by this one.
        run_generator(self.emulator, task)
        announced = self.snowpipe.heard(len(set(self.stack.objects()) - before))
        return Slot(number, task.planned, announced, [], None)

    def lose_slot(self) -> int:
        """Put the clock forward until the schedule fires, and have no machine for the task; returns its slot."""
        assert self.feed, "no slot has been made"
        self.emulator.advance(self._interval())
        return self.feed.slot_at(datetime.fromisoformat(next_task(self.emulator).planned))

    def refresh(self) -> Batch | None:
        """Run the task as its schedule in Snowflake would; returns what it applied. Raises EmulatorError."""
        with self.warehouse() as connection:
            ended = connection.run_task(TASK)
            if ended.error is not None:
                raise EmulatorError(f"The refresh failed: {ended.error.msg}")
            return last_batch(connection) if ended.state == "SUCCEEDED" else None

    def verdict(self) -> Verdict:
        """The tables beside the generator's truth after the slots so far."""
        assert self.feed, "no slot has been made"
        with self.warehouse() as connection:
            return compare(connection, self.feed, self.slots[-1].number + 1)

    def counts(self) -> Counts:
        """The rows of each table."""
        with self.warehouse() as connection:
            return counts(connection)

    def is_stale(self) -> bool:
        """Whether the stream is."""
        with self.warehouse() as connection:
            shown = query(connection, "SHOW STREAMS LIKE 'customer_table_changes'")
        return dict(zip(shown.columns, shown.rows[0], strict=True))["stale"] == "true"

    def pipes_and_tasks(self) -> tuple[bool, bool]:
        """Whether all pipes are paused, and whether any task runs."""
        with self.warehouse() as connection:
            paused = all(pipe.paused for pipe in connection.entries(Pipe))
            return paused, any(task.started for task in connection.entries(RefreshTask))

    def land_products(self, file: str) -> Products:
        """Land a file of products; see it through bucket, queue, pipe and refresh, whatever becomes of it there."""
        products.put(self.stack.bucket(), file, products.FILES[file])
        loads = self.snowpipe.load(self.snowpipe.heard(1))
        with self.warehouse() as connection:
            return Products(file, loads, connection.run_task(products.TASK), products.versions(connection))

    def break_products(self) -> None:
        """Have somebody take what products need."""
        with self.warehouse() as connection:
            products.make_fail(connection)

    def mend_products(self) -> Products:
        """Have it made good, and the file loaded that waited."""
        with self.warehouse() as connection:
            products.mend(connection, VARIABLES | {"database": USER})
            loads = list(connection.refresh_pipe(products.PIPE))
            return Products("second.csv", loads, connection.run_task(products.TASK), products.versions(connection))

    def redefine_products(self) -> None:
        """Deploy from a copy of the checkout from now on, in which somebody has defined products otherwise."""
        self.cdk = self.cdk.of_a_copy()
        redefined.redefine(self.cdk.project)
        project = str(self.cdk.project)
        self._python("-m", "customertrack", "dimension", "render", products.NAME, "--project", project)

    def refresh_redefined(self, *files: str) -> Found:
        """Land files of products as they are defined now, if any; see what the tasks make of it."""
        for file in files:
            products.put(self.stack.bucket(), file, redefined.FILES[file])
        loads = self.snowpipe.load(self.snowpipe.heard(len(files)))
        with self.warehouse() as connection:
            runs = [connection.run_task(task) for task in (products.TASK, redefined.COMPACT_TASK)]
            return Found(loads, runs, redefined.wrong(connection, self.cdk.project, files))

    def add_other_feeds(self) -> None:
        """Deploy two more dimensions from now on, of other kinds."""
        other_feeds.define(self.cdk.project)
        self._python(
            "-m", "customertrack", "dimension", "render", *other_feeds.DEFINITIONS, "--project", str(self.cdk.project)
        )
        self.change(dimensions=",".join([CONTEXT["dimensions"], *other_feeds.DEFINITIONS]))

    def land_other_feeds(self, number: int) -> Round:
        """Land the files of a round, from 1 on; see what the refreshes make of it."""
        count = other_feeds.put(self.stack.bucket(), other_feeds.ROUNDS[number - 1])
        loads = self.snowpipe.load(self.snowpipe.heard(count))
        return self._round(number, loads, other_feeds.DEFINITIONS, is_released=False)

    def release_snapshot(self) -> tuple[str, Round]:
        """Somebody releases the one that is held, and the refresh runs; also what was said to it."""
        with self.warehouse() as connection:
            said = other_feeds.release(connection)
        return said, self._round(len(other_feeds.ROUNDS), [], ["stock"], is_released=True)

    def _round(self, number: int, loads: list[FileLoad], names: Iterable[str], *, is_released: bool) -> Round:
        with self.warehouse() as connection:
            runs = [connection.run_task(refresh_task(name)) for name in names]
            wrong = other_feeds.wrong(connection, self.cdk.project, number, is_released=is_released)
            return Round(loads, runs, wrong, other_feeds.held(connection))

    @contextmanager
    def warehouse(self) -> Iterator[Connection]:
        """The warehouse of the stage, for as long as needed: meanwhile functions wait."""
        connection = self.snowflake.warehouse(USER)
        try:
            yield connection
        finally:
            connection.close()

    def _interval(self) -> float:
        return self.feed.settings.interval if self.feed else 300

    def _python(self, *words: str) -> str:
        environment = self.emulator.environment()
        ended = run(["python", *words], env=environment, folder=ROOT, seconds=60)
        if ended.code != 0:
            raise EmulatorError(f"python {' '.join(words)}: {ended.output}")
        return ended.output


@contextmanager
def rehearsing(folder: Path, certificate: Certificate | None = None) -> Iterator[Rehearsal]:
    """An emulated AWS and an emulated Snowflake with nothing in them yet; at the end only the files in `folder` stay.

    With a `certificate` AWS speaks TLS and enforces IAM.
    """
    place = folder / "snowflake"
    options = Options(enforce_iam=certificate is not None, certificate=certificate, snowflake=place)
    with ministack(folder, options) as emulator, _in_environment(emulator.environment()):
        snowflake = Account.create(place, make_identity() if options.enforce_iam else None)
        yield Rehearsal(emulator, Cdk(emulator, folder, CONTEXT), snowflake, Stack(NAME), Snowpipe(snowflake, USER))


@contextmanager
def _in_environment(environment: dict[str, str]) -> Iterator[None]:
    """What boto3 in this process takes for AWS."""
    before = dict(os.environ)
    boto3.DEFAULT_SESSION = None
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        boto3.DEFAULT_SESSION = None
        os.environ.clear()
        os.environ.update(before)
