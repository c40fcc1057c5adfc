"""A file format decides how COPY reads a file; a further type of file needs no more than its entry in FORMATS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError
from snowglobe.loading.formats import FORMATS, FormatType
from snowglobe.loading.rows import FileError, Rows
from snowglobe.open_questions import Otherwise
from tests.snowglobe.conftest import COPY
from tests.snowglobe.support import drop_file, rows, run


@contextmanager
def open_lines(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, object]) -> Iterator[Rows]:
    """A file without a header: each line is a name."""
    lines = path.read_text().splitlines()
    if not lines:
        raise FileError("it has no lines")
    places = ", ".join(f"({number}, ?)" for number, _ in enumerate(lines, 1))
    yield Rows(("name",), f"(VALUES {places}) AS lines(row_number, c0)", tuple(lines))


@pytest.fixture
def lines(landing: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A warehouse that knows the type LINES beside CSV."""
    monkeypatch.setitem(FORMATS, "LINES", FormatType({"TRIM": False, "COMMENT": None}, ("TRIM",), open_lines))
    return landing


def test_a_copy_reads_by_the_format_that_it_names(lines: Connection, folder: Path):
    run(lines, "CREATE FILE FORMAT lines COMMENT = 'names' TRIM = FALSE TYPE = LINES")
    drop_file(folder, "a", "name", "Ann")
    drop_file(folder, "b")
    by_lines = COPY.replace("'csv'", "'lines'")
    assert rows(lines, by_lines) == [("in/a", "LOADED", 2, None), ("in/b", "LOAD_FAILED", 0, "it has no lines")]
    assert rows(lines, "SELECT name FROM raw ORDER BY source_row") == [("name",), ("Ann",)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("TYPE = LINES", "cannot read files with TRIM = its default, only with False"),
        ("TYPE = LINES TRIM = TRUE", "cannot read files with TRIM = True, only with False"),
        ("TRIM = FALSE TYPE = LINES PARSE_HEADER = TRUE", "does not know the option PARSE_HEADER in"),
        ("TYPE = CSV TRIM = FALSE", "does not know the option TRIM in"),
        ("TYPE = LINES COLOUR = 'red'", "does not know the option COLOUR in"),
        ("TYPE = XML", "cannot read files with TYPE = XML, only with CSV or JSON or PARQUET or LINES"),
        ("TRIM = FALSE", "cannot read files with TYPE = its default, only with CSV or JSON or PARQUET or LINES"),
    ],
)
def test_each_type_has_options_of_its_own(lines: Connection, options: str, told: str):
    with pytest.raises(NotSupportedError) as raised:
        run(lines, f"CREATE FILE FORMAT other {options}")
    assert told in raised.value.msg
