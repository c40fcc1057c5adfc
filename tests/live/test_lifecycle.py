"""What only an account can tell of the lives of a stack: stopped pipes, stale streams, tasks that were suspended.

docs/operations.md, "The live tests", says what it needs. `make test` leaves it out.
"""

import json
import os
import time
from collections.abc import Callable, Iterator

import pytest

from customertrack.reads.results import query
from customertrack.reads.stream import is_lost
from customertrack.warehouse import Connection
from lambdas.migrate.tasks import tasks
from tests.live.accounts import WAREHOUSE, Live, deployed

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]
# Seconds in which Snowflake may notice what was done.
_SOON = 300
_PAUSE = 10
STATUS = f"SELECT SYSTEM$PIPE_STATUS('{WAREHOUSE}.DIMENSION.CUSTOMER_S3_PIPE')"


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        yield stage


def run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.cursor().execute(statement)


def status(connection: Connection) -> dict[str, object]:
    return json.loads(query(connection, STATUS).rows[0][0])


def comes(holds: Callable[[], bool]) -> bool:
    """Whether it holds before long."""
    ends = time.monotonic() + _SOON
    while not holds():
        if time.monotonic() > ends:
            return False
        time.sleep(_PAUSE)
    return True


def test_what_show_says_of_tasks_and_streams(live: Live):
    with live.standing_still() as (connection, _):
        found = {task.name: task for task in tasks(connection, WAREHOUSE)}
        now = query(connection, "SELECT SYSDATE()").rows[0][0]
        assert not found["CUSTOMER_REFRESH_TASK"].started
        assert not found["CUSTOMER_REFRESH_TASK"].by_itself
        assert not is_lost(connection, WAREHOUSE, "DIMENSION", now)
        shown = query(connection, "SHOW STREAMS LIKE 'CUSTOMER_TABLE_CHANGES'")
        told = dict(zip(shown.columns, shown.rows[0], strict=True))
        assert (told["stale_after"].replace(tzinfo=None) - now).days in (88, 89, 90)


def test_a_refresh_is_seen_in_the_pending_files(live: Live):
    """Without it a destroy would not know what it has to wait for."""
    with live.standing_still() as (connection, _):
        run(connection, "ALTER PIPE customer_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE")
        try:
            loaded = query(connection, "SELECT COUNT(DISTINCT source_file) FROM customer_raw").rows[0][0]
            assert comes(lambda: int(str(status(connection)["pendingFileCount"])) > 0)
        finally:
            run(connection, "ALTER PIPE customer_s3_pipe SET PIPE_EXECUTION_PAUSED = FALSE")
        run(connection, "ALTER PIPE customer_s3_pipe REFRESH")
        assert comes(lambda: status(connection)["pendingFileCount"] == 0)
        assert query(connection, "SELECT COUNT(DISTINCT source_file) FROM customer_raw").rows[0][0] > loaded


def test_a_renewed_stream_delivers_each_row_once(live: Live):
    """A clone has the position of the other, and one statement reads stream and tables as of one moment."""
    with live.standing_still() as (connection, _):
        landed = "SELECT source_file, source_row, loaded_at FROM customer_raw ORDER BY 1, 2, 3"
        before = query(connection, landed).rows
        run(connection, "CALL renew_customer_stream()", "CALL renew_customer_stream()", "CALL renew_customer_stream()")
        after = query(connection, landed).rows
        assert len(after) == len(set(after))
        assert set(before) <= set(after)
        run(connection, "CALL pdr_pipeline_scd2_customer()")
        applied = "SELECT COUNT(*) FROM (SELECT 1 FROM customer_event UNION ALL SELECT 1 FROM customer_reject)"
        pending = query(connection, "SELECT COUNT(*) FROM customer_table_changes").rows[0][0]
        total = query(connection, "SELECT COUNT(*) FROM customer_raw").rows[0][0]
        assert query(connection, applied).rows[0][0] == total - pending


def test_a_changed_stage_stops_the_pipe_and_a_deploy_mends_it(live: Live):
    with live.standing_still() as (connection, _):
        url = live.outputs()["LandingUrl"]
        run(connection, f"ALTER STAGE customer_ext_stage SET URL = '{url}elsewhere/'")
        assert comes(lambda: status(connection)["executionState"] == "STOPPED_STAGE_ALTERED")
        live.deploy_again()
        assert comes(lambda: status(connection)["executionState"] == "RUNNING")
        suspended = {task.name for task in tasks(connection, WAREHOUSE) if not task.started}
        assert "CUSTOMER_REFRESH_TASK" in suspended
        assert "CUSTOMER_REFRESH_TASK stays stopped" in live.outputs()["MigrationWarnings"]
