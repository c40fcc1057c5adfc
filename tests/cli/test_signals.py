"""Ctrl-C and SIGTERM, in a process of its own: it ends cleanly, says what was done, and nothing is lost."""

import re
import signal
import subprocess
from pathlib import Path
from threading import Timer
from time import sleep

import pytest

from customertrack.demo import run
from generator import FeedFile
from tests.cli.program import Program


def read_until(process: subprocess.Popen[str], pattern: str) -> list[str]:
    """The lines of stderr up to one that begins with the pattern. Fails if the process ends before, or hangs."""
    assert process.stderr
    watchdog = Timer(120, process.kill)
    watchdog.start()
    lines = []
    try:
        for line in process.stderr:
            lines.append(line)
            if re.match(pattern, line):
                return lines
    finally:
        watchdog.cancel()
    raise AssertionError(f"ended before '{pattern}':\n{''.join(lines)}")


@pytest.mark.parametrize(("made", "go_on"), [(1, "run --batches 2  # 2 batches not made yet"), (3, "run  # the next")])
def test_what_a_stopped_run_says_to_type_next_is_one_line_that_works(
    program: Program, monkeypatch: pytest.MonkeyPatch, made: int, go_on: str
):
    deliver = run._Run.deliver

    def delivered_and_stopped(self: run._Run, batch: FeedFile) -> None:
        deliver(self, batch)
        if self.made.batches == made:
            self.stop.ask()

    monkeypatch.setattr("customertrack.demo.run._Run.deliver", delivered_and_stopped)
    ran = program("run", "--batches", 3, "--customers", 50, "--late", 0.5)
    assert ran.code == 1
    assert f"Stopped after {made} of 3 batches" in ran.err
    assert f"--home {program.home} {go_on}" in ran.err.splitlines()[-1]
    assert "run --batches 0" not in " ".join(ran.err.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_finite_run_ends_after_the_batch_in_hand(program: Program, number: signal.Signals):
    with program.start("run", "--batches", 500, "--customers", 200) as process:
        read_until(process, "batch 3 ")
        process.send_signal(number)
        out, told = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in told
    stopped = re.search(r"Stopped after (\d+) of 500 batches", told)
    assert stopped
    made = int(stopped[1])
    assert 3 <= made < 500
    assert f"run --batches {500 - made}" in told.replace("\n", " ")
    # What it says is in the tables is there, and the next run goes on.
    assert f"truth after {made} batches" in program.done("verify").out
    assert f"truth after {made + 1} batches" in program.done("run", "--batches", 1).err


def test_following_takes_dropped_files_and_ends_well(program: Program):
    landing = program.home / "landing/customer"
    with program.start("run", "--follow", "--interval", 2, "--customers", 100) as process:
        read_until(process, "batch 1: ")
        (landing / ".own.csv.part").write_text("customer_id,first_name,updated_at\n900001,Zoe,2026-01-01\n,,\n")
        (landing / ".own.csv.part").rename(landing / "own.csv")
        read_until(process, re.escape("own.csv: 2 rows = 1 event + 1 reject"))
        read_until(process, "batch ")
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in told
    assert re.search(r"^Stopped after \d+ batches", told, re.M)
    assert "11 of 11 hold" in told
    assert "left out: 1 customer " in told.replace("\n                    ", " ")
    assert "Zoe" in program.done("history", 900001).out


def test_following_waits_for_its_time_and_can_be_ended_while_it_waits(program: Program):
    with program.start("run", "--follow", "--customers", 100) as process:
        read_until(process, "batch 1: ")
        process.send_signal(signal.SIGTERM)
        told = process.communicate(timeout=60)[1]
    assert process.returncode == 0
    assert "Stopped after 1 batch," in told


def test_following_can_have_an_end(program: Program):
    ran = program.done("run", "--follow", "--interval", 0.2, "--batches", 3, "--customers", 50)
    assert "3 batches in " in ran.err
    assert "truth after 3 batches" in ran.err
    # On a home that has a feed the interval is the pace alone.
    assert "truth after 5 batches" in program.done("run", "--follow", "--interval", 0.1, "--batches", 2).err


def test_a_second_ctrl_c_ends_at_once(program: Program):
    with program.start("run", "--batches", 1, "--customers", 300_000) as process:
        landing = program.home / "landing/customer"
        while not any(path.name.endswith(".csv") for path in landing.iterdir()):
            assert process.poll() is None
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            sleep(0.1)
        out, told = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith("customertrack: Interrupted")
    assert "  holds" in program.done("verify").out


def test_ctrl_c_before_anything_was_made(nowhere: Program):
    with nowhere.start("run", "--batches", 2, "--customers", 100) as process:
        while not nowhere.home.exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "Traceback" not in told
    assert "truth after 2 batches" in nowhere.done("run", "--batches", 2).err


def test_ctrl_c_while_a_file_is_ingested(program: Program, tmp_path: Path):
    path = tmp_path / "many.csv"
    path.write_text("customer_id,updated_at\n" + "".join(f"{key},2026-01-01\n" for key in range(300_000)))
    with program.start("ingest", path) as process:
        while not (program.home / "landing/customer/many.csv").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    if process.returncode:
        assert (process.returncode, out) == (1, "")
        assert told.splitlines()[-1].startswith("customertrack: Interrupted")
    assert "Traceback" not in told
    program.done("ingest", path)
    assert "10  version names its event          holds" in program.done("verify").out
    assert program.done("query", "SELECT COUNT(*) AS n FROM customer", "--format", "csv").out == "n\n300000\n"
