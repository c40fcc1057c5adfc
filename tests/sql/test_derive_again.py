"""What operations.md says to derive the tables again does so, from customer_event alone."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import given

from customertrack.reads.results import query
from customertrack.sqltext.statements import split
from tests.feed import Feed
from tests.properties.conftest import open_feed as open_feed
from tests.replay import replay
from tests.strategies import Delivery, faulty_rows, feeds
from tests.tables import assert_sound, tables

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def statements() -> list[str]:
    """What the section shows."""
    section = OPERATIONS.read_text(encoding="utf-8").partition("### Derive the tables again")[2].partition("\n### ")[0]
    (shown,) = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    return [statement.text for statement in split(shown, "operations.md")]


@given(deliveries=feeds(lambda at: faulty_rows()))
def test_the_tables_are_as_before_and_the_next_refresh_goes_on_from_them(
    open_feed: Callable[[], AbstractContextManager[Feed]], deliveries: list[Delivery]
):
    with open_feed() as feed:
        connection = feed.pipeline.connection
        for delivery in deliveries:
            for table in ("customer_state", "customer_closed"):
                query(connection, f"DELETE FROM {table}")
            for statement in statements():
                query(connection, statement)
            assert tables(connection) == replay(feed.landed)
            feed.arrive(delivery)
            assert tables(connection) == replay(feed.landed)
            assert_sound(connection)
