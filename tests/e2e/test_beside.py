"""Processes beside each other on one home: readers are right at every moment, and cost the writer nothing."""

import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from customertrack.local.reader import Reader
from customertrack.reads import invariants
from customertrack.reads.results import query
from tests.cli.program import ROOT, Program

READERS = 20
# Lands files until it is killed: rows of new customers, and one that is a reject, in a refresh for each.
WRITER = """
import itertools, os, sys
from pathlib import Path
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
folder = Path(sys.argv[1])
with Pipeline.open(folder) as pipeline:
    for n in itertools.count():
        name = folder.parent / f"{os.getpid()}_{n:05}.csv"
        rows = "".join(f"{os.getpid()}{n:05}{i},Ann,2026-01-01\\n" for i in range(40))
        name.write_text(f"customer_id,first_name,updated_at\\n{rows},Nobody,2026-01-01\\n")
        pipeline.ingest([name])
        print(n, flush=True)
"""
# Each a question of its own, to be right together.
SUMS = (
    "SELECT COUNT(*) FROM customer_event",
    "SELECT COUNT(*) FROM customer",
    "SELECT COUNT(*) FROM customer_history",
    "SELECT 40 * COUNT(*) FROM customer_reject",
    "SELECT SUM(events_accepted) FROM customer_batch",
    "SELECT SUM(rows_landed - rows_rejected) FROM customer_batch",
)
ENDLESS = (
    f"SELECT COUNT(*) FROM {', '.join(f'customer_raw AS {name}' for name in 'abcdef')} "
    "WHERE a.source_row + b.source_row + c.source_row < d.source_row - e.source_row * f.source_row"
)


@contextmanager
def writing(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes; it has applied something."""
    command = [sys.executable, "-c", WRITER, str(home)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            applied(process)
            yield process
        finally:
            process.kill()


def applied(process: subprocess.Popen[str], times: int = 1) -> None:
    """Wait until it has applied so many files more."""
    assert process.stdout is not None
    for _ in range(times):
        assert process.stdout.readline()


def sums(pipeline: Pipeline) -> list[Any]:
    return [query(pipeline.connection, sql).rows[0][0] for sql in SUMS]


@contextmanager
def hammering(home: Path, question: Callable[[Pipeline], list[Any]], count: int = READERS) -> Iterator[list[list[Any]]]:
    """So many readers, each opening the home again for each question; what they found so far."""
    stop, found = Event(), []

    def hammer() -> None:
        while not stop.is_set():
            with Reader(lambda: Pipeline.open_to_read(Home(home))) as reader:
                found.append(reader.ask(question))

    with ThreadPoolExecutor(count) as pool:
        readers = [pool.submit(hammer) for _ in range(count)]
        try:
            yield found
        finally:
            stop.set()
    for reader in readers:
        reader.result()


def grown(found: list[list[Any]]) -> None:
    """Wait until more has been answered."""
    wanted, end = len(found) + 8, time.monotonic() + 120
    while len(found) < wanted:
        assert time.monotonic() < end, "nobody is answered any more"
        time.sleep(0.01)


def test_twenty_readers_and_a_writer_that_is_killed(home: Path):
    with writing(home) as first, hammering(home, sums) as found:
        grown(found)
        applied(first, 2)
        first.kill()
        first.wait()
        grown(found)
        with writing(home) as second:
            applied(second, 2)
            grown(found)
    assert all(len(set(each)) == 1 for each in found), found
    assert len({each[0] for each in found}) > 2
    with Home(home).open_to_read().connection as connection:
        assert not [each for each in invariants.check(connection, Home(home).project.sql) if each.offences.rows]


def test_a_killed_reader_costs_the_writer_nothing(home: Path):
    with writing(home) as writer:
        readers = [Program(home).start("query", ENDLESS) for _ in range(2)]
        time.sleep(1)
        applied(writer, 2)
        for reader in readers:
            reader.kill()
            reader.communicate()
        applied(writer, 2)


def is_held(home: Path) -> bool:
    """Whether a process has it open."""
    with home.joinpath("warehouse.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_writer_comes_to_its_turn_before_a_long_question_ends(home: Path, tmp_path: Path):
    """It has the home; the question is put again, to it, and then to nobody."""
    with Pipeline.open(home) as pipeline:
        (tmp_path / "a.csv").write_text("customer_id,updated_at\n" + "".join(f"{n},2026-01-01\n" for n in range(2000)))
        pipeline.ingest([tmp_path / "a.csv"])
    reader = Program(home).start("query", ENDLESS)
    while not is_held(home):
        assert reader.poll() is None
        time.sleep(0.01)
    (tmp_path / "b.csv").write_text("customer_id,updated_at\n5000,2026-01-01\n")
    ran = Program(home).done("ingest", tmp_path / "b.csv")
    assert "customer 2,001 rows (+1)" in ran.err
    assert reader.poll() is None
    reader.send_signal(signal.SIGINT)
    assert "Interrupted" in reader.communicate()[1]


def test_readers_beside_rebuild(home: Path, tmp_path: Path):
    (tmp_path / "a.csv").write_text("customer_id,updated_at\n" + "".join(f"{n},2026-01-01\n" for n in range(500)))
    Program(home).done("ingest", tmp_path / "a.csv")
    versions = "SELECT (SELECT COUNT(*) FROM customer_history), (SELECT COUNT(*) FROM customer)"
    with hammering(home, lambda opened: list(query(opened.connection, versions).rows[0]), 3) as found:
        grown(found)
        with Program(home).start("rebuild") as rebuild:
            assert rebuild.wait(120) == 0
        grown(found)
    assert {tuple(each) for each in found} == {(500, 500)}


@pytest.mark.parametrize("words", [["status"], ["history", "7"], ["as-of", "2026-01-02"], ["rejects"], ["verify"]])
def test_a_reading_command_beside_a_writer(home: Path, words: list[str]):
    with writing(home):
        ran = Program(home)(*words)
    assert "Another process" not in ran.err
    assert ran.code == (1 if words[0] == "history" else 0), ran.err


def test_a_writing_statement_beside_a_writer(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("customertrack.local.home._PATIENCE", 0.1)
    with writing(home):
        ran = Program(home)("query", "SELECT 1; DELETE FROM customer")
    assert (ran.code, ran.out) == (1, "")
    assert "Another process has" in ran.err
