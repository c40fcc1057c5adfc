"""What the documentation leaves open about the watch, asked of real accounts: docs/operations.md, "What of the watch is
not verified". Each has its own name, so that a failure says which of the two it is. `make test` leaves it out.
"""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from customertrack.dimension.project import FOLDER, installed_folder
from customertrack.local.home import sql_folder
from customertrack.warehouse import Connection
from infra.names import watch_name
from lambdas.dimension import Dimension
from lambdas.handshake.handshake import subscriber
from lambdas.watch import invariants, landed, loaded, pipeline
from lambdas.watch.feed import landing
from lambdas.watch.files import Landing
from tests.live.accounts import STAGE, Live, deployed, signed_in

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]
WATCH = watch_name(STAGE)
DEFINITIONS = installed_folder() / FOLDER


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        # Until the first files are applied.
        with stage.standing_still():
            pass
        yield stage


@contextmanager
def as_the_watch(warehouse: str | None) -> Iterator[Connection]:
    with closing(signed_in(WATCH, warehouse)) as connection:
        yield connection


def first(connection: Connection, sql: str) -> Any:
    cursor = connection.cursor()
    cursor.execute(sql)
    return cursor.fetchone()


def in_the_landing(live: Live) -> Landing:
    return landing(DEFINITIONS, Dimension("customer"), live.outputs()["LandingUrl"])


@pytest.mark.parametrize("sql", [pipeline.LAST_BATCH, pipeline.STREAM_HAS_DATA, pipeline.PIPE_STATUS])
def test_what_a_pulse_reads_needs_no_warehouse(live: Live, sql: str):
    """If it fails with 606: nothing is woken, and the hourly watch reads it."""
    with as_the_watch(None) as connection:
        given = first(connection, "SELECT CURRENT_WAREHOUSE()")[0]
        assert given is None, f"your user or your connection names the warehouse {given}: take it out for this test"
        assert first(connection, sql.format(name="customer"))[0] is not None


@pytest.mark.parametrize("name", invariants.queries(sql_folder(), "customer"))
def test_the_watch_may_run_an_invariant(live: Live, name: str):
    with as_the_watch(live.warehouse) as connection:
        assert first(connection, invariants.queries(sql_folder(), "customer")[name])[0] == 0


def test_the_watch_sees_runs_of_the_task_that_it_may_monitor(live: Live):
    sql = (
        "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'customer_refresh_task')) "
        "WHERE query_id IS NOT NULL"
    )
    with as_the_watch(live.warehouse) as connection:
        assert first(connection, sql)[0] > 0


def test_list_and_copy_history_tell_the_same_size_and_name(live: Live):
    """If not, files are told as changed that nobody changed."""
    landed_in = in_the_landing(live)
    with as_the_watch(live.warehouse) as connection:
        cursor = connection.cursor()
        cursor.execute(landed.LISTED.format(name="customer"))
        listed = {landed_in.relative(row[0]): row[1] for row in cursor.fetchall()}
        cursor.execute(landed.LAST_LOADS.format(name="customer"))
        loads = {landed_in.relative(row[0]): row[2] for row in cursor.fetchall()}
    assert loads
    assert {name: listed.get(name) for name in loads} == loads


def test_the_header_of_a_file_is_read_by_its_name_within_the_stage(live: Live):
    landed_in = in_the_landing(live)
    with as_the_watch(live.warehouse) as connection:
        name = landed_in.relative(str(first(connection, landed.LAST_LOADS.format(name="customer"))[0]))
        cursor = connection.cursor()
        cursor.execute(loaded.HEADER.format(name="customer", format="csv", file=f"'{name}'", folds="TRUE"))
        columns = {column for (column,) in cursor.fetchall()}
        cursor.execute(loaded.TABLE.format(name="customer"))
        known = {column[0] for column in cursor.description or ()}
    assert {"CUSTOMER_ID", "OP", "UPDATED_AT"} <= columns <= known


def test_the_owner_may_ask_whom_the_topic_must_trust(live: Live):
    """The page on SYSTEM$GET_AWS_SNS_IAM_POLICY names no privilege."""
    with live.standing_still() as (connection, _):
        assert subscriber(connection, "arn:aws:sns:us-east-1:123456789012:any").startswith("arn:aws")


def test_the_watch_may_write_nothing(live: Live):
    with as_the_watch(live.warehouse) as connection, pytest.raises(ProgrammingError) as refused:
        connection.cursor().execute("DELETE FROM customer_batch WHERE FALSE")
    assert refused.value.errno in {2003, 3001}


def test_an_empty_file_is_told(live: Live):
    import boto3

    bucket, _, prefix = in_the_landing(live).url.removeprefix("s3://").partition("/")
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}empty.csv", Body=b"")
    metrics = live.watched({"counted_minutes": 0, "landing": True})
    assert metrics["FilesUndecided"] >= 1, json.dumps(metrics)
