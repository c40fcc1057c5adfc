"""What is read of a definition: every word has its place."""

import pytest

from customertrack.dimension.definition import (
    Attribute,
    ColumnTime,
    Definition,
    Feed,
    FileTime,
    Group,
    Guard,
    Initial,
    KeyPart,
    Op,
)
from customertrack.dimension.reading import read
from customertrack.dimension.types import BOOLEAN, DATE, INTEGER, TIMESTAMP, VARIANT, Number, Text
from tests.dimension.definitions import OP, TIME, Path, changed, defined, faults_of

ACCOUNT = r"""
dimension = "account"

[feed]
kind     = "changes"
format   = "csv"
files    = '.*[.]csv'
null     = "NULL"
time     = { column = "dms_commit_at", format = "epoch_us" }
sequence = ["a", "b"]
op       = { column = "Op", upsert = ["", "i", "U"], delete = ["D"], truncate = ["T"] }
initial  = { files = 'LOAD[0-9A-F]+[.]csv', time = "1900-01-01" }

[key]
account_no = { type = "integer", before = "BI_account_no" }
region     = { type = "text(2)", null = "*", from = "Region Code" }

[attributes]
balance_limit = "number(18,2)"
tier          = { type = "text(20)", since = 2, before = "first" }
preferences   = { type = "variant", from = "prefs_json" }
refreshed_at  = { type = "timestamp", change = "update" }
opened_on     = { type = "date", was = "opened" }
is_active     = { type = "boolean", retired = true }

[history]
keep = true

[storage]
layout = "merge_on_read"

[generate]
money = { attributes = ["balance_limit"], rate = 0.5 }
words = { attributes = ["tier"], rate = 1, faker = { tier = "word" } }
"""


def test_every_word_of_changes():
    definition, _ = read(ACCOUNT.encode(), Path("account.toml"))
    op = Op("Op", ("", "I", "U"), ("D",), ("T",))
    initial = Initial("LOAD[0-9A-F]+[.]csv", "1900-01-01")
    time = ColumnTime("dms_commit_at", "epoch_us")
    assert definition == Definition(
        name="account",
        feed=Feed("changes", "csv", time, ".*[.]csv", op, ("a", "b"), "NULL", initial),
        key=(
            KeyPart("account_no", INTEGER, "account_no", before="BI_account_no"),
            KeyPart("region", Text(2), "Region Code", null="*"),
        ),
        attributes=(
            Attribute("balance_limit", Number(18, 2), "balance_limit"),
            Attribute("preferences", VARIANT, "prefs_json"),
            Attribute("refreshed_at", TIMESTAMP, "refreshed_at", change="update"),
            Attribute("opened_on", DATE, "opened_on", was=("opened",)),
            Attribute("is_active", BOOLEAN, "is_active", retired=True),
            Attribute("tier", Text(20), "tier", since=2, before="first"),
        ),
        history=True,
        storage="merge_on_read",
        generate=(Group("money", ("balance_limit",), 0.5, {}), Group("words", ("tier",), 1, {"tier": "word"})),
    )
    assert definition.number == 2


def test_every_word_of_snapshots_and_of_json():
    text = changed(
        ('"changes"', '"snapshots"'),
        ('"csv"', '"json"\nmissing = "keep"\nguard = { max_deleted = 0.25, min_rows = 7 }'),
        ('"changed_at"', r"{ file = 'thing_(\d+)' }"),
        ("op     =", "#"),
        ("[attributes]", "[history]\nkeep = false\n\n[attributes]"),
    )
    definition, _ = read(text.encode(), Path("thing.toml"))
    assert definition is not None
    assert not definition.history
    assert definition.feed == Feed(
        "snapshots",
        "json",
        FileTime(r"thing_(\d+)"),
        ".*[.](json|jsonl|ndjson)([.]gz)?",
        missing="keep",
        guard=Guard(0.25, 7),
    )


def test_a_layout_brings_its_own_words():
    words = 'layout = "debezium"\nconnector = "mysql"\n'
    feed = defined(changed((f"time   = {TIME}\n{OP}\n", words), ('"csv"', '"json"'))).feed
    assert feed.op == Op("op", ("C", "U", "R"), ("D",), ("T",))
    assert feed.time == ColumnTime("source_time", "epoch_us")
    assert feed.sequence == ("source_binlog_file", "source_binlog_pos", "source_binlog_row")


def test_what_is_not_said_has_its_usual_value():
    definition = defined(changed(("op     =", "#")))
    assert definition.feed == Feed("changes", "csv", ColumnTime("changed_at", "iso"), ".*[.]csv([.]gz)?")
    assert (definition.history, definition.storage, definition.generate) == (True, None, ())
    assert definition.attributes[0] == Attribute(
        "name", Text(100), "name", "version", retired=False, was=(), since=1, before="null"
    )
    assert definition.number == 1


def test_line_ends_of_windows_and_a_last_line_without_one():
    text = changed(('"text(100)"', '"txt(100)"')).replace("\n", "\r\n").rstrip()
    (fault,) = faults_of(text)
    assert fault.line == 14


def test_the_mark_that_windows_editors_write_means_nothing():
    assert faults_of(f"\ufeff{changed()}") == []


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_lacks_everything(text: str):
    assert [fault.sentence.split()[0] for fault in faults_of(text)] == ["attributes", "dimension", "feed", "key"]
