"""Create and Update: the real sql/ is applied once, whoever else is at it and whatever failed before."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import BUCKET, HISTORY, LOADED, SCRIPTS, Deploy, land, refusing
from tests.lambdas.properties import BLOCK, MIGRATIONS
from tests.packaged_sql import packaged_sql


def test_the_first_deploy_applies_everything_and_loads_what_is_there(deploy: Deploy):
    land(deploy.warehouse, BUCKET, "early.csv")
    data = deploy("Create")
    assert data["Applied"] == str(len(SCRIPTS))
    assert data["Scripts"].startswith("V1.0.0__database_and_schema.sql, customer/R__08_gate.sql, ")
    assert (data["PipeStatus"], data["StorageValidation"], data["Warnings"]) == ("RUNNING", "success", "")
    begun = datetime.fromisoformat(data["FeedStart"])
    assert timedelta(0) < datetime.now(UTC) - begun < timedelta(minutes=5)
    assert data["FeedStart"].endswith("Z")
    assert sorted(row[0] for row in deploy.warehouse.rows(HISTORY)) == SCRIPTS
    assert deploy.warehouse.rows(LOADED) == [(1,)]
    assert deploy.warehouse.run_task() == "SUCCEEDED"
    assert deploy.warehouse.sessions == 0
    assert deploy.clock.slept == []


def test_a_deploy_is_counted_by_stage_alone(redeploy: Deploy, capsys: pytest.CaptureFixture[str]):
    """Log lines go elsewhere; what is printed is the metric."""
    redeploy("Update", Revision="2")
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    metric = json.loads(line)
    assert (metric["MigrationsApplied"], metric["stage"]) == ([0.0], "dev")
    (described,) = metric["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("CustomerTrack", [["stage"]])


def test_a_second_run_applies_nothing_and_tells_the_same_start(redeploy: Deploy):
    first = redeploy("Update", Revision="2")
    assert (first["Applied"], first["Scripts"], first["Warnings"]) == ("0", "", "")
    assert redeploy.warehouse.count("CREATE") == redeploy.warehouse.count("DROP") == 0
    assert redeploy("Update", Revision="3")["FeedStart"] == first["FeedStart"]


def test_a_failed_deploy_is_taken_up_where_it_stopped(deploy: Deploy):
    deploy.warehouse.refuse = refusing("CREATE OR ALTER FILE FORMAT")
    with pytest.raises(Failed) as failed:
        deploy("Create")
    reason = str(failed.value)
    assert 'customer/R__20_landing.sql:5: "CREATE OR ALTER FILE FORMAT customer_csv' in reason
    assert "CREATE OR ALTER FILE FORMAT is refused." in reason
    assert "before it succeeded: V1.0.0__database_and_schema.sql" in reason
    assert BLOCK not in reason
    assert deploy.warehouse.sessions == 0
    deploy.warehouse.refuse = lambda statement: None
    data = deploy("Create")
    assert data["Applied"] == str(len([name for name in SCRIPTS if name >= "customer/R__20_landing.sql"]))
    assert data["PipeStatus"] == "RUNNING"
    assert deploy.warehouse.run_task() == "SKIPPED"
    land(deploy.warehouse, BUCKET, "one.csv")
    assert deploy.warehouse.announce("one.csv") == 1
    assert deploy.warehouse.run_task() == "SUCCEEDED"


def test_a_lacking_privilege_gives_the_administrators_statements(deploy: Deploy):
    deploy.warehouse.refuse = refusing("CREATE DATABASE", errno=3001)
    with pytest.raises(Failed) as failed:
        deploy("Create")
    assert str(failed.value).endswith(BLOCK)


def test_two_deploys_at_once_apply_each_file_once(deploy: Deploy):
    together = threading.Barrier(2)
    results: list[dict[str, str]] = []

    def run() -> None:
        together.wait()
        results.append(deploy("Create"))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(result["Applied"]) for result in results) == [0, len(SCRIPTS)]
    assert sorted(deploy.warehouse.rows(HISTORY)) == [(name, "Success") for name in SCRIPTS]


def test_files_that_left_the_folder_are_a_warning(redeploy: Deploy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """As on the way back from an update that brought a new file."""
    folder = packaged_sql(tmp_path / "sql")
    (folder / "V9.0.0__new.sql").write_text(
        "USE SCHEMA {{ database }}.dimension;\nCREATE TABLE IF NOT EXISTS new_table (a INT);"
    )
    with monkeypatch.context() as newer:
        newer.setattr("lambdas.migrate.migrate.SQL", folder)
        assert redeploy("Update", SqlHash="def")["Scripts"] == "V9.0.0__new.sql"
    data = redeploy("Update")
    assert data["Applied"] == "0"
    assert data["Warnings"] == "V9.0.0__new.sql was applied, but is no longer in the folder"


def test_variables_without_a_topic_are_told(redeploy: Deploy):
    variables = {name: value for name, value in MIGRATIONS["Variables"].items() if name != "topic_arn"}
    with pytest.raises(Failed, match="the variable topic_arn has no value"):
        redeploy("Update", Variables=variables)
