"""What becomes no event has no value that a column of events would be too narrow for; what landed is in the rejects.

INSERT FIRST writes events and rejects from one query. Whether Snowflake looks at the length of a value in a row that is
for another table is documented nowhere; if it did, one text that is too long would fail every refresh.
"""

import json
from datetime import datetime

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import dimension

LONG, SHORT = "abcd", "abc"
ATTRIBUTES = '[key]\nid = "integer"\n[attributes]\na = "text(3)"\nstart = "text(3)"\n'
CSV = f"""
dimension = "item"
[feed]
kind = "changes"
format = "csv"
time = "at"
op = {{ column = "op", upsert = ["", "U"], delete = ["D"], truncate = ["T"] }}
{ATTRIBUTES}"""
ENVELOPES = f"""
dimension = "item"
[feed]
kind = "changes"
format = "json"
layout = "debezium"
connector = "postgres"
{ATTRIBUTES}"""
ROWS = [
    ("U", "1", LONG, SHORT),
    ("U", "x", LONG, LONG),
    ("D", "2", LONG, LONG),
    ("T", "", LONG, LONG),
    ("U", "3", SHORT, SHORT),
]


def of_csv() -> LandedFile:
    lines = [f"{op},{key},2026-01-05 10:00:00,{a},{start}" for op, key, a, start in ROWS]
    return LandedFile("1.csv", "\n".join(["op,id,at,a,start", *lines, ""]).encode(), datetime(2026, 6, 1))


def of_envelopes() -> LandedFile:
    """The same, and a message of the source's log, which is ignored."""
    ops = {"U": "c", "D": "d", "T": "t", "M": "m"}
    documents = [
        {
            "op": ops[op],
            "before" if op == "D" else "after": {"id": key, "a": a, "start": start},
            "source": {"ts_us": 1767607200000000, "lsn": place, "connector": "postgresql"},
        }
        for place, (op, key, a, start) in enumerate([*ROWS, ("M", "4", LONG, LONG)])
    ]
    content = "".join(f"{json.dumps(each)}\n" for each in documents).encode()
    return LandedFile("1.json", content, datetime(2026, 6, 1))


@pytest.mark.parametrize(("text", "file"), [(CSV, of_csv()), (ENVELOPES, of_envelopes())], ids=["csv", "envelopes"])
def test_what_is_no_event_has_no_value(text: str, file: LandedFile):
    with dimension(text) as made:
        made.drop(file)
        found = made.rows('SELECT reject_reasons, a, "START" FROM v_item_changing_data ORDER BY source_row')
        assert [(row["a"], row["start"]) for row in found] == [(None, None)] * 4 + [(SHORT, SHORT)] + (
            [(None, None)] * (len(found) - len(ROWS))
        )
        assert [row["reject_reasons"] is None for row in found[:5]] == [False, False, True, True, True]
        made.refresh()
        assert made.offences() == {}
        assert [(row["id"], row["a"], row["start"]) for row in made.current()] == [(3, SHORT, SHORT)]
        assert len(made.rejects()) == 2


def test_a_reject_keeps_the_text_that_is_too_long():
    with dimension(CSV) as made:
        made.land([of_csv()])
        kept = made.rows('SELECT id, a, "START" FROM item_reject ORDER BY source_row')
        assert [tuple(row.values()) for row in kept] == [("1", LONG, SHORT), ("x", LONG, LONG)]
