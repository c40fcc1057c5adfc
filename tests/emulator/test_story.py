"""The real stack, deployed by the real CLI of CDK into an emulated AWS: its whole life (story.py), chapter by chapter.

A test that is asked for alone has the chapters before it told first.
"""

from collections.abc import Iterator

import pytest

from infra.administrator import statements
from infra.console_app import app_files
from tests.emulator.chapters import Deployed, Loaded
from tests.emulator.ministack import ACCOUNT, ROOT
from tests.emulator.other_feeds import DEFINITIONS, HELD, ROUNDS
from tests.emulator.products import VERSIONS
from tests.emulator.rehearsal import NAME, STAGE, USER, rehearsing
from tests.emulator.stack import LANDING
from tests.emulator.story import Story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with rehearsing(tmp_path_factory.mktemp("story")) as rehearsal:
        yield Story(rehearsal)


def assert_went_all_the_way(loaded: Loaded, bucket: str) -> None:
    for slot in loaded.slots:
        assert {each.bucket for each in slot.announced} == {bucket}
        assert [(load.name, load.status) for load in slot.loads] == [(each.key, "LOADED") for each in slot.announced]
        assert slot.batch
        assert slot.batch.rows_landed == sum(load.rows for load in slot.loads)
    assert {name: rows for name, rows in loaded.verdict.wrong.items() if rows} == {}
    assert loaded.counts.pending == 0


def test_a_deploy_that_snowflake_refuses_says_what_the_administrator_has_to_run(story: Story):
    refused = story.deploy_too_early()
    (reason,) = refused.reasons
    assert "have an administrator of Snowflake run these statements" in reason
    assert statements(STAGE, ACCOUNT) in reason
    assert refused.status == "ROLLBACK_COMPLETE"


def test_the_administrators_statements_are_those_of_the_refusal(story: Story):
    assert story.administer() == statements(STAGE, ACCOUNT)


def test_a_deploy_leaves_a_pipe_that_runs(story: Story):
    deployed = story.deploy()
    assert deployed.outputs["PipeStatus"] == "status: RUNNING"
    assert deployed.outputs["StorageValidation"] == "validation: success"
    assert deployed.outputs["MigrationWarnings"] == "warnings: "
    assert deployed.outputs["LandingUrl"] == f"s3://{deployed.bucket}/landing/"
    assert deployed.topic.rpartition(":")[2].startswith(f"{NAME}-LandingTopic")


def test_the_functions_signed_in_as_workloads(story: Story):
    story.deploy()
    sign_ins = story.rehearsal.snowflake.sign_ins()
    assert {each["authenticator"] for each in sign_ins} == {"WORKLOAD_IDENTITY"}
    assert not any(name in each for each in sign_ins for name in ("password", "private_key", "token"))


def test_files_of_the_schedule_reach_the_tables_and_are_right(story: Story):
    loaded = story.load()
    assert [slot.number for slot in loaded.slots] == [1, 2, 3]
    assert_went_all_the_way(loaded, story.deploy().bucket)
    assert loaded.verdict.customers > 300
    assert loaded.verdict.versions > loaded.verdict.customers
    assert loaded.counts.rejects > 0


def test_the_first_slot_brings_the_initial_customers_too(story: Story):
    first, *later = story.load().slots
    assert len(first.announced) == 2
    assert [len(slot.announced) for slot in later] == [1, 1]


def test_a_slot_whose_task_was_lost_comes_with_the_next(story: Story):
    lost = story.lose_a_slot()
    (slot,) = lost.loaded.slots
    assert slot.number > lost.number
    assert f"{LANDING}{lost.name}.gz" in {each.key for each in slot.announced}
    assert_went_all_the_way(lost.loaded, story.deploy().bucket)


def test_only_what_lands_is_announced(story: Story):
    loaded = story.load()
    assert loaded.elsewhere in story.destroy().objects
    assert all(each.key.startswith(LANDING) for slot in loaded.slots for each in slot.announced)


def test_nothing_differs_from_what_was_deployed(story: Story):
    difference = story.diff()
    assert (difference.code, "There were no differences" in difference.output) == (0, True)


def test_the_watch_publishes_by_its_schedule(story: Story):
    metrics = story.watch().scheduled
    assert metrics["TrustDrifted"] == 0
    for name in ("customer", "product"):
        assert (metrics[f"PipeRunning {name}"], metrics[f"PipePendingFiles {name}"]) == (1, 0)
        assert f"InvariantOffences {name}" not in metrics


def test_the_watch_is_a_user_of_its_own_who_asks_for_no_warehouse(story: Story):
    story.watch()
    asked = [each for each in story.rehearsal.snowflake.sign_ins() if each["user"] == f"{USER}_WATCH"]
    assert asked
    assert {(each["role"], each["warehouse"]) for each in asked} == {(f"{USER}_WATCH", "")}


def test_the_watch_counts_what_landed_and_who_offends(story: Story):
    counts, metrics = story.lose_a_slot().loaded.counts, story.watch().asked_for
    assert (metrics["RowsLanded customer"], metrics["RowsRejected customer"]) == (counts.landed, counts.rejects)
    assert (metrics["RowsLanded product"], metrics["RowsRejected product"]) == (2, 0)
    for kind in ("TaskFailures", "FilesMisread", "FilesUndecided"):
        assert (metrics[f"{kind} customer"], metrics[f"{kind} product"]) == (0, 0)
    for name in ("customer", "product"):
        offences = {each: value for each, value in metrics.items() if each.startswith(f"InvariantOffences {name} ")}
        assert offences == dict.fromkeys(offences, 0)
        assert len(offences) == len(story.load().verdict.wrong) - len(("customer", "customer_history"))


def test_a_file_of_the_other_dimension_reaches_its_tables_and_is_right(story: Story):
    products = story.load_products()
    assert [(load.name, load.status, load.rows) for load in products.loads] == [
        ("landing/product/first.csv", "LOADED", 2)
    ]
    assert products.refresh.state == "SUCCEEDED"
    assert products.versions == VERSIONS["first.csv"]


def test_a_dimension_that_fails_holds_up_no_other_and_is_told_as_itself(story: Story):
    broken = story.break_products()
    assert (broken.waits.loads, broken.waits.versions) == ([], VERSIONS["first.csv"])
    assert (broken.metrics["PipeRunning product"], broken.metrics["PipePendingFiles product"]) == (0, 1)
    assert (broken.metrics["PipeRunning customer"], broken.metrics["StreamLagMinutes customer"]) == (1, 0)
    # A deploy and a slot while it fails.
    assert_went_all_the_way(story.update().loaded, story.deploy().bucket)


def test_once_it_is_made_good_nothing_of_it_is_missing(story: Story):
    mended = story.mend_products()
    assert [load.status for load in mended.loads] == ["LOADED"]
    assert mended.versions == VERSIONS["second.csv"]


def test_an_update_reaches_the_warehouse_and_disturbs_nothing(story: Story):
    changed = story.update()
    assert changed.scripts == ["customer/R__30_changing_data.sql", "product/R__30_changing_data.sql"]
    assert_went_all_the_way(changed.loaded, story.deploy().bucket)


def test_the_console_is_made_of_what_is_deployed_and_owned_by_a_role_that_reads(story: Story):
    first, second = story.update().console, story.redefine_products().console
    assert first
    assert second
    copy = story.rehearsal.cdk.project
    for app, project, dimensions in ((first, ROOT, ()), (second, copy, DEFINITIONS)):
        assert app.owner == f"{USER}_CONSOLE"
        assert app.files == set(app_files(project, ("customer", "product", *dimensions)))
        assert app.staged == {app.version.removeprefix("version:")}
    assert first.version != second.version


def test_with_its_setting_off_the_console_is_taken_away(story: Story):
    again = story.deploy_again()
    assert again.console_before == story.redefine_products().console
    assert again.console_after is None


def test_another_definition_is_deployed_over_what_has_landed(story: Story):
    """An attribute more, one that is wider, retired, renamed, of another change; and the other layout."""
    redefined = story.redefine_products()
    assert {script.partition("/")[0] for script in redefined.scripts} == {"product", *DEFINITIONS}
    refresh, _ = redefined.derived.runs
    assert (refresh.state, refresh.return_value) == ("SUCCEEDED", "derived again")
    assert redefined.derived.wrong == {}
    landed = redefined.landed
    assert [(load.name, load.status, load.rows) for load in landed.loads] == [
        ("landing/product/third.csv", "LOADED", 3)
    ]
    assert [run.state for run in landed.runs] == ["SUCCEEDED", "SUCCEEDED"]
    assert landed.wrong == {}
    before, after = redefined.customers
    assert after == before
    assert redefined.verdict.right


def test_snapshots_and_json_lines_reach_their_tables_and_are_right(story: Story):
    feeds = story.load_other_feeds()
    for found, files in zip(feeds.rounds, ROUNDS, strict=True):
        named = {f"landing/{name}/{file.name}" for name, those in files.items() for file in those}
        assert {(load.name, load.status) for load in found.loads} == {(name, "LOADED") for name in named}
        assert [run.state for run in found.runs] == ["SUCCEEDED", "SUCCEEDED"]
        assert found.wrong == {}
    assert [found.held for found in feeds.rounds] == [[], [HELD.name]]


def test_the_watch_knows_each_format_and_an_alarm_hears_of_a_snapshot_that_is_held(story: Story):
    feeds = story.load_other_feeds()
    metrics = feeds.metrics
    for name in DEFINITIONS:
        assert (metrics[f"PipeRunning {name}"], metrics[f"FilesMisread {name}"]) == (1, 0)
        assert metrics[f"FilesUndecided {name}"] == 0
        offences = {each: value for each, value in metrics.items() if each.startswith(f"InvariantOffences {name} ")}
        assert offences
        assert set(offences.values()) == {0}
    assert metrics["SnapshotsHeld stock"] >= feeds.alarms["SnapshotsHeld"] > metrics["SnapshotsLoading stock"] == 0


def test_a_snapshot_that_is_released_is_applied_and_the_alarm_hears_of_it(story: Story):
    released = story.release_a_snapshot()
    assert released.said.startswith("released: landing/stock/")
    assert [run.state for run in released.round.runs] == ["SUCCEEDED"]
    assert (released.round.held, released.round.wrong) == ([], {})
    assert released.metrics["SnapshotsHeld stock"] == 0


def test_a_failing_update_is_rolled_back_and_the_pipeline_goes_on(story: Story):
    rolled_back = story.update_in_vain()
    (reason,) = rolled_back.refused.reasons
    assert "secret:missing-AbCdEf cannot be read" in reason
    assert rolled_back.refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert rolled_back.difference.code == 0
    assert_went_all_the_way(rolled_back.loaded, story.deploy().bucket)


def test_destroy_keeps_the_data_and_stops_what_would_work_on_it(story: Story):
    destroyed = story.destroy()
    assert not destroyed.exists
    assert destroyed.kept_objects == destroyed.objects
    assert destroyed.kept_counts == destroyed.counts
    assert (destroyed.paused, destroyed.task_runs) == (True, False)


def test_destroy_stops_a_task_that_runs(story: Story):
    assert story.destroy().stopped == ("STOPPED", "CustomerTrack: the stack is being deleted")


def assert_moved(before: Deployed, after: Deployed) -> None:
    assert before.topic != after.topic
    assert before.bucket != after.bucket
    assert after.outputs["PipeStatus"] == "status: RUNNING"


def test_a_stack_made_again_goes_on_in_the_same_warehouse(story: Story):
    again = story.deploy_again().deployed
    assert_moved(story.deploy(), again)
    loaded = story.load_again()
    assert_went_all_the_way(loaded, again.bucket)
    assert loaded.counts.events > story.destroy().counts.events


def test_a_destroy_loads_what_has_landed_and_keeps_what_waits(story: Story):
    interrupted = story.interrupt()
    assert interrupted.in_the_stream.loads
    assert interrupted.pending == sum(load.rows for load in interrupted.in_the_stream.loads)
    destroyed = story.destroy_again()
    assert not destroyed.exists
    before, after = destroyed.counts, destroyed.kept_counts
    assert after.pending > before.pending == interrupted.pending
    assert after.landed - before.landed == after.pending - before.pending
    assert after.versions == before.versions
    assert (destroyed.paused, destroyed.task_runs) == (True, False)


def test_a_stale_stream_and_another_bucket_lose_nothing(story: Story):
    later = story.deploy_much_later()
    waiting = story.destroy_again().kept_counts.pending
    assert later.stale
    assert_moved(story.deploy_again().deployed, later.deployed)
    assert later.pending == waiting
    assert f"the stream of customer was stale or gone and is made anew: {waiting} rows taken up" in later.warnings
    loaded = story.load_much_later()
    (slot,) = loaded.slots
    assert slot.batch
    assert slot.batch.rows_landed == waiting + sum(load.rows for load in slot.loads)
    assert {name: rows for name, rows in loaded.verdict.wrong.items() if rows} == {}
    assert (loaded.counts.pending, loaded.counts.events + loaded.counts.rejects) == (0, loaded.counts.landed)


def test_it_can_be_destroyed_at_last(story: Story):
    destroyed = story.destroy_at_last()
    assert not destroyed.exists
    assert destroyed.kept_counts == destroyed.counts
