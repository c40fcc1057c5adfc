"""The feed begins once, when something of it can land: not with a stack that was rolled back."""

from datetime import UTC, datetime, timedelta

import pytest

from generator import Feed, Settings
from lambdas.reason import Failed
from tests.generator.shipped import CUSTOMER
from tests.lambdas.migrate.deploy import BUCKET, FAILURE, LATER, LATER_BUCKET, Deploy, land, refusing

HOURS = timedelta(hours=5)


def start(data: dict[str, str]) -> datetime:
    return datetime.fromisoformat(data["FeedStart"])


def first_file(begins: datetime) -> str:
    """Of the generator, as the task definition has it: gzip or not, it is known by its beginning."""
    return Feed(CUSTOMER, Settings(customers=10, interval=300, start=begins)).object_name(0)


def now(deploy: Deploy) -> datetime:
    return deploy.warehouse.now().replace(tzinfo=UTC)


@pytest.mark.parametrize("failing", ["CREATE OR ALTER TASK", "CREATE PIPE", None])
def test_a_create_that_failed_does_not_use_it_up(deploy: Deploy, failing: str | None):
    if failing:
        deploy.warehouse.refuse = refusing(failing)
    else:
        deploy.warehouse.validations = [FAILURE] * 100
    with pytest.raises(Failed):
        deploy("Create")
    deploy.warehouse.refuse = lambda statement: None
    deploy.warehouse.validations = []
    deploy.warehouse.later += HOURS
    before = now(deploy).replace(microsecond=0)
    assert start(deploy("Create")) >= before


def test_a_stack_that_was_rolled_back_after_the_migrations_does_not_either(deploy: Deploy):
    """Something else of the stack failed, and it was deleted before anything had landed."""
    first = start(deploy("Create"))
    deploy("Delete")
    deploy.warehouse.later += HOURS
    assert start(deploy("Create", LATER)) - first >= HOURS


def test_own_files_do_not_begin_it(deploy: Deploy):
    first = start(deploy("Create"))
    land(deploy.warehouse, BUCKET, "own.csv")
    deploy.warehouse.announce("own.csv")
    deploy("Delete")
    deploy.warehouse.later += HOURS
    assert start(deploy("Create", LATER)) - first >= HOURS


@pytest.mark.parametrize("applied", [False, True])
def test_once_its_first_slot_has_landed_it_is_the_same_for_ever(deploy: Deploy, applied: bool):
    first = start(deploy("Create"))
    land(deploy.warehouse, BUCKET, first_file(first))
    assert deploy.warehouse.announce(first_file(first)) == 1
    if applied:
        assert deploy.warehouse.run_task() == "SUCCEEDED"
        deploy.warehouse.run("DELETE FROM customer_raw")
    for kind, properties in (("Update", LATER), ("Delete", LATER), ("Create", LATER), ("Update", LATER)):
        deploy.warehouse.later += HOURS
        data = deploy(kind, properties)
        if kind != "Delete":
            assert start(data) == first


def test_an_update_leaves_it_while_something_may_be_on_its_way(deploy: Deploy):
    first = start(deploy("Create"))
    deploy.warehouse.later += timedelta(minutes=50)
    assert start(deploy("Update")) == first
    land(deploy.warehouse, BUCKET, "waits.csv")
    deploy.warehouse.later += HOURS
    assert start(deploy("Update")) == first


def test_an_update_long_after_has_it_begin_if_nothing_ever_came(deploy: Deploy):
    """As when the generator is switched on later."""
    first = start(deploy("Create"))
    deploy.warehouse.later += HOURS
    again = start(deploy("Update"))
    assert again - first >= HOURS
    land(deploy.warehouse, BUCKET, first_file(again))
    deploy.warehouse.announce(first_file(again))
    deploy.warehouse.later += HOURS
    assert start(deploy("Update")) == again


def test_files_left_in_the_old_bucket_are_no_beginning(deploy: Deploy):
    first = start(deploy("Create"))
    deploy.warehouse.run("ALTER PIPE customer_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    land(deploy.warehouse, BUCKET, first_file(first))
    deploy("Delete")
    deploy.warehouse.later += HOURS
    deploy("Create", LATER)
    assert not list(deploy.warehouse.buckets[LATER_BUCKET].glob("**/*.csv"))
