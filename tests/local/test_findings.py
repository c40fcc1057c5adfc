"""What is said of a file that can be loaded, but has a header, fields or bytes that it should not have."""

from dataclasses import replace
from pathlib import Path

import pytest

from customertrack.local.content import USUAL
from customertrack.local.dimensions import Columns
from customertrack.local.findings import about_file
from snowglobe import FileLoad
from snowglobe.loading.csv import open_csv

NAMES = ("customer_id", "first_name", "city", "op", "updated_at")
COLUMNS = Columns(NAMES, NAMES[:1], ("customer_id", "updated_at"), "updated_at", "op")
HEADER = ",".join(NAMES).encode() + b"\n"
ROW = b"1,Ann,Rome,U,2026-01-01\n"


def said(folder: Path, content: bytes) -> list[str]:
    path = folder / "landed.csv"
    path.write_bytes(content)
    (folder / "scratch").mkdir()
    with open_csv(path, folder / "scratch") as rows:
        load = FileLoad("landed.csv", "LOADED", 1, header=rows.header, oddities=rows.oddities)
    return about_file(load, COLUMNS)


NOTHING = {
    "as it should be": HEADER + ROW,
    "another order and case": b"UPDATED_AT,Op,city,first_name,customer_id\n2026-01-01,U,Rome,Ann,1\n",
    "quotes and a mark": b'\xef\xbb\xbf"customer_id","first_name","city","op","updated_at"\n' + ROW,
    "columns without a name": HEADER.replace(b"\n", b",,\n") + ROW.replace(b"\n", b",x,\n"),
    "empty fields left over": HEADER + ROW + ROW.replace(b"\n", b",,,\n"),
    "CRLF": (HEADER + ROW).replace(b"\n", b"\r\n"),
    "CR": (HEADER + ROW).replace(b"\n", b"\r"),
    "blank lines at the end": HEADER + ROW + b"\n\n",
    "letters beyond ASCII": HEADER + ROW.replace(b"Rome", "Kölner Straße 東京".encode()),
    "U+FFFD that was in the file": HEADER + ROW.replace(b"Rome", "\ufffd".encode()) + b",,,,,\n",
}
HEADERS = {
    "a blank before a name": (
        b"customer_id,first_name,city, op,updated_at",
        ['" op" (nearest: op)', "op (every row is an upsert)"],
    ),
    "a blank behind a name": (b"customer_id,first_name,city,op ,updated_at", ['"op " (nearest: op)']),
    "a no-break space": ("customer_id,first_name,city,op\xa0,updated_at".encode(), [r'"op\xa0" (nearest: op)']),
    "a zero-width space": (
        "customer_id,first_name,city,op,\u200bupdated_at".encode(),
        [r'"\u200bupdated_at" (nearest: updated_at)'],
    ),
    "another word": (b"customer_id,first_name,city,operation,updated_at", ["operation (nearest: op)"]),
    "no underscore": (
        b"customerid,first_name,city,op,updated_at",
        ["customerid (nearest: customer_id)", "customer_id (every row is a reject)"],
    ),
    "a blank for the underscore": (
        b"customer_id,first_name,city,op,updated at",
        ['"updated at" (nearest: updated_at)', "updated_at (every row is a reject)"],
    ),
    "a hyphen": (b"customer-id,first_name,city,op,updated_at", ["customer-id (nearest: customer_id)"]),
    "half a name": (
        b"id,first_name,city,op,updated",
        [
            "id (nearest: customer_id)",
            "updated (nearest: updated_at)",
            "customer_id and updated_at (every row is a reject)",
        ],
    ),
    "a slip of the pen": (
        b"customer_id,frist_name,city,op,updated_at",
        ["frist_name (nearest: first_name)", "first_name (NULL in every row)"],
    ),
    "one more": (b"customer_id,first_name,city,op,updated_at,notes", ["not known, and ignored: notes"]),
    "attributes missing": (b"customer_id,op,updated_at", ["first_name, city (NULL in every row)"]),
    "no op": (b"customer_id,first_name,city,updated_at", ["missing: op (every row is an upsert)"]),
    "semicolons": (
        b"customer_id;first_name;city;op;updated_at",
        ["contains ';'; fields are separated by commas, so save it like that, ", 'delimiter = ";" in the definition'],
    ),
    "quoted semicolons": (b'"customer_id;first_name;updated_at"', ["one column that contains ';'"]),
    "tabs": (
        b"customer_id\tfirst_name\tupdated_at",
        ['contains tabs; fields are separated by commas, so save it like that, or have delimiter = "\\t" in'],
    ),
    "pipes": (b"CUSTOMER_ID|first_name|updated_at", ["one column that contains '|'"]),
}
CONTENTS = {
    "an unquoted comma": (HEADER + ROW + ROW.replace(b"Ann", b"Ann, Jr."), ["row 2 has more fields than the header"]),
    "many of them": (
        HEADER + ROW.replace(b"U", b"U,,x") * 3 + ROW,
        ["3 rows, the first of them row 1, have more fields"],
    ),
    "a row cut short": (HEADER + ROW + b"2,Bob\n" + ROW, ["row 2 has fewer fields than the header"]),
    "both": (HEADER + b"2,Bob\n" + ROW.replace(b"\n", b",x\n"), ["row 2 has more fields", "row 1 has fewer fields"]),
    "a cut in the last row": (HEADER + ROW + ROW[:-4], ["the last row has no line end"]),
    "a cut in a quoted field's row": (
        HEADER + ROW + b'2,"a\nb",x',
        ["row 2 has fewer fields", "the last row has no line end"],
    ),
    "Windows-1252": (
        HEADER + ROW.replace(b"Rome", b"K\xf6ln"),
        ['not UTF-8, perhaps Windows-1252; save the file as UTF-8, or have encoding = "windows-1252" in'],
    ),
    "quotes and a dash of Windows-1252": (
        HEADER + ROW + ROW.replace(b"Rome", b"\x93K\xf6ln\x94 \x96 \x80"),
        ["row 2 is not UTF-8, perhaps Windows-1252"],
    ),
    "in many rows": (
        HEADER + ROW.replace(b"Ann", b"Zo\xeb") * 5,
        ["5 rows, the first of them row 1, are not UTF-8, perhaps Windows-1252"],
    ),
    "Cyrillic": (
        HEADER + ROW.replace(b"Rome", "Киев".encode("cp1251")),
        ["row 1 is not UTF-8; save the file as UTF-8, or have encoding in the definition"],
    ),
    "Mac OS Roman": (HEADER + ROW.replace(b"Rome", "Köln".encode("mac-roman")), ["row 1 is not UTF-8; save"]),
    "both encodings in a file": (
        HEADER + ROW.replace(b"Rome", "Köln".encode()) + ROW.replace(b"Rome", b"K\xf6ln"),
        ["row 2 is not UTF-8"],
    ),
    "half a character": (HEADER + ROW.replace(b"\n", b"\xe2\x82\n"), ["row 1 is not UTF-8"]),
}


@pytest.mark.parametrize("name", NOTHING)
def test_nothing(tmp_path: Path, name: str):
    assert said(tmp_path, NOTHING[name]) == []


@pytest.mark.parametrize("name", HEADERS)
def test_headers(tmp_path: Path, name: str):
    header, wanted = HEADERS[name]
    (sentence,) = said(tmp_path, header + b"\n" + b"x" + b"," * header.count(b",") + b"\n")
    for words in wanted:
        assert words in sentence


def test_commas_where_the_definition_has_another_delimiter():
    load = FileLoad("landed.csv", "LOADED", 1, header=("customer_id,updated_at",))
    (sentence,) = about_file(load, COLUMNS, replace(USUAL, delimiter=";"))
    assert "contains commas; fields are separated by ';', so save it like that" in sentence


def test_a_column_that_says_what_the_key_was_is_missed():
    moved = replace(COLUMNS, before=("was_id",))
    assert about_file(FileLoad("landed.csv", "LOADED", 1, header=(*NAMES, "WAS_ID")), moved) == []
    (sentence,) = about_file(FileLoad("landed.csv", "LOADED", 1, header=NAMES), moved)
    assert sentence == "columns missing: was_id (no change of key is seen)"


@pytest.mark.parametrize("name", CONTENTS)
def test_contents(tmp_path: Path, name: str):
    content, wanted = CONTENTS[name]
    sentences = said(tmp_path, content)
    assert len(sentences) == len(wanted)
    for sentence, words in zip(sentences, wanted, strict=True):
        assert words in sentence
