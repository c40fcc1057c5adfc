"""The tables of each feed follow from the readers and the replay's rule, whatever order its files land in."""

import json
from itertools import permutations

import pytest

from tests.dimension.differences import history_rows
from tests.feeds.feed import FEEDS, Feed

NAMES = [feed.name for feed in FEEDS]


def test_each_layout_has_a_feed():
    layouts = {feed.toml["feed"].get("layout", "plain") for feed in FEEDS}
    assert layouts == {"plain", "debezium", "debezium_flat", "airbyte"}
    assert {feed.toml["feed"]["format"] for feed in FEEDS} == {"csv", "json", "parquet"}


@pytest.mark.parametrize("name", NAMES)
def test_the_expected_tables(name: str):
    feed = Feed(name)
    written = json.loads((feed.folder / "expected.json").read_text(encoding="utf-8"))
    for files in permutations(feed.files()):
        found = feed.expected(list(files))
        rows = history_rows(feed.generic, found.tables)
        told = [{column: row[column] for column in row if column not in ("is_current", "is_last")} for row in rows]
        assert told == written["history"]
        assert found.tables.rejects == {
            (one["file"], one["row"]): frozenset(one["reasons"].split(", ")) for one in written["rejects"]
        }
        assert found.ignored == {(one["file"], one["row"]): one["what"] for one in written["ignored"]}


def test_the_sinks_of_one_recording_say_the_same():
    one, other = (Feed(name) for name in ("debezium_postgres", "debezium_postgres_aiven"))
    assert history_of(one) == history_of(other)


def history_of(feed: Feed) -> list[dict[str, str | None]]:
    """But for the places of the rows."""
    return history_rows(feed.generic, feed.expected(feed.files()).tables)
