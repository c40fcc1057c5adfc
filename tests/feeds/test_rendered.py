"""What is rendered from a feed's definition makes its expected tables: in any order, at once, and each file twice."""

import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from tests.dimension.differences import current_rows, differences, history_rows, told_rows
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension
from tests.feeds.feed import FEEDS, LOADED_AT, Feed

NAMES = [feed.name for feed in FEEDS]


def orders(feed: Feed) -> list[tuple[LandedFile, ...]]:
    """Every order of the files, which are four at most."""
    return list(permutations(feed.files()))


def test_the_feeds_have_few_files():
    assert len(NAMES) == 17
    assert max(len(feed.files()) for feed in FEEDS) == 4


def assert_as_expected(feed: Feed, made: Dimension, files: Sequence[LandedFile]) -> None:
    """All tables are those of the readers and the replay; rows and batches are complete."""
    expected = feed.expected(files)
    assert len(made.rows(f"SELECT DISTINCT source_file FROM {made.name}_raw")) == len(files)
    history = history_rows(feed.generic, expected.tables)
    assert differences(feed.generic, history, told_rows(feed.generic, made.history())) == ""
    current = told_rows(feed.generic, made.current())
    wanted = current_rows(feed.generic, expected.tables)
    told, named = ([row | {"valid_from": row["update_timestamp"]} for row in rows] for rows in (current, wanted))
    assert differences(feed.generic, named, told) == ""
    assert made.rejects() == expected.tables.rejects
    assert ignored(feed, made) == expected.ignored
    assert made.offences() == {}
    ignores = "+ rows_ignored" if has_ignored(feed) else ""
    truncates = "+ truncates" if made.definition.feed.op and made.definition.feed.op.truncate else ""
    counted = made.rows(
        f"SELECT SUM(rows_landed) AS landed, SUM(events_accepted + rows_rejected {truncates} {ignores}) AS told, "
        f"(SELECT COUNT(*) FROM {made.name}_raw) AS raw FROM {made.name}_batch"
    )
    assert len(set(counted[0].values())) == 1


def has_ignored(feed: Feed) -> bool:
    """Whether its layout has rows that say nothing."""
    return feed.toml["feed"].get("layout", "").startswith("debezium")


def ignored(feed: Feed, made: Dimension) -> dict[tuple[str, int], str]:
    """By place, what they are."""
    found = made.rows(f"SELECT * FROM {made.name}_ignored") if has_ignored(feed) else []
    return {(Path(row["source_file"]).name, int(row["source_row"])): row["what"] for row in found}


@pytest.mark.parametrize("name", NAMES)
def test_at_once_and_then_each_file_again(name: str):
    """What comes at once is a backlog in parts: what belongs to no key is counted with one of them."""
    feed = Feed(name)
    with dimension(feed.text, LOADED_AT) as made:
        made.rows(f"UPDATE {made.name}_refresh SET most_rows = 3")
        made.land(feed.files(), each=False)
        assert_as_expected(feed, made, feed.files())
        written = json.loads((feed.folder / "expected.json").read_text(encoding="utf-8"))
        columns = [*feed.toml["key"], *feed.toml["attributes"], "valid_from", "valid_to"]
        told = [{name: row[name] for name in columns} for row in told_rows(feed.generic, made.history())]
        assert differences(feed.generic, written["history"], told) == ""
        again = feed.files(again=True)
        made.land(reversed(again))
        assert_as_expected(feed, made, [*feed.files(), *again])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.function is test_in_any_order:
        # Backwards, or one of those between; the rest are for whoever has the time.
        every = metafunc.config.getoption("--hypothesis-profile") == "thorough"
        of_feed = {feed.name: len(orders(feed)) for feed in FEEDS}
        usual = {name: [count - 1 if at % 2 else count // 2] for at, (name, count) in enumerate(of_feed.items())}
        chosen = {name: range(count) for name, count in of_feed.items()} if every else usual
        metafunc.parametrize(("name", "order"), [(name, order) for name, some in chosen.items() for order in some])


def test_in_any_order(name: str, order: int):
    feed = Feed(name)
    with dimension(feed.text, LOADED_AT) as made:
        made.land(orders(feed)[order])
        assert_as_expected(feed, made, feed.files())
