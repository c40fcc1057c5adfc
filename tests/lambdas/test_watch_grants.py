"""What sql/ grants to the role of the watch is enough for everything that it reads, and no more than that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customertrack.errors import UserError
from customertrack.local.home import VARIABLES, sql_folder
from customertrack.local.pipeline import PIPE, TASK, Pipeline
from customertrack.migrations import discover
from lambdas.migrate import grants
from lambdas.watch import invariants, trust
from lambdas.watch.event import questions
from lambdas.watch.metric import Metric
from lambdas.watch.watch import parts, use, watch
from snowglobe import Connection, connect
from snowglobe.errors import ProgrammingError
from tests.lambdas.watched import ERRORS, STORAGE, drop, source, trusted, values

NAMED = {**VARIABLES, "storage_integration": STORAGE, "error_integration": ERRORS}
(SCRIPT,) = (each for each in discover(sql_folder(), NAMED) if each.script == f"customer/{grants.SCRIPT}")
GRANTS = [each.text for each in SCRIPT.statements if each.text.startswith("GRANT ")]
EVERYTHING = {"counted_minutes": 60, "invariants": True, "landing": True}


@pytest.fixture
def granted(pipeline: Pipeline, tmp_path: Path) -> Pipeline:
    """A pipeline in which all that is read says something: a file of odd columns, failed runs, rows that wait."""
    trusted(pipeline.connection)
    grants.grant(pipeline.connection, [each.text for each in SCRIPT.statements])
    run(pipeline, f"ALTER TASK {TASK} RESUME")
    pipeline.ingest([drop(tmp_path, "a.csv", 1)])
    (pipeline.home.landing / "b.csv").write_bytes(drop(tmp_path, "b.csv", 2).read_bytes())
    assert [load.rows for load in pipeline.connection.refresh_pipe(PIPE)] == [1]
    run(pipeline, "DROP PROCEDURE pdr_pipeline_scd2_customer()")
    assert pipeline.connection.run_task(TASK).state == "FAILED"
    run(
        pipeline,
        "CREATE OR ALTER PROCEDURE pdr_purge_customer_raw(days NUMBER) RETURNS VARCHAR LANGUAGE SQL EXECUTE AS OWNER "
        "AS $$ BEGIN DELETE FROM customer_raw WHERE 1 / 0 = :days; RETURN 'never'; END; $$",
    )
    assert pipeline.connection.run_task("customer_purge_task").state == "FAILED"
    return pipeline


def run(pipeline: Pipeline, sql: str) -> None:
    pipeline.connection.cursor().execute(sql)


def later() -> datetime:
    """A time at which the rows that are pending have waited for so long that the watch reads them."""
    return datetime.now(UTC) + timedelta(minutes=16)


@contextmanager
def as_the_watch(pipeline: Pipeline) -> Iterator[Connection]:
    database = pipeline.connection._database
    assert database
    opening = database.opening
    with connect(
        database.path,
        database_name=opening.name,
        role=VARIABLES["watch_role"],
        buckets=opening.buckets,
        work_tables=opening.work_tables,
        memory_limit=opening.memory_limit,
    ) as session:
        yield session


def published(session: Connection, now: datetime) -> dict[str, float]:
    """All that a watch publishes that is asked for everything at a time; raises as the watch does."""
    found: list[Metric] = []
    use(session, VARIABLES["database"])
    trusts = [trust.RoleTrust(name, {}) for name in (STORAGE, ERRORS)]
    queries = {"customer": invariants.queries(sql_folder(), "customer")}
    asked = parts(source(session), questions(EVERYTHING, now), trusts=trusts, queries=queries, now=now)
    assert watch(asked, found.extend) == []
    return values(found)


def test_it_is_enough(granted: Pipeline):
    with as_the_watch(granted) as session:
        found = published(session, later())
    assert (found["TaskFailures"], found["FilesMisread"], found["FilesUndecided"]) == (2, 2, 0)
    assert found["InvariantOffences"] == 0


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: grant.partition(" TO ROLE ")[0])
def test_without_one_of_them_the_watch_fails_or_sees_less(granted: Pipeline, grant: str):
    with as_the_watch(granted) as session:
        # One time for both, or what it counts in minutes would differ anyway.
        now = later()
        before = published(session, now)
        run(granted, grant.replace("GRANT ", "REVOKE ").replace(" TO ROLE ", " FROM ROLE "))
        try:
            assert published(session, now) != before
        except (UserError, ProgrammingError) as error:
            assert "not authorized" in str(error)


def test_it_can_change_nothing(granted: Pipeline):
    statements = [
        "DELETE FROM customer_raw",
        "INSERT INTO customer_batch SELECT * FROM customer_batch",
        f"ALTER PIPE {PIPE} SET PIPE_EXECUTION_PAUSED = TRUE",
        f"EXECUTE TASK {TASK}",
        "CALL pdr_pipeline_scd2_customer()",
        f"DROP INTEGRATION {STORAGE}",
        "CREATE TABLE mine (a INT)",
    ]
    with as_the_watch(granted) as session:
        use(session, VARIABLES["database"])
        for statement in statements:
            with pytest.raises(ProgrammingError, match="Insufficient privileges"):
                session.cursor().execute(statement)
