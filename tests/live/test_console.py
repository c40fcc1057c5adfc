"""The console in a real account: made with a stage, owned by a role that reads, and taken away again.

docs/operations.md, "The live tests", says what it needs. `make test` leaves it out. How it looks only a person sees.
"""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from infra.names import console_name
from lambdas.migrate import console
from tests.live.accounts import STAGE, WAREHOUSE, Live, deployed, signed_in

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]
ROLE = console_name(STAGE)


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ, {"console": "true"}) as stage:
        yield stage


def row(statement: str) -> dict[str, object]:
    """The first row of a statement, as the stage's role is told it."""
    with closing(signed_in()) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        names = [column[0].lower() for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def test_the_app_is_there_it_is_live_and_the_role_that_reads_owns_it(live: Live):
    shown = row(f"SHOW STREAMLITS LIKE 'CONSOLE' IN SCHEMA {WAREHOUSE}.DIMENSION")
    assert (shown["owner"], shown["query_warehouse"]) == (ROLE, WAREHOUSE)
    assert row(f"DESC STREAMLIT {WAREHOUSE}.DIMENSION.CONSOLE")["live_version_location_uri"]


def test_its_role_reads_what_the_pages_ask_for_and_writes_nothing(live: Live):
    with closing(signed_in(ROLE)) as connection:
        for name in ("customer", "v_customer_version", "customer_reject", "customer_batch", "customer_table_changes"):
            connection.cursor().execute(f"SELECT COUNT(*) FROM {name}")
        for statement in ("DELETE FROM customer_raw", "CREATE TABLE mine (a INT)", "CREATE STREAMLIT mine"):
            with pytest.raises(Exception, match=r"Insufficient privileges|not authorized"):
                connection.cursor().execute(statement)


def test_it_is_taken_away(live: Live):
    with closing(signed_in()) as connection:
        console.take_away(connection, WAREHOUSE)
        cursor = connection.cursor()
        cursor.execute(f"SHOW STREAMLITS IN SCHEMA {WAREHOUSE}.DIMENSION")
        assert cursor.fetchall() == []
