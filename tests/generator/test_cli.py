"""``python -m generator`` as a user meets it: real processes, real signals."""

import os
import re
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest

from generator import Faults, Feed, GeneratorError, Settings, SettingsError
from generator.__main__ import main
from generator.cli import faults_from, settings_from
from tests.generator.flags import DEFINITION, SMALL, files, made, parsed
from tests.generator.shipped import CUSTOMER, DIMENSIONS

REPOSITORY = Path(__file__).parents[2]


def command(*args):
    return [sys.executable, "-m", "generator", *map(str, args)]


@contextmanager
def started(*args):
    """A generator in a process of its own, and its stderr to be read line by line."""
    with subprocess.Popen(command(*args), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stderr
        finally:
            process.kill()


def expected(settings, faults, first, batches):
    return {batch.name: batch.content() for batch in Feed(CUSTOMER, settings, faults).run(first, batches)}


def test_a_run_writes_its_files_and_says_so_to_stderr_only(tmp_path):
    done = subprocess.run(
        command("--to", tmp_path, "--batches", 3, *SMALL), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert files(tmp_path) == expected(Settings(customers=200), None, 0, 3)
    assert done.stderr.splitlines()[-1].startswith("made 3 batches: 3 files, ")


def test_every_flag_reaches_its_setting():
    flags = """
        --seed 7 --customers 8 --growth 9 --interval 10 --start 2027-01-01 --delete-rate 0.01 --reinsert-rate 0.4
        --rates first_name=0.1,email=0.2,address=0.3
        --late 0.5 --duplicates 0.6 --duplicate-files 0.7 --malformed 0.8 --shuffle
    """
    args = parsed(*flags.split())
    assert settings_from(args) == Settings(
        seed=7,
        customers=8,
        growth=9,
        interval=10,
        start=datetime(2027, 1, 1, tzinfo=UTC),
        delete_rate=0.01,
        rates={"first_name": 0.1, "email": 0.2, "address": 0.3},
        reinsert_rate=0.4,
    )
    assert faults_from(args) == Faults(late=0.5, duplicates=0.6, duplicate_files=0.7, malformed=0.8, shuffle=True)
    assert (settings_from(parsed()), faults_from(parsed())) == (Settings(), Faults())


def test_the_environment_stands_in_for_flags_that_are_not_given(tmp_path):
    environ = {
        "GENERATOR_TO": str(tmp_path),
        "GENERATOR_BATCHES": "2",
        "GENERATOR_CUSTOMERS": "50",
        "GENERATOR_DEFINITION": (DIMENSIONS / "customer.toml").read_text(),
        "GENERATOR_RATES": "last_name=0.5",
        "GENERATOR_SHUFFLE": "1",
        "GENERATOR_GZIP": "no",
        "GENERATOR_SEED": "",
        "GENERATOR_LATE": "0.5",
    }
    assert main(["--late", "0"], environ) == 0
    assert files(tmp_path) == expected(Settings(customers=50, rates={"last_name": 0.5}), Faults(shuffle=True), 0, 2)


def test_only_the_entry_point_reads_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GENERATOR_CUSTOMERS", "3")
    assert parsed().customers is None


@pytest.mark.parametrize(
    ("args", "environ"),
    [
        ([], {}),
        (["--to", "gs://x"], {}),
        (["--to", "x", "--late", "1.5"], {}),
        (["--to", "x", "--customers", "-1"], {}),
        (["--to", "x", "--batches", "-1"], {}),
        (["--to", "x", "--first", "-1"], {}),
        (["--to", "x", "--first", str(2**40)], {}),
        (["--to", "x", "--interval", "0"], {}),
        (["--to", "x", "--start", "9998-12-31T23:59:00"], {}),
        (["--to", "x", "--slot-time", "2020-01-01"], {}),
        (["--to", "x", "--slot-time", "2026-01-01", "--batches", "3"], {}),
        (["--to", "x", "--slot-time", "2026-01-01", "--follow"], {}),
        (["--to", "x", "--slot-time", "2026-01-01", "--fill", "-1"], {}),
        (["--to", "x", "--interval", "300"], {"GENERATOR_FILL": "3"}),
        (["--to", "x"], {"GENERATOR_SHUFFLE": "maybe"}),
        (["--to", "x"], {"GENERATOR_MALFORMED": "2"}),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(args, environ, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*DEFINITION, *args], environ) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"generator: .*(give|set it) .*", line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "args", [["--late", "some"], ["--slot-time", "soon"], ["--batches", "1.5"], ["--no-such-flag"]]
)
def test_a_flag_that_does_not_parse_is_exit_code_2(args, capsys):
    with pytest.raises(SystemExit) as left:
        main([*DEFINITION, "--to", "x", *args], {})
    assert left.value.code == 2
    assert "generator: error: " in capsys.readouterr().err


def test_a_run_in_parts_makes_the_files_of_a_run(tmp_path):
    for first in ("3", "0", "2", "1"):
        made(parsed("--to", str(tmp_path), "--first", first, "--batches", "1", *SMALL))
    assert files(tmp_path) == expected(Settings(customers=200), None, 0, 4)


def test_other_settings_are_other_files_of_the_same_slots(tmp_path):
    feeds = [
        Feed(CUSTOMER, Settings(customers=200)),
        Feed(CUSTOMER, Settings(customers=201)),
        Feed(CUSTOMER, Settings(customers=200), Faults(late=1)),
    ]
    for flags in (SMALL, (*SMALL, "--customers", "201"), (*SMALL, "--late", "1")):
        made(parsed("--to", str(tmp_path), "--batches", "1", *flags))
    assert files(tmp_path) == {file.name: file.content() for feed in feeds for file in feed.run(0, 1)}


def test_landed_files_are_not_replaced(tmp_path):
    landed = tmp_path / Feed(CUSTOMER, Settings(customers=200)).object_name(0)
    landed.write_text("other\n")
    with pytest.raises(GeneratorError, match="other content"):
        made(parsed("--to", str(tmp_path), "--batches", "1", *SMALL))
    assert landed.read_text() == "other\n"


def test_gzip_is_the_same_in_every_process(tmp_path):
    for folder in ("a", "b"):
        subprocess.run(command("--to", tmp_path / folder, "--batches", 2, "--gzip", *SMALL), cwd=REPOSITORY, check=True)
    made = files(tmp_path / "a")
    assert made == files(tmp_path / "b")
    assert [name for name in made if not name.endswith(".csv.gz")] == []
    assert len(made) == 2


@pytest.mark.parametrize(
    ("flags", "number"),
    [(("--follow", "--interval", "0.05"), signal.SIGTERM), (("--interval", "0.05"), signal.SIGINT)],
)
def test_it_keeps_going_until_a_signal_and_says_how_many_batches_it_made(tmp_path, flags, number):
    with started("--to", tmp_path, *flags, "--late", "0.5", *SMALL) as (process, talk):
        said = [talk.readline() for _ in range(4)]
        process.send_signal(number)
        said += talk.readlines()
        assert process.wait() == 0
    batches = int(re.fullmatch(r"made (\d+) batches: .* rows\n", said[-1])[1])
    assert batches >= 4
    # What was held back when it ended came too: nothing is missing.
    assert files(tmp_path) == expected(Settings(customers=200, interval=0.05), Faults(late=0.5), 0, batches)


def test_a_signal_while_it_waits_ends_it_at_once(tmp_path):
    with started("--to", tmp_path, "--follow", *SMALL) as (process, talk):
        talk.readline()
        process.send_signal(signal.SIGTERM)
        assert "made 1 batch: 1 file, 200 rows\n" in talk.readlines()
        assert process.wait() == 0


def wait_for_a_write(folder, process):
    while not list(folder.glob(".*.part")):
        assert process.poll() is None
        sleep(0.01)


def test_a_signal_during_a_write_lets_the_file_be_finished(tmp_path):
    with started(*DEFINITION, "--to", tmp_path, "--customers", 400_000, "--batches", 200) as (process, talk):
        wait_for_a_write(tmp_path, process)
        process.send_signal(signal.SIGTERM)
        said = talk.read()
        assert process.wait() == 1
    made = [path.name for path in tmp_path.iterdir()]
    assert all(name.endswith(".csv") for name in made)
    assert f"made {len(made)} batch" in said
    assert f"stopped after {len(made)} of 200 batches: run it again" in said
    assert (tmp_path / Feed(CUSTOMER, Settings(customers=400_000)).object_name(0)).read_bytes().count(b"\n") == 400_001


def test_a_second_signal_ends_it_in_the_middle_and_leaves_nothing(tmp_path):
    with started(*DEFINITION, "--to", tmp_path, "--customers", 1_500_000, "--batches", 1) as (process, talk):
        wait_for_a_write(tmp_path, process)
        # Two signals in a hurry may become one, so a user, too, presses Ctrl-C until something happens.
        while list(tmp_path.glob(".*.part")):
            process.send_signal(signal.SIGINT)
            sleep(0.05)
        assert talk.read() == "generator: interrupted; the file that was being written was not kept\n"
        assert process.wait() == 1
    assert list(tmp_path.iterdir()) == []


def test_a_killed_generator_leaves_no_file_that_looks_landed(tmp_path):
    with started(*DEFINITION, "--to", tmp_path, "--customers", 1_500_000, "--batches", 1) as (process, _):
        wait_for_a_write(tmp_path, process)
        process.kill()
    assert list(tmp_path.glob("*.csv")) == []
    made(parsed("--to", str(tmp_path), "--batches", "1", *SMALL))
    assert [path.name for path in tmp_path.glob("*.csv")] == [Feed(CUSTOMER, Settings(customers=200)).object_name(0)]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    # A limit on file sizes fails a write as a full disk does, with an OSError in the middle of a file.
    process = subprocess.run(
        command(*DEFINITION, "--to", tmp_path, "--customers", 20_000, "--batches", 1),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)),
    )
    assert process.returncode == 1
    (line,) = process.stderr.splitlines()
    assert re.fullmatch(r"generator: cannot write .*\.csv \(File too large\): give a folder .*", line)
    assert list(tmp_path.iterdir()) == []


def test_it_loads_only_what_it_needs():
    code = "import sys, generator.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, env=dict(os.environ)
    ).stdout.split()
    assert "generator.feed" in loaded
    assert not {"faker", "boto3", "botocore", "customertrack", "duckdb"} & {name.partition(".")[0] for name in loaded}


def test_a_library_call_raises_what_the_command_line_prints():
    with pytest.raises(SettingsError, match="--to FOLDER"):
        made(parsed(*DEFINITION))
    with pytest.raises(SettingsError, match="--definition"):
        made(parsed())
