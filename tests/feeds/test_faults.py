"""What goes wrong with feeds of other programs: a reject, or what the source meant, and never a silent change."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension
from tests.feeds.feed import LOADED_AT, Feed

DEBEZIUM = """
dimension = "thing"
feed = { kind = "changes", format = "json", layout = "debezium" }
key = { id = "integer" }

[attributes]
name = "text(40)"
price = "number(12,2)"
tags = "variant"
"""
PARTIAL = DEBEZIUM.replace('layout = "debezium"', 'layout = "debezium", missing = "keep"')
PLACEHOLDER = "__debezium_unavailable_value"
FORMS = [
    PLACEHOLDER,
    "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
    [PLACEHOLDER],
    {PLACEHOLDER: PLACEHOLDER},
    "__cflt_unavailable_value",
]


def event(op: str, day: int, lsn: Any, state: dict[str, Any] | None, **source: Any) -> dict[str, Any]:
    """An envelope of PostgreSQL, on a day of March."""
    moment = int(datetime(2026, 3, day, tzinfo=UTC).timestamp())
    of = {"connector": "postgresql", "ts_ms": moment * 1000, "ts_us": moment * 1_000_000, "lsn": lsn} | source
    return {"before": state if op == "d" else None, "after": None if op == "d" else state, "source": of, "op": op}


def thing(name: Any = None, price: Any = None, tags: Any = None, key: Any = 1) -> dict[str, Any]:
    """A row."""
    return {"id": key, "name": name, "price": price, "tags": tags}


@contextmanager
def landed(definition: str, *files: Sequence[Any]) -> Iterator[Dimension]:
    """The dimension after files of documents, each with a refresh."""
    with dimension(definition, LOADED_AT) as made:
        texts = ["".join(json.dumps(one) + "\n" for one in documents) for documents in files]
        made.land(LandedFile(f"{n}.json", text.encode(), LOADED_AT) for n, text in enumerate(texts))
        yield made
        assert made.offences() == {}


def rejects(made: Dimension) -> dict[int, str]:
    """Of the first file, by row."""
    return {row: ", ".join(sorted(reasons)) for (_, row), reasons in made.rejects().items()}


def names(made: Dimension) -> list[tuple[int, Any]]:
    """Day and name of each version, in order."""
    return sorted((row["valid_from"].day, row["name"]) for row in made.history())


def test_a_place_in_the_log_of_more_than_63_bits():
    first, second = event("u", 1, 2**63, thing("a")), event("u", 1, 2**64 + 1, thing("b"))
    with landed(DEBEZIUM, [second], [first]) as made:
        assert names(made) == [(1, "b")]


def test_milliseconds_beside_microseconds():
    """As in a topic that is older than the connector's last version."""
    old = event("u", 2, 7, thing("a"))
    del old["source"]["ts_us"]
    with landed(DEBEZIUM, [event("c", 1, 5, thing("b")), old, event("u", 2, 9, thing("c"), ts_us=None)]) as made:
        assert names(made) == [(1, "b"), (2, "c")]


@pytest.mark.parametrize("said", [{}, {"connector": None}, {"connector": "postgresql"}])
def test_the_words_of_another_database_make_rejects(said: dict[str, Any]):
    of_mysql = {"connector": "mysql", "file": "binlog.000007", "pos": 3, "row": 0} | said
    with landed(DEBEZIUM, [event("c", 1, None, thing("a"), **of_mysql)]) as made:
        assert made.history() == []
        other = {} if said else {"invalid_connector"}
        assert made.rejects() == {("0.json", 1): frozenset({"invalid_source_lsn", *other})}


def test_a_delete_whose_row_is_not_told():
    nothing = event("d", 2, 6, None)
    defaults = event("d", 3, 7, thing("", "0.00", "", 1))
    with landed(DEBEZIUM, [event("c", 1, 5, thing("a")), nothing, defaults]) as made:
        assert rejects(made) == {2: "missing_key"}
        assert [(row["valid_from"].day, row["valid_to"].day) for row in made.history()] == [(1, 3)]
    beside_key = {"key": {"id": 1}, "value": nothing}
    with_schemas = {side: {"schema": {}, "payload": payload} for side, payload in beside_key.items()}
    for document in (beside_key, with_schemas):
        with landed(DEBEZIUM, [event("c", 1, 5, thing("a")), document]) as made:
            assert [(row["valid_from"].day, row["valid_to"].day) for row in made.history()] == [(1, 2)]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_an_unavailable_value_is_none_of_any_type(form: Any):
    first = event("c", 1, 5, thing("a", "1.50", '{"b":1}'))
    later = event("u", 2, 6, thing(form, form, form))
    with landed(PARTIAL, [later], [first]) as made:
        (row,) = made.history()
        assert (row["name"], str(row["price"]), row["tags"], row["valid_from"].day) == ("a", "1.50", '{"b":1}', 1)
    with landed(DEBEZIUM, [first, later]) as made:
        assert rejects(made) == {2: "invalid_name, invalid_price, invalid_tags"}
    with landed(PARTIAL, [event("u", 2, 6, thing("a", key=form))]) as made:
        assert rejects(made) == {1: "missing_key"}


def test_a_row_that_a_snapshot_reads_later_counts_at_its_own_time():
    """Not in 1900: it is what the table was like when it was read."""
    with landed(DEBEZIUM, [event("r", 3, 9, thing("b"))], [event("u", 2, 7, thing("a"))]) as made:
        assert names(made) == [(2, "a"), (3, "b")]


def test_what_says_nothing_is_ignored_and_counted():
    documents = [None, {"key": {"id": 1}, "value": None}, {"ts_ms": 1772438405000}, {"op": "m", "source": {}}]
    with landed(DEBEZIUM, documents) as made:
        assert made.rejects() == {}
        told = made.rows("SELECT what FROM thing_ignored ORDER BY source_row")
        assert [row["what"] for row in told] == ["tombstone", "tombstone", "heartbeat", "message"]
        (batch,) = made.rows("SELECT rows_landed, rows_ignored, events_accepted, truncates FROM thing_batch")
        assert batch == {"rows_landed": 4, "rows_ignored": 4, "events_accepted": 0, "truncates": 0}


FLAT = """
dimension = "thing"
feed = { kind = "changes", format = "json", layout = "debezium_flat" }
key = { id = "integer" }
attributes = { name = "text(40)", value = "text(40)", payload = "text(40)", key = "text(40)" }
"""


def flat(op: str, day: int, **row: Any) -> dict[str, Any]:
    """A row as ExtractNewRecordState leaves it."""
    source = event(op, day, day, None)["source"]
    return {**row, "__op": op, **{f"__source_{name}": value for name, value in source.items()}}


def test_columns_that_are_called_as_an_envelope_has_it_are_columns():
    row = {"id": 1, "name": "a", "value": "v", "payload": "p", "key": "k"}
    with landed(FLAT, [flat("r", 1, **row)]) as made:
        assert made.rejects() == {}
        (found,) = made.history()
        assert {name: found[name] for name in row} == row


def test_what_says_nothing_of_flattened_rows_is_ignored_too():
    with landed(FLAT, [None, {"ts_ms": 1772438405000}, {"op": "m", "source": {}}, flat("c", 1, id=1)]) as made:
        told = made.rows("SELECT what FROM thing_ignored ORDER BY source_row")
        assert [row["what"] for row in told] == ["tombstone", "heartbeat", "message"]
        assert made.rejects() == {}


@pytest.mark.parametrize("document", [7, "x", [], {}, {"a": 1}, {"ts_ms": 1, "a": 2}, {"payload": 5}, {"value": {}}])
def test_what_is_no_event_is_a_reject(document: Any):
    with landed(DEBEZIUM, [document]) as made:
        assert rejects(made) == {1: "invalid_record"}
        assert made.rows("SELECT line FROM thing_reject") == [{"line": json.dumps(document)}]


def test_rows_that_were_ignored_are_purged_with_their_file():
    with landed(DEBEZIUM, [None, event("c", 1, 5, thing("a")), {}]) as made:
        made.rows("CALL pdr_purge_thing_raw(-1)")
        assert made.rows("SELECT * FROM thing_raw") == []


def test_a_stream_made_anew_takes_no_ignored_row_up_again():
    with landed(DEBEZIUM, [None, event("c", 1, 5, thing("a"))]) as made:
        made.rows("CALL renew_thing_stream()")
        made.refresh()
        assert len(made.rows("SELECT * FROM thing_ignored")) == 1


def test_dates_are_read_in_each_way_that_they_are_written():
    definition = 'dimension = "thing"\nfeed = { kind = "changes", format = "json", layout = "debezium" }\n'
    definition += 'key = { id = "integer" }\nattributes = { day = "date" }\n'
    written = [18292, -719162, 2932896, "2020-01-31Z", "2020-01-31", None]
    wrong = [2932897, -719163, "2020-01-31ZZ", "2020-01-31T00:00:00Z", 1.5, "18292.0", 99999999]
    found = [event("c", 1, 5, {"id": n, "day": day}) for n, day in enumerate([*written, *wrong])]
    with landed(definition, found) as made:
        days = [str(row["day"]) for row in made.rows("SELECT day FROM thing ORDER BY id")]
        assert days == ["2020-01-31", "0001-01-01", "9999-12-31", "2020-01-31", "2020-01-31", "None"]
        assert rejects(made) == {len(written) + n: "invalid_day" for n in range(1, len(wrong) + 1)}


@pytest.mark.parametrize(
    ("feed", "name", "is_taken"),
    [
        ("debezium_postgres", "shop.public.account+0+0000000000.json", True),
        ("debezium_postgres", "shop.public.account+0+0000000000.json.gz", True),
        ("debezium_postgres", "shop.public.account+0+0000000000.keys.json", False),
        ("debezium_postgres", "shop.public.account+0+0000000000.headers.avro", False),
        ("debezium_postgres_aiven", "shop.public.account-0-6", True),
        ("debezium_postgres_aiven", "shop.public.account-0-6.gz", True),
        ("dms_csv", "LOAD0000000A.csv", True),
        ("dms_csv", "SEGMENT1_LOAD00000001.csv", True),
        ("dms_csv", "20141029-1134010000.csv.gz", True),
        ("dms_csv", "CDC_TXN-20201117153046033.csv", False),
        ("airbyte_json", "2026_03_02_1772438405000_0.jsonl.gz", True),
    ],
)
def test_which_files_are_taken(feed: str, name: str, is_taken: bool):
    with dimension(Feed(feed).text, LOADED_AT) as made:
        assert (re.fullmatch(made.definition.feed.files, name) is not None) == is_taken


DMS_ROW = "{op},{at},1,{limit},2020-01-31,true,gold,NULL,{sequence},NULL\n"


def of_dms(name: str, *rows: str) -> LandedFile:
    """A file of DMS's, with its header."""
    head = (Feed("dms_csv").folder / "files/LOAD00000001.csv").read_text().partition("\n")[0]
    return LandedFile(name, f"{head}\n{''.join(rows)}".encode(), LOADED_AT)


def test_a_part_of_a_full_load_that_comes_late_is_older_than_all_changes():
    change = DMS_ROW.format(op="U", at="2026-03-02 07:00:00.000000", limit="2.00", sequence="7")
    load = DMS_ROW.format(op="I", at="2026-03-02 08:00:00.000000", limit="1.00", sequence="")
    with dimension(Feed("dms_csv").text, LOADED_AT) as made:
        made.land([of_dms("20260302-081500123.csv", change), of_dms("SEGMENT2_LOAD0000000A.csv", load)])
        assert [str(row["balance_limit"]) for row in sorted(made.history(), key=lambda row: row["valid_from"])] == [
            "1.00",
            "2.00",
        ]


def test_a_change_without_its_place_is_the_first_of_its_time():
    at = "2026-03-02 07:00:00.000000"
    without, placed = (
        DMS_ROW.format(op="U", at=at, limit=limit, sequence=n) for limit, n in (("2.00", ""), ("1.00", "7"))
    )
    with dimension(Feed("dms_csv").text, LOADED_AT) as made:
        made.land([of_dms("20260302-081500123.csv", placed), of_dms("20260302-081500999.csv", without)])
        assert [str(row["balance_limit"]) for row in made.history()] == ["1.00"]
