"""`run`: what its summary says is so, and it goes on where it stopped."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from customertrack.cli.main import main
from generator import Faults, Feed, Settings, truth_history
from tests.cli.conftest import FEED
from tests.cli.program import Program
from tests.generator.shipped import CUSTOMER

BATCHES, CUSTOMERS, LATE, DUPLICATES, MALFORMED = FEED[1::2]
SETTINGS = Settings(customers=int(CUSTOMERS))
FAULTS = Faults(late=float(LATE), duplicates=float(DUPLICATES), malformed=float(MALFORMED))


def number(text: str, pattern: str) -> int:
    """The number that a pattern finds in a text."""
    found = re.search(pattern, text)
    assert found, text
    return int(found[1].replace(",", ""))


def one(program: Program, sql: str) -> int:
    """The one number that a query has for a result."""
    ((value,),) = (row.values() for row in json.loads(program.done("query", sql, "--format", "json").out))
    return value


def test_the_summary_tells_what_is_so(feed_home: tuple[Path, str], after_a_run: Program):
    told = feed_home[1]
    files = list(Feed(CUSTOMER, SETTINGS, FAULTS).run(0, int(BATCHES)))
    landed, malformed = sum(len(file.rows) for file in files), sum(file.malformed for file in files)
    assert malformed > 0
    assert f"{BATCHES} batches in " in told
    assert f"{landed:,} rows = {landed - malformed:,} events + {malformed} rejects, in {len(files)} files" in told
    assert one(after_a_run, "SELECT COUNT(*) AS n FROM customer_raw") == landed
    assert one(after_a_run, "SELECT COUNT(*) AS n FROM customer_event") == landed - malformed
    truth = truth_history(CUSTOMER, SETTINGS, int(BATCHES))
    assert number(told, r"customer_history +([\d,]+) versions") == len(truth["customer_id"])
    assert number(told, r"customer +([\d,]+) rows") == one(after_a_run, "SELECT COUNT(*) AS n FROM customer")
    derived = one(after_a_run, "SELECT SUM(keys_late) AS n FROM customer_batch")
    assert number(told, r"arrived late +([\d,]+) times") == int(derived) > 0
    assert "11 of 11 hold" in told
    assert f"equal the generator's truth after {BATCHES} batches" in told


def test_a_line_for_each_batch_adds_up_to_the_whole(feed_home: tuple[Path, str]):
    told = feed_home[1]
    line = r"^(batch \d of \d|late rows): ([\d,]+) rows = ([\d,]+) events? \+ ([\d,]+) rejects?"
    lines = re.findall(line, told, re.M)
    labels = [f"batch {number} of {BATCHES}" for number in range(1, int(BATCHES) + 1)]
    assert [label for label, *_ in lines] == [*labels, "late rows"]
    counts = [[int(count.replace(",", "")) for count in line[1:]] for line in lines]
    assert all(landed == events + rejects for landed, events, rejects in counts)
    assert sum(landed for landed, *_ in counts) == number(told, r"landed +([\d,]+) rows")


def test_nothing_that_moves_or_shines_goes_into_a_file(feed_home: tuple[Path, str]):
    told = feed_home[1]
    assert told.replace("\n", "").isprintable()
    assert all(line == line.rstrip() for line in told.splitlines())


def test_the_example_is_that_customers_history(feed_home: tuple[Path, str], after_a_run: Program):
    told = feed_home[1]
    customer = number(told, r"Customer (\d+), for example")
    rows = json.loads(after_a_run.done("history", customer, "--format", "json").out)
    assert len(rows) > 1
    for row in rows:
        assert f"  {row['valid_from'][:19]}  " in told
    assert all(str(value) in told.replace("\n", " ") for value in (rows[0]["first_name"], rows[0]["last_name"]))


def test_what_it_says_to_type_next_works(
    feed_home: tuple[Path, str], after_a_run: Program, capsys: pytest.CaptureFixture[str]
):
    told = feed_home[1].partition("Next:\n")[2].splitlines()
    # The words before --home call the program, which here is the one that runs the tests: pytest, or python -m pytest.
    lines = [shlex.split(line, comments=True) for line in told]
    commands = [words[words.index("--home") :] for words in lines]
    assert [words[2] for words in commands] == ["history", "as-of", "rejects", "query", "console", "run"]
    # test_console.py starts that one.
    *reading, console, _ = commands
    assert console == ["--home", str(feed_home[0]), "console"]
    for words in reading:
        assert words[:2] == ["--home", str(feed_home[0])]
        words[1] = str(after_a_run.home)
        assert main(words) == 0, words
        assert capsys.readouterr().out
    assert after_a_run.done(*commands[-1][2:], "--batches", 1)


def test_run_again_goes_on(after_a_run: Program):
    closed = "SELECT customer_id, valid_from, valid_to FROM customer_history WHERE NOT is_current"
    before = after_a_run.done("query", closed, "--format", "csv")
    told = after_a_run.done("run", "--batches", 2, "--seed", SETTINGS.seed).err
    assert f"equal the generator's truth after {int(BATCHES) + 2} batches" in told
    after = after_a_run.done("query", closed, "--format", "csv")
    assert set(before.out.splitlines()) < set(after.out.splitlines())
    files = Feed(CUSTOMER, SETTINGS, FAULTS).run(int(BATCHES), 2)
    assert number(told, r"landed +([\d,]+) rows") == sum(len(file.rows) for file in files)


OTHER = [
    ["--seed", 7],
    ["--customers", 5],
    ["--malformed", 0],
    ["--interval", 1],
    ["--shuffle"],
    ["--start", "2026-01-02"],
]


@pytest.mark.parametrize("other", OTHER, ids=[words[0] for words in OTHER])
def test_another_feed_in_the_same_home_is_refused(after_a_run: Program, other: list[object]):
    ran = after_a_run("run", *other)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert "was made with" in ran.err
    assert "--home" in ran.err


def test_a_broken_memory_of_the_feed_is_told(after_a_run: Program):
    memory = after_a_run.home / "feed/customer.json"
    written = json.loads(memory.read_text())
    changes = ({"seed": "x"}, {"colour": 1}, {"label": "../x"}, {"label": None}, {"definition": "x"})
    for content in ("{", "[]", "{}", *(json.dumps(written | change) for change in changes)):
        memory.write_text(content)
        ran = after_a_run("run")
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1), content
        assert "feed/customer.json" in ran.err


def test_files_in_the_landing_folder_are_taken_first(after_a_run: Program):
    landing = after_a_run.home / "landing/customer"
    (landing / "own.csv").write_text("customer_id,first_name,updated_at\n900001,Zoe,2026-01-01\n,,\n")
    (landing / "broken.csv").write_text('customer_id,updated_at\n"1,2')
    for name in ("own.csv", "broken.csv"):
        # Long ago: nobody is still writing them.
        os.utime(landing / name, (1, 1))
    told = after_a_run.done("run", "--batches", 1).err
    assert "2 files: 2 rows = 1 event + 1 reject" in told
    assert re.search(r"not loaded +broken.csv: ", told)
    assert one(after_a_run, "SELECT COUNT(*) AS n FROM customer WHERE customer_id = 900001") == 1


def test_a_row_that_was_pending_is_told_apart(after_a_run: Program):
    after_a_run.done("query", "ALTER TASK customer_refresh_task SUSPEND")
    own = after_a_run.home / "landing/customer/own.csv"
    own.write_text("customer_id,first_name,updated_at\n900001,Zoe,2026-01-01\n")
    suspended = after_a_run("ingest", own)
    assert (suspended.code, len(suspended.err.splitlines())) == (1, 2)
    after_a_run.done("query", "ALTER TASK customer_refresh_task RESUME")
    assert "1 pending" in after_a_run.done("status").out
    told = after_a_run.done("run", "--batches", 1).err
    assert "and 1 pending from before = " in told


def test_with_every_fault_the_truth_is_the_same(tmp_path: Path):
    program = Program(tmp_path / "home")
    faults = ("--late", 0.3, "--duplicates", 0.3, "--duplicate-files", 0.5, "--malformed", 0.2, "--shuffle")
    rates = ("--delete-rate", 0.1, "--reinsert-rate", 0.3)
    told = program.done("run", "--batches", 8, "--customers", 200, *faults, *rates).err
    assert "the same file again" in told
    assert "equal the generator's truth after 8 batches" in told


def test_events_from_the_future_would_be_rejected(nowhere: Program):
    ran = nowhere("run", "--start", "2026-01-01", "--interval", 86_400 * 30, "--batches", 90_000)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "--batches" in ran.err
