"""Files that are written otherwise than as CSV with commas and a header, and files that are not what they should be."""

import gzip
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import Dimension, dimension, parsed

LOADED_AT = datetime(2026, 6, 2)
DEFINITION = """
dimension = "thing"
[feed]
kind = "changes"
format = "json"
time = "at"
sequence = ["source.lsn"]
op = { column = "op", upsert = ["", "U"], delete = ["D"] }
[key]
id = "integer"
[attributes]
name = "text(20)"
city = { type = "text(20)", from = "address.city" }
amount = { type = "number(38,10)", from = "Amount Due" }
"""
JSON_FAULTS = {
    '{"id":1,"at":"2026-01-01"': "invalid_record",
    '{"id":1,"at":"2026-01-01"}{"id":2,"at":"2026-01-01"}': "invalid_record",
    '[{"id":1,"at":"2026-01-01"}]': "invalid_record",
    "7": "invalid_record",
    "null": "invalid_record",
    "   ": "invalid_record",
    '{"id":1,"id":2,"at":"2026-01-01"}': "invalid_record",
    '{"id":1,"at":"2026-01-01","address":{"city":"a","city":"b"}}': "invalid_record",
    '{"id":1,"at":"2026-01-01","address":7}': "invalid_city",
    '{"id":1,"at":"2026-01-01","address":["Rome"]}': "invalid_city",
    '{"id":1,"at":"2026-01-01","source":"x"}': "invalid_source.lsn",
    '{"id":{"a":1},"at":"2026-01-01"}': "invalid_key",
    '{"id":1,"at":7}': "invalid_at",
    '{"id":1,"at":"2026-01-01","op":["D"]}': "invalid_op",
    '{"id":1,"at":"2026-01-01","name":"x\ufffd"}': "invalid_name",
    '{"id":1,"at":"2026-01-01","Amount Due":1e400}': "invalid_amount",
    '{"ID":1,"at":"2026-01-01"}': "missing_key",
    "{}": "missing_key, missing_at",
}


def shown(made: Dimension, *names: str) -> list[tuple[Any, ...]]:
    """The current rows, by key."""
    return sorted(tuple(row[name] for name in ("id", *names)) for row in made.current())


def loads(made: Dimension) -> dict[str, str]:
    """What became of each file, by its name."""
    asked = (
        "SELECT file_name, status FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        "TABLE_NAME => 'thing_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP())))"
    )
    return {Path(row["file_name"]).name: row["status"] for row in made.rows(asked)}


def test_each_line_of_json_is_judged_by_itself():
    good = '{"id":9,"at":"2026-01-01","address":{"city":"Rome"},"Amount Due":12345678901234567890.0123456789}'
    lines = [good.replace("9", "8", 1), *JSON_FAULTS, good]
    file = LandedFile("1.json", "\n".join([*lines, ""]).encode(), LOADED_AT)
    with dimension(DEFINITION) as made:
        made.land([file])
        expected = {("1.json", row): frozenset(told.split(", ")) for row, told in enumerate(JSON_FAULTS.values(), 2)}
        assert made.rejects() == expected
        amount = Decimal("12345678901234567890.0123456789")
        assert shown(made, "city", "amount") == [(8, "Rome", amount), (9, "Rome", amount)]
        assert made.offences() == {}
        (reject, *_) = made.rows("SELECT line FROM thing_reject ORDER BY source_row LIMIT 1")
        assert reject["line"] == next(iter(JSON_FAULTS))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_line_ends_marks_and_what_is_not_there(pack: Any):
    lines = [
        '{"id":1,"at":"2026-01-01","name":"","op":""}',
        "",
        '{"id":2,"at":"2026-01-01","name":null,"address":null}',
    ]
    content = b"\xef\xbb\xbf" + "\r\n".join([*lines, '{"id":3,"at":"2026-01-01"}']).encode()
    with dimension(DEFINITION) as made:
        made.land([LandedFile("1.json", pack(content), LOADED_AT)])
        assert (made.rejects(), shown(made, "name", "city")) == ({}, [(1, "", None), (2, None, None), (3, None, None)])


def test_json_that_is_spread_over_lines_is_nothing_but_rejects():
    with dimension(DEFINITION) as made:
        made.land([LandedFile("1.json", b'{\n "id": 1,\n "at": "2026-01-01"\n}\n', LOADED_AT)])
        assert set(made.rejects().values()) == {frozenset({"invalid_record"})}
        assert (len(made.rejects()), made.current()) == (4, [])


def test_what_is_read_from_a_record_changes_without_another_pipe():
    changed = DEFINITION.replace("address.city", "place.town") + 'more = { type = "integer", since = 2 }\n'
    row = b'{"id":%d,"at":"2026-01-0%d","address":{"city":"a"},"place":{"town":"b"},"more":7}\n'
    with dimension(DEFINITION) as made:
        made.land([LandedFile("1.json", row % (1, 1), LOADED_AT)])
        assert [shown["city"] for shown in made.current()] == ["a"]
        pipe = made.rows("SELECT * FROM INFORMATION_SCHEMA.PIPES")
        made.change(parsed(changed)[0])
        assert made.rows("SELECT * FROM INFORMATION_SCHEMA.PIPES") == pipe
        made.land([LandedFile("2.json", row % (2, 2), LOADED_AT)])
        assert shown(made, "city", "more") == [(1, "a", None), (2, "b", 7)]


PARQUET = """
dimension = "thing"
[feed]
kind = "changes"
format = "parquet"
time = "at"
[key]
id = "integer"
[attributes]
amount = "number(38,10)"
day = "date"
seen = "timestamp"
city = { type = "text(20)", from = "address.city" }
more = "variant"
"""


def parquet(folder: Path, query: str) -> bytes:
    path = folder / "made.parquet"
    with duckdb.connect() as duck:
        duck.execute("SET TimeZone = 'Asia/Tokyo'")
        duck.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def test_values_of_parquet_are_what_they_are(tmp_path: Path):
    first = parquet(
        tmp_path,
        "SELECT 1 AS id, TIMESTAMPTZ '2026-01-01 10:00:00.123456+02' AS \"at\", DATE '1960-02-29' AS day, "
        "1234567890123456789012345678.0123456789::DECIMAL(38, 10) AS amount, "
        "{'city': 'Rome', 'x': [1, NULL]} AS address, "
        "TIMESTAMP_NS '2026-01-01 10:00:00.123456' AS seen, {'b': 1.50, 'a': [true]} AS more, 'x' AS unknown",
    )
    # Another order, other types, and columns that have gone.
    second = parquet(
        tmp_path, "SELECT '7.5' AS amount, '2026-01-02T00:00:00Z' AS \"at\", 18446744073709551615::UBIGINT AS id"
    )
    with dimension(PARQUET) as made:
        made.land([LandedFile("1.parquet", first, LOADED_AT), LandedFile("2.parquet", second, LOADED_AT)])
        assert made.rejects() == {}
        assert shown(made, "amount", "day", "seen", "city", "more") == [
            (
                1, Decimal("1234567890123456789012345678.0123456789"), date(1960, 2, 29),
                datetime(2026, 1, 1, 10, 0, 0, 123456), "Rome", '{"a":[true],"b":1.5}',
            ),
            (18446744073709551615, Decimal("7.5"), None, None, None, None),
        ]  # fmt: skip
        assert min(row["valid_from"] for row in made.history()) == datetime(2026, 1, 1, 8, 0, 0, 123456)


def test_a_file_that_is_no_parquet_is_left_out_whole(tmp_path: Path):
    good = parquet(tmp_path, "SELECT id, '2026-01-01' AS \"at\" FROM range(100) AS r (id)")
    wrong = {"cut.parquet": good[:-1], "half.parquet": good[: len(good) // 2], "csv.parquet": b"id,at\n1,2026-01-01\n"}
    files = [LandedFile(name, content, LOADED_AT) for name, content in (wrong | {"empty.parquet": b""}).items()]
    with dimension(PARQUET) as made:
        made.land([*files, LandedFile("good.parquet", good, LOADED_AT)])
        assert loads(made) == {file.name: "Load failed" for file in files} | {"good.parquet": "Loaded"}
        assert (len(made.current()), made.rejects()) == (100, {})


BY_PLACE = """
dimension = "thing"
[feed]
kind = "changes"
format = "csv"
delimiter = ";"
quote = "'"
encoding = "utf-16"
columns = ["op", "id", "At", "name"]
time = "at"
op = { column = "op", upsert = ["", "U"], delete = ["D"] }
[key]
id = "integer"
[attributes]
name = "text(20)"
"""


def landed_csv(name: str, lines: Sequence[str]) -> LandedFile:
    return LandedFile(name, "\n".join([*lines, ""]).encode("utf-16"), LOADED_AT)


def test_csv_by_place_in_another_dialect():
    lines = ["U;1;2026-01-01;'Mül;ler'", ";2;2026-01-01", "U;3;2026-01-01;x;more", "D;2;2026-01-02;"]
    headed = ["op;id;at;name", "U;4;2026-01-01;y"]
    with dimension(BY_PLACE) as made:
        made.land([landed_csv("1.csv", lines), landed_csv("2.csv", headed)])
        assert shown(made, "name") == [(1, "Mül;ler"), (3, "x"), (4, "y")]
        assert made.rejects() == {("2.csv", 1): frozenset({"invalid_key", "invalid_at", "invalid_op"})}
        # A column that is there from now on is read by its place; the pipe stays as it is.
        grown = BY_PLACE.replace('"name"]', '"name", "size"]') + 'size = { type = "integer", since = 2 }\n'
        made.change(parsed(grown)[0])
        made.land([landed_csv("3.csv", ["U;1;2026-01-03;z;7"])])
        assert shown(made, "name", "size") == [(1, "z", 7), (3, "x", None), (4, "y", None)]
        assert made.offences() == {}


@pytest.mark.parametrize("words", ['upsert = ["I"], delete = ["D"]', 'upsert = ["", "Set"], delete = ["discard", "i"]'])
def test_letters_of_an_operation_are_those_of_ascii(words: str):
    """A dotless i is no I, a long s no S, the sign of Kelvin no K, though functions that change case say so."""
    text = BY_PLACE.replace('upsert = ["", "U"], delete = ["D"]', words)
    known = ["i", "I"] if "set" not in words.lower() else ["SET", "set", "DISCARD", "discard", "I"]
    others = ["\u0131", "\u0130", "\u017fet", "\u017fET", "d\u0131scard", "DI\u017fCARD", "\u212a"]
    rows = [f"{word};{number};2026-01-01;x" for number, word in enumerate([*known, *others])]
    with dimension(text) as made:
        made.land([landed_csv("1.csv", rows)])
        rejected = range(len(known) + 1, len(rows) + 1)
        assert made.rejects() == {("1.csv", row): frozenset({"invalid_op"}) for row in rejected}
