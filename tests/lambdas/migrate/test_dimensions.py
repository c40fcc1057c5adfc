"""A deploy of several dimensions: each has its own, and one that fails holds up no other."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from customertrack.migrations import Applied
from lambdas.custom_resource import answer
from lambdas.migrate import handler
from lambdas.migrate.migrate import SQL, migrate
from lambdas.reason import Failed
from tests.lambdas.migrate.deploy import BUCKET, FAILURE, LATER, LATER_BUCKET, Clock, Deploy, deploying, land, refusing
from tests.lambdas.migrate.warehouse import Warehouse
from tests.lambdas.properties import BLOCK, MIGRATIONS, event

BOTH: dict[str, Any] = MIGRATIONS | {"Dimensions": ["customer", "product"]}
FAILED = "one dimension is not deployed, which holds up no other; product: "
PRODUCTS = "sku,region,changed_at,change_no,name\nA1,DE,2026-01-01,1,Chair\n"


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """sql/ of a package with both, which a test may change."""
    folder = tmp_path / "sql"
    for part in ("customer", "product"):
        shutil.copytree(SQL / part, folder / part)
    for path in SQL.glob("V*.sql"):
        shutil.copyfile(path, folder / path.name)
    return folder


@pytest.fixture(autouse=True)
def in_the_package(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdas.migrate.migrate.SQL", packaged)


@pytest.fixture(scope="module")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a warehouse to which both were deployed."""
    folder = tmp_path_factory.mktemp("both")
    warehouse = Warehouse(folder, [BUCKET])
    session = warehouse.sign_in(None)
    deployment = handler._deployment(handler.Request.of(event("Create", BOTH)), "CUSTOMERTRACK_DEV")
    migrate(session, deployment, lambda: 840, lambda told: None)
    session.close()
    warehouse.close()
    return folder / "w.duckdb"


@pytest.fixture
def both(deployed_once: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deploy]:
    """The handler on an account to which both were deployed."""
    shutil.copyfile(deployed_once, tmp_path / "w.duckdb")
    warehouse = Warehouse(tmp_path, [BUCKET, LATER_BUCKET])
    yield deploying(warehouse, clock, monkeypatch)
    warehouse.close()


def land_product(deploy: Deploy, name: str) -> None:
    path = deploy.warehouse.buckets[BUCKET] / "landing" / "product" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PRODUCTS)


def works(deploy: Deploy, dimension: str, name: str) -> bool:
    """Whether a file goes all the way: by the pipe and the task, into the view."""
    (land_product if dimension == "product" else lambda deploy, name: land(deploy.warehouse, BUCKET, name))(
        deploy, name
    )
    loaded = deploy.warehouse.announce(name, dimension)
    return (loaded, deploy.warehouse.run_task(dimension)) == (1, "SUCCEEDED")


def states(deploy: Deploy, dimension: str) -> tuple[str, bool]:
    """Of the pipe, and whether the tasks are started."""
    pipe = f"SELECT SYSTEM$PIPE_STATUS('CUSTOMERTRACK_DEV.DIMENSION.{dimension.upper()}_S3_PIPE')"
    shown = deploy.warehouse.rows(f"SHOW TASKS LIKE '{dimension}_%' IN SCHEMA CUSTOMERTRACK_DEV.DIMENSION")
    state = json.loads(deploy.warehouse.rows(pipe)[0][0])["executionState"]
    return state, bool(shown) and all("started" in row for row in shown)


RUNS = ("RUNNING", True)


def test_each_has_pipe_and_tasks_that_run(both: Deploy):
    for name in ("customer", "product"):
        assert states(both, name) == RUNS
        assert works(both, name, f"{name}.csv")


def broken_file(deploy: Deploy, sql: Path) -> None:
    path = sql / "product" / "R__40_history.sql"
    path.write_text(path.read_text() + "\nSELECT * FROM nothing_of_the_kind;\n")


def unreadable_file(deploy: Deploy, sql: Path) -> None:
    (sql / "product" / "R__40_history.sql").write_text("SELECT 'never closed")


def no_folder(deploy: Deploy, sql: Path) -> None:
    shutil.rmtree(sql / "product")


def refused_pipe(deploy: Deploy, sql: Path) -> None:
    deploy.warehouse.run("DROP PIPE product_s3_pipe")
    deploy.warehouse.refuse = refusing("CREATE PIPE IF NOT EXISTS product")


def refused_grants(deploy: Deploy, sql: Path) -> None:
    deploy.warehouse.refuse = refusing("GRANT SELECT ON VIEW product TO")


BREAKING = {
    broken_file: "product/R__40_history.sql:",
    unreadable_file: "product/R__40_history.sql:1: the string that begins here is never closed",
    no_folder: "the package has no folder sql/product",
    refused_pipe: "CREATE PIPE IF NOT EXISTS product is refused",
    refused_grants: "GRANT SELECT ON VIEW product TO is refused",
}


@pytest.mark.parametrize("breaking", BREAKING, ids=lambda breaking: breaking.__name__)
def test_one_that_fails_holds_up_no_other(both: Deploy, packaged: Path, breaking: Any):
    breaking(both, packaged)
    customers = packaged / "customer" / "R__60_refresh_task.sql"
    customers.write_text(customers.read_text() + "\n-- another text\n")
    # A deploy had stopped it, and failed.
    both.warehouse.run("ALTER PIPE customer_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    both.warehouse.rows("UPDATE CUSTOMERTRACK_DEV.MIGRATIONS.DEPLOYMENT SET STANDS_STILL = TRUE")
    with pytest.raises(Failed) as failed:
        both("Update", BOTH, SqlHash="def")
    assert str(failed.value).startswith(FAILED)
    assert BREAKING[breaking] in str(failed.value)
    applied = "SELECT COUNT(*) FROM CUSTOMERTRACK_DEV.MIGRATIONS.CHANGE_HISTORY WHERE STATUS = 'Success' AND SCRIPT = ?"
    script = "customer/R__60_refresh_task.sql"
    assert both.warehouse.rows(applied.replace("?", f"'{script}'")) == [(2,)]
    assert states(both, "customer") == RUNS
    assert works(both, "customer", "meanwhile.csv")


@pytest.mark.parametrize("breaking", [broken_file, unreadable_file])
def test_the_way_back_mends_it(both: Deploy, packaged: Path, breaking: Any):
    """As CloudFormation does it: the old package with the old properties."""
    before = (packaged / "product" / "R__40_history.sql").read_text()
    breaking(both, packaged)
    with pytest.raises(Failed):
        both("Update", BOTH, SqlHash="def")
    (packaged / "product" / "R__40_history.sql").write_text(before)
    assert both("Update", BOTH)["Warnings"] == ""
    for name in ("customer", "product"):
        assert states(both, name) == RUNS
        assert works(both, name, f"{name}.csv")


def test_what_failed_of_several_is_told_of_each(both: Deploy):
    both.warehouse.refuse = refusing("GRANT MONITOR ON PIPE")
    with pytest.raises(Failed) as failed:
        both("Update", BOTH, Revision="2")
    head, *lines = str(failed.value).splitlines()
    assert head == "2 dimensions are not deployed, which holds up no other:"
    assert [line.partition(":")[0] for line in lines] == ["- customer", "- product"]


def test_a_privilege_that_one_lacks_gives_the_administrators_statements(both: Deploy):
    both.warehouse.refuse = refusing("GRANT MONITOR ON PIPE product", errno=3001)
    with pytest.raises(Failed) as failed:
        both("Update", BOTH, Revision="2")
    assert str(failed.value).endswith(BLOCK)


def test_a_dimension_is_added_to_a_stack_that_runs(redeploy: Deploy):
    land_product(redeploy, "early.csv")
    data = redeploy("Update", BOTH)
    assert data["Scripts"].startswith("product/R__08_gate.sql, ")
    assert redeploy.warehouse.count("ALTER STAGE") == redeploy.warehouse.count("DROP PIPE") == 0
    # Its pipe is new, and looks for what nobody has told it of.
    assert redeploy.warehouse.rows("SELECT COUNT(*) FROM CUSTOMERTRACK_DEV.DIMENSION.PRODUCT_RAW") == [(1,)]
    assert states(redeploy, "product") == RUNS


def test_one_that_is_left_out_stands_still_until_it_is_back(both: Deploy):
    data = both("Update", MIGRATIONS)
    assert data["Warnings"] == ""
    assert states(both, "product") == ("PAUSED", False)
    assert states(both, "customer") == RUNS
    assert both("Update", MIGRATIONS, Revision="2")["Warnings"] == ""
    data = both("Update", BOTH)
    # It was a deploy that had stopped it.
    assert (data["Warnings"], states(both, "product")) == ("", RUNS)


def test_what_somebody_holds_of_one_is_held_of_it_alone(both: Deploy):
    both.warehouse.run(
        "ALTER TASK product_refresh_task SUSPEND", "ALTER PIPE product_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE"
    )
    data = both("Update", BOTH, Revision="2")
    assert data["PipeStatus"] == "product: PAUSED"
    assert data["Warnings"].startswith("the pipe of product does not run: PAUSED; PRODUCT_REFRESH_TASK stays stopped")
    assert (states(both, "customer"), states(both, "product")) == (RUNS, ("PAUSED", False))


def test_only_a_stale_stream_is_made_anew(both: Deploy):
    both.warehouse.run("DROP STREAM product_table_changes")
    assert both("Update", BOTH, Revision="2")["Warnings"].startswith("the stream of product was stale or gone")
    assert both.warehouse.count("CALL renew_") == 1
    assert both.warehouse.count('ALTER TASK IF EXISTS "CUSTOMERTRACK_DEV"."DIMENSION"."CUSTOMER') == 0


def test_another_life_of_the_stack_moves_both(both: Deploy):
    both("Delete", BOTH)
    assert (states(both, "customer"), states(both, "product")) == (("PAUSED", False), ("PAUSED", False))
    data = both("Create", LATER | {"Dimensions": ["customer", "product"]})
    assert (data["PipeStatus"], data["StorageValidation"]) == ("RUNNING", "success")
    urls = both.warehouse.rows("SELECT STAGE_URL FROM CUSTOMERTRACK_DEV.INFORMATION_SCHEMA.STAGES ORDER BY STAGE_NAME")
    assert urls == [(f"s3://{LATER_BUCKET}/landing/{name}/",) for name in ("customer", "product")]


def test_files_of_all_that_were_left_behind_are_counted_together(both: Deploy, caplog: pytest.LogCaptureFixture):
    land(both.warehouse, BUCKET, "one.csv")
    land_product(both, "one.csv")
    both.warehouse.refuse = lambda statement: (
        refusing("ALTER PIPE")(statement) if statement.endswith("REFRESH") else None
    )
    both("Delete", BOTH)
    assert f"2 files that had landed in s3://{BUCKET}/landing/ were not loaded" in caplog.text


def test_a_stage_without_customers_is_as_good(deploy: Deploy):
    alone = MIGRATIONS | {"Dimensions": ["product"], "Generated": []}
    assert deploy("Create", alone)["PipeStatus"] == "RUNNING"
    assert works(deploy, "product", "a.csv")
    assert deploy("Update", alone, Revision="2")["Warnings"] == ""
    pipes = deploy.warehouse.rows("SELECT PIPE_NAME FROM CUSTOMERTRACK_DEV.INFORMATION_SCHEMA.PIPES")
    assert pipes == [("PRODUCT_S3_PIPE",)]


def test_a_bucket_that_is_not_reached_for_one_is_told_of_it(both: Deploy):
    both.warehouse.validations = ['{"status": "success"}', *[FAILURE] * 100]
    data = both("Update", BOTH, Revision="2")
    assert data["StorageValidation"].startswith("product: ")
    assert "AccessDenied" in data["StorageValidation"]


def test_the_answer_of_twenty_is_one_that_cloudformation_takes(both: Deploy, monkeypatch: pytest.MonkeyPatch):
    """4,096 bytes, of which CloudFormation's own fields take less than 1,000."""
    names = [f"orders_of_the_northern_region_by_week_{number:02}" for number in range(20)]
    outcomes: list[Any] = []
    monkeypatch.setattr("lambdas.migrate.handler._report", lambda outcome, stage: outcomes.append(outcome))
    both("Update", BOTH, Revision="2")
    outcome = outcomes[0]
    applied = tuple(Applied(f"{name}/R__{number}_of_the_files.sql", 5, 1) for name in names for number in range(14))
    many = replace(
        outcome,
        report=replace(outcome.report, applied=applied),
        validations={name: f"AccessDenied for {name}" for name in names},
        pipe_states=dict.fromkeys(names, "STOPPED_STAGE_ALTERED"),
        taken_up=dict.fromkeys(names, "1000000 rows taken up"),
    )
    assert len(json.dumps(answer("customertrack-dev-migrations", handler._data(many)))) < 3000
