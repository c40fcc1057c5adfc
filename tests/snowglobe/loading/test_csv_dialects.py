"""CSV with another delimiter, quote or encoding, packed otherwise, or without a header: the same rows."""

import bz2
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snowglobe.loading import csv
from snowglobe.loading.csv import open_csv
from snowglobe.loading.csv_dialect import CODECS, CsvDialect
from snowglobe.loading.rows import FileError, Some

PIPES = CsvDialect("|", "'")
BARE = CsvDialect("\t", "")
NAMELESS = CsvDialect(header=False, positions=2)


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def read(duck: duckdb.DuckDBPyConnection, folder: Path, content: bytes, **how: Any) -> list[tuple[str | None, ...]]:
    path = folder / "landed.csv"
    path.write_bytes(content)
    (folder / "scratch").mkdir(exist_ok=True)
    with open_csv(path, folder / "scratch", **how) as opened:
        found = duck.execute(f"SELECT * FROM {opened.table} ORDER BY row_number", opened.params).fetchall()
        assert [number for number, *_ in found] == list(range(1, len(found) + 1))
        return [opened.header, *(row[1:] for row in found)]


CASES = {
    "pipes": (PIPES, b"a|b\n1|'x|''y'\n,|\"\n", [("a", "b"), ("1", "x|'y"), (",", '"')]),
    "pipes, ragged": (PIPES, b"a|b\n1\n'2'|3|4\n", [("a", "b"), ("1", None), ("2", "3")]),
    "tabs without quotes": (BARE, b'a\tb\n"1\t2"\n\'\t,\n', [("a", "b"), ('"1', '2"'), ("'", ",")]),
    "tabs without quotes, blank lines": (BARE, b'a\tb\n\n"1\t2\n', [("a", "b"), ('"1', "2")]),
    "no header": (NAMELESS, b'1,x\n2,"y"\n', [("", ""), ("1", "x"), ("2", "y")]),
    "no header, blank lines": (NAMELESS, b'\n1,x\n\n2,"y"\n', [("", ""), ("1", "x"), ("2", "y")]),
    "no header, more and fewer fields": (NAMELESS, b"1\n2,y,z\n", [("", ""), ("1", None), ("2", "y")]),
    "no header, always more fields": (NAMELESS, b"1,x,p\n2,y,q\n", [("", ""), ("1", "x"), ("2", "y")]),
    "no header, mark": (NAMELESS, b'\xef\xbb\xbf"1",x\n2,y\n', [("", ""), ("1", "x"), ("2", "y")]),
    "no header, nothing": (NAMELESS, b"", [()]),
    "lines before": (
        CsvDialect(header=False, skip=2, positions=2),
        b"made by,x,y\nid,name\n1,x\n2,y\n",
        [("", ""), ("1", "x"), ("2", "y")],
    ),
    "lines before with an open quote": (
        CsvDialect(header=False, skip=1, positions=2),
        b'it"s\n1,"x\n"\n2,y\n',
        [("", ""), ("1", "x\n"), ("2", "y")],
    ),
    "lines before with other ends": (
        CsvDialect(header=False, skip=1, positions=2),
        b"id,name\r\n1,x\n2,y\n",
        [("", ""), ("1", "x"), ("2", "y")],
    ),
}


@pytest.mark.parametrize(("dialect", "content", "expected"), CASES.values(), ids=CASES)
def test_each_dialect(duck, tmp_path, dialect, content, expected):
    assert read(duck, tmp_path, content, dialect=dialect) == expected
    with mock.patch.object(csv, "look_if_regular", return_value=None):
        assert read(duck, tmp_path, content, dialect=dialect) == expected


FIELDS = st.text(alphabet="ab,;|\t'\" \n", max_size=5)


@given(
    table=st.lists(st.lists(FIELDS, min_size=2, max_size=2), max_size=5),
    delimiter=st.sampled_from(",;|\t"),
    quote=st.sampled_from("\"'"),
    header=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
def test_what_was_written_is_read(duck, tmp_path, table, delimiter, quote, header, end):
    def written(field: str) -> str:
        special = {delimiter, quote, "\n"} & set(field)
        return quote + field.replace(quote, quote * 2) + quote if special else field

    names = [["x", "y"]] if header else []
    content = "".join(delimiter.join(map(written, row)) + end for row in [*names, *table])
    dialect = CsvDialect(delimiter, quote, header=header, positions=None if header else 2)
    expected = [tuple(field or None for field in row) for row in table]
    assert read(duck, tmp_path, content.encode(), dialect=dialect)[1:] == expected
    with mock.patch.object(csv, "look_if_regular", return_value=None):
        assert read(duck, tmp_path, content.encode(), dialect=dialect)[1:] == expected


@pytest.mark.parametrize("encoding", CODECS)
def test_each_encoding(duck, tmp_path, encoding):
    text = next(text for text in "éЖشΩש日한" if text.encode(CODECS[encoding], "ignore"))
    content = f"a,b\n1,{text}\n2,x\n".encode(CODECS[encoding])
    assert read(duck, tmp_path, content, encoding=encoding) == [("a", "b"), ("1", text), ("2", "x")]


def test_what_an_encoding_does_not_have_is_replaced(duck, tmp_path):
    assert read(duck, tmp_path, b"a\n\x81\n", encoding="WINDOWS1252") == [("a",), ("\ufffd",)]
    assert read(duck, tmp_path, "a\nx".encode("utf-16-le")[:-1], encoding="UTF16LE") == [("a",), ("\ufffd",)]


PACKED = {"GZIP": gzip.compress, "BZ2": bz2.compress}


@pytest.mark.parametrize("name", PACKED)
def test_each_packing(duck, tmp_path, name):
    packed = PACKED[name](b"a,b\n1,2\n")
    for compression in ("AUTO", name):
        assert read(duck, tmp_path, packed, compression=compression) == [("a", "b"), ("1", "2")]
    for content, told in [(packed[:-6], "data is broken"), (b"a,b\n1,2\n", "it is said to be")]:
        with pytest.raises(FileError, match=told):
            read(duck, tmp_path, content, compression=name)
    other = next(each for each in PACKED if each != name)
    with pytest.raises(FileError, match="it is said to be"):
        read(duck, tmp_path, packed, compression=other)


def test_nothing_is_unpacked_if_that_is_said(duck, tmp_path):
    assert read(duck, tmp_path, b"a\nBZh\n", compression="NONE") == [("a",), ("BZh",)]
    with pytest.raises(FileError, match="packed with zstd"):
        read(duck, tmp_path, b"\x28\xb5\x2f\xfd\x00")


def test_rows_that_are_not_as_wide_as_asked_are_odd(tmp_path):
    path = tmp_path / "landed.csv"
    path.write_bytes(b"1,x\n2,y,z\n3\n4,y,\n")
    with open_csv(path, tmp_path, dialect=NAMELESS) as rows:
        assert (rows.oddities.surplus, rows.oddities.short) == (Some(1, 2), Some(1, 3))
