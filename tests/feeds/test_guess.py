"""`dimension new` knows the layouts by their files, and writes what the feed's own definition says."""

from pathlib import Path
from typing import Any

import pytest

from customertrack.dimension.definition import Definition
from customertrack.dimension.reading import read
from tests.cli.program import Program
from tests.feeds.feed import FEEDS, Feed

# A file without an ending is of no format that is known by its name, and one without a header has no names.
NAMES = sorted(
    {feed.name for feed in FEEDS} - {"debezium_postgres_aiven", "dms_csv_no_header", "json_lines", "parquet"}
)


def said(definition: Definition) -> dict[str, Any]:
    """What does not depend on how much there is in the files."""
    feed = definition.feed
    return {
        "format": feed.format,
        "layout": (feed.layout, feed.connector or "postgres"),
        "time": feed.time,
        "op": feed.op,
        "order": feed.sequence,
        "missing": feed.missing,
        "initial": feed.initial,
        "key": [(part.feed_name, part.before) for part in definition.key],
        "attributes": {attribute.feed_name for attribute in definition.attributes},
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_layout_is_known_by_its_files(name: str, tmp_path: Path):
    feed = Feed(name)
    files = sorted((feed.folder / "files").iterdir())
    Program(tmp_path / "home").done("--project", tmp_path, "dimension", "new", feed.toml["dimension"], "--from", *files)
    written = tmp_path / "dimensions" / f"{feed.toml['dimension']}.toml"
    guessed, _ = read(written.read_bytes(), written)
    own, _ = read(feed.text.encode(), written)
    assert guessed is not None
    assert own is not None
    assert said(guessed) == said(own)


def test_airbyte_copies_by_a_cursor(tmp_path: Path):
    """Without a place in a log the time is a column of the table's."""
    row = '{"_airbyte_raw_id":"%d","_airbyte_data":{"id":%d,"name":"a","updated_at":"2026-03-0%dT10:00:00Z"}}\n'
    (tmp_path / "rows.jsonl").write_text("".join(row % (n, n, n) for n in range(1, 4)))
    Program(tmp_path / "home").done(
        "--project", tmp_path, "dimension", "new", "item", "--from", tmp_path / "rows.jsonl"
    )
    text = (tmp_path / "dimensions/item.toml").read_text()
    assert 'layout = "airbyte"\ntime   = "updated_at"' in text
    assert "unsure: rows have no place in a log" in text
    assert '[attributes]\nname = "text(10)"\n' in text


def test_tombstones_and_what_is_no_json_come_before_the_first_event(tmp_path: Path):
    events = (Feed("debezium_postgres").folder / "files/shop.public.account+1+0000000000.json").read_text()
    (tmp_path / "rows.json").write_text(f"null\n{{\n{events}")
    Program(tmp_path / "home").done("--project", tmp_path, "dimension", "new", "item", "--from", tmp_path / "rows.json")
    assert 'layout    = "debezium"' in (tmp_path / "dimensions/item.toml").read_text()
