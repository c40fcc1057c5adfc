"""Each deploy leaves the watch's role with what it may read, also of objects that were dropped and made again."""

import pytest

from lambdas.migrate import grants
from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import LATER, SCRIPTS, Deploy, refusing
from tests.lambdas.properties import BLOCK

GRANTED = "SELECT COUNT(*) FROM embedded.object WHERE kind = 'Grant' AND name LIKE 'customertrack_dev_watch %'"


def granted(deploy: Deploy) -> int:
    (row,) = deploy.warehouse.look(GRANTED)
    return int(row[0])


def test_the_file_is_the_last_one(deploy: Deploy):
    """So that all it names is there."""
    assert SCRIPTS[-1] == f"customer/{grants.SCRIPT}"


def test_a_pipe_that_is_made_again_is_granted_again(deploy: Deploy):
    deploy("Create")
    before = granted(deploy)
    assert before == deploy.warehouse.count("GRANT ") / 2
    deploy("Update", LATER)
    assert deploy.warehouse.count("DROP PIPE") == 1
    assert granted(deploy) == before


def test_a_task_that_somebody_made_again_is_granted_again(redeploy: Deploy):
    before = granted(redeploy)
    redeploy.warehouse.rows("DROP TASK customertrack_dev.dimension.customer_refresh_task")
    assert granted(redeploy) == before - 1
    redeploy.warehouse.rows(
        "CREATE TASK customertrack_dev.dimension.customer_refresh_task SCHEDULE = '1 MINUTE' AS SELECT 1"
    )
    redeploy("Update", Revision="2")
    assert granted(redeploy) == before


def test_a_role_that_is_not_there_gives_the_administrators_statements(deploy: Deploy):
    """As on an upgrade from a version in which the watch had no role of its own: errno 2003, not 3001."""
    deploy.warehouse.refuse = refusing("GRANT USAGE ON DATABASE", errno=2003)
    with pytest.raises(Failed) as failed:
        deploy("Create")
    assert str(failed.value).endswith(BLOCK)
    assert f"{grants.SCRIPT}:5" in str(failed.value)
    assert "if the role of the watch does not exist yet" in str(failed.value)
