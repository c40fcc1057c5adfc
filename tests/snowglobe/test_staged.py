"""LIST and INFER_SCHEMA: what lies in a stage, without loading it."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.support import drop_file, rows, run

COLUMNS = (
    "SELECT column_name, order_id, filenames FROM TABLE(INFER_SCHEMA(LOCATION => '@ext_stage', FILE_FORMAT => 'csv', "
    "FILES => ('{file}'), IGNORE_CASE => {folded}, MAX_RECORDS_PER_FILE => 1)) ORDER BY order_id"
)


def columns(landing: Connection, file: str, folded: str = "TRUE") -> list[str]:
    return [name for name, _, _ in rows(landing, COLUMNS.format(file=file, folded=folded))]


def test_a_stage_is_listed_with_url_size_and_the_time_as_in_a_header(landing: Connection, folder: Path):
    drop_file(folder, "b.csv", "id", "1")
    drop_file(folder, "a.csv", "id,name")
    modified = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    for name in ("a.csv", "b.csv"):
        os.utime(folder / "bucket/in" / name, (modified, modified))
    cursor = landing.cursor().execute("LIST @ext_stage")
    assert [column[0] for column in cursor.description or ()] == ["name", "size", "md5", "last_modified"]
    at = "Fri, 02 Jan 2026 03:04:05 GMT"
    assert cursor.fetchall() == [("s3://bucket/in/a.csv", 8, None, at), ("s3://bucket/in/b.csv", 5, None, at)]
    assert rows(landing, "LS @dimension.ext_stage") == rows(landing, "LIST @ext_stage")


def test_the_columns_of_a_file_are_those_of_its_header(landing: Connection, folder: Path):
    drop_file(folder, "a.csv", "id,Name, op", "1,a,D")
    assert columns(landing, "a.csv") == ["ID", "NAME", " OP"]
    assert columns(landing, "a.csv", "FALSE") == ["id", "Name", " op"]
    assert rows(landing, COLUMNS.format(file="a.csv", folded="TRUE"))[2] == (" OP", 2, "a.csv")


def test_types_are_not_inferred(landing: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    with pytest.raises(ProgrammingError, match='"type" not found'):
        run(landing, COLUMNS.format(file="a.csv", folded="TRUE").replace("filenames", "type"))


def test_a_packed_file_and_one_without_rows_or_a_header(landing: Connection, folder: Path):
    (folder / "bucket/in/a.csv.gz").write_bytes(gzip.compress(b"id,x\n1,2\n"))
    drop_file(folder, "header.csv", "id,y")
    drop_file(folder, "empty.csv")
    assert columns(landing, "a.csv.gz") == ["ID", "X"]
    assert columns(landing, "header.csv") == ["ID", "Y"]
    assert columns(landing, "empty.csv") == []


def test_a_file_that_is_not_there_or_no_csv_is_an_error(landing: Connection, folder: Path):
    (folder / "bucket/in/broken.csv.gz").write_bytes(b"\x1f\x8bno")
    for file in ("nothing.csv", "broken.csv.gz"):
        with pytest.raises(ProgrammingError, match=file):
            columns(landing, file)


def test_names_go_by_the_schema_of_the_session(landing: Connection, folder: Path):
    drop_file(folder, "a.csv", "id", "1")
    run(landing, "CREATE SCHEMA elsewhere", "USE SCHEMA elsewhere")
    with pytest.raises(ProgrammingError, match="does not exist"):
        columns(landing, "a.csv")
    with pytest.raises(ProgrammingError, match="does not exist"):
        run(landing, "LIST @ext_stage")
