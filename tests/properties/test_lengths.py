"""Fields of every length around their limits, through the whole refresh: no row stops it, no reject loses anything."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from hypothesis import given

from tests.feed import Feed
from tests.replay import ATTRIBUTES, Place, replay
from tests.strategies import Delivery, feeds, rows_at_the_limits
from tests.tables import LANDING, assert_sound, tables

CONTRACT = ("customer_id", *ATTRIBUTES, "op", "updated_at")

OpenFeed = Callable[[], AbstractContextManager[Feed]]


def rejects_as_they_are(feed: Feed) -> dict[Place, dict[str, str | None]]:
    """The fields of each reject by place."""
    cursor = feed.pipeline.connection.cursor().execute(
        f"SELECT source_file, source_row, {', '.join(CONTRACT)} FROM customer_reject"
    )
    return {
        (file.removeprefix(LANDING), row): dict(zip(CONTRACT, fields, strict=True))
        for file, row, *fields in cursor.fetchall()
    }


@given(deliveries=feeds(lambda at: rows_at_the_limits(), CONTRACT))
def test_fields_around_their_limits(open_feed: OpenFeed, deliveries: list[Delivery]):
    with open_feed() as feed:
        for delivery in deliveries:
            feed.arrive(delivery)
            assert tables(feed.pipeline.connection) == replay(feed.landed)
            assert_sound(feed.pipeline.connection)
        landed = {row.place: row.fields for row in feed.landed}
        assert rejects_as_they_are(feed) == {place: landed[place] for place in replay(feed.landed).rejects}
