"""Files whose bytes are not what they should be: encodings, line ends, compression, size."""

import gzip
import random
from pathlib import Path

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.reads import results
from tests.bad_file import AT, HEADER, ROW, BadFile, assert_comes_of_it
from tests.command import Command

MEGABYTE = 1024 * 1024
BOM = b"\xef\xbb\xbf"
TWO = HEADER + b"7,a" + AT + b"8,b" + AT
BYTES = {
    "a byte order mark": BadFile(BOM + TWO, {7: "a", 8: "b"}),
    "a byte order mark alone": BadFile(BOM, {}),
    "CRLF": BadFile(TWO.replace(b"\n", b"\r\n"), {7: "a", 8: "b"}),
    "CR": BadFile(TWO.replace(b"\n", b"\r"), {7: "a", 8: "b"}),
    "mixed line ends": BadFile(
        TWO.replace(b"\n", b"\r\n", 1) + b"9,c" + AT.replace(b"\n", b"\r"), {7: "a", 8: "b", 9: "c"}
    ),
    "an invalid byte": BadFile(
        HEADER + b"7,a" + AT + b"8,M\xfcller" + AT + b"9,c" + AT, {7: "a", 9: "c"}, ("invalid_first_name",)
    ),
    "an invalid byte in a key": BadFile(HEADER + b"7,a" + AT + b"8\xff,b" + AT, {7: "a"}, ("invalid_key",)),
    "an invalid byte in a delete": BadFile(b"customer_id,first_name,op,updated_at\n7,M\xfcller,D" + AT, {7: None}),
    "an invalid byte where nobody looks": BadFile(b"notes,customer_id,first_name,updated_at\n\xff,7,a" + AT, {7: "a"}),
    "half a character at the end": BadFile(ROW + b"8,b,2026-01-01\xe2\x82", {7: "a"}, ("invalid_updated_at",)),
    "letters beyond ASCII": BadFile(HEADER + "7,Zoë 東京 👩‍💻".encode() + AT, {7: "Zoë 東京 👩‍💻"}),
    "UTF-16": BadFile(ROW.decode().encode("utf-16"), {}, failed="it is UTF-16"),
    "no text": BadFile(random.Random(1).randbytes(5000).replace(b'"', b""), {}, None, said="customer_id"),
    "zeros": BadFile(bytes(10_000), {}),
    "a megabyte": BadFile(
        HEADER + b"7,a" + AT + b"8," + b"x" * MEGABYTE + AT + b"9,c" + AT, {7: "a", 9: "c"}, ("invalid_first_name",)
    ),
    "a megabyte of line ends": BadFile(
        HEADER + b"7,a" + AT + b'8,"' + b"\n" * MEGABYTE + b'"' + AT + b"9,c" + AT,
        {7: "a", 9: "c"},
        ("invalid_first_name",),
    ),
    "a megabyte where nobody looks": BadFile(b"notes," + HEADER + b"x" * MEGABYTE + b",7,a" + AT, {7: "a"}),
    "a megabyte of key and time": BadFile(
        HEADER + b"7" * MEGABYTE + b",a," + b"2" * MEGABYTE + b"\n8,b" + AT,
        {8: "b"},
        ("invalid_key, invalid_updated_at",),
    ),
    "more than any column takes": BadFile(ROW + b"8," + b"x" * 17 * MEGABYTE + AT, {}, failed="line 3"),
}  # fmt: skip
GZIP = {
    "a.b.csv.gz": BadFile(gzip.compress(TWO), {7: "a", 8: "b"}),
    "BAD.CSV.GZ": BadFile(gzip.compress(TWO), {7: "a", 8: "b"}),
    "two-members.csv.gz": BadFile(gzip.compress(HEADER) + gzip.compress(b"7,a" + AT), {7: "a"}),
    "known-by-its-content.csv": BadFile(gzip.compress(TWO), {7: "a", 8: "b"}),
    "nothing-in-it.csv.gz": BadFile(gzip.compress(b""), {}),
    "cut-off.csv.gz": BadFile(gzip.compress(TWO * 1000)[:-20], {}, failed="gzip data is broken"),
    "wrong-checksum.csv.gz": BadFile(gzip.compress(TWO)[:-8] + bytes(8), {}, failed="gzip data is broken"),
    "not-compressed.csv.gz": BadFile(TWO, {}, failed="it is named .gz and is not gzip. "),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes(command: Command, home: Path, tmp_path: Path, name: str):
    assert_comes_of_it(command, home, tmp_path / "bad.csv", BYTES[name])


@pytest.mark.parametrize("name", GZIP)
def test_gzip(command: Command, home: Path, tmp_path: Path, name: str):
    assert_comes_of_it(command, home, tmp_path / name, GZIP[name])


def test_a_reject_is_kept_whole_however_long(command: Command, home: Path, tmp_path: Path):
    assert_comes_of_it(command, home, tmp_path / "bad.csv", BYTES["a megabyte"])
    with Pipeline.open(home) as pipeline:
        (row,) = results.query(pipeline.connection, "SELECT first_name FROM customer_reject").rows
    assert row[0] == "x" * MEGABYTE
