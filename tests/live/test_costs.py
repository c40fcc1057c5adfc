"""How many statements a refresh takes in an account, and how long each: the one unknown of docs/costs.md.

docs/operations.md, "The live tests", says what it needs, and whoever signs in must be shown the statements of tasks, as
ACCOUNTADMIN is. `make test` leaves it out.
"""

import os
from collections.abc import Callable, Iterator

import pytest

from customertrack.reads.refreshes import last_refreshes
from customertrack.warehouse import Connection
from tests.live import measured
from tests.live.accounts import Live, deployed
from tests.sql import statement_counts

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        yield stage


@pytest.fixture(scope="module")
def connection(live: Live) -> Iterator[Connection]:
    """Signed in once the first files are in."""
    with live.standing_still() as (signed_in, _):
        yield signed_in


def test_how_long_a_statement_takes(connection: Connection, record_property: Record):
    """Measured and not judged."""
    runs = measured.measured(connection)
    assert runs, "the history shows no statements of the task: sign in with a role that may see them"
    record_property("seconds per statement", round(measured.seconds_per_statement(runs), 3))
    print(f"\ndocs/costs.md: `s` = {measured.seconds_per_statement(runs):.3f}\n{measured.as_table(runs)}")


def test_a_refresh_takes_as_many_statements_as_the_page_on_costs_says(connection: Connection, record_property: Record):
    counts = {refresh.statements for refresh in last_refreshes(connection) if refresh.state == "SUCCEEDED"}
    record_property("statements", sorted(count for count in counts if count))
    assert counts <= set(statement_counts.statements().values())
