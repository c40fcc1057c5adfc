"""What a file holds by its first bytes, whatever its name is."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from customertrack.local.content import other_format, unfit

ROWS = b"customer_id,updated_at\n1,2026-01-01\n"
BOM = b"\xef\xbb\xbf"


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, ROWS)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(ROWS)
        archive.addfile(member, io.BytesIO(ROWS))
    return out.getvalue()


EMPTY = {
    "nothing": (b"", "it is empty"),
    "a byte order mark": (BOM, "it holds no line of text"),
    "line ends": (b"\n\r\n\n", "it holds no line of text"),
    "many line ends": (b"\n" * 1_000_000, "it holds no line of text"),
    "a mark and line ends": (BOM + b"\r\n", "it holds no line of text"),
    "a header": (b"customer_id,updated_at\n", "it holds one line alone"),
    "a header without its line end": (b"customer_id,updated_at", "it holds one line alone"),
    "a header after a mark, and line ends": (BOM + b"\n\ncustomer_id\r\n\r\n\n", "it holds one line alone"),
    "a long header": (b"x," * 500_000 + b"\n" + b"\n" * 200_000, "it holds one line alone"),
}
OTHERS = {
    "zip": (zipped("a.csv"), "compressed (zip)"),
    "an empty zip": (zipped(), "compressed (zip)"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (xlsx)"),
    "xls": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "an Excel workbook (xls)"),
    "zstd": (bytes.fromhex("28b52ffd2020") + ROWS, "compressed (zstd)"),
    "bzip2": (bz2.compress(ROWS), "compressed (bzip2)"),
    "bzip2 of nothing": (bz2.compress(b""), "compressed (bzip2)"),
    "xz": (lzma.compress(ROWS), "compressed (xz)"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(30), "compressed (7z)"),
    "lz4": (bytes.fromhex("04224d18") + bytes(30), "compressed (lz4)"),
    "tar": (tarred(), "a tar archive"),
    "Parquet": (b"PAR1" + bytes(30) + b"PAR1", "Parquet"),
    "UTF-32": (ROWS.decode().encode("utf-32-be").join([b"\x00\x00\xfe\xff", b""]), "UTF-32 text"),
    "gzip twice": (gzip.compress(ROWS), "compressed (gzip, twice)"),
}
CSV = {
    "rows": ROWS,
    "a row without its line end": ROWS.strip(),
    "CR alone": ROWS.replace(b"\n", b"\r"),
    "a mark": BOM + ROWS,
    "a header that begins as bzip2 does": b"BZh9,customer_id\n1,2\n",
    "a header that begins as zip does": b"PK,customer_id\n1,2\n",
    "a header over many blocks": b"x," * 100_000 + b"y\n1\n",
    "rows behind many line ends": b"\n" * 200_000 + ROWS,
    "UTF-16, which the pipe refuses": ROWS.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", ["landed.csv", "landed.csv.gz"])
@pytest.mark.parametrize("content", EMPTY)
def test_without_rows(tmp_path: Path, content: str, name: str):
    data, reason = EMPTY[content]
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    found = unfit(path)
    assert found is not None
    assert (found.reason.startswith(reason), found.is_empty) == (True, True)


@pytest.mark.parametrize("name", ["landed.csv", "landed.csv.gz", "packed"])
@pytest.mark.parametrize("content", OTHERS)
def test_other_formats(tmp_path: Path, content: str, name: str):
    data, reason = OTHERS[content]
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name == "packed" or content == "gzip twice" else data)
    found = unfit(path)
    assert found is not None
    assert (found.reason, found.is_empty) == (f"it is {reason}", False)
    save = "save it as CSV in UTF-8"
    if content == "Parquet":
        save += ', or have a dimension with format = "parquet"'
    assert found.next_step in ("unpack it, or use gzip", save)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("content", CSV)
def test_csv(tmp_path: Path, content: str, pack):
    path = tmp_path / "landed.csv"
    path.write_bytes(pack(CSV[content]))
    assert unfit(path) is None


@pytest.mark.parametrize("keep", [2, 12, -9])
def test_broken_gzip_is_left_to_whoever_loads_it(tmp_path: Path, keep: int):
    path = tmp_path / "landed.csv.gz"
    path.write_bytes(gzip.compress(ROWS * 1000)[:keep])
    assert unfit(path) is None


def test_of_a_file_that_is_no_csv_by_its_name_only_what_is_known(tmp_path: Path):
    path = tmp_path / "landed.csv.zip"
    path.write_bytes(zipped("a.csv"))
    found = other_format(path)
    assert found is not None
    assert found.reason == "it is compressed (zip)"
    path.write_bytes(ROWS)
    assert other_format(path) is None
