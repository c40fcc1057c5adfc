"""Which CSV files are refused as a whole before a record is looked at, and what is said of them."""

import gzip
import os
from pathlib import Path

import pytest

from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import FileError


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["landed.csv", "landed.csv.gz"])
def test_utf_16_is_refused_as_a_whole(tmp_path, scratch, name, encoding):
    content = "\ufeffa\tb\r\n1\t2\r\n".encode(encoding)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with pytest.raises(FileError, match=r"it is UTF-16 .* must be saved as UTF-8 CSV"), open_csv(path, scratch):
        pass
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"a,b\n1,2\n" * 1000)[:-9],
        gzip.compress(b"a,b\n1,2\n")[:-8] + b"\0" * 8,
        gzip.compress(b"a,b\n1,2\n")[:12] + b"\xff" * 30,
        gzip.compress(b"a,b\n1,2\n") + b"3,4\n",
        b"\x1f\x8b",
    ],
    ids=["cut off", "wrong checksum", "garbage", "more behind it", "two bytes"],
)
def test_broken_gzip_is_refused(tmp_path, scratch, content):
    path = tmp_path / "landed.csv.gz"
    path.write_bytes(content)
    with pytest.raises(FileError, match="the gzip data is broken") as caught, open_csv(path, scratch):
        pass
    assert "b'" not in caught.value.reason
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("content", [b"customer_id\n1\n", b"\x1f", b"PK\x03\x04"])
def test_what_is_named_gz_and_is_not_gzip_is_refused(tmp_path, scratch, content):
    path = tmp_path / "landed.csv.gz"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught, open_csv(path, scratch):
        pass
    assert caught.value.reason == "it is named .gz and is not gzip"


def test_what_is_not_a_file_is_refused(tmp_path, scratch):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    for name in ("pipe.csv", "folder.csv"):
        with pytest.raises(FileError, match="not a regular file"), open_csv(tmp_path / name, scratch):
            pass


def test_what_cannot_be_opened_is_refused(tmp_path, scratch):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name in ("loop.csv", "missing.csv"):
        with pytest.raises(FileError, match="the file cannot be read: "), open_csv(tmp_path / name, scratch):
            pass
