"""`verify`: it finds what is wrong, and says honestly what it could not compare."""

import re
from pathlib import Path

import pytest

from customertrack.cli import verify as verify_command
from customertrack.demo import verify as demo
from customertrack.demo.verify import Verdict
from customertrack.local import last_check
from customertrack.local.home import LANDING_PREFIX, Home
from customertrack.local.pipeline import Pipeline
from generator import Faults, Feed, Settings
from generator.sink import FolderSink
from tests.cli.program import Program
from tests.cli.test_changed_definitions import with_history
from tests.generator.shipped import CUSTOMER


def test_all_is_right(after_a_run: Program):
    ran = after_a_run.done("verify")
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines] == [*map(str, range(1, 12)), "truth", "files"]
    assert all(line.endswith("  holds") for line in lines[:11])
    assert "both tables equal the generator's truth after 6 batches" in lines[-2]
    assert lines[-1] == "files  none has changed since it was loaded"


DAMAGE = {
    "UPDATE customer_state SET first_name = 'X' WHERE customer_id = 7": {"8", "truth"},
    "DELETE FROM customer_state WHERE customer_id = 7": {"3", "8", "truth"},
    "INSERT INTO customer_closed SELECT * FROM customer_closed": {"2", "8", "11", "truth"},
    "UPDATE customer_state SET valid_from = '2026-01-01 00:00:00' WHERE customer_id = 7": {"8", "10", "truth"},
    "DELETE FROM customer_event WHERE customer_id = 7": {"3", "8", "9", "10"},
    "DELETE FROM customer_reject": {"9", "truth"},
}


@pytest.mark.parametrize("sql", DAMAGE)
def test_damage_is_found(after_a_run: Program, sql: str):
    after_a_run.done("query", sql)
    ran = after_a_run("verify")
    assert ran.code == 1
    offence = r" *(?:\d+|truth) .*(?:offending|not as in)"
    broken = {line.split()[0] for line in ran.out.splitlines() if re.match(offence, line)}
    assert broken == DAMAGE[sql]


def test_offences_that_come_of_a_definition_that_was_edited_meanwhile_are_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    project = with_history(tmp_path / "project")
    project.done("query", "UPDATE thing_closed SET valid_to = valid_from")
    edited = project.folder / "dimensions/thing.toml"

    def meanwhile(pipeline: Pipeline) -> Verdict:
        edited.write_text(f"{edited.read_text()}\n# Edited.\n")
        return demo.verify(pipeline)

    with monkeypatch.context() as patch:
        patch.setattr(verify_command, "verify", meanwhile)
        ran = project("verify")
    assert (ran.code, ran.out) == (1, "")
    assert "The definition of thing, or its SQL, has changed while it was asked about. Ask again." in ran.err
    home = Home(project.program.home)
    assert last_check.read(home, "thing") is None
    # Asked again it is they that are told, whether or not the SQL is as it is defined by then.
    edited.write_text(edited.read_text().replace("text(5)", "text(9)"))
    assert "offending row" in project("verify").out
    found = last_check.read(home, "thing")
    assert found
    assert found.offences


def test_a_difference_from_the_truth_is_shown(after_a_run: Program):
    # Told to event log and tables alike, so that no invariant is offended.
    change = "SET last_name = 'Nobody' WHERE customer_id = 7 AND last_name IS NOT NULL"
    for table in ("customer_state", "customer_closed", "customer_event"):
        after_a_run.done("query", f"UPDATE {table} {change}")
    ran = after_a_run("verify")
    assert ran.code == 1
    truth = ran.out[ran.out.index("truth") :]
    assert "customer_history, customer_id 7, valid_from 2026-01-01" in truth
    assert "customer, customer_id 7, update_timestamp 2026-01-01" in truth
    assert "last_name is Nobody, should be " in truth


def test_customers_that_should_not_be_there_are_found(after_a_run: Program):
    columns = "customer_id, updated_at, is_delete, source_file, source_row, loaded_at, batch_id"
    (feed_file,) = [path for path in (after_a_run.home / "landing/customer").iterdir() if "T000000Z" in path.name]
    row = f"'2026-01-01', FALSE, '{LANDING_PREFIX}{feed_file.name}', 100000, '2026-01-02', 1"
    after_a_run.done("query", f"INSERT INTO customer_event ({columns}) SELECT 5000, {row} UNION ALL SELECT -5, {row}")
    version = "customer_id, last_event_at, signature, valid_from, source_file, source_row"
    after_a_run.done(
        "query",
        f"INSERT INTO customer_state ({version}) SELECT customer_id, updated_at, customer_signature(NULL, NULL, NULL, "
        "NULL, NULL, NULL, NULL), updated_at, source_file, source_row FROM customer_event WHERE source_row = 100000",
    )
    ran = after_a_run("verify")
    assert ran.code == 1
    for customer in (-5, 5000):
        version = f"customer_history, customer_id {customer}, valid_from 2026-01-01 00:00:00"
        assert f"{version}: should not be there" in ran.out


def test_customers_that_other_files_touched_are_left_out(after_a_run: Program, tmp_path: Path):
    own = tmp_path / "own.csv"
    own.write_text("customer_id,first_name,updated_at\n1,Ann,2026-01-01\n2,Bob,2026-01-01\n700000,Cid,2026-01-01\n,,\n")
    after_a_run.done("ingest", own)
    ran = after_a_run.done("verify")
    assert "left out: 3 customers" in ran.out
    after_a_run.done("query", "UPDATE customer_state SET first_name = 'X' WHERE customer_id = 3")
    assert after_a_run("verify").code == 1


def test_values_that_come_out_otherwise_now_have_no_truth(after_a_run: Program, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Feed, "own_label", "seed42_00000000")
    assert "truth  not compared: Faker makes other values now" in after_a_run.done("verify").out


def test_own_files_alone_have_no_truth(program: Program, tmp_path: Path):
    (tmp_path / "own.csv").write_text("customer_id,updated_at\n1,2026-01-01\n")
    program.done("ingest", tmp_path / "own.csv")
    assert "truth  not compared: no feed" in program.done("verify").out


def test_late_rows_still_under_way_are_left_out(tmp_path: Path):
    """As after a run that was killed: three slots are in, and what they held back is not."""
    program = Program(tmp_path / "home")
    settings, faults = Settings(customers=300), Faults(late=0.3)
    program.done("generate", "--batches", 0, "--customers", 300, "--late", 0.3)
    feed = Feed(CUSTOMER, settings, faults)
    held_back = feed.held_back(2)
    assert held_back
    with Pipeline.open(program.home) as pipeline:
        for slot in range(3):
            file = feed.batch(slot)
            FolderSink(pipeline.home.landing).write(file.name, file.chunks())
            pipeline.load_landed([LANDING_PREFIX + file.name])
    ran = program.done("verify")
    assert f"left out: {len(set(held_back.rows.ids.tolist()))} customers" in ran.out
    assert "left out" not in program.done("run", "--batches", 1).err


def test_pending_rows_are_no_offence(after_a_run: Program):
    after_a_run.done("query", "ALTER TASK customer_refresh_task SUSPEND")
    own = after_a_run.home / "landing/customer/own.csv"
    own.write_text("customer_id,first_name,updated_at\n1,Ann,2026-01-01\n")
    assert after_a_run("ingest", own).code == 1
    assert "truth  not compared: landed rows are still pending" in after_a_run.done("verify").out


def test_the_truth_of_generated_files(nowhere: Program, tmp_path: Path):
    nowhere.done("generate", "--batches", 3, "--customers", 50, "--gzip", "--late", 0.5)
    nowhere.done("ingest", nowhere.home / "landing/customer", "--each")
    assert "both tables equal the generator's truth after 3 batches" in nowhere.done("verify").out
    elsewhere = Program(tmp_path / "elsewhere")
    elsewhere.done("generate", "--batches", 2, "--customers", 50, "--to", tmp_path / "files")
    elsewhere.done("ingest", tmp_path / "files")
    assert "truth  not compared: no feed" in elsewhere.done("verify").out


def test_files_generated_elsewhere_with_other_settings_are_not_taken_for_the_feeds_own(
    nowhere: Program, tmp_path: Path
):
    nowhere.done("generate", "--batches", 2, "--customers", 5, "--to", tmp_path / "files")
    nowhere.done("ingest", tmp_path / "files")
    told = nowhere.done("run", "--batches", 1, "--customers", 50, "--growth", 0).err
    assert re.search(r"generator's truth after 1 batch: .*left out: \d+ customers", " ".join(told.split()))


def test_a_feed_whose_first_batch_is_missing(nowhere: Program):
    nowhere.done("generate", "--first", 1, "--batches", 2, "--customers", 50)
    nowhere.done("ingest", nowhere.home / "landing/customer")
    assert "truth  not compared: the first batch" in nowhere.done("verify").out
