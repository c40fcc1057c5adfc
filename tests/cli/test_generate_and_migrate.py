"""`generate` and `migrate`: what stands at both ends."""

from pathlib import Path

import pytest

from generator import Faults, Feed, Settings
from tests.cli.program import ROOT, Program
from tests.generator.shipped import CUSTOMER


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_generate_writes_into_the_landing_folder(nowhere: Program):
    ran = nowhere.done("generate", "--batches", 2, "--customers", 30)
    landing = nowhere.home / "landing/customer"
    assert ran.out == ""
    assert f"ingest {landing}" in ran.err
    feed = Feed(CUSTOMER, Settings(customers=30))
    assert {path.name: path.read_bytes() for path in landing.iterdir()} == {
        file.name: file.content() for file in feed.run(0, 2)
    }


def test_generate_again_is_the_same_feed(nowhere: Program):
    faults = ("--late", 0.5, "--shuffle")
    nowhere.done("generate", "--batches", 2, "--customers", 30, *faults, "--interval", 60)
    nowhere.done("generate", "--batches", 2, "--first", 2)
    settings = Settings(customers=30, interval=60)
    feed = Feed(CUSTOMER, settings, Faults(late=0.5, shuffle=True))
    landing = nowhere.home / "landing/customer"
    assert (landing / feed.object_name(3)).read_bytes() == feed.batch(3).content()
    assert "there already" in nowhere.done("generate", "--slot-time", feed.settings.slot_start(1).isoformat()).err
    assert nowhere("generate", "--customers", 31).code == 2


def test_generate_elsewhere_leaves_the_home_alone(nowhere: Program, tmp_path: Path):
    nowhere.done("generate", "--batches", 1, "--customers", 3, "--to", tmp_path / "files")
    assert len(names(tmp_path / "files")) == 1
    assert not nowhere.home.exists()


def test_a_landing_folder_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home/landing").touch()
    ran = Program(tmp_path / "home")("generate", "--batches", 1, "--customers", 3)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)


def test_a_plan_makes_nothing(nowhere: Program):
    ran = nowhere.done("migrate", "--plan")
    assert ran.err == ""
    scripts = [line.split()[0] for line in ran.out.splitlines()]
    sql = ROOT / "sql"
    assert sorted(scripts) == sorted(path.relative_to(sql).as_posix() for path in sql.rglob("[VR]*.sql"))
    assert not nowhere.home.exists()


def test_migrate_and_what_is_left_to_do(nowhere: Program):
    planned = [line.split()[0] for line in nowhere.done("migrate", "--plan").out.splitlines()]
    done = nowhere.done("migrate")
    assert done.out == ""
    assert [line.split()[1] for line in done.err.splitlines()] == planned
    assert nowhere.done("migrate", "--plan").out == "nothing to do\n"
    assert nowhere.done("migrate").err == "nothing to do\n"
    assert nowhere.done("query", "SELECT COUNT(*) AS n FROM customer", "--format", "csv").out == "n\n0\n"


@pytest.mark.parametrize("words", [["run", "--batches", 1, "--customers", 3], ["generate", "--batches", 1]])
def test_a_folder_without_permission(tmp_path: Path, words: list[object]):
    (tmp_path / "file").touch()
    ran = Program(tmp_path / "file" / "home")(*words)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
