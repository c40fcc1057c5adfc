"""Snapshots as they are rendered do what the rule says, in whatever order they land: their tables are the replay's."""

import tomllib
from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.dimension.definitions import LARGE
from tests.dimension.formats import told_in
from tests.dimension.replay import replay
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.snapshot_stories import snapshot_stories
from tests.dimension.strategies import Story, toml_text
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import Dimension, dimension, parsed

WAYS = ("at once", "each", "each, compacted")


def statuses(made: Dimension) -> dict[str, str]:
    """What has become of each file, by its name."""
    found = made.rows(f"SELECT source_file, status FROM {made.name}_snapshot")
    return {row["source_file"].rpartition("/")[2]: row["status"] for row in found}


def assert_snapshots_replayed(story: Story, made: Dimension) -> None:
    """As all tables of the replay, which has the rejects of held files too."""
    expected = replay(story.toml, story.files)
    held = {file for file, status in statuses(made).items() if status == "held"}
    assert held == set(expected.held)
    rejects = {place: reasons for place, reasons in expected.rejects.items() if place[0] not in held}
    assert_replayed(story.toml, made, replace(expected, rejects=rejects))


# Each example makes a warehouse, which takes a second.
@settings(max_examples=settings.default.max_examples // 5)
@given(
    st.sampled_from(["file", "file", "column"]).flatmap(snapshot_stories),
    st.sampled_from(["csv", "csv", "json", "parquet"]),
    st.randoms(use_true_random=False),
    st.sampled_from(["", LARGE]),
    st.sampled_from(WAYS),
    st.sampled_from([1, 3, 1000]),
)
def test_any_snapshots_in_any_order(story: Story, form: str, random: Random, layout: str, way: str, most_rows: int):
    assume(parsed(toml_text(story.toml))[1] == [])
    story = story if form == "csv" else told_in(form, story, random)
    text = toml_text(story.toml)
    with dimension(text + layout, is_drawn=True) as made:
        made.rows(f"UPDATE {made.name}_refresh SET most_rows = {most_rows}")
        for file in story.files if way != "at once" else ():
            made.land([file])
            assert made.offences() == {}
            if way == "each, compacted":
                made.compact()
        made.land(story.files if way == "at once" else (), each=False)
        # A file without a row wakes no task.
        made.rows(f"CALL pdr_pipeline_scd2_{made.name}()")
        assert_snapshots_replayed(story, made)


def test_a_snapshot_of_more_changes_than_a_transaction_takes():
    """Its rows are counted once, and each change with its part."""
    files = [
        snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1"),
        snapshot("2026-01-02", "a,x,2", "b,y,2", "c,z,2", "d,w,1"),
    ]
    with dimension(STOCK) as made:
        made.rows("UPDATE stock_refresh SET most_rows = 1")
        made.land(files)
        assert_replayed(tomllib.loads(STOCK), made, replay(tomllib.loads(STOCK), files))
        (found,) = made.rows(
            "SELECT COUNT(*) AS parts, SUM(rows_landed) AS landed, SUM(events_accepted) AS events FROM stock_batch"
        )
    assert found == {"parts": 7, "landed": 8, "events": 7}


def test_an_event_that_a_late_snapshot_replaces_is_accepted_once():
    files = [snapshot(f"2026-01-0{day}", f"a,x,{day}", "b,y,1") for day in (1, 3, 2)]
    with dimension(STOCK) as made:
        made.land(files)
        found = made.rows("SELECT events_accepted FROM stock_batch ORDER BY batch_id")
        logged = made.rows("SELECT COUNT(*) AS events FROM stock_event GROUP BY batch_id ORDER BY batch_id")
    assert [row["events_accepted"] for row in found] == [row["events"] for row in logged] == [2, 1, 2]
