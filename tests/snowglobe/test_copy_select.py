"""COPY INTO table (columns) FROM (SELECT $1, METADATA$... FROM @stage): documents, and CSV without a header."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run, value

FORMATS = (
    "CREATE FILE FORMAT json TYPE = JSON",
    "CREATE FILE FORMAT parquet TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE",
    "CREATE FILE FORMAT nameless TYPE = CSV SKIP_HEADER = 1 FIELD_DELIMITER = '|' ENCODING = 'ISO88591' "
    "ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ('') SKIP_BLANK_LINES = TRUE "
    "REPLACE_INVALID_CHARACTERS = TRUE",
    "CREATE TABLE documents (record VARIANT, source_file VARCHAR, source_row NUMBER, modified_at TIMESTAMP_NTZ, "
    "loaded_at TIMESTAMP_LTZ)",
)
COPY = (
    "COPY INTO documents (record, source_file, source_row, modified_at, loaded_at) FROM (SELECT $1, METADATA$FILENAME, "
    "METADATA$FILE_ROW_NUMBER, METADATA$FILE_LAST_MODIFIED, METADATA$START_SCAN_TIME FROM @ext_stage) "
    "FILE_FORMAT = (FORMAT_NAME = 'json') ON_ERROR = SKIP_FILE"
)
NAMELESS = (
    "COPY INTO raw (name, id, source_row) FROM (SELECT $3, $1, METADATA$FILE_ROW_NUMBER FROM @ext_stage) "
    "FILE_FORMAT = (FORMAT_NAME = 'nameless') ON_ERROR = SKIP_FILE"
)


@pytest.fixture
def formats(landing: Connection) -> Connection:
    run(landing, *FORMATS)
    return landing


def land(folder: Path, name: str, content: bytes) -> None:
    (folder / "bucket" / "in" / name).write_bytes(content)


def test_each_document_is_a_row_with_where_and_when_it_came_from(formats: Connection, folder: Path, clock: Clock):
    land(folder, "a.json", b'{"id":1}\n\n{"id":2}\n')
    modified = datetime(2026, 1, 1, 1, 1, 1, tzinfo=UTC)
    os.utime(folder / "bucket/in/a.json", (modified.timestamp(), modified.timestamp()))
    assert rows(formats, COPY) == [("in/a.json", "LOADED", 2, None)]
    at = (modified.replace(tzinfo=None), clock.now.replace(tzinfo=UTC))
    found = rows(formats, "SELECT record, source_file, source_row, modified_at, loaded_at FROM documents ORDER BY 3")
    assert found == [('{"id":1}', "in/a.json", 1, *at), ('{"id":2}', "in/a.json", 2, *at)]
    assert rows(formats, COPY) == []


def test_a_wrong_file_is_left_out_whole_and_told_and_the_others_are_loaded(formats: Connection, folder: Path):
    land(folder, "a.json", b'{"id":1}\n{"id":2}{"id":3}\n')
    land(folder, "b.json", gzip.compress(b'{"id":4}\n'))
    land(folder, "c.json", b'{"id":5}\n{"id":')
    told = [
        ("in/a.json", "LOAD_FAILED", 0, "line 2: a second document on the line, without a comma between"),
        ("in/b.json", "LOADED", 1, None),
        ("in/c.json", "LOAD_FAILED", 0, "line 2: what begins there has no end, the file is cut"),
    ]
    assert rows(formats, COPY) == told
    assert rows(formats, "SELECT record FROM documents") == [('{"id":4}',)]
    assert rows(formats, COPY) == []


def test_a_pipe_loads_documents_once_and_keeps_what_it_has_loaded(formats: Connection, folder: Path):
    run(formats, f"CREATE PIPE pipe AUTO_INGEST = TRUE AS {COPY} PATTERN = '.*[.]json'")
    land(folder, "a.json", b'{"id":1}\n')
    land(folder, "b.json", b"nothing")
    land(folder, "c.txt", b'{"id":1}\n')
    loads = list(formats.refresh_pipe("pipe"))
    assert [(load.name, load.status, load.rows) for load in loads] == [
        ("in/a.json", "LOADED", 1),
        ("in/b.json", "LOAD_FAILED", 0),
    ]
    assert list(formats.refresh_pipe("pipe")) == []
    kept = [(each.name, each.rows, bool(each.error)) for each in formats.load_metadata("pipe")]
    assert kept == [("in/a.json", 1, False), ("in/b.json", 0, True)]
    history = (
        "SELECT file_name, row_count, status FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 'documents', "
    )
    found = rows(formats, f"{history} START_TIME => DATEADD(hour, -1, CURRENT_TIMESTAMP()))) ORDER BY 1")
    assert [(name, count) for name, count, _ in found] == [("in/a.json", 1), ("in/b.json", 0)]
    assert [status.upper() for *_, status in found] == ["LOADED", "LOAD FAILED"]


def test_parquet_is_loaded_as_documents_are(formats: Connection, folder: Path):
    path = folder / "bucket" / "in" / "a.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS id, DATE '2020-01-02' AS day) TO '{path}' (FORMAT parquet)")
    land(folder, "b.parquet", path.read_bytes()[:-20])
    (good, bad) = rows(formats, COPY.replace("'json'", "'parquet'"))
    assert good == ("in/a.parquet", "LOADED", 1, None)
    assert bad[:3] == ("in/b.parquet", "LOAD_FAILED", 0)
    assert value(formats, "SELECT record FROM documents") == '{"id":1,"day":"2020-01-02"}'


def test_columns_of_a_file_without_names_are_taken_by_their_places(formats: Connection, folder: Path):
    land(folder, "a.csv", "id|x|name\n1|p|\xe9\n2|q\n\n3|r|s|t\n".encode("latin-1"))
    land(folder, "b.csv", b"")
    assert rows(formats, NAMELESS) == [("in/a.csv", "LOADED", 3, None), ("in/b.csv", "LOADED", 0, None)]
    found = rows(formats, "SELECT id, name, source_row, source_file FROM raw ORDER BY source_row")
    assert found == [("1", "\xe9", 1, None), ("2", None, 2, None), ("3", "s", 3, None)]


def test_names_are_inferred(formats: Connection, folder: Path):
    land(folder, "a.json", b'{"b":1}\n{"a":1}\n')
    land(folder, "a.csv", b"made today\n1|2|3\n")
    duckdb.execute(f"COPY (SELECT 1 AS x) TO '{folder}/bucket/in/a.parquet' (FORMAT parquet)")
    for name, file, expected in [
        ("json", "a.json", ["b", "a"]),
        ("nameless", "a.csv", ["c1", "c2", "c3"]),
        ("parquet", "a.parquet", ["x"]),
    ]:
        called = f"INFER_SCHEMA(LOCATION => '@ext_stage', FILE_FORMAT => '{name}', FILES => ('{file}'))"
        found = rows(formats, f"SELECT column_name FROM TABLE({called}) ORDER BY order_id")
        assert [column for (column,) in found] == expected


REFUSED = {
    "another option": (COPY + " PURGE = TRUE", "does not know the option PURGE"),
    "by name beside": (COPY + " MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE", "does not know the option"),
    "another error": (COPY.replace("SKIP_FILE", "CONTINUE"), "cannot load without ON_ERROR = SKIP_FILE"),
    "a second column": (COPY.replace("$1", "$2"), "has \\$1 alone of JSON"),
    "a VARCHAR": (
        COPY.replace("(record, source_file", "(source_file, record").replace("$1, METADATA$FILENAME", "$1, $1"),
        "loads JSON into a VARIANT alone \\(not source_file\\)",
    ),
    "CSV into a VARIANT": (
        NAMELESS.replace("raw (name", "documents (record").replace("id, ", "source_file, "),
        "no VARIANT",
    ),
    "names in the file": (NAMELESS.replace("'nameless'", "'csv'"), "selects no columns of a CSV with PARSE_HEADER"),
    "documents by name": (
        "COPY INTO raw FROM @ext_stage FILE_FORMAT = (FORMAT_NAME = 'json') ON_ERROR = SKIP_FILE "
        "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE",
        "finds columns by name in CSV with PARSE_HEADER = TRUE alone",
    ),
}


@pytest.mark.parametrize(("statement", "told"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_loaded_otherwise_is_refused(formats: Connection, statement: str, told: str):
    with pytest.raises(NotSupportedError, match=told):
        run(formats, statement)


WRONG = {
    "an expression": COPY.replace("$1,", "$1:id,"),
    "a cast": COPY.replace("$1,", "$1::VARCHAR,"),
    "a literal": COPY.replace("$1,", "'x',"),
    "no such metadata": COPY.replace("METADATA$FILENAME", "METADATA$FILE_CONTENT_KEY"),
    "the zeroth column": COPY.replace("$1", "$0"),
    "a condition": COPY.replace("@ext_stage)", "@ext_stage WHERE $1 IS NOT NULL)"),
    "no columns": COPY.replace(" (record, source_file, source_row, modified_at, loaded_at)", ""),
    "fewer columns": COPY.replace("record, ", ""),
    "a column twice": COPY.replace("source_file,", "record,"),
    "no such column": COPY.replace("source_file,", "nothing,"),
    "no such table": COPY.replace("documents", "nothing"),
}


@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG)
def test_what_is_no_such_statement_is_an_error(formats: Connection, statement: str):
    with pytest.raises(ProgrammingError):
        run(formats, statement)
    assert value(formats, "SELECT COUNT(*) FROM documents") == 0


def test_without_a_delimiter_a_line_is_one_field(formats: Connection, folder: Path):
    run(
        formats,
        "CREATE FILE FORMAT lines TYPE = CSV FIELD_DELIMITER = NONE ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE "
        "ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ('') SKIP_BLANK_LINES = TRUE REPLACE_INVALID_CHARACTERS = TRUE",
        "CREATE TABLE lines (line VARCHAR, source_row NUMBER)",
    )
    plain = ['{"a": "x, \\"y\\""}', "  ", '"', "a,b", "é"]
    land(folder, "a.csv", "\n".join([*plain, ""]).encode())
    land(folder, "b.csv", b"\xef\xbb\xbf" + b"\r\n".join([b'"a', b"", b"b\xff", b"c" * 3_000_000]))
    loaded = rows(
        formats,
        "COPY INTO lines (line, source_row) FROM (SELECT $1, METADATA$FILE_ROW_NUMBER FROM @ext_stage) "
        "FILE_FORMAT = (FORMAT_NAME = 'lines') ON_ERROR = SKIP_FILE",
    )
    assert loaded == [("in/a.csv", "LOADED", 5, None), ("in/b.csv", "LOADED", 3, None)]
    expected = [*enumerate(plain, 1), (1, '"a'), (2, "b\ufffd"), (3, "c" * 3_000_000)]
    assert sorted(rows(formats, "SELECT source_row, line FROM lines")) == sorted(expected)
