"""Which files of the landing folder a waiting run takes, and when."""

import os
from pathlib import Path
from typing import cast

import pytest

from customertrack.cli.show.live import Lines
from customertrack.demo.run import Job, carry_out
from customertrack.dimension.reading import read
from customertrack.local.dimensions import Dimension
from customertrack.local.dropped_files import DroppedFiles
from customertrack.local.home import LANDING_PREFIX, Home
from customertrack.local.pipeline import Pipeline
from generator import Feed, Settings
from generator.delivery import Stop
from snowglobe import Connection
from tests.dimension.snapshot_files import STOCK
from tests.generator.shipped import CUSTOMER

CONTENT = "customer_id,updated_at\n1,2026-01-01\n"


class Clock:
    """Both clocks that the module reads, an hour ahead of the files, and still."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class NothingTaken:
    """A connection of which nothing else is asked than what its pipe has taken."""

    def names_taken(self, pipe: str) -> frozenset[str]:
        return frozenset()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("customertrack.local.dropped_files.monotonic", clock.monotonic)
    return clock


@pytest.fixture
def landing(pipeline: Pipeline) -> Path:
    return pipeline.home.landing


def drop(path: Path, content: str = CONTENT, *, old: bool = False) -> str:
    path.write_text(content)
    if old:
        os.utime(path, (0, 0))
    return LANDING_PREFIX + path.name


def test_a_file_that_was_there_for_long_is_taken_at_once(pipeline: Pipeline, landing: Path, clock: Clock):
    name = drop(landing / "old.csv", old=True)
    dropped = DroppedFiles(pipeline.home, pipeline.connection, pipeline.dimension)
    assert dropped.ready() == [name]
    assert dropped.ready() == []


def test_a_new_file_is_taken_when_it_no_longer_grows(pipeline: Pipeline, landing: Path, clock: Clock):
    dropped = DroppedFiles(pipeline.home, pipeline.connection, pipeline.dimension)
    name = drop(landing / "new.csv", CONTENT[:10])
    assert dropped.ready() == []
    clock.now += 5
    drop(landing / "new.csv", CONTENT)
    assert dropped.ready() == []
    clock.now += 0.5
    assert dropped.ready() == []
    clock.now += 0.5
    assert dropped.ready() == [name]


def test_a_snapshot_without_rows_is_given_time_to_have_some(tmp_path: Path, clock: Clock):
    home = Home(tmp_path)
    definition, _ = read(STOCK.encode(), Path("stock.toml"))
    assert definition
    dropped = DroppedFiles(home, cast(Connection, NothingTaken()), Dimension(definition))
    landing = home.landing_of("stock")
    landing.mkdir(parents=True)
    (landing / "stock_1.csv").write_text("sku,name,price\n")
    (landing / "stock_2.csv").write_text("sku,name,price\na,x,1\n")
    assert dropped.ready() == []
    clock.now += 1
    assert dropped.ready() == ["landing/stock/stock_2.csv"]
    clock.now += 9
    assert dropped.ready() == ["landing/stock/stock_1.csv"]


def test_only_csv_files_that_the_pipe_has_not_taken(pipeline: Pipeline, landing: Path, clock: Clock):
    for name in ("loaded.csv", "notes.txt", ".hidden.csv", "caf\udce9.csv"):
        drop(landing / name, old=True)
    (landing / "folder.csv").mkdir()
    wanted = [drop(landing / name, old=True) for name in ("b.csv.gz", "c.CSV")]
    pipeline.load_landed([LANDING_PREFIX + "loaded.csv"])
    assert DroppedFiles(pipeline.home, pipeline.connection, pipeline.dimension).ready() == wanted


def test_a_file_that_is_gone_again_is_none(pipeline: Pipeline, landing: Path, clock: Clock):
    dropped = DroppedFiles(pipeline.home, pipeline.connection, pipeline.dimension)
    drop(landing / "new.csv")
    (landing / "link.csv").symlink_to(landing / "nowhere.csv")
    assert dropped.ready() == []
    (landing / "new.csv").unlink()
    clock.now += 5
    assert dropped.ready() == []


def test_a_file_that_goes_while_it_is_taken_ends_no_run(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch):
    looks = iter([[LANDING_PREFIX + "gone.csv"]])
    monkeypatch.setattr(DroppedFiles, "ready", lambda self: next(looks, []))
    job = Job(Feed(CUSTOMER, Settings(customers=10)), 0, 1)
    made = carry_out(pipeline, job, Lines(lambda line: None), Stop())
    assert (made.batches, made.files, made.rows_landed) == (1, 1, 10)
