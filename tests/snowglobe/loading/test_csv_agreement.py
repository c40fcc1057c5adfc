"""Whatever the text and however it is written down, the table that went into a file comes out of it, on both ways."""

import gzip
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snowglobe.loading import csv, csv_regular
from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import FileError

NASTY = [
    "NULL",
    "null",
    "\\N",
    "\\",
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "\ufeff",
    "\0",
    "#",
    "'",
    "\x1a",
    "\x85",
]
INVALID = "\udcff"  # stands for the byte FF, which is never part of valid UTF-8
UNQUOTABLE = set(",\r\n")

text = st.lists(
    st.one_of(
        st.sampled_from([*NASTY, INVALID]),
        st.characters(exclude_categories=["Cs"]),
        st.text(alphabet="abc ", max_size=4),
    ),
    max_size=4,
).map("".join)


@dataclass(frozen=True)
class Written:
    """A file and the table that is in it; `data` rows may be wider or narrower than the header."""

    content: bytes
    header: tuple[str, ...]
    data: list[list[str]]

    def expected(self) -> list[tuple]:
        width = len(self.header)
        rows = ([*row, *[""] * width][:width] for row in self.data)
        return [(number, *(replaced(field) or None for field in row)) for number, row in enumerate(rows, start=1)]


def replaced(field: str) -> str:
    return field.replace(INVALID, "\ufffd")


def quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


@st.composite
def fields(draw: st.DrawFn, field: str) -> str:
    bare = not field.startswith('"') and not UNQUOTABLE & set(field)
    return field if bare and draw(st.booleans()) else quoted(field)


@st.composite
def records(draw: st.DrawFn, row: list[str]) -> str:
    return ",".join([draw(fields(field)) for field in row]) or quoted("")


@st.composite
def files(draw: st.DrawFn, *, ragged: bool) -> Written:
    width = draw(st.integers(1, 4))
    header = draw(st.lists(text, min_size=width, max_size=width, unique_by=lambda name: replaced(name).casefold()))
    widths = st.integers(1, 6) if ragged else st.just(width)
    rows = draw(st.lists(widths.flatmap(lambda n: st.lists(text, min_size=n, max_size=n)), max_size=6))
    ends = st.sampled_from(["\n", "\r\n", "\r"] if ragged else ["\n", "\r\n"])
    end = draw(ends)
    written = ""
    for row in [header, *rows]:
        written += draw(records(row)) + (draw(ends) if ragged else end)
        if ragged and draw(st.booleans()):
            written += draw(ends)
    if draw(st.booleans()):
        written = written.removesuffix("\n").removesuffix("\r")
    if written.startswith("\ufeff") or draw(st.booleans()):
        written = "\ufeff" + written
    return Written(written.encode(errors="surrogateescape"), tuple(map(replaced, header)), rows)


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def read(duck: duckdb.DuckDBPyConnection, folder: Path, content: bytes) -> tuple[tuple[str, ...], list[tuple]]:
    path = folder / "landed.csv"
    path.write_bytes(content)
    with open_csv(path, folder) as rows:
        found = duck.execute(f"SELECT * FROM {rows.table}", rows.params).fetchall()
        assert rows.count in (None, len(found))
        return rows.header, found


def outcome(reader: Callable[..., tuple], *args: object) -> tuple | str:
    try:
        return reader(*args)
    except FileError as error:
        return error.reason


def read_rewritten(
    duck: duckdb.DuckDBPyConnection, folder: Path, content: bytes
) -> tuple[tuple[str, ...], list[tuple]]:
    with mock.patch.object(csv, "look_if_regular", return_value=None):
        return read(duck, folder, content)


shared_fixtures = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(written=files(ragged=False), zipped=st.booleans())
@settings(shared_fixtures, max_examples=300)
def test_a_table_comes_back_from_its_file(duck, folder, written, zipped):
    content = gzip.compress(written.content) if zipped else written.content
    assert read(duck, folder, content) == (written.header, written.expected())
    assert read_rewritten(duck, folder, content) == (written.header, written.expected())


@given(written=files(ragged=True))
@settings(shared_fixtures, max_examples=300)
def test_a_ragged_table_comes_back_as_wide_as_its_header(duck, folder, written):
    assert read(duck, folder, written.content) == (written.header, written.expected())


@given(written=files(ragged=False), block=st.integers(1, 40))
@settings(shared_fixtures, max_examples=100)
def test_it_does_not_matter_where_a_block_of_the_file_ends(duck, folder, written, block):
    with mock.patch.object(csv_regular, "_BLOCK", block):
        assert read(duck, folder, written.content) == (written.header, written.expected())


def read_in_parts(
    duck: duckdb.DuckDBPyConnection, folder: Path, content: bytes, number: int
) -> tuple[list[int | None], list[tuple]]:
    """The counts of the parts, none if it is not read in parts, and their rows one after the other."""
    path = folder / "landed.csv"
    path.write_bytes(content)
    with mock.patch.multiple(csv_regular, SMALLEST=1, _BLOCK=1), open_csv(path, folder) as rows:
        if rows.in_parts is None:
            return [], []
        with rows.in_parts(number) as parts:
            found = [duck.execute(f"SELECT * FROM {part.table}", part.params).fetchall() for part in parts]
            assert [part.count for part in parts] == list(map(len, found))
            assert {part.header for part in parts} == {rows.header}
            return [part.count for part in parts], [row for part in found for row in part]


@given(written=files(ragged=False), number=st.integers(2, 4))
@settings(shared_fixtures, max_examples=200)
def test_a_regular_file_is_the_same_in_parts(duck, folder, written, number):
    counts, found = read_in_parts(duck, folder, written.content, number)
    assert len(counts) <= number
    assert not counts or found == written.expected()


@pytest.mark.parametrize(
    ("content", "second"),
    [
        ("a,b\n1,2\n3,4\n5,6\n7,8\n", ("3", "4")),
        ("a,b\n1,2\n\ufeff3,4\n5,6\n", ("\ufeff3", "4")),
        ('a,b\n1,2\n"3\r",4\n5,6\n', ("3\r", "4")),
        ('a,b\r\n1,2\r\n"\n3",4\r\n5,6\r\n', ("\n3", "4")),
        ('"a",b\n1,2\n"3",4\n"5",6\n', ("3", "4")),
        ("\ufeffa,b\n1,2\n3,4\n5,6\n", ("3", "4")),
        ("a,b\n1,2\n3,4\n5,6", ("3", "4")),
    ],
)
def test_what_a_part_begins_with_means_what_it_does_elsewhere(duck, folder, content, second):
    """As many parts as there are rows."""
    counts, found = read_in_parts(duck, folder, content.encode(), 9)
    assert found[1] == (2, *second)
    assert counts == [1] * len(found)
    assert [row[0] for row in found] == list(range(1, len(found) + 1))


soup = st.lists(st.sampled_from(list(b'ab,,,"""\n\n\r \0\\\xff\xc3\xa4')), max_size=30).map(bytes)


@given(head=st.sampled_from([b"a\n", b"a,b\n", b"a,b\r\n", b"a,b,c\n", b""]), tail=soup)
@settings(shared_fixtures, max_examples=500)
def test_of_any_bytes_both_ways_make_the_same(duck, folder, head, tail):
    """The rewritten file is the reference: what is taken for regular must mean the same to DuckDB."""
    assert outcome(read, duck, folder, head + tail) == outcome(read_rewritten, duck, folder, head + tail)


@given(
    rows=st.lists(
        st.tuples(*[st.text(alphabet=st.characters(exclude_characters=',"\r\n', exclude_categories=["Cs"]))] * 2)
    ),
    quote=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(shared_fixtures, max_examples=100)
def test_a_tidy_file_is_read_where_it_is(folder, rows, quote, end):
    """Else every file would quietly be rewritten, at ten times the cost."""
    path = folder / "landed.csv"
    lines = [",".join(quoted(field) if quote else field for field in row) for row in [("a", "b"), *rows]]
    path.write_bytes("".join(line + end for line in lines).encode())
    with open_csv(path, folder) as opened:
        assert opened.params[0] == str(path)
