"""The handler of the migrations, called as CloudFormation would, on a clock that a test can see."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from infra.sql_files import migrations
from lambdas.migrate import handler
from lambdas.migrate.migrate import SQL, migrate
from lambdas.migrate.waiting import Waiting
from tests.lambdas.account import Refused
from tests.lambdas.migrate.warehouse import Warehouse
from tests.lambdas.properties import MIGRATIONS, context, event

BUCKET = "customertrack-dev-landing-11112222-666677778888"
LATER_BUCKET = "customertrack-dev-landing-999900001111"
LATER_TOPIC = "arn:aws:sns:us-east-1:123456789012:customertrack-dev-Landing-later"
# The stack as it is after a destroy and a deploy: another bucket, another topic.
LATER: dict[str, Any] = MIGRATIONS | {
    "Variables": MIGRATIONS["Variables"] | {"landing_root": f"s3://{LATER_BUCKET}/landing/", "topic_arn": LATER_TOPIC},
}
LATER_URL = f"s3://{LATER_BUCKET}/landing/customer/"
FAILURE = json.dumps(
    {"status": "failure", "actions": {"LIST": {"status": "failure", "message": "AccessDenied: sts:AssumeRole"}}}
)
CSV = "customer_id,first_name,updated_at\n1,Ada,2026-01-01T00:00:00Z\n"


SCRIPTS = [path.relative_to(SQL).as_posix() for path in migrations(SQL, ["customer"])]
HISTORY = "SELECT SCRIPT, STATUS FROM CUSTOMERTRACK_DEV.MIGRATIONS.CHANGE_HISTORY ORDER BY INSTALLED_ON, SCRIPT"
LOADED = "SELECT count(*) FROM CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_RAW"


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


class Deploy:
    """Calls the handler as CloudFormation would, with a function that has `seconds` to run."""

    def __init__(self, warehouse: Warehouse, clock: Clock) -> None:
        self.warehouse, self.clock = warehouse, clock
        self.seconds = 840.0

    def __call__(self, kind: str, properties: dict[str, Any] = MIGRATIONS, **changed: Any) -> dict[str, str]:
        answer = handler.handler(event(kind, properties, **changed), context(self.seconds, lambda: self.clock.now))
        assert len(json.dumps(answer)) < 3000
        expected = "customertrack-dev-known" if kind == "Delete" else "customertrack-dev-migrations"
        assert answer["PhysicalResourceId"] == expected
        return answer["Data"]


def deploying(warehouse: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """The handler, signed in to the warehouse, on that clock."""
    waiting = partial(Waiting, clock=lambda: clock.now, sleep=clock.sleep)
    monkeypatch.setattr(handler, "connect", warehouse.sign_in)
    monkeypatch.setattr(handler, "migrate", partial(migrate, waiting=waiting))
    monkeypatch.setattr(handler, "_waiting", waiting)
    return Deploy(warehouse, clock)


def land(warehouse: Warehouse, bucket: str, name: str) -> None:
    path = warehouse.buckets[bucket] / "landing" / "customer" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CSV)


def refusing(beginning: str, times: int = 1000, errno: int = 1003) -> Callable[[str], None]:
    """Refuses the first statements that begin so."""
    left = [times]

    def refuse(statement: str) -> None:
        if statement.startswith(beginning) and left[0]:
            left[0] -= 1
            raise Refused(f"{beginning} is refused.", errno)

    return refuse
