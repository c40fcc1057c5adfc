"""What is seen in a CSV file that can be loaded all the same, beside its rows."""

import gzip
from pathlib import Path

import pytest

from snowglobe.loading.csv import open_csv
from snowglobe.loading.rows import MOST_SAMPLES, Oddities, Some

HEADER = b"a,b\n"
CONTENTS = {
    "none": (HEADER + b"1,2\n", Oddities()),
    "nothing": (b"", Oddities()),
    "a mark alone": (b"\xef\xbb\xbf", Oddities(is_cut=True)),
    "a header without its line end": (b"a,b", Oddities(is_cut=True)),
    "no line end": (HEADER + b"1,2\n3,4", Oddities(is_cut=True)),
    "CR for a line end": (b"a,b\r1,2\r", Oddities()),
    "a line end in quotes, and none behind them": (HEADER + b'1,"2\n"', Oddities(is_cut=True)),
    "surplus": (HEADER + b"1,2\n1,2,3\n1,2,,4\n", Oddities(surplus=Some(2, 2))),
    "surplus that is empty": (HEADER + b'1,2,,\n1,2,""\n', Oddities()),
    "short": (HEADER + b"\n1\n\n1,2\n3\n", Oddities(short=Some(2, 1))),
    "a short row of one empty field": (HEADER + b'""\n', Oddities(short=Some(1, 1))),
    "not UTF-8": (
        HEADER + b"1,2\n\xe9,\xf6\xfc\n3,4\n5,\x80\n",
        Oddities(not_utf8=Some(2, 2), bytes_not_utf8=[b"\xe9", b"\xf6\xfc", b"\x80"]),
    ),
    "not UTF-8 over several lines": (
        HEADER + b'1,2\n3,"\xe9\n\xe9\n"\n5,6\n',
        Oddities(not_utf8=Some(1, 2), bytes_not_utf8=[b"\xe9", b"\xe9"]),
    ),
    "not UTF-8 in the header alone": (b"a,b,\xe9\n1,2,3\n", Oddities(bytes_not_utf8=[b"\xe9"])),
    "UTF-8, and the replacement character itself": (HEADER + "ö,\ufffd\n1,2,\n".encode(), Oddities()),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", CONTENTS)
def test_oddities(tmp_path: Path, name: str, pack):
    content, wanted = CONTENTS[name]
    path = tmp_path / "landed.csv"
    path.write_bytes(pack(content))
    (tmp_path / "scratch").mkdir()
    with open_csv(path, tmp_path / "scratch") as rows:
        assert rows.oddities == wanted


def test_the_sample_of_bytes_has_an_end(tmp_path: Path):
    path = tmp_path / "landed.csv"
    path.write_bytes(HEADER + b"\xe9,\xe9\n" * 2 * MOST_SAMPLES)
    (tmp_path / "scratch").mkdir()
    with open_csv(path, tmp_path / "scratch") as rows:
        assert rows.oddities.not_utf8 == Some(2 * MOST_SAMPLES, 1)
        assert len(rows.oddities.bytes_not_utf8) == MOST_SAMPLES
