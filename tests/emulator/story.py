"""The life of a stack, chapter by chapter; what each one brings to light is kept.

A chapter that is asked for is told once, after all those before it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import boto3

from customertrack.migrations import Tables
from customertrack.reads.results import query
from tests.emulator.cdk import DeployError
from tests.emulator.chapters import (
    Again,
    Broken,
    Changed,
    Deployed,
    Destroyed,
    Interrupted,
    Loaded,
    Lost,
    MuchLater,
    OtherFeeds,
    Redefined,
    Refused,
    Released,
    RolledBack,
    Watched,
)
from tests.emulator.processes import Ended
from tests.emulator.products import Products
from tests.emulator.rehearsal import USER, Rehearsal
from tests.emulator.stack import end_of_task, keys

R = TypeVar("R")

# Nobody made such a secret.
_KEY_PAIR = {
    "sign_in": "key_pair",
    "key_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:missing-AbCdEf",
    "watch_key_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:also-missing-AbCdEf",
}


def chapter(tell: Callable[["Story"], R]) -> Callable[["Story"], R]:
    """A method that is told once, after the chapters before it."""

    @wraps(tell)
    def told(story: "Story") -> R:
        name = tell.__name__
        if name not in story.told:
            for earlier in CHAPTERS[: CHAPTERS.index(name)]:
                getattr(story, earlier)()
            story.told[name] = tell(story)
        return cast(R, story.told[name])

    return told


class Story:
    """The story of one rehearsal."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.told: dict[str, Any] = {}

    @chapter
    def bootstrap(self) -> float:
        """An account that CDK can deploy to; in seconds."""
        return self.rehearsal.cdk.bootstrap().seconds

    @chapter
    def deploy_too_early(self) -> Refused:
        """A deploy before anyone in Snowflake knows of it."""
        return self._refused()

    @chapter
    def administer(self) -> str:
        """What the administrator runs, as `make administrator` prints it."""
        return self.rehearsal.administer()

    @chapter
    def deploy(self) -> Deployed:
        """A deploy."""
        return self._deployed()

    @chapter
    def load(self) -> Loaded:
        """The first slots of the schedule."""
        return self._loaded(slots=3)

    @chapter
    def load_products(self) -> Products:
        """A file of the other dimension."""
        return self.rehearsal.land_products("first.csv")

    @chapter
    def lose_a_slot(self) -> Lost:
        """The schedule fires, and no task comes of it."""
        number = self.rehearsal.lose_slot()
        assert self.rehearsal.feed
        return Lost(number, self.rehearsal.feed.object_name(number), self._loaded())

    @chapter
    def diff(self) -> Ended:
        """What a deploy would change now."""
        return self.rehearsal.cdk.diff()

    @chapter
    def watch(self) -> Watched:
        """What the watch has published by its schedule, and what it publishes when it is asked for everything."""
        stack = self.rehearsal.stack
        scheduled = stack.metrics()
        return Watched(scheduled, self._counted())

    @chapter
    def break_products(self) -> Broken:
        """The pipe and the refresh of products fail, and a file comes."""
        self.rehearsal.break_products()
        waits = self.rehearsal.land_products("second.csv")
        self.rehearsal.stack.watch({"counted_minutes": 0})
        return Broken(waits, self.rehearsal.stack.metrics())

    @chapter
    def update(self) -> Changed:
        """A deploy with other settings, of AWS and of the warehouse, and with the console."""
        self.rehearsal.change(clock_skew_hours="12", log_days="7")
        self.rehearsal.turn_console_on()
        before = len(self._applied())
        ended = self.rehearsal.cdk.deploy()
        return Changed(ended.seconds, self._applied()[before:], self._loaded(), self.rehearsal.console())

    @chapter
    def mend_products(self) -> Products:
        """Somebody makes good what products need."""
        return self.rehearsal.mend_products()

    @chapter
    def redefine_products(self) -> Redefined:
        """Products defined otherwise are deployed over what has landed, with two more dimensions beside them; and a
        file of products with other columns comes."""
        rehearsal = self.rehearsal
        before, customers = len(self._applied()), rehearsal.counts()
        rehearsal.redefine_products()
        rehearsal.add_other_feeds()
        rehearsal.cdk.deploy()
        scripts, console = self._applied()[before:], rehearsal.console()
        derived, landed = rehearsal.refresh_redefined(), rehearsal.refresh_redefined("third.csv")
        return Redefined(scripts, derived, landed, (customers, rehearsal.counts()), rehearsal.verdict(), console)

    @chapter
    def load_other_feeds(self) -> OtherFeeds:
        """Files of the new dimensions: snapshots, of which one is held, and JSON lines."""
        rounds = [self.rehearsal.land_other_feeds(number) for number in (1, 2)]
        return OtherFeeds(rounds, self._counted(), self.rehearsal.stack.alarms("stock"))

    @chapter
    def release_a_snapshot(self) -> Released:
        """Somebody decides that the one that is held is the truth."""
        said, found = self.rehearsal.release_snapshot()
        return Released(said, found, self._counted())

    @chapter
    def update_in_vain(self) -> RolledBack:
        """A deploy with a setting that cannot work."""
        good = self.rehearsal.cdk
        self.rehearsal.change(**_KEY_PAIR)
        refused = self._refused()
        self.rehearsal.cdk = good
        return RolledBack(refused, good.diff(), self._loaded())

    @chapter
    def destroy(self) -> Destroyed:
        """The stack is taken down."""
        return self._destroyed()

    @chapter
    def deploy_again(self) -> Again:
        """The same stack once more, without the console, in a warehouse that holds its data."""
        before = self.rehearsal.console()
        self.rehearsal.change(console="false")
        deployed = self._deployed()
        return Again(before, deployed, self.rehearsal.console())

    @chapter
    def load_again(self) -> Loaded:
        """The schedule goes on where it had stopped."""
        return self._loaded()

    @chapter
    def interrupt(self) -> Interrupted:
        """Files come in, and nothing gets round to them."""
        in_the_stream = self.rehearsal.slot_that_waits()
        in_the_bucket = self.rehearsal.slot_that_lands()
        return Interrupted(in_the_stream, in_the_bucket, self.rehearsal.counts().pending)

    @chapter
    def destroy_again(self) -> Destroyed:
        """The stack is taken down in the middle of it."""
        return self._destroyed()

    @chapter
    def deploy_much_later(self) -> MuchLater:
        """A quarter of a year later: no stream waits so long, and the bucket is another one."""
        self.rehearsal.snowflake.forward(days=91)
        stale = self.rehearsal.is_stale()
        deployed = self._deployed()
        return MuchLater(stale, deployed, self.rehearsal.counts().pending)

    @chapter
    def load_much_later(self) -> Loaded:
        """The schedule goes on, and nothing is missing."""
        return self._loaded()

    @chapter
    def destroy_at_last(self) -> Destroyed:
        """The end."""
        return self._destroyed()

    def _counted(self) -> dict[str, Any]:
        """What the watch publishes when it is asked for everything."""
        # What has only just been applied counts in the window that ends a little later.
        soon = datetime.now(UTC) + timedelta(minutes=5)
        event = {"counted_minutes": 60, "invariants": True, "landing": True, "time": soon.isoformat()}
        self.rehearsal.stack.watch(event)
        return self.rehearsal.stack.metrics()

    def _refused(self) -> Refused:
        stack = self.rehearsal.stack
        known = len(stack.reasons()) if stack.exists() else 0
        try:
            self.rehearsal.cdk.deploy()
        except DeployError:
            reasons = stack.reasons()
            return Refused(reasons[: len(reasons) - known], stack.status())
        return Refused([], stack.status())

    def _deployed(self) -> Deployed:
        ended = self.rehearsal.cdk.deploy()
        stack = self.rehearsal.stack
        topic = self.rehearsal.snowpipe.listen()
        return Deployed(ended.seconds, self.rehearsal.cdk.outputs(), stack.bucket(), topic, len(stack.resources()))

    def _loaded(self, slots: int = 1) -> Loaded:
        elsewhere = f"elsewhere/customer/{len(self.rehearsal.slots)}.csv"
        boto3.client("s3").put_object(Bucket=self.rehearsal.stack.bucket(), Key=elsewhere, Body=b"customer_id\n1\n")
        made = [self.rehearsal.slot() for _ in range(slots)]
        return Loaded(made, elsewhere, self.rehearsal.counts(), self.rehearsal.verdict())

    def _destroyed(self) -> Destroyed:
        rehearsal = self.rehearsal
        bucket, counts = rehearsal.stack.bucket(), rehearsal.counts()
        objects = keys(bucket)
        cluster, task = rehearsal.stack.start_task()
        ended = rehearsal.cdk.destroy()
        paused, task_runs = rehearsal.pipes_and_tasks()
        return Destroyed(
            ended.seconds,
            rehearsal.stack.exists(),
            objects,
            keys(bucket),
            counts,
            rehearsal.counts(),
            paused,
            task_runs,
            end_of_task(cluster, task),
        )

    def _applied(self) -> list[str]:
        with self.rehearsal.warehouse() as connection:
            sql = f"SELECT SCRIPT FROM {Tables(USER).history} ORDER BY INSTALLED_ON, SCRIPT"
            return [script for (script,) in query(connection, sql).rows]


CHAPTERS = tuple(name for name, value in vars(Story).items() if hasattr(value, "__wrapped__"))
