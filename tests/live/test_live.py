"""The whole way in real accounts: deployed, loaded, compared with the generator's truth, removed.

docs/operations.md, "The live tests", says what it needs. `make test` leaves it out.
"""

import os
from collections.abc import Iterator

import pytest

from tests.emulator.truth import compare
from tests.live.accounts import Live, deployed

# Two deploys' patience, and the files'.
pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        yield stage


def test_the_deploy_leaves_a_pipe_that_runs_and_reaches_the_bucket(live: Live):
    outputs = live.outputs()
    assert outputs["PipeStatus"] == "status: RUNNING"
    assert outputs["StorageValidation"] == "validation: success"
    assert outputs["MigrationWarnings"] == "warnings: "


def test_nothing_differs_from_what_was_deployed(live: Live):
    difference = live.diff()
    assert difference.code == 0, difference.output


def test_files_of_the_schedule_reach_the_tables_and_are_right(live: Live):
    with live.standing_still() as (connection, slots):
        verdict = compare(connection, live.feed, slots)
    assert verdict.right, verdict.wrong
    assert verdict.customers > 300
    assert verdict.versions > verdict.customers


def test_the_watch_sees_that_all_is_well(live: Live):
    metrics = live.watched()
    assert (metrics["PipeRunning"], metrics["TrustDrifted"]) == (1, 0)
