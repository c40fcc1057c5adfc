"""One slot a run, as a schedule starts it: the file of the time that was planned, and of the slots that it missed."""

import pytest

from generator import Faults, Feed, Settings
from generator.cli import run
from tests.generator.flags import SMALL, files, parsed, quiet


def test_a_slot_time_makes_the_file_of_its_slot_again_and_again(tmp_path):
    for _ in range(2):
        run(parsed("--to", str(tmp_path), "--slot-time", "2026-01-01T00:06:00Z", "--late", "0.5", *SMALL), say=quiet)
    batch = Feed(Settings(customers=200), Faults(late=0.5)).batch(2)
    assert files(tmp_path) == {batch.name: batch.csv()}


@pytest.mark.parametrize(("k", "first"), [(0, 0), (1, 0), (2, 0), (3, 3), (7, 7)])
def test_the_first_slots_bring_those_before_them(tmp_path, k, first):
    faults = ("--duplicate-files", "0.5")
    time = Settings().slot_start(k).isoformat()
    environ = {"GENERATOR_REPEAT_INITIAL": "3", "GENERATOR_SLOT_TIME": time}
    done = run(parsed("--to", str(tmp_path), *faults, *SMALL, environ=environ), say=quiet)
    feed = Feed(Settings(customers=200), Faults(duplicate_files=0.5))
    wanted = [batch for slot in range(first, k + 1) for batch in feed.files(slot)]
    assert files(tmp_path) == {batch.name: batch.csv() for batch in wanted}
    assert done.batches == k - first + 1


def test_what_the_first_slots_wrote_is_not_written_again(tmp_path):
    said = []
    for time in ("2026-01-01T00:00:00Z", "2026-01-01T00:02:30Z"):
        args = parsed("--to", str(tmp_path), "--slot-time", time, "--repeat-initial", "3", *SMALL)
        run(args, say=said.append)
    names = [Feed(Settings(customers=200)).object_name(k) for k in range(2)]
    assert said[0] == f"{names[0]}: 200 rows"
    assert said[2] == f"{names[0]}: there already"
    assert said[3].startswith(f"{names[1]}: ")
    assert sorted(files(tmp_path)) == names
