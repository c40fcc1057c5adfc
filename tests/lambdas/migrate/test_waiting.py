"""What AWS was told takes time to hold: the deploy waits for it, and not for ever."""

import pytest

from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import BUCKET, FAILURE, HISTORY, LOADED, SCRIPTS, Deploy, land, refusing


def test_it_waits_until_snowflake_reaches_the_bucket(redeploy: Deploy):
    redeploy.warehouse.validations = [FAILURE, "nothing to read", FAILURE]
    land(redeploy.warehouse, BUCKET, "one.csv")
    data = redeploy("Create")
    assert data["StorageValidation"] == "success"
    assert redeploy.clock.slept == [10, 10, 10]
    assert redeploy.warehouse.rows(LOADED) == [(1,)]


def test_the_integration_is_asked_for_by_the_name_it_has_in_snowflake(redeploy: Deploy):
    """Unquoted names are upper case there, and this function does not make them so."""
    redeploy("Update", StorageIntegration="customertrack_dev_storage")
    (asked,) = [
        statement for statement in redeploy.warehouse.sent if "SYSTEM$VALIDATE_STORAGE_INTEGRATION" in statement
    ]
    assert "('CUSTOMERTRACK_DEV_STORAGE', " in asked


def test_a_bucket_out_of_reach_fails_a_create_with_the_next_step(redeploy: Deploy):
    redeploy.warehouse.validations = [FAILURE] * 100
    with pytest.raises(Failed) as failed:
        redeploy("Create")
    assert "AccessDenied: sts:AssumeRole" in str(failed.value)
    assert "see that the read role trusts Snowflake's user" in str(failed.value)
    assert redeploy.clock.now == 290
    assert redeploy.warehouse.count("ALTER PIPE") == 1


def test_a_bucket_out_of_reach_does_not_keep_an_update_from_going_back(redeploy: Deploy):
    redeploy.warehouse.validations = [FAILURE] * 100
    data = redeploy("Update", Revision="2")
    assert "AccessDenied" in data["StorageValidation"]
    assert data["Warnings"].startswith("Snowflake does not reach the bucket: ")
    assert redeploy.warehouse.count(f"ALTER PIPE {'REFRESH'}") == 0


def test_it_does_not_wait_longer_than_the_function_lives(redeploy: Deploy):
    redeploy.warehouse.validations = [FAILURE] * 100
    redeploy.seconds = 100
    redeploy("Update", Revision="2")
    assert redeploy.clock.now == 30
    redeploy.seconds = 0
    redeploy("Update", Revision="3")
    assert redeploy.clock.now == 30


def test_it_waits_until_snowflake_may_subscribe_to_the_topic(deploy: Deploy):
    deploy.warehouse.refuse = refusing("CREATE PIPE", times=2)
    data = deploy("Create")
    assert data["Applied"] == str(len(SCRIPTS))
    assert deploy.clock.slept == [10, 10]
    failed = [script for script, status in deploy.warehouse.rows(HISTORY) if status == "Failed"]
    assert failed == ["customer/R__25_pipe.sql"] * 2


def test_it_does_not_wait_for_the_topic_for_ever(deploy: Deploy):
    deploy.warehouse.refuse = refusing("CREATE PIPE")
    with pytest.raises(Failed, match="CREATE PIPE is refused"):
        deploy("Create")
    assert deploy.clock.now == 110
