"""Files that were loaded and not understood, and landed files that are not what was loaded of them, are named."""

import gzip
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from customertrack.local.pipeline import PIPE, Pipeline
from lambdas.watch import landed, loaded
from lambdas.watch.columns import Columns
from lambdas.watch.files import of_files
from lambdas.watch.metric import Metric
from lambdas.watch.window import Window
from tests.lambdas.watched import LANDING, Clock, Scripted, sent

HEADER = "customer_id,first_name,last_name,email,street,city,state,country,op,updated_at"
ROW = "10,Ed,Moss,ed@example.org,5 Elm St,Boise,Idaho,US,D,2026-01-01"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def flow(home: Path, clock: Clock) -> Iterator[Pipeline]:
    with Pipeline.open(home, clock=clock) as opened:
        yield opened


def land(flow: Pipeline, clock: Clock, name: str, *lines: str) -> Path:
    """A file as whoever writes it leaves it in the landing, at the time of the clock."""
    path = flow.home.landing / name
    content = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    os.utime(path, (clock.now.timestamp(), clock.now.timestamp()))
    return path


def load(flow: Pipeline, clock: Clock, name: str, *lines: str) -> Path:
    """Landed, and a second later loaded and applied."""
    path = land(flow, clock, name, *lines)
    clock.forward(seconds=1)
    flow.load_landed()
    return path


def misread(flow: Pipeline, clock: Clock) -> Metric:
    (metric,) = loaded.misread(flow.connection, Window(clock.now - timedelta(hours=1), clock.now), LANDING)
    assert metric.name == "FilesMisread"
    return metric


def undecided(flow: Pipeline, clock: Clock) -> Metric:
    (metric,) = landed.undecided(flow.connection, LANDING, clock.now)
    assert metric.name == "FilesUndecided"
    return metric


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_file_with_the_columns_that_are_known_is_none(flow: Pipeline, clock: Clock, name: str):
    load(flow, clock, name, HEADER, ROW)
    load(flow, clock, f"upper-{name}", HEADER.upper(), ROW)
    # Whoever deletes nothing has no such column.
    load(flow, clock, f"only-{name}", HEADER.replace(",op", ""), ROW.replace(",D", ""))
    assert (misread(flow, clock).value, misread(flow, clock).note) == (0, "")
    assert undecided(flow, clock).value == 0


ODD = [
    (HEADER.replace("op", " op"), "a.csv: unknown columns, not loaded: ' OP'; missing columns, NULL in every row: OP"),
    (
        HEADER.replace("op", "operation"),
        "unknown columns, not loaded: 'OPERATION'; missing columns, NULL in every row: OP",
    ),
    (f"{HEADER},phone", "a.csv: unknown columns, not loaded: 'PHONE'"),
    (HEADER.replace(",city", ""), "a.csv: missing columns, NULL in every row: CITY"),
    (HEADER.replace(",", ";"), "unknown columns, not loaded: 'CUSTOMER_ID;FIRST_NAME"),
]


@pytest.mark.parametrize(("header", "said"), ODD)
def test_columns_that_no_table_has_and_those_that_are_missing_are_named(
    flow: Pipeline, clock: Clock, header: str, said: str
):
    load(flow, clock, "a.csv", header, ROW)
    metric = misread(flow, clock)
    assert metric.value == 1
    assert said in metric.note


def test_a_file_without_rows_one_left_out_and_one_of_rejects_alone_are_named(flow: Pipeline, clock: Clock):
    load(flow, clock, "header.csv", HEADER)
    load(flow, clock, "quote.csv", HEADER, '1,"Ed')
    load(flow, clock, "rejects.csv", HEADER, ROW.replace("10,", "ten,"), ROW.replace("10,", "eleven,"))
    load(flow, clock, "mixed.csv", HEADER, ROW, ROW.replace("10,", "ten,"))
    metric = misread(flow, clock)
    assert metric.value == 3
    lines = metric.note.splitlines()
    assert lines[0] == "header.csv: has no rows: if rows come later, land them under another name"
    assert lines[1].startswith("quote.csv: left out (")
    assert lines[2].startswith("rejects.csv: all of its 2 rows are rejects, such as ")


def test_what_was_loaded_outside_the_window_is_not_told_again(flow: Pipeline, clock: Clock):
    load(flow, clock, "a.csv", f"{HEADER},phone", ROW)
    load(flow, clock, "r.csv", HEADER, ROW.replace("10,", "ten,"))
    clock.forward(hours=2)
    assert misread(flow, clock).value == 0


def test_a_file_that_is_gone_or_has_a_strange_name_does_not_hide_the_others(flow: Pipeline, clock: Clock):
    load(flow, clock, "gone.csv", HEADER, ROW).unlink()
    load(flow, clock, "it's.csv", HEADER, ROW)
    load(flow, clock, "odd.csv", f"{HEADER},phone", ROW)
    metric = misread(flow, clock)
    assert metric.value == 3
    assert "gone.csv: its header could not be read: " in metric.note
    assert "it's.csv: its header was not read: its name has other characters" in metric.note
    assert "odd.csv: unknown columns, not loaded: 'PHONE'" in metric.note


def test_only_so_many_headers_are_read_and_that_is_said():
    files = [(f"{number}.csv", "Loaded", 1, None) for number in range(150)]

    def answer(sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        if sql == sent(loaded.LOADS):
            return [], list(files)
        names = [str(name) for name in HEADER.upper().split(",")]
        return names, [(name,) for name in names] if "INFER_SCHEMA" in sql else []

    connection = Scripted(answer)
    clock = Clock()
    (metric,) = loaded.misread(connection, Window(clock.now, clock.now), LANDING)
    assert (metric.value, metric.note) == (0, "of 150 files only the newest 100 headers were read")
    assert sum("INFER_SCHEMA" in sql for sql, _ in connection.sent) == 100


def test_where_columns_tell_nothing_none_are_read():
    files = [(f"{number}.json", "Loaded", 1, None) for number in range(150)]
    connection = Scripted(lambda sql: ([], files if sql == sent(loaded.LOADS) else []))
    clock = Clock()
    (metric,) = loaded.misread(connection, Window(clock.now, clock.now), replace(LANDING, columns=Columns()))
    assert (metric.value, metric.note) == (0, "")
    assert [sql for sql, _ in connection.sent] == [sent(loaded.LOADS), sent(loaded.REJECTED_WHOLE)]


def test_a_load_that_is_under_way_is_no_failure():
    rows = {sent(loaded.LOADS): [("a.csv", "Load in progress", None, None)]}
    clock = Clock()
    (metric,) = loaded.misread(Scripted(lambda sql: ([], rows.get(sql, []))), Window(clock.now, clock.now), LANDING)
    assert metric.value == 0


def test_a_file_that_is_overwritten_is_told_until_somebody_decides(flow: Pipeline, clock: Clock):
    path = load(flow, clock, "a.csv", HEADER, ROW)
    clock.forward(hours=1)
    land(flow, clock, "a.csv", HEADER, ROW.replace("Ed", "Al"))
    flow.load_landed()
    for _ in range(5):
        clock.forward(days=1)
        metric = undecided(flow, clock)
        assert (metric.value, metric.note) == (
            1,
            "a.csv: was overwritten at 2026-01-02T13:00:01Z, after it was loaded",
        )
    # Decided for the new content: it lands under another name.
    path.rename(path.with_name("a_again.csv"))
    clock.forward(seconds=1)
    flow.load_landed()
    assert undecided(flow, clock).value == 0
    assert flow.connection.names_taken(PIPE) >= {"landing/customer/a_again.csv"}


def test_whoever_wants_what_was_loaded_takes_the_file_away(flow: Pipeline, clock: Clock):
    path = load(flow, clock, "a.csv", HEADER, ROW)
    clock.forward(hours=1)
    land(flow, clock, "a.csv", HEADER)
    assert undecided(flow, clock).value == 1
    path.unlink()
    assert undecided(flow, clock).value == 0


def test_another_size_is_told_even_if_the_time_is_old(flow: Pipeline, clock: Clock):
    """As after a copy that keeps the time of the source."""
    path = load(flow, clock, "a.csv", HEADER, ROW)
    size = path.stat().st_size
    land(flow, clock, "a.csv", HEADER)
    os.utime(path, (clock.now.timestamp() - 3600, clock.now.timestamp() - 3600))
    said = f"a.csv: has {path.stat().st_size} bytes, and had {size} when it was loaded"
    assert undecided(flow, clock).note == said


def test_an_empty_file_one_of_another_kind_one_left_out_and_one_never_loaded(flow: Pipeline, clock: Clock):
    load(flow, clock, "quote.csv", HEADER, '1,"Ed')
    for name in ("empty.csv", "x.csv.zip", "late.csv"):
        land(flow, clock, name, *([] if name == "empty.csv" else [HEADER]))
    (flow.home.landing / "folder").mkdir()
    clock.forward(minutes=30)
    assert [line.partition(":")[0] for line in undecided(flow, clock).note.splitlines()] == [
        "empty.csv",
        "quote.csv",
        "x.csv.zip",
    ]
    clock.forward(hours=1)
    assert undecided(flow, clock).note.splitlines() == [
        "empty.csv: is empty, and what is written under its name later is not loaded",
        "late.csv: was never loaded",
        "quote.csv: was left out and is still there",
        "x.csv.zip: has a name that the pipe does not take, so it is not loaded",
    ]


def test_what_snowflake_no_longer_remembers_is_not_looked_at(flow: Pipeline, clock: Clock):
    load(flow, clock, "a.csv", HEADER, ROW)
    clock.forward(days=14)
    assert undecided(flow, clock).value == 0


@pytest.mark.parametrize("name", ["s3://b/landing/customer/2026/a.csv", "landing/customer/2026/a.csv", "/2026/a.csv"])
def test_a_name_is_one_however_it_is_written(name: str):
    assert replace(LANDING, url="s3://b/landing/customer/").relative(name) == "2026/a.csv"


def test_a_note_names_fifty_and_says_how_many_more():
    metric = of_files("F", {f"{number:03}.csv": ["odd"] for number in range(60)} | {"fine.csv": []})
    assert metric.value == 60
    assert metric.note.splitlines()[0] == "000.csv: odd"
    assert metric.note.splitlines()[-1] == "and 10 more"
