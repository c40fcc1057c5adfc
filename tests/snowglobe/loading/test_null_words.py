"""NULL_IF lists words: a field that is one of them and has no quotes is NULL, however the file is read."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snowglobe import FolderBucket, OpenQuestion, connect
from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError
from snowglobe.loading import csv
from snowglobe.loading.csv import open_csv
from tests.snowglobe.conftest import COPY, LANDING
from tests.snowglobe.support import drop_file, rows, run

WORDS = ("NULL", "", "\\N", "n/a")
EMPTY, WORD = OpenQuestion.QUOTED_EMPTY_FIELD, OpenQuestion.QUOTED_NULL_WORD
ANSWERS = [(), (EMPTY,), (WORD,), (EMPTY, WORD)]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def read(
    duck: duckdb.DuckDBPyConnection, folder: Path, content: bytes, otherwise: tuple[OpenQuestion, ...] = ()
) -> list[tuple[str | None, ...]]:
    path = folder / "landed.csv"
    path.write_bytes(content)
    (folder / "scratch").mkdir(exist_ok=True)
    with open_csv(path, folder / "scratch", otherwise, null_if=WORDS) as opened:
        found = duck.execute(f"SELECT * FROM {opened.table} ORDER BY row_number", opened.params).fetchall()
        return [opened.header, *(row[1:] for row in found)]


CASES = {
    "without quotes": (b"a,b\nNULL,\\N\nn/a,1\n", [(None, None), (None, "1")]),
    "in quotes": (b'a,b\n"NULL","\\N"\n"n/a",NULL\n', [("NULL", "\\N"), ("n/a", None)]),
    "empty": (b'a,b\n,""\n"NULL",""\n', [(None, None), ("NULL", None)]),
    "another case": (b'a,b\nnull,Null\n"null",N/A\n', [("null", "Null"), ("null", "N/A")]),
    "within longer fields": (b"a,b\nxNULL,NULLx\n NULL,NULL \n", [("xNULL", "NULLx"), (" NULL", "NULL ")]),
    "beside commas and doubled quotes": (
        b'a,b\n"x,NULL,y",NULL\n"""NULL""","n/a"\n',
        [("x,NULL,y", None), ('"NULL"', "n/a")],
    ),
    "CRLF": (b'a,b\r\nNULL,"NULL"\r\n"NULL",NULL\r\n', [(None, "NULL"), ("NULL", None)]),
    "CR": (b'a,b\rNULL,"NULL"\r"NULL",NULL\r', [(None, "NULL"), ("NULL", None)]),
    "byte order mark": (b'\xef\xbb\xbfa,b\nNULL,"NULL"\n', [(None, "NULL")]),
    "byte order mark and quotes": (b'\xef\xbb\xbf"a","b"\nNULL,"NULL"\n', [(None, "NULL")]),
    "blank lines": (b'\na,b\n\n\nNULL,"NULL"\n\n"NULL",NULL\n\n', [(None, "NULL"), ("NULL", None)]),
    "ragged rows": (
        b'a,b\nNULL\n"NULL"\n1,"NULL",NULL\n1,NULL,"NULL"\n',
        [(None, None), ("NULL", None), ("1", "NULL"), ("1", None)],
    ),
    "line ends in quotes": (b'a,b\n"\nNULL\n",NULL\n"\n",  \n1\n', [("\nNULL\n", None), ("\n", "  "), ("1", None)]),
    "a quote within a field": (b'a,b\nx"NULL,NULL\nNULL",\\N\n', [('x"NULL', None), ('NULL"', None)]),
    "bytes that are no UTF-8": (b'a,b\nNULL,\xff\n"NULL",NULL\n', [(None, "\ufffd"), ("NULL", None)]),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_a_word_without_quotes_is_null(duck, tmp_path, content, expected, zipped):
    packed = gzip.compress(content) if zipped else content
    assert read(duck, tmp_path, packed) == [("a", "b"), *expected]


@pytest.mark.parametrize("blank", [b"", b"\n"], ids=["regular", "normalised"])
def test_a_word_in_the_header_is_a_name(duck, tmp_path, blank):
    assert read(duck, tmp_path, blank + b'NULL,"n/a"\nNULL,"n/a"\n') == [("NULL", "n/a"), (None, "n/a")]


def test_a_large_field_in_quotes_does_not_hide_the_word_beside_it(duck, tmp_path):
    field = b'"' + b'x""' * 4_000_000 + b'"'
    found = read(duck, tmp_path, b"a,b,c\n\n" + field + b',NULL,"NULL"\n')
    assert found[1:] == [('x"' * 4_000_000, None, "NULL")]


FIELDS = st.one_of(
    st.sampled_from([*WORDS, "null", "NULL ", '"', "a,b", "\n", "\\"]), st.text(alphabet='NUL\\n/a ",\r\n', max_size=5)
)


@given(
    table=st.lists(st.lists(st.tuples(FIELDS, st.booleans()), min_size=2, max_size=2), max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    blank=st.booleans(),
    otherwise=st.sampled_from(ANSWERS),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_fields_are_null_by_what_they_are_and_their_quotes(duck, tmp_path, table, end, blank, otherwise):
    written, expected = f"a,b{end}" + (end if blank else ""), []
    for row in table:
        fields, values = [], []
        for field, wanted in row:
            in_quotes = wanted or bool(set(',"\r\n') & set(field))
            fields.append('"' + field.replace('"', '""') + '"' if in_quotes else field)
            word_in_quotes_is_null = (EMPTY not in otherwise) if field == "" else (WORD in otherwise)
            values.append(None if field in WORDS and (not in_quotes or word_in_quotes_is_null) else field)
        written += ",".join(fields) + end
        expected.append(tuple(values))
    assert read(duck, tmp_path, written.encode(), otherwise)[1:] == expected
    with mock.patch.object(csv, "look_if_regular", return_value=None):
        assert read(duck, tmp_path, written.encode(), otherwise)[1:] == expected


@pytest.mark.parametrize("blank", [[], [""]], ids=["regular", "normalised"])
def test_a_copy_and_the_next_session_know_the_words(folder: Path, blank: list[str]):
    landing = LANDING.replace("NULL_IF = ('')", "NULL_IF = ('NULL', '', 'n/a')")
    drop_file(folder, "a.csv", "id,name", *blank, "NULL,1", '"NULL",2', "n/a,3", '"",4')
    with opened(folder) as connection:
        run(connection, *landing.split(";"))
    with opened(folder) as connection:
        run(connection, COPY)
        assert rows(connection, "SELECT id FROM raw ORDER BY name") == [(None,), ("NULL",), (None,), (None,)]


def opened(folder: Path) -> Connection:
    return connect(folder / "words.duckdb", buckets={"bucket": FolderBucket(folder / "bucket")})


@pytest.mark.parametrize("words", ["'NULL'", "", "'', 'a,b'", "'', 'a\"b'", "'', 'a\nb'", "'', 'a\rb'", "'', 1"])
def test_other_lists_are_refused(landing: Connection, words: str):
    file_format = LANDING.split(";")[0].replace("FILE FORMAT csv", "FILE FORMAT other")
    with pytest.raises(NotSupportedError, match=r"cannot read files with NULL_IF = .* and words without comma"):
        run(landing, file_format.replace("NULL_IF = ('')", f"NULL_IF = ({words})"))
