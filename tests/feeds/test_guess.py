"""`dimension new` knows the layouts by their files, and writes what the feed's own definition says."""

import base64
import json
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


# A row as Debezium writes it without settings: the schema alone tells what its numbers and bytes are.
FIELDS = {
    "id": ({"type": "int32"}, 1),
    "opened_on": ({"type": "int32", "name": "io.debezium.time.Date"}, 18292),
    "seen_at": ({"type": "int64", "name": "io.debezium.time.MicroTimestamp"}, 1772438400000000),
    "told_at": ({"type": "string", "name": "io.debezium.time.ZonedTimestamp"}, "2026-03-02T08:00:00.000000Z"),
    "paid": (
        {"type": "bytes", "name": "org.apache.kafka.connect.data.Decimal", "parameters": {"scale": "2"}},
        base64.b64encode((-123456).to_bytes(3, signed=True)).decode(),
    ),
    "rate": (
        {"type": "struct", "name": "io.debezium.data.VariableScaleDecimal"},
        {"scale": 3, "value": base64.b64encode((1500).to_bytes(2)).decode()},
    ),
    "prefs": ({"type": "string", "name": "io.debezium.data.Json"}, '{"a": 1}'),
}


@pytest.mark.parametrize("layout", ["debezium", "debezium_flat"])
def test_a_schema_says_what_numbers_and_bytes_are(layout: str, tmp_path: Path):
    row = {name: value for name, (_, value) in FIELDS.items()}
    fields = [{"field": name, **told} for name, (told, _) in FIELDS.items()]
    source = {"connector": "postgresql", "ts_us": 1772438400000000, "lsn": 1}
    if layout == "debezium":
        payload = {"before": None, "after": row, "source": source, "op": "c"}
        schema = {"type": "struct", "fields": [{"field": "after", "type": "struct", "fields": fields}]}
    else:
        payload = {**row, "__op": "c", **{f"__source_{name}": value for name, value in source.items()}}
        schema = {"type": "struct", "fields": fields}
    lines = [{"schema": schema, "payload": payload}, {"key": None, "value": {"schema": schema, "payload": payload}}]
    (tmp_path / "rows.json").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    Program(tmp_path / "home").done("--project", tmp_path, "dimension", "new", "item", "--from", tmp_path / "rows.json")
    text = (tmp_path / "dimensions/item.toml").read_text()
    definition, _ = read(text.encode(), Path("item.toml"))
    assert definition is not None
    assert {one.name: one.type.name for one in definition.attributes} == {
        "opened_on": "date", "seen_at": "integer", "told_at": "timestamp", "paid": "number(12,2)",
        "rate": "number(13,3)", "prefs": "variant",
    }  # fmt: skip
    unsure = {line.split()[0]: line.partition("# unsure: ")[2] for line in text.splitlines() if "# unsure: " in line}
    assert unsure.keys() == {"seen_at", "paid", "rate"}
    assert unsure["seen_at"].startswith("microseconds since 1970; time.precision.mode = isostring at the source")
    assert unsure["paid"] == "bytes, to be rejects; decimal.handling.mode = string at the source writes numbers"
