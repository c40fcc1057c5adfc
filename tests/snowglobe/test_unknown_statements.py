"""What the embedded warehouse does not know is an error that names the statement, and leaves everything as it was.

The statements stand in unknown_statements/, one per line.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.storage.bucket import FolderBucket
from tests.snowglobe.conftest import COPY, LANDING
from tests.snowglobe.support import rows, run, value

LISTS = sorted(Path(__file__).with_name("unknown_statements").glob("*.txt"))
STATEMENTS = [pytest.param(line, id=f"{path.stem}: {line}") for path in LISTS for line in path.read_text().splitlines()]

# Invalid identifier, exists already, does not exist, no such schema, no such procedure.
ABOUT_A_NAME = {904, 2002, 2003, 2043, 2140}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One of each kind of object."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / "bucket" / "in").mkdir(parents=True)
    app = folder / "app.py"
    app.write_text("import streamlit")
    with connect(
        folder / "warehouse.duckdb", schema="dimension", buckets={"bucket": FolderBucket(folder / "bucket")}
    ) as connection:
        run(
            connection,
            "CREATE SCHEMA dimension",
            *LANDING.split(";"),
            "CREATE TABLE t (a NUMBER, b VARCHAR)",
            "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
            "CREATE TRANSIENT TABLE work (a NUMBER)",
            "CREATE VIEW v AS SELECT a, b FROM t",
            f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY}",
            "CREATE STREAM stream ON TABLE raw APPEND_ONLY = TRUE",
            "CREATE TASK task SCHEDULE = '1 MINUTE' AS SELECT 1",
            "CREATE PROCEDURE procedure() RETURNS INT LANGUAGE SQL AS $$ BEGIN RETURN 1; END $$",
            "CREATE FUNCTION f(a INT) RETURNS INT LANGUAGE SQL AS $$ a + 1 $$",
            "CREATE STORAGE INTEGRATION storage TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE "
            "STORAGE_AWS_ROLE_ARN = 'arn' STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/in/')",
            "CREATE NOTIFICATION INTEGRATION errors TYPE = QUEUE DIRECTION = OUTBOUND ENABLED = TRUE "
            "NOTIFICATION_PROVIDER = AWS_SNS AWS_SNS_TOPIC_ARN = 'arn' AWS_SNS_ROLE_ARN = 'arn'",
            "CREATE USER u TYPE = SERVICE WORKLOAD_IDENTITY = (TYPE = AWS ARN = 'arn')",
            "CREATE STAGE internal",
            f"PUT 'file://{app}' @internal AUTO_COMPRESS = FALSE",
            "CREATE STREAMLIT app FROM '@internal' MAIN_FILE = 'app.py' QUERY_WAREHOUSE = w",
        )
        yield connection


def state(connection: Connection) -> object:
    """All that a statement could have changed."""
    session = connection._session
    return (
        rows(connection, "SELECT a, b FROM t ORDER BY a"),
        session.rows("SELECT * FROM embedded.object ORDER BY kind, name"),
        session.rows("SELECT * FROM embedded.stream_position ORDER BY stream"),
        session.rows("SELECT stage, name, content FROM embedded.staged_file ORDER BY ALL"),
        session.rows("SELECT database_name, schema_name, table_name, sql FROM duckdb_tables() ORDER BY ALL"),
        session.rows("SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"),
        session.rows("SELECT schema_name, function_name FROM duckdb_functions() WHERE NOT internal ORDER BY ALL"),
        session.rows("SELECT database_name, schema_name FROM duckdb_schemas() ORDER BY ALL"),
        session.rows("SELECT database_name FROM duckdb_databases() ORDER BY ALL"),
        (session.schema, session.in_transaction),
    )


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_is_an_error_that_names_the_statement(everything: Connection, statement: str):
    before = state(everything)
    with pytest.raises((NotSupportedError, ProgrammingError)) as raised:
        everything.cursor().execute(statement).fetchall()
    # An error about one name of the statement names that.
    assert statement[:40] in raised.value.msg or raised.value.errno in ABOUT_A_NAME
    assert len(raised.value.msg.splitlines()) == 1
    assert state(everything) == before


def test_the_lists_are_read():
    assert len(LISTS) > 10
    assert len(STATEMENTS) > 300


def test_the_same_objects_made_rightly_are_no_errors(everything: Connection):
    """So that the statements above fail for what they ask, not for a word that is missing everywhere."""
    assert value(everything, "SELECT f(1)") == 2
    assert value(everything, "CALL procedure()") == 1
    assert rows(everything, "SELECT a FROM v ORDER BY a") == [(1,), (2,)]
    run(everything, COPY, "EXECUTE TASK task", "ALTER PIPE pipe REFRESH", "GRANT SELECT ON TABLE t TO ROLE r")


def test_an_empty_statement_is_an_error(everything: Connection):
    for nothing in ("", "   ", "\n-- nothing\n"):
        with pytest.raises(NotSupportedError):
            everything.cursor().execute(nothing)
