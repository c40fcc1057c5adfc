"""The line of a landed file in which a row stands: counted as the warehouse counts."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from customertrack.dimension.definition import Feed
from customertrack.local.home import Home
from customertrack.local.landed_line import landed_line
from customertrack.local.pipeline import Pipeline

NAME = "landing/customer/a.csv"
CSV = Feed("changes", "csv", None, ".*")
JSON = Feed("changes", "json", None, ".*")


def line(folder: Path, content: bytes, row: int, feed: Feed = CSV) -> str | None:
    home = Home(folder)
    home.landing.mkdir(parents=True, exist_ok=True)
    home.path(NAME).write_bytes(content)
    return landed_line(home, feed, NAME, row)


@pytest.mark.parametrize(
    ("content", "row", "feed", "expected"),
    [
        (b"k,v\n1,a\n2,b\n", 2, CSV, "2,b"),
        (b"k,v\r\n\r\n1,a\r\n\r\n2,b", 2, CSV, "2,b"),
        (b'\xef\xbb\xbfk,v\n1,"a\nb, ""c"" "\n2,b\n', 1, CSV, '1,"a\nb, ""c"" "'),
        (b'k,v\n1,"a\nb"\n2,b\n', 2, CSV, "2,b"),
        (gzip.compress(b"k,v\n1,a\n", mtime=0), 1, CSV, "1,a"),
        (b"1;'a\nb'\n2;c\n", 2, replace(CSV, delimiter=";", quote="'", columns=("k", "v")), "2;c"),
        (b'1,"a\n2,b\n', 2, replace(CSV, quote="", columns=("k", "v")), "2,b"),
        ("k,v\n1,é\n".encode("latin-1"), 1, replace(CSV, encoding="ISO88591"), "1,é"),
        ("k,v\n1,日\n".encode("shift_jis"), 1, replace(CSV, encoding="SHIFTJIS"), "1,日"),
        (b'{"k": 1}\n\n{"k": 2}\n', 2, JSON, '{"k": 2}'),
        (b"k,v\n1,a\n", 2, CSV, None),
        (b"PAR1", 1, replace(CSV, format="parquet"), None),
        (b"\x1f\x8bcut", 1, CSV, None),
    ],
)
def test_a_row_as_it_landed(tmp_path: Path, content: bytes, row: int, feed: Feed, expected: str | None):
    assert line(tmp_path, content, row, feed) == expected


def test_a_file_that_is_gone_has_none(tmp_path: Path):
    assert landed_line(Home(tmp_path), CSV, NAME, 1) is None


def test_it_is_the_row_that_the_warehouse_means(pipeline: Pipeline, tmp_path: Path):
    text = 'customer_id,first_name,updated_at\n\n1,"A\nnn",2026-01-01\n2,Bob,2026-01-02\n\n3,"C, ""y""",2026-01-03\n'
    (tmp_path / "rows.csv").write_text(text)
    pipeline.ingest([tmp_path / "rows.csv"])
    sql = "SELECT customer_id, source_file, source_row FROM customer_event ORDER BY customer_id"
    rows = pipeline.connection.cursor().execute(sql).fetchall()
    feed = pipeline.dimension.definition.feed
    assert [landed_line(pipeline.home, feed, file, row) for _, file, row in rows] == [
        '1,"A\nnn",2026-01-01',
        "2,Bob,2026-01-02",
        '3,"C, ""y""",2026-01-03',
    ]
