"""Rows that do not say all, truncates and changes of key, however they land: the tables are those of the replay."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.partial import partial_stories
from tests.dimension.replay import replay
from tests.dimension.strategies import Story, toml_text
from tests.dimension.test_rendered import LAYOUTS, MOST_ROWS, WAYS, assert_replayed
from tests.dimension.warehouse import dimension, parsed


# Each example makes a warehouse, and often migrates it.
@settings(max_examples=settings.default.max_examples * 4 // 5)
@given(partial_stories(), st.sampled_from(LAYOUTS), st.sampled_from(WAYS), MOST_ROWS)
def test_any_partial_rows(story: Story, layout: str, way: str, most_rows: int):
    text = toml_text(story.toml) + layout
    first = toml_text(definitions_of.before(story.toml, 1)) + layout
    with dimension(first) as made:
        made.rows(f"UPDATE item_refresh SET most_rows = {most_rows}")
        for then in (True, False):
            if not then and first != text:
                made.change(parsed(text)[0])
            files = [file for file in story.files if (file.definition is not None) == then or first == text]
            for file in files if way != "at once" else ():
                made.land([file])
                if way == "each, compacted":
                    made.compact()
            made.land(files if way == "at once" else (), each=False)
            if first == text:
                break
        expected = replay(story.toml, story.files)
        assert_replayed(story.toml, made, expected)
        assert (
            made.rows("SELECT * FROM item_batch WHERE rows_landed <> events_accepted + rows_rejected + truncates") == []
        )
        made.rows("CALL pdr_rebuild_item()")
        assert_replayed(story.toml, made, expected)
