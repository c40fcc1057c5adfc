"""A session with a role reads what the role was granted, and does nothing else; one without it may do everything."""

from pathlib import Path

import pytest

from snowglobe.account.privileges import Grant
from snowglobe.connection import Connection, connect
from snowglobe.errors import ProgrammingError
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.conftest import COPY, Clock
from tests.snowglobe.support import drop_file, rows, run, value

SET_UP = (
    "CREATE STREAM s ON TABLE raw APPEND_ONLY = TRUE",
    "CREATE VIEW v AS SELECT id FROM raw",
    "CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SQL AS $$ a + 1 $$",
    f"CREATE PIPE p AUTO_INGEST = TRUE AS {COPY}",
    "CREATE TASK t SCHEDULE = '1 MINUTE' AS SELECT 1",
    "EXECUTE TASK t",
    "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE "
    "STORAGE_AWS_ROLE_ARN = 'arn' STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/in/')",
    "GRANT USAGE ON DATABASE snowglobe TO ROLE r",
    "GRANT USAGE ON SCHEMA snowglobe.dimension TO ROLE r",
)
TASKS = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"
STATEMENTS = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())"
LOADS = (
    "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 'raw', "
    "START_TIME => DATEADD('day', -1, CURRENT_TIMESTAMP())))"
)
# What a statement needs: without it the error that Snowflake has for an object that is not there.
NEEDED = [
    ("SELECT id FROM raw", ["SELECT ON TABLE raw"]),
    ("SELECT id FROM v", ["SELECT ON VIEW v"]),
    ("SELECT id FROM s", ["SELECT ON STREAM s", "SELECT ON TABLE raw"]),
    ("SELECT f(1)", ["USAGE ON FUNCTION f(INT)"]),
    ("SELECT SYSTEM$STREAM_HAS_DATA('s')", ["SELECT ON STREAM s", "SELECT ON TABLE raw"]),
    ("SELECT SYSTEM$PIPE_STATUS('p')", ["MONITOR ON PIPE p"]),
    ("DESC INTEGRATION i", ["USAGE ON INTEGRATION i"]),
    ("LIST @ext_stage", ["USAGE ON STAGE ext_stage"]),
    (
        "SELECT column_name FROM TABLE(INFER_SCHEMA(LOCATION => '@ext_stage', FILE_FORMAT => 'csv', "
        "FILES => ('a.csv')))",
        ["USAGE ON STAGE ext_stage", "USAGE ON FILE FORMAT csv"],
    ),
]


@pytest.fixture
def reader(landing: Connection, folder: Path, clock: Clock) -> Connection:
    """A session of the role r, beside the owner's, who has made everything and granted the schema."""
    run(landing, *SET_UP)
    drop_file(folder, "a.csv", "id,name", "1,a")
    assert [load.status for load in landing.refresh_pipe("p")] == ["LOADED"]
    buckets = {"bucket": FolderBucket(folder / "bucket")}
    return connect(folder / "warehouse.duckdb", schema="dimension", role="R", buckets=buckets, clock=clock)


@pytest.fixture(autouse=True)
def _closed(reader: Connection):
    yield
    reader.close()


@pytest.mark.parametrize(("statement", "needed"), NEEDED)
def test_a_statement_needs_all_its_privileges_and_no_more(
    landing: Connection, reader: Connection, statement: str, needed: list[str]
):
    for privilege in needed:
        with pytest.raises(ProgrammingError, match="does not exist or not authorized") as refused:
            run(reader, statement)
        assert refused.value.errno == 2003
        run(landing, f"GRANT {privilege} TO ROLE r")
    run(reader, statement)
    run(landing, f"REVOKE {needed[0]} FROM ROLE r")
    with pytest.raises(ProgrammingError, match="not authorized"):
        run(reader, statement)


@pytest.mark.parametrize("place", ["DATABASE snowglobe", "SCHEMA dimension"])
def test_nothing_is_read_in_a_place_that_may_not_be_used(landing: Connection, reader: Connection, place: str):
    run(landing, "GRANT SELECT ON TABLE raw TO ROLE r", f"REVOKE USAGE ON {place} FROM ROLE r")
    for statement in ("SELECT id FROM raw", "USE SCHEMA dimension"):
        with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
            run(reader, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO raw SELECT * FROM raw",
        "DELETE FROM raw",
        "UPDATE raw SET id = '2'",
        "CREATE TABLE mine (a INT)",
        "DROP PIPE p",
        "ALTER TASK t RESUME",
        "ALTER PIPE p REFRESH",
        "EXECUTE TASK t",
        "GRANT SELECT ON TABLE raw TO ROLE r",
        COPY,
    ],
)
def test_whoever_may_read_may_do_nothing_else(landing: Connection, reader: Connection, statement: str):
    run(landing, "GRANT SELECT ON TABLE raw TO ROLE r", "GRANT SELECT ON STREAM s TO ROLE r")
    with pytest.raises(ProgrammingError, match="Insufficient privileges") as refused:
        run(reader, statement)
    assert (refused.value.errno, refused.value.sqlstate) == (3001, "42501")
    assert value(landing, "SELECT COUNT(*) FROM raw") == 1


def test_histories_show_no_row_of_what_the_role_may_not_see(landing: Connection, reader: Connection):
    """No error, which is why a watch without the grant would see no failure for ever."""
    assert (value(reader, TASKS), value(reader, LOADS)) == (0, 0)
    run(landing, "GRANT MONITOR ON TASK t TO ROLE r", "GRANT SELECT ON TABLE raw TO ROLE r")
    assert (value(reader, TASKS), value(reader, LOADS)) == (value(landing, TASKS), value(landing, LOADS)) == (1, 1)


def test_the_statements_of_a_task_are_nobody_elses(landing: Connection, reader: Connection):
    run(landing, "GRANT MONITOR ON TASK t TO ROLE r")
    assert (value(reader, STATEMENTS), value(landing, STATEMENTS)) == (0, 1)


def test_a_grant_goes_with_its_object_and_does_not_come_back_with_another_of_its_name(landing: Connection):
    run(landing, "GRANT MONITOR ON PIPE p TO ROLE r", "GRANT SELECT ON VIEW v TO ROLE r")
    before = len(landing.entries(Grant))
    run(landing, "DROP PIPE p", f"CREATE PIPE p AUTO_INGEST = TRUE AS {COPY}")
    assert len(landing.entries(Grant)) == before - 1
    run(landing, "CREATE OR REPLACE VIEW v COPY GRANTS AS SELECT name FROM raw")
    assert len(landing.entries(Grant)) == before - 1
    run(landing, "CREATE OR REPLACE VIEW v AS SELECT name FROM raw")
    assert len(landing.entries(Grant)) == before - 2


def test_privileges_add_up_and_are_kept(landing: Connection, folder: Path):
    run(landing, "GRANT SELECT ON TABLE raw TO ROLE r", "GRANT INSERT, SELECT ON TABLE raw TO ROLE r")
    run(landing, "REVOKE INSERT ON TABLE raw FROM ROLE r")
    assert rows(landing, "SELECT 1") == [(1,)]
    (grant,) = (each for each in landing.entries(Grant) if each.kind == "TABLE")
    assert (grant.role, grant.on, grant.privileges) == ("r", "dimension.raw", ["SELECT"])


@pytest.mark.parametrize("on", ["TABLE v", "VIEW raw", "PIPE nothing", "TASK p", "SCHEMA nowhere", "FILE FORMAT raw"])
def test_what_is_not_there_is_not_granted(landing: Connection, on: str):
    with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
        run(landing, f"GRANT USAGE ON {on} TO ROLE r")
