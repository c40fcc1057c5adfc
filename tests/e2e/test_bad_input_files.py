"""Files with other headers, rows and quotes than they should have: their rows are rejects, or there is a sentence."""

from pathlib import Path

import pytest

from tests.bad_file import AT, HEADER, NO_KEY_OR_TIME, ROW, BadFile, assert_comes_of_it
from tests.command import Command

HEADERS = {
    "others": BadFile(b"id,name,at\n7,a,2026-01-01\n8,b,2026-01-01\n", {}, (NO_KEY_OR_TIME,) * 2, said="customer_id"),
    "none": BadFile(b"7,a,U,2026-01-01\n8,b,U,2026-01-01\n", {}, (NO_KEY_OR_TIME,), said="first line"),
    "semicolons": BadFile(ROW.replace(b",", b";"), {}, (NO_KEY_OR_TIME,), said="customer_id"),
    "tabs": BadFile(ROW.replace(b",", b"\t"), {}, (NO_KEY_OR_TIME,), said="customer_id"),
    "blanks around the names": BadFile(ROW.replace(b",", b" , "), {}, (NO_KEY_OR_TIME,), said="customer_id"),
    "no customer_id": BadFile(b"first_name,updated_at\na,2026-01-01\n", {}, ("missing_key",), said="no customer_id"),
    "no updated_at": BadFile(
        b"customer_id,first_name\n7,a\n8,b\n", {}, ("missing_updated_at",) * 2, said="no updated_at"
    ),
    "a column twice": BadFile(b"customer_id,first_name,First_Name,updated_at\n7,a,b" + AT, {}, failed="first_name"),
    "no attributes": BadFile(b"customer_id,updated_at\n7,2026-01-01\n", {7: None}),
    "another order": BadFile(
        b"updated_at,op,first_name,customer_id\n2026-01-01,U,a,7\n2026-01-02,D,x,8\n", {7: "a", 8: None}
    ),
    "capitals and quotes": BadFile(b'"CUSTOMER_ID","First_Name",Updated_At\n7,a' + AT, {7: "a"}),
    "more than asked for": BadFile(b"x,customer_id,,first_name,y z,updated_at,\n1,7,2,a,3,2026-01-01,4\n", {7: "a"}),
    "names of the landing table": BadFile(
        b"customer_id,source_file,source_row,loaded_at,file_modified_at,first_name,updated_at\n7,x,99,1999,x,a" + AT,
        {7: "a"},
    ),
    "names that a reader may use": BadFile(
        b"row_number,c0,c1,METADATA$FILENAME,filename,position,customer_id,first_name,updated_at\n9,9,9,9,9,9,7,a" + AT,
        {7: "a"},
    ),
    "a thousand more": BadFile(
        b",".join(b"x%d" % i for i in range(1000)) + b"," + HEADER + b"x," * 1000 + b"7,a" + AT, {7: "a"}
    ),
    "nothing at all": BadFile(b"", {}),
    "line ends": BadFile(b"\n\r\n\n", {}),
    "nothing else": BadFile(HEADER, {}),
    "nothing else, not even a line end": BadFile(HEADER.strip(), {}),
}  # fmt: skip

FULL = b"customer_id,first_name,last_name,op,updated_at\n"
ROWS = {
    "an unquoted comma": BadFile(
        FULL + b"7,a,x,U" + AT + b"8,b,Smith, Jr.,U" + AT + b"9,c,y,U" + AT,
        {7: "a", 9: "c"},
        ("invalid_op, invalid_updated_at",),
    ),
    "a field missing": BadFile(
        FULL + b"7,a,x,U" + AT + b"8,b,U" + AT + b"9,c,y,U" + AT,
        {7: "a", 9: "c"},
        ("invalid_op, missing_updated_at",),
    ),
    "an end missing": BadFile(HEADER + b"7,a" + AT + b"8,b\n" + b"9,c" + AT, {7: "a", 9: "c"}, ("missing_updated_at",)),
    "a field too many": BadFile(HEADER + b"7,a,2026-01-01,\n8,b,2026-01-01,x,y\n", {7: "a", 8: "b"}),
    "commas alone": BadFile(HEADER + b"7,a" + AT + b",,\n8,b" + AT, {7: "a", 8: "b"}, (NO_KEY_OR_TIME,)),
    "blank lines": BadFile(b"\n" + HEADER + b"\n7,a" + AT + b"\n\n8,b" + AT + b"\n", {7: "a", 8: "b"}),
    "no line end at the end": BadFile(HEADER + b"7,a" + AT + b"8,b" + AT.strip(), {7: "a", 8: "b"}),
    "the header again": BadFile(ROW + HEADER + b"8,b" + AT, {7: "a", 8: "b"}, ("invalid_key, invalid_updated_at",)),
    "a quote that is never closed": BadFile(ROW + b'8,"b' + AT + b"9,c" + AT, {}, failed="never closed"),
    "a quote that is closed too early": BadFile(ROW + b'8,"b"x' + AT + b"9,c" + AT, {}, failed="line 3"),
    "a quote within a field": BadFile(HEADER + b'7,a"x' + AT + b"8,b" + AT, {7: 'a"x', 8: "b"}),
    "line ends in quotes": BadFile(HEADER + b'7,"a\n,""x""\r\n"' + AT + b"8,b" + AT, {7: 'a\n,"x"\r\n', 8: "b"}),
    "a quoted key and time": BadFile(HEADER + b'"7","a","2026-01-01"\n', {7: "a"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_header(command: Command, home: Path, tmp_path: Path, name: str):
    assert_comes_of_it(command, home, tmp_path / "bad.csv", HEADERS[name])


@pytest.mark.parametrize("name", ROWS)
def test_rows(command: Command, home: Path, tmp_path: Path, name: str):
    assert_comes_of_it(command, home, tmp_path / "bad.csv", ROWS[name])
