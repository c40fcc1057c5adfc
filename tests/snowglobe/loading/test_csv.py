"""How one CSV file is read: each rule of the file format by name, and what makes a whole file unreadable."""

import csv
import gzip
from pathlib import Path

import duckdb
import pytest

from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import FileError, Rows

MEGABYTE = 1024 * 1024


@pytest.fixture
def duck():
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    return tmp_path / "landed.csv"


def fetch(duck: duckdb.DuckDBPyConnection, rows: Rows) -> list[tuple]:
    return duck.execute(f"SELECT * FROM {rows.table} ORDER BY row_number", rows.params).fetchall()


def read(duck: duckdb.DuckDBPyConnection, path: Path, scratch: Path) -> tuple[tuple[str, ...], list[tuple]]:
    with open_csv(path, scratch) as rows:
        return rows.header, fetch(duck, rows)


CASES = {
    "plain": (b"a,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")]),
    "no line end at the end": (b"a,b\n1,2\n3,4", [("1", "2"), ("3", "4")]),
    "CRLF": (b"a,b\r\n1,2\r\n3,4\r\n", [("1", "2"), ("3", "4")]),
    "CR": (b"a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")]),
    "mixed line ends": (b"a,b\r\n1,2\n3,4\r5,6\r\n", [("1", "2"), ("3", "4"), ("5", "6")]),
    "a CR apart from its LF ends a record": (b"a,b\r\n1,2\r3\n4,5\r\n", [("1", "2"), ("3", None), ("4", "5")]),
    "CR at the very end": (b"a,b\r\n1,2\r", [("1", "2")]),
    "byte order mark": (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")]),
    "byte order mark before a quoted header": (b'\xef\xbb\xbf"a","b"\r\n1,2\r\n', [("1", "2")]),
    "byte order mark elsewhere is text": (b"a,b\n\xef\xbb\xbf1,\xef\xbb\xbf\n", [("\ufeff1", "\ufeff")]),
    "empty fields are NULL, quoted or not": (b'a,b\n,""\n"",\n', [(None, None), (None, None)]),
    "no word means NULL": (b'a,b\nNULL,\\N\n"null",NA\n', [("NULL", "\\N"), ("null", "NA")]),
    "nothing is trimmed": (b"a,b\n 1 ,\t2\t\n  ,\t\n", [(" 1 ", "\t2\t"), ("  ", "\t")]),
    "a blank before a quote makes it text": (b'a,b\n1, "2"\n3,4\n', [("1", ' "2"'), ("3", "4")]),
    "a quote within an unquoted field is text": (b'a,b\n1,x"y\n3"",4"\n', [("1", 'x"y'), ('3""', '4"')]),
    "backslashes are text": (b'a,b\n\\,"\\"\n\\n,"\\,"\n', [("\\", "\\"), ("\\n", "\\,")]),
    "doubled quotes": (b'a,b\n"x""y",""""\n"""""",2\n', [('x"y', '"'), ('""', "2")]),
    "line ends within quotes": (b'a,b\n"1\n2","3\r\n4"\n"\r","\n"\n', [("1\n2", "3\r\n4"), ("\r", "\n")]),
    "LF within quotes, CRLF without": (b'a,b\r\n"1\n2",3\r\n4,"\n\n"\r\n', [("1\n2", "3"), ("4", "\n\n")]),
    "commas within quotes": (b'a,b\n"1,2",","\n', [("1,2", ",")]),
    "blank lines are skipped": (b"\n\na,b\n\n1,2\n\n\n3,4\n\n", [("1", "2"), ("3", "4")]),
    "blank CRLF lines are skipped": (b"\r\na,b\r\n\r\n1,2\r\n\r\n", [("1", "2")]),
    "a line of blanks is not blank": (b"a,b\n \n", [(" ", None)]),
    "a line of commas is not blank": (b"a,b\n,\n", [(None, None)]),
    "missing fields are NULL": (b"a,b\n1\n2,3\n", [("1", None), ("2", "3")]),
    "surplus fields are dropped": (b"a,b\n1,2,3\n4,5,\n", [("1", "2"), ("4", "5")]),
    "invalid bytes are replaced": (b"a,b\n1,x\xffy\n\xe2\x82,4\n", [("1", "x\ufffdy"), ("\ufffd", "4")]),
    "surrogates are invalid": (b"a,b\n1,\xed\xa0\x80\n", [("1", "\ufffd\ufffd\ufffd")]),
    "an invalid byte at the end": (b"a,b\n1,\xf0\x9f", [("1", "\ufffd")]),
    "NUL is a character": (b'a,b\n\0,x\0\n"\0",2\n', [("\0", "x\0"), ("\0", "2")]),
    "NUL is one when rewritten": (b'a,b\n\0,x\0\n"\0"\n', [("\0", "x\0"), ("\0", None)]),
    "other line ends of Unicode are text": (
        "a,b\n\u2028,\u2029\n\v,\f\n\x1c,\x85\n".encode(),
        [("\u2028", "\u2029"), ("\v", "\f"), ("\x1c", "\x85")],
    ),
    "comment signs are text": (b"a,b\n#1,2\n--3,//4\n", [("#1", "2"), ("--3", "//4")]),
    "only a header": (b"a,b\n", []),
    "only a header, no line end": (b"a,b", []),
    "quoted header": (b'"a","b"\n1,2\n', [("1", "2")]),
}


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_a_rule_of_the_format(duck, landed, scratch, content, expected):
    landed.write_bytes(content)
    header, rows = read(duck, landed, scratch)
    assert header == ("a", "b")
    assert rows == [(number, *row) for number, row in enumerate(expected, start=1)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\n1\n\n2\n", ["1", "2"]),
        (b"a\r\n\r\n1\r\n", ["1"]),
        (b'a\n""\n1\n', [None, "1"]),
        (b'a\n""\n\n"x"', [None, "x"]),
        (b'\na\n"\n"\n', ["\n"]),
    ],
)
def test_in_a_file_of_one_column_a_blank_line_is_no_row_and_a_quoted_empty_field_is(
    duck, landed, scratch, content, expected
):
    landed.write_bytes(content)
    assert read(duck, landed, scratch) == (("a",), list(enumerate(expected, start=1)))


@pytest.mark.parametrize(
    ("line", "header"),
    [
        (b'"a ""x""", b ,C', ('a "x"', " b ", "C")),
        (b'"a\nx",b', ("a\nx", "b")),
        (b'"a\rx",b', ("a\rx", "b")),
        (b'a"x,b', ('a"x', "b")),
        (b"a\xff,b", ("a\ufffd", "b")),
        ("\ufeff\ufeffä,b".encode(), ("\ufeffä", "b")),
        (b"x" * 200_000 + b",b", ("x" * 200_000, "b")),
        (b"x" * 3_000_000 + b",b", ("x" * 3_000_000, "b")),
        (b'"' + b"\n" * 300_000 + b'",b', ("\n" * 300_000, "b")),
    ],
)
def test_header_names_are_unquoted_like_fields_and_otherwise_left_alone(duck, landed, scratch, line, header):
    landed.write_bytes(line + b"\n1,2\n")
    found, rows = read(duck, landed, scratch)
    assert found == header
    assert rows == [(1, "1", "2", *[None] * (len(header) - 2))]


@pytest.mark.parametrize("length", [MEGABYTE - 2, 2_050_000, 5_000_000])
def test_a_record_longer_than_duckdb_takes_by_itself_is_a_record(duck, landed, scratch, length):
    landed.write_bytes(b"a,b\n1,2\n" + b"x" * length + b",y\n")
    assert read(duck, landed, scratch) == (("a", "b"), [(1, "1", "2"), (2, "x" * length, "y")])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"\r\n\r"])
@pytest.mark.parametrize("name", ["landed.csv", "landed.csv.gz"])
def test_a_file_without_a_header_has_no_columns_and_no_rows(duck, tmp_path, scratch, name, content):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") and content else content)
    assert read(duck, path, scratch) == ((), [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3: a quoted field begins in this record and is never closed"),
        (b'a,b\n1,"2"\n3,"4', "line 3: a quoted field begins in this record and is never closed"),
        (b'a,b\n"1\n2",3\n\n"4\n\n', "line 5: a quoted field begins in this record and is never closed"),
        (b'"a,b\n1,2\n', "line 1: a quoted field begins in this record and is never closed"),
        (b'a,b\n1,2\n"3"x,4\n', "line 3 is not valid CSV: "),
        (b'a,b\n"1" ,2\n', "line 2 is not valid CSV: "),
        (b'a,b\n1,"2"x', "line 2 is not valid CSV: "),
        (b'"a"b,c\n1,2\n', "line 1 is not valid CSV: "),
        (b"Mail,b,mail\n1,2,3\n", 'the header names the column "mail" 2 times'),
        (b"a,a,\n\n", 'the header names the column "a" 2 times'),
        (b"a\n" + b"x" * (16 * MEGABYTE + 1) + b"\n", "line 2 is not valid CSV: "),
        (b"a\n1\n" + "ä".encode() * (8 * MEGABYTE + 1), "line 3: a field is longer than 16,777,216 bytes"),
    ],
    ids=range(12),
)
def test_a_file_that_is_not_csv_is_refused_as_a_whole(landed, scratch, content, reason):
    landed.write_bytes(content)
    with pytest.raises(FileError) as caught, open_csv(landed, scratch):
        pass
    assert caught.value.reason.startswith(reason)
    assert list(scratch.iterdir()) == []


def test_the_two_unnamed_columns_are_no_duplicates(duck, landed, scratch):
    landed.write_bytes(b"a,,\n1,2,3\n")
    assert read(duck, landed, scratch) == (("a", "", ""), [(1, "1", "2", "3")])


@pytest.mark.parametrize(("megabytes", "character"), [(1, "x"), (10, "x"), (16, '"')])
def test_a_large_field_loads(duck, landed, scratch, megabytes, character):
    field = character * (megabytes * MEGABYTE)
    with landed.open("w", newline="") as file:
        csv.writer(file).writerows([["a", "b", "c"], ["1", field, "2"], ["3", "4", field]])
    assert read(duck, landed, scratch) == (("a", "b", "c"), [(1, "1", field, "2"), (2, "3", "4", field)])


@pytest.mark.parametrize("name", ["landed.csv.gz", "LANDED.CSV.GZ", "landed.csv"])
@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"a,b\n1\n"], ids=["regular", "ragged"])
def test_gzip_is_known_by_its_content(duck, tmp_path, scratch, name, content):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content[:5]) + gzip.compress(content[5:]))
    header, rows = read(duck, path, scratch)
    assert header == ("a", "b")
    assert [row[:2] for row in rows] == [(1, "1")]


def test_a_fault_of_the_scratch_folder_is_not_laid_at_the_files_door(landed):
    landed.write_bytes(gzip.compress(b"a,b\n1\n"))
    with pytest.raises(FileNotFoundError), open_csv(landed, landed.parent / "missing"):
        pass


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "a?.csv", "it's.csv", "a b\\c.csv", "ü{x,y}.csv", "noext"])
def test_the_name_of_a_file_is_no_pattern(duck, tmp_path, scratch, name):
    folder = tmp_path / "day=1" / "[x]"
    folder.mkdir(parents=True)
    (folder / "a1.csv").write_bytes(b"a,b\nwrong,wrong\n")
    (folder / name).write_bytes(b"a,b\n1,2\n")
    assert read(duck, folder / name, scratch) == (("a", "b"), [(1, "1", "2")])


def test_a_regular_file_is_read_where_it_is_and_any_other_from_scratch(duck, landed, scratch):
    landed.write_bytes(b'a,b\n1,"2\n"""\n')
    with open_csv(landed, scratch) as rows:
        assert rows.params[0] == str(landed)
        assert list(scratch.iterdir()) == []
    landed.write_bytes(b"a,b\n1,2,3\n")
    with open_csv(landed, scratch) as rows:
        assert [str(path) for path in scratch.iterdir()] == [rows.params[0]]
    assert list(scratch.iterdir()) == []


def test_the_scratch_folder_is_clean_after_an_error_of_the_caller(landed, scratch):
    landed.write_bytes(gzip.compress(b"a,b\n1\n"))
    with pytest.raises(RuntimeError), open_csv(landed, scratch):
        raise RuntimeError
    assert list(scratch.iterdir()) == []


def test_rows_go_into_a_table_within_the_callers_transaction_with_columns_of_its_choice(duck, landed, scratch):
    landed.write_bytes(b"a,b,c\n1,2,3\n,5,6\n")
    duck.execute("CREATE TABLE t (n BIGINT, c VARCHAR, a VARCHAR)")
    with open_csv(landed, scratch) as rows:
        duck.begin()
        duck.execute(f"INSERT INTO t SELECT row_number, c2, c0 FROM {rows.table}", rows.params)
        duck.commit()
    assert duck.execute("FROM t ORDER BY n").fetchall() == [(1, "3", "1"), (2, "6", None)]


def test_the_csv_module_keeps_the_limit_it_had(landed, scratch):
    before = csv.field_size_limit()
    landed.write_bytes(b"a,b\n1\n")
    with open_csv(landed, scratch):
        assert csv.field_size_limit() == before
    assert csv.field_size_limit() == before


def test_row_numbers_follow_the_file_across_buffers_and_threads(duck, landed, scratch):
    """80 MB, more than two of DuckDB's buffers, with line ends and commas in quotes where a thread might begin."""
    count = 400_000
    with landed.open("wb") as file:
        file.write(b"n,text,more\n")
        for n in range(count):
            file.write(b'%d,"x,%d\n""%d"",\n%d,y",%s\n' % (n + 1, n, n, n, b"z" * (n % 331)))
    with open_csv(landed, scratch) as rows:
        assert rows.params[0] == str(landed)
        right = f"""
            SELECT count(*), count(*) FILTER (
                row_number::VARCHAR = c0 AND length(c2) IS NOT DISTINCT FROM nullif((row_number - 1) % 331, 0)
                AND c1 = format(E'x,{{0}}\n"{{0}}",\n{{0}},y', row_number - 1))
            FROM {rows.table}"""
        assert duck.execute(right, rows.params).fetchone() == (count, count)
